"""Names with a label each, as hashes: what tens of millions of names have in common fits into memory.

Two names with one hash are taken for the same name. Then their labels differ, and both are doubtful: nothing is lost
but some memory.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from simulations.ledger_snapshot.columns import Column

#: The hash of no name, and the label of a name that nobody has.
NO_NAME: Final = 0
NOBODY: Final = 0


def hash_of(name: str) -> int:
    """Return a number for the name, NO_NAME for the empty text; within one process it is always the same."""
    return hash(name) or 1 if name else NO_NAME


class Labels:
    """The label of each name; `doubtful` are the labels of those names that have several."""

    def __init__(self, names: Column, labels: Column) -> None:
        order = np.argsort(names, kind="stable")
        self._names, self._labels = names[order], labels[order]
        differs = (self._names[1:] == self._names[:-1]) & (self._labels[1:] != self._labels[:-1])
        differs &= self._names[1:] != NO_NAME
        self.doubtful = np.unique(np.concatenate([self._labels[1:][differs], self._labels[:-1][differs]]))

    def of(self, names: Column) -> Column:
        """Return the label of each name, NOBODY for one that is not among these."""
        if not len(self._names):
            return np.full(len(names), NOBODY, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._names, names), len(self._names) - 1)
        is_known = (self._names[places] == names) & (names != NO_NAME)
        labels: Column = np.where(is_known, self._labels[places], NOBODY)
        return labels


class Companies:
    """Customers that are joined by being one another's parents: one label for all that are."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def join(self, customer_id: str, parent_id: str) -> None:
        """Put the two under one label."""
        self._parent[self._top(customer_id)] = self._top(parent_id)

    def labels(self, names: Iterable[str]) -> Column:
        """Return the label of each customer: numbers from 1, in the order in which they are met."""
        numbers: dict[str, int] = {}
        return np.array(
            [numbers.setdefault(self._top(name), len(numbers) + 1) if name else NOBODY for name in names],
            dtype=np.int64,
        )

    def _top(self, name: str) -> str:
        path = []
        while (above := self._parent.setdefault(name, name)) != name:
            path.append(name)
            name = above
        self._parent.update(dict.fromkeys(path, name))
        return name
