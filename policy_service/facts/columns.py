"""Columns of integers over many entries at once, exact whatever the size of an amount.

A column is of 64-bit integers while sums over it cannot overflow, and of Python's own integers where
one value is too large for that; the same operations hold for both.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]
Positions: TypeAlias = npt.NDArray[np.intp]

_LARGEST_FAST: Final = 2**45
_LARGEST: Final = 2**63 - 1
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


def integers(values: Sequence[int]) -> Integers:
    """Return the values as a column; one beyond the fast range makes it a column of Python's integers."""
    try:
        column = np.array(values, dtype=np.int64)
    except OverflowError:
        return cast(Integers, np.array(values, dtype=object))
    return column if _largest(column) <= _LARGEST_FAST else cast(Integers, column.astype(object))


def day_numbers(dates: Iterable[dt.date]) -> Integers:
    """Return the dates as days from 1970-01-01."""
    return np.fromiter(map(dt.date.toordinal, dates), dtype=np.int64) - _EPOCH


def months_in(days: Integers) -> int:
    """Return in how many different calendar months the days lie."""
    return len(np.unique(days.astype("datetime64[D]").astype("datetime64[M]")))


def texts(values: Sequence[str]) -> Texts:
    """Return the texts as a column."""
    column: Texts = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def total(column: Integers) -> int:
    """Return the exact sum."""
    if _overflows(column, 1):
        return sum(int(value) for value in column.tolist())
    return int(column.sum())


def total_product(left: Integers, right: Integers) -> int:
    """Return the exact sum of the products, position by position."""
    if _overflows(left, _largest(right)):
        return sum(one * other for one, other in zip(left.tolist(), right.tolist(), strict=True))
    return int((left * right).sum())


def sums_by(positions: Positions, values: Integers, length: int) -> Integers:
    """Return for each of `length` positions the sum of the values that name it."""
    sums = np.zeros(length, dtype=values.dtype)
    np.add.at(sums, positions, values)
    return sums


def _overflows(column: Integers, factor: int) -> bool:
    return _largest(column) * max(factor, 1) * max(len(column), 1) > _LARGEST


def _largest(column: Integers) -> int:
    return max(abs(int(column.max())), abs(int(column.min()))) if len(column) else 0


@dataclass(frozen=True, slots=True)
class Collection:
    """Entries side by side: their ids, their dates as day numbers, and their columns."""

    ids: Texts
    dates: Integers
    numbers: Mapping[str, Integers]
    texts: Mapping[str, Texts] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)


def take(collection: Collection, chosen: Flags | Positions) -> Collection:
    """Return the chosen entries, in the order of the choice."""
    return Collection(
        collection.ids[chosen],
        collection.dates[chosen],
        {name: column[chosen] for name, column in collection.numbers.items()},
        {name: column[chosen] for name, column in collection.texts.items()},
    )


def join(collections: Sequence[Collection]) -> Collection:
    """Return the entries of all of them, one collection after the other; they have the same columns."""
    if len(collections) == 1:
        return collections[0]
    first = collections[0]
    return Collection(
        np.concatenate([one.ids for one in collections]),
        np.concatenate([one.dates for one in collections]),
        {name: np.concatenate([one.numbers[name] for one in collections]) for name in first.numbers},
        {name: np.concatenate([one.texts[name] for one in collections]) for name in first.texts},
    )
