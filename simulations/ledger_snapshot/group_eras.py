"""Which customers belong together from which day on, as the facts of a group have it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from policy_service.domain.entries import CustomerHistory
from policy_service.facts.knowledge import day_number
from policy_service.facts.prepared_history import counts_after, version_in_force
from policy_service.ledger.group_roots import roots_of
from simulations.ledger_snapshot.columns import Column, Groups
from simulations.ledger_snapshot.flattened import FROM_EVER

_DAY: Final = timedelta(days=1)


class GroupsUnderWay:
    """Customers with a parent, gathered as they come; those that are parents are found in the end."""

    def __init__(self) -> None:
        self._with_parent: dict[str, CustomerHistory] = {}
        self._changes: set[date] = set()

    def add(self, histories: Iterable[CustomerHistory]) -> None:
        """Keep the rows of those that ever have a parent, and the days on which parents change."""
        for history in histories:
            parents = {version.parent_id for version in history.versions}
            if parents != {""}:
                self._with_parent[history.customer_id] = CustomerHistory(history.customer_id, history.versions)
            if len(parents) > 1:
                self._changes.update(map(counts_after, history.versions))

    def columns(self, customer_ids: Sequence[str], roots: Mapping[str, str] | None = None) -> Groups:
        """Return the groups; where no parent ever changes they are those of the `roots`, if these are known."""
        number_of = {name: number for number, name in enumerate(customer_ids)}
        eras, rows = _eras(self._roots_by_day(number_of, roots), number_of)
        unit = _units(rows)
        return Groups(eras, rows, unit)

    def _roots_by_day(
        self, number_of: Mapping[str, int], roots: Mapping[str, str] | None
    ) -> Iterator[tuple[int, Mapping[str, str]]]:
        if not self._changes:
            yield FROM_EVER, self._roots_on(date.max, number_of) if roots is None else roots
            return
        changes = sorted(self._changes)
        yield FROM_EVER, self._roots_on(changes[0], number_of)
        for change in changes:
            if change < date.max:
                yield day_number(change) + 1, self._roots_on(change + _DAY, number_of)

    def _roots_on(self, day: date, number_of: Mapping[str, int]) -> Mapping[str, str]:
        own = {name: version_in_force(history, day).parent_id for name, history in self._with_parent.items()}
        known = {name: parent if parent in number_of else "" for name, parent in own.items()}
        return roots_of({**dict.fromkeys(filter(None, known.values()), ""), **known})


def _eras(roots_by_day: Iterable[tuple[int, Mapping[str, str]]], number_of: Mapping[str, int]) -> tuple[Column, Column]:
    eras: list[int] = []
    rows: list[Column] = []
    for day, roots in roots_by_day:
        row = np.arange(len(number_of), dtype=np.int64)
        for name, root in roots.items():
            if name in number_of:
                row[number_of[name]] = number_of[root]
        if not rows or not np.array_equal(row, rows[-1]):
            eras.append(day)
            rows.append(row)
    return np.array(eras, dtype=np.int64), np.stack(rows)


def _units(rows: Column) -> Column:
    # A unit is named by its first customer, until all are numbered.
    first = np.arange(rows.shape[1], dtype=np.int64)
    is_settled = False
    while not is_settled:
        before = first.copy()
        for row in rows:
            np.minimum.at(first, row, first)
            np.minimum(first, first[row], out=first)
        is_settled = bool(np.array_equal(before, first))
    numbers: Column = np.unique(first, return_inverse=True)[1].astype(np.int64)
    return numbers
