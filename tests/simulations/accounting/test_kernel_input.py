"""What kernels of the accounts are handed of a trace."""

import numpy as np
import pytest

from simulations.accounting.kernel_input import in_stretches
from simulations.ledger_snapshot.columns import Column
from simulations.replay.trace import DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace


def told(rows: int, columns: int) -> tuple[Column, ...]:
    """Return columns as a replay tells them: side by side, a row for each order or invoice."""
    return tuple(np.arange(rows * columns, dtype=np.int64).reshape(rows, columns).T)


@pytest.mark.parametrize(("orders", "invoices"), [(0, 0), (1, 3), (4096, 4097), (9000, 1)])
def test_a_trace_in_stretches_says_the_same(orders: int, invoices: int) -> None:
    nothing = np.zeros(0, dtype=np.int64)
    trace = Trace(
        DecidedOrders(*told(orders, 7)),
        ReplayedInvoices(*told(invoices, 6)),
        Firings(nothing, nothing, nothing, nothing, nothing),
        Reviewed(nothing, nothing),
        reasons=(),
        rows=(),
        levels=(),
        owners=(),
        grades=(),
    )
    found = in_stretches(trace)
    for before, after in ((trace.orders, found.orders), (trace.invoices, found.invoices)):
        assert [column.tolist() for column in before] == [column.tolist() for column in after]
        assert {True} == {column.flags.c_contiguous for column in after}
        assert {False} == {column.flags.writeable for column in after}
