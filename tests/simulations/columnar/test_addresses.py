"""Tuples side by side in memory: a kernel goes from one to the next by their addresses."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from simulations.columnar.addresses import at_address, no_address, side_by_side
from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.pointers import pointer_to

pytestmark = pytest.mark.long


class _Inner(NamedTuple):
    owed: Any


class _Table(NamedTuple):
    inner: _Inner
    following: Any


def _table(owed: int) -> _Table:
    return _Table(_Inner(np.full(3, owed)), no_address())


@lean_kernel
def _along(table: Any, steps: int) -> int:
    found = 0
    for _ in range(steps):
        found = found * 10 + table.inner.owed[1]
        table.inner.owed[2] = steps
        table = at_address(table, table.following[0])
    return found


@kernel
def _walk(table: Any, steps: int) -> int:
    return _along(pointer_to(table), steps)


def test_whoever_follows_the_addresses_of_a_circle_comes_back() -> None:
    """What it reads and writes on its way is what stands in the arrays of each."""
    tables = [_table(owed) for owed in (1, 2, 3)]
    addresses, memory = side_by_side(tables)
    for place, table in enumerate(tables):
        table.following[0] = addresses[(place + 1) % 3]
    assert 3_123 == _walk(tables[2], 4)
    assert [4, 4, 4] == [int(table.inner.owed[2]) for table in tables]
    del memory


def test_no_tuples_have_no_addresses() -> None:
    assert 0 == len(side_by_side([])[0])
