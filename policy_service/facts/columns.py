"""Columns of integers over many entries at once, exact whatever the size of an amount.

A column is of 64-bit integers while sums over it cannot overflow, and of Python's own integers where
one value is too large for that; the same operations hold for both. Of chosen entries a column is taken
when it is first read, since most facts read one or two.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]
Positions: TypeAlias = npt.NDArray[np.intp]
Choice: TypeAlias = Flags | Positions | slice
OfTable: TypeAlias = str | Callable[[], Texts]
Column = TypeVar("Column", bound=npt.NDArray[Any])

_LARGEST_FAST: Final = 2**45
_LARGEST: Final = 2**63 - 1
#: So many values of a fast column, or differences of two of them, add up without overflow.
_MOST_FAST: Final = 2**16
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


def integers(values: Sequence[int]) -> Integers:
    """Return the values as a column; one beyond the fast range makes it a column of Python's integers."""
    try:
        column = np.array(values, dtype=np.int64)
    except OverflowError:
        return cast(Integers, np.array(values, dtype=object))
    is_fast = not values or (max(values) <= _LARGEST_FAST and min(values) >= -_LARGEST_FAST)
    return column if is_fast else cast(Integers, column.astype(object))


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
    if (column.dtype == object or len(column) > _MOST_FAST) and _overflows(column, 1):
        return sum(int(value) for value in column.tolist())
    return int(np.add.reduce(column))


def total_product(left: Integers, right: Integers) -> int:
    """Return the exact sum of the products, position by position."""
    if _overflows(left, _largest(right)):
        return sum(one * other for one, other in zip(left.tolist(), right.tolist(), strict=True))
    return int(np.add.reduce(left * right))


def sums_by(positions: Positions, values: Integers, length: int) -> Integers:
    """Return for each of `length` positions the sum of the values that name it."""
    sums = np.zeros(length, dtype=values.dtype)
    np.add.at(sums, positions, values)
    return sums


def first_of_each(sorted_positions: Positions) -> Flags:
    """Return which position differs from the one before it."""
    begins: Flags = np.ones(len(sorted_positions), dtype=bool)
    begins[1:] = sorted_positions[1:] != sorted_positions[:-1]
    return begins


def running_sums(amounts: Integers, begins: Flags) -> Integers:
    """Return for each amount the sum up to it, itself included, from where the last one begins."""
    if len(amounts) > _MOST_FAST:
        amounts = cast(Integers, amounts.astype(object))
    sums = np.cumsum(amounts)
    before = (sums - amounts)[begins]
    running: Integers = sums - before[np.cumsum(begins) - 1]
    return running


def _overflows(column: Integers, factor: int) -> bool:
    return _largest(column) * max(factor, 1) * max(len(column), 1) > _LARGEST


def _largest(column: Integers) -> int:
    return max(abs(int(column.max())), abs(int(column.min()))) if len(column) else 0


class Chosen(Mapping[str, Column], Generic[Column]):
    """Columns by name, of the chosen entries only, or worked out; each when it is first read."""

    __slots__ = ("_choice", "_of", "_read", "_worked_out")

    def __init__(
        self,
        of: Mapping[str, Column],
        choice: Choice | None,
        worked_out: Mapping[str, Callable[[], Column]] | None = None,
    ) -> None:
        self._of = of
        self._choice = choice
        self._worked_out = worked_out or {}
        self._read: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        column = self._read.get(name)
        if column is None:
            column = self._read[name] = self._first_read(name)
        return column

    def _first_read(self, name: str) -> Column:
        if name in self._worked_out:
            return self._worked_out[name]()
        column = self._of[name]
        return column if self._choice is None else cast(Column, column[self._choice])

    def __contains__(self, name: object) -> bool:
        return name in self._of or name in self._worked_out

    def __iter__(self) -> Iterator[str]:
        return iter({**self._of, **self._worked_out} if self._worked_out else self._of)

    def __len__(self) -> int:
        return len(self._of.keys() | self._worked_out.keys())


