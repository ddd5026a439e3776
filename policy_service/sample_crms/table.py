"""Rows of one object, in the orders that pages are asked in: a page costs what it holds, not what the table holds."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

Row: TypeAlias = dict[str, object]
Key: TypeAlias = tuple[int, str]


class Order(Enum):
    """What rows can be in the order of."""

    ID = "id"
    CREATED = "created"
    MODIFIED = "modified"


@dataclass(slots=True)
class Held:
    """A row: times in milliseconds, and the fields that the company fills."""

    row_id: str
    created: int
    modified: int
    body: Row


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that was deleted, when, and whether it is in the recycle bin."""

    row_id: str
    name: str
    created: int
    deleted: int
    is_permanent: bool


@dataclass(slots=True)
class Table:
    """The rows of an object by their ids."""

    rows: dict[str, Held] = field(default_factory=dict)
    gone: list[Gone] = field(default_factory=list)
    _keys: dict[Order, list[Key]] = field(default_factory=dict)

    def fill(self, rows: Iterable[Held]) -> None:
        """Put rows in at once."""
        self.rows.update((row.row_id, row) for row in rows)
        self._keys.clear()

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, row_id: str) -> Held | None:
        """Return a row, if it is there."""
        return self.rows.get(row_id)

    def add(self, row: Held) -> None:
        """Put a new row in."""
        self.rows[row.row_id] = row
        for order, keys in self._keys.items():
            insort(keys, _key(order, row))

    def change(self, row_id: str, values: Row, now: int) -> Held:
        """Change fields of a row, which was modified now."""
        row = self.rows[row_id]
        keys = self.keys(Order.MODIFIED)
        del keys[bisect_left(keys, _key(Order.MODIFIED, row))]
        row.body.update(values)
        row.modified = now
        insort(keys, _key(Order.MODIFIED, row))
        return row

    def delete(self, row_id: str, now: int, name: str, is_permanent: bool = False) -> None:
        """Take a row out; that it was there is kept."""
        row = self.rows.pop(row_id)
        for order, keys in self._keys.items():
            del keys[bisect_left(keys, _key(order, row))]
        self.gone.append(Gone(row_id, name, row.created, now, is_permanent))

    def was_deleted(self, row_id: str) -> bool:
        """Tell whether such a row was there once."""
        return any(gone.row_id == row_id for gone in self.gone)

    def keys(self, order: Order) -> list[Key]:
        """Return the keys of all rows in an order; not to be changed."""
        if order not in self._keys:
            self._keys[order] = sorted(_key(order, row) for row in self.rows.values())
        return self._keys[order]

    def between(self, least: int | None = None, most: int | None = None) -> tuple[int, int]:
        """Return from which to before which place rows were modified in that time, both ends included."""
        keys = self.keys(Order.MODIFIED)
        begin = 0 if least is None else bisect_left(keys, (least, ""))
        end = len(keys) if most is None else bisect_left(keys, (most + 1, ""))
        return begin, max(begin, end)

    def at(self, keys: Iterable[Key]) -> Iterator[Held]:
        """Give the rows of keys."""
        return (self.rows[row_id] for _, row_id in keys)


class Tables(Mapping[str, Table]):
    """The tables of a system; each is filled when it is first looked at, as a large company's takes a second."""

    def __init__(self, fillings: Mapping[str, Callable[[], Iterable[Held]]]) -> None:
        self._fillings = fillings
        self._filled: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._filled:
            made = Table()
            made.fill(self._fillings[name]())
            self._filled[name] = made
        return self._filled[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fillings)

    def __len__(self) -> int:
        return len(self._fillings)


def _key(order: Order, row: Held) -> Key:
    match order:
        case Order.ID:
            return (0, row.row_id)
        case Order.CREATED:
            return (row.created, row.row_id)
        case Order.MODIFIED:
            return (row.modified, row.row_id)
