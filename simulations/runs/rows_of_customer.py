"""Rows of one customer as lists: read one by one, arrays are many times slower."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table by column, the `first` of them at that place of the snapshot; `begins` divides them by owner."""

    first: int
    begins: Sequence[int]
    columns: Mapping[str, Sequence[int]]

    def of(self, owner: int) -> range:
        """Return the rows of an owner, both counted from 0."""
        return range(self.begins[owner], self.begins[owner + 1])


def rows_of(table: Any, first: int, owners: int) -> Rows:
    """Return the rows of so many owners from the first on; `table` is one of a snapshot that has `begins`."""
    begins = table.begins[first : first + owners + 1]
    begin, end = int(begins[0]), int(begins[-1])
    columns = {name: getattr(table, name)[begin:end].tolist() for name in table._fields if name != "begins"}
    return Rows(begin, (begins - begin).tolist(), columns)
