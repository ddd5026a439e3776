"""What the kernels of the accounts read and write: tuples of arrays, each of one type whatever the policy.

A kernel takes the arrays that it needs out of a tuple once, before its loops: they need not be looked up anew.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from simulations.accounting.places import Layout
from simulations.accounting.weights import Weights
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Mode
from simulations.replay.trace import DecidedOrders, ReplayedInvoices, Trace


class Recorded(NamedTuple):
    """The ledger: its invoices with what was posted upon them, and the orders by customer, whichever file has them."""

    begins: Column
    issued: Column
    written: Column
    amount: Column
    rate: Column
    posting_begins: Column
    posting_date: Column
    posting_kind: Column
    posting_written: Column
    posting_rank: Column
    numerator: Column
    denominator: Column
    order_begins: Column
    order_day: Column
    order_amount: Column


class Run(NamedTuple):
    """What a replay did: its orders, invoices and firings, as `Trace` has them. `owner` is by level.

    In open loop (`acts` is 0) every order is sold.
    """

    acts: int
    order_begins: Column
    entry: Column
    day: Column
    outcome: Column
    reason: Column
    went_ahead: Column
    exists: Column
    waited: Column
    due: Column
    moved: Column
    prepaid: Column
    prepaid_on: Column
    firing_begins: Column
    fired_on: Column
    level: Column
    opens: Column
    owner: Column
    grade: Column


class Own(NamedTuple):
    """The `sums` of one customer while they are added up, and what was put by of up to TOGETHER customers.

    `marks` has 1 for each sum from `daily` on that may have changed; `marked` are those sums behind how many they are,
    so that nobody has to look for them. `stepped_on` is the day of a customer's last step by level. `put_by` is by sum
    how many customers changed it: those in `rows`, by the `changes` at the same places.
    """

    sums: Column
    marks: Column
    marked: Column
    stepped_on: Column
    put_by: Column
    rows: Column
    changes: Column


class Added(NamedTuple):
    """Where sums go: `totals` by group, `drawn` by sum and bootstrap draw, `timeline` by month of the window.

    `groups` has the rows of `totals` that each customer counts in, `weights` how often it is drawn by each draw.
    `customers` has a row of five per customer: orders, approved amount, sales, open and past due balance.
    """

    groups: Column
    weights: Weights
    totals: Column
    drawn: Column
    timeline: Column
    customers: Column


SOLD, HELD, PAST_DUE, NOTICED = 0, 1, 2, 3
#: So many customers are added to the draws together, sum by sum: what one sum is in every draw stays in the
#: processor's cache.
TOGETHER: Final = 64
#: So many rows of a trace stay in the processor's cache until all their columns are copied.
_ROWS_AT_A_TIME: Final = 4096


def recorded_of(snapshot: Snapshot) -> Recorded:
    """Return the ledger as the kernels read it."""
    invoices, postings, orders, rates = snapshot.invoices, snapshot.postings, snapshot.orders, snapshot.rates
    by_file = (orders.begins, orders.date, orders.amount)
    read_off = (invoices.begins, invoices.ordered, invoices.amount)
    columns = (
        *(invoices.begins, invoices.issued, invoices.written, invoices.amount, invoices.rate),
        *(postings.begins, postings.date, postings.kind, postings.written, postings.rank),
        *(rates.numerator, rates.denominator),
        *(by_file if snapshot.has_orders_file else read_off),
    )
    return Recorded(*(as_column(column) for column in columns))


def run_of(trace: Trace, customers: int, mode: Mode, layout: Layout) -> Run:
    """Return the replay as the kernels read it."""
    orders, invoices, firings = trace.orders, trace.invoices, trace.firings
    columns = (
        _begins(orders.customer, customers),
        *(orders.entry, orders.day, orders.outcome, orders.reason, orders.went_ahead),
        *(invoices.exists, invoices.waited, invoices.due, invoices.moved, invoices.prepaid, invoices.prepaid_on),
        _begins(firings.customer, customers),
        *(firings.day, firings.level, firings.opens, np.array(layout.owner_of, dtype=np.int64)),
        trace.reviewed.grade,
    )
    return Run(int(mode is Mode.CLOSED), *(as_column(column) for column in columns))


def in_stretches(trace: Trace) -> Trace:
    """Return the trace with every column of its orders and invoices in one stretch of memory, as kernels need them.

    A replay tells of an order or an invoice in one row. Whoever reads the columns one after the other reads all of it
    from memory for each.
    """
    orders, invoices = DecidedOrders(*_stretches(trace.orders)), ReplayedInvoices(*_stretches(trace.invoices))
    return replace(trace, orders=orders, invoices=invoices)


def _stretches(columns: Sequence[Column]) -> Column:
    rows = len(columns[0])
    stretches = np.empty((len(columns), rows), dtype=np.int64)
    for begin in range(0, rows, _ROWS_AT_A_TIME):
        some = slice(begin, begin + _ROWS_AT_A_TIME)
        for place, column in enumerate(columns):
            stretches[place, some] = column[some]
    stretches.flags.writeable = False
    return stretches


def own_sums(layout: Layout) -> Own:
    """Return empty sums for a customer, and room for those of a few."""
    length = layout.places.length
    shapes = (length, length, length + 2, len(layout.levels), length, (length, TOGETHER), (length, TOGETHER))
    return Own(*(np.zeros(shape, dtype=np.int64) for shape in shapes))


def as_column(column: npt.NDArray[Any]) -> Column:
    """Return the column read-only and contiguous, as int64."""
    view: Column = np.ascontiguousarray(column, dtype=np.int64).view()
    view.flags.writeable = False
    return view


def _begins(customer: Column, customers: int) -> Column:
    return np.searchsorted(customer, np.arange(customers + 1))