class Joined(Mapping[str, Column], Generic[Column]):
    """Columns by name that all of several collections have, one behind the other; each joined when it is first read."""

    __slots__ = ("_parts", "_read")

    def __init__(self, parts: Sequence[Mapping[str, Column]]) -> None:
        self._parts = parts
        self._read: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        column = self._read.get(name)
        if column is None:
            column = self._read[name] = cast(Column, np.concatenate([one[name] for one in self._parts]))
        return column

    def __contains__(self, name: object) -> bool:
        return all(name in one for one in self._parts)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._parts[0] if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Collection:
    """Entries side by side: their ids, their dates as day numbers, and their columns.

    `is_in_order` promises that no date is before the one before it. `table` is the table of the ledger that all of
    them are of, or what says it of each.
    """

    __slots__ = ("_ids", "_last_known_from", "_totals", "dates", "is_in_order", "numbers", "table", "texts")

    def __init__(
        self,
        ids: Texts | Callable[[], Texts],
        dates: Integers,
        numbers: Mapping[str, Integers],
        texts: Mapping[str, Texts] | None = None,
        *,
        is_in_order: bool = False,
        table: OfTable = "",
    ) -> None:
        self._ids = ids
        self._last_known_from: int | None = None
        self._totals: dict[str, int] = {}
        self.dates = dates
        self.numbers = numbers
        self.texts: Mapping[str, Texts] = {} if texts is None else texts
        self.is_in_order = is_in_order
        self.table = table

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def ids(self) -> Texts:
        """The ids of the entries."""
        ids = self._ids
        if not isinstance(ids, np.ndarray):
            ids = self._ids = ids()
        return ids

    @property
    def tables(self) -> Texts:
        """The table of the ledger that each entry is of."""
        return self.table() if callable(self.table) else texts([self.table] * len(self))

    def total_of(self, name: str) -> int:
        """Return the exact sum of a column of numbers, worked out when it is first asked for."""
        found = self._totals.get(name)
        if found is None:
            found = self._totals[name] = total(self.numbers[name])
        return found

    @property
    def last_known_from(self) -> int:
        """The day after which all of the entries are known."""
        if self._last_known_from is None:
            self._last_known_from = int(self.numbers["known_from"].max()) if len(self) else -_LARGEST
        return self._last_known_from


def in_order_of_date(
    table: OfTable,
    ids: Texts,
    dates: Integers,
    numbers: Mapping[str, Integers],
    texts: Mapping[str, Texts] | None = None,
) -> Collection:
    """Return entries of a table of the ledger as they stand, having looked whether they are in order of date."""
    is_in_order = bool((dates[1:] >= dates[:-1]).all())
    return Collection(ids, dates, numbers, texts, is_in_order=is_in_order, table=table)


def take(
    collection: Collection, choice: Choice, worked_out: Mapping[str, Callable[[], Integers]] | None = None
) -> Collection:
    """Return the chosen entries, in the order of the choice, with further columns worked out when first read."""
    if isinstance(choice, slice):
        keeps_order = True
    elif choice.dtype == bool:
        choice, keeps_order = choice.nonzero()[0], True
    else:
        keeps_order = False
    return Collection(
        lambda: collection.ids[choice],
        collection.dates[choice],
        Chosen(collection.numbers, choice, worked_out),
        Chosen(collection.texts, choice) if collection.texts else None,
        is_in_order=collection.is_in_order and keeps_order,
        table=(lambda: collection.tables[choice]) if callable(collection.table) else collection.table,
    )


def with_columns(
    collection: Collection,
    numbers: Mapping[str, Callable[[], Integers]] | None = None,
    texts: Mapping[str, Callable[[], Texts]] | None = None,
) -> Collection:
    """Return the same entries with further columns, worked out when they are first read."""
    return Collection(
        lambda: collection.ids,
        collection.dates,
        Chosen(collection.numbers, None, numbers),
        Chosen(collection.texts, None, texts) if texts else collection.texts,
        is_in_order=collection.is_in_order,
        table=collection.table,
    )


def dated(collection: Collection, first: int, before: int) -> Collection:
    """Return the entries with `first <= date < before`."""
    dates = collection.dates
    if not collection.is_in_order:
        return take(collection, (dates >= first) & (dates < before))
    start, end = int(dates.searchsorted(first)), int(dates.searchsorted(before))
    return collection if end - start == len(dates) else take(collection, slice(start, end))


def join(collections: Sequence[Collection]) -> Collection:
    """Return the entries of all of them, one collection after the other, with the columns that all of them have."""
    if len(collections) == 1:
        return collections[0]
    return Collection(
        lambda: np.concatenate([one.ids for one in collections]),
        np.concatenate([one.dates for one in collections]),
        Joined([one.numbers for one in collections]),
        Joined([one.texts for one in collections]),
        table=_table_of_all(collections),
    )


def _table_of_all(collections: Sequence[Collection]) -> OfTable:
    of_first = collections[0].table
    if not callable(of_first) and not [one for one in collections if one.table != of_first]:
        return of_first
    return lambda: np.concatenate([one.tables for one in collections])
