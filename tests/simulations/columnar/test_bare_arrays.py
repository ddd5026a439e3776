"""Arrays behind a pointer: kernels read and write them place by place, row by row, field by field."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.pointers import first_of, pointer_to
from simulations.columnar.records import records

pytestmark = pytest.mark.long


class _Invoices(NamedTuple):
    due: Any
    owed: Any


class _Table(NamedTuple):
    numbers: Any
    rows: Any
    invoices: Any
    bytes_: Any


def _table() -> _Table:
    return _Table(
        np.arange(4),
        np.arange(6).reshape(2, 3),
        records(_Invoices(np.arange(5), np.arange(5) * 10)),
        np.array([250, 3], dtype=np.uint8),
    )


@lean_kernel
def _use(table: Any, place: int) -> int:
    table.numbers[place] += table.rows[1, place] * 2
    row = table.rows[0]
    row[1] = 77
    table.rows[1, 0] |= 8
    column = table.invoices.due if place == 0 else table.invoices.owed
    column[place] += len(table.rows) + table.rows.shape[1]
    table.bytes_[0] = table.bytes_[1] + 1
    first = first_of(table.numbers)
    first[0] = len(row)
    return column[place] + row[1]


@kernel
def _called(table: Any, place: int) -> int:
    return _use(pointer_to(table), place)


def test_what_a_kernel_writes_through_a_pointer_stands_in_the_arrays() -> None:
    table = _table()
    assert 77 + 25 == _called(table, 2)
    assert [3, 1, 12, 3] == table.numbers.tolist()
    assert [[0, 77, 2], [11, 4, 5]] == table.rows.tolist()
    assert [0, 10, 25, 30, 40] == np.asarray(table.invoices["owed"]).tolist()
    assert [4, 3] == table.bytes_.tolist()


def test_fields_of_records_may_stand_for_each_other() -> None:
    """Which of them a kernel reads may be found out while it runs."""
    table = _table()
    assert 77 + 5 == _called(table, 0)
    assert [5, 1, 2, 3, 4] == np.asarray(table.invoices["due"]).tolist()
