"""Which customers belong together on a day: those with the same root parent, by the customer rows that count then."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from policy_service.domain.entries import CustomerHistory, Ledger
from policy_service.facts.prepared_history import counts_after, version_in_force
from policy_service.ledger.group_roots import roots_of


class GroupsOfDay:
    """The groups of a ledger; they change after the days on which a customer row with another parent is dated."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._changes = sorted({day for history in ledger.histories.values() for day in _changes(history)})
        self._groups: dict[int, Mapping[str, Sequence[str]]] = {}

    def group_of(self, customer_id: str, day: dt.date) -> Sequence[str]:
        """Return the customers with the same root parent at the start of the day, itself included, by id."""
        era = bisect_left(self._changes, day)
        if era not in self._groups:
            self._groups[era] = _groups(self._ledger, self._roots(day))
        return self._groups[era].get(customer_id, (customer_id,))

    def _roots(self, day: dt.date) -> Mapping[str, str]:
        # Without a change the import has found the roots.
        if not self._changes:
            return self._ledger.roots
        histories = self._ledger.histories
        parents = {name: version_in_force(history, day).parent_id for name, history in histories.items()}
        return roots_of({name: parent if parent in histories else "" for name, parent in parents.items()})


def _changes(history: CustomerHistory) -> Iterator[dt.date]:
    if len({version.parent_id for version in history.versions}) > 1:
        for version in history.versions:
            yield counts_after(version)


def _groups(ledger: Ledger, roots: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    members = defaultdict[str, list[str]](list)
    for customer_id in sorted(ledger.histories):
        members[roots.get(customer_id, customer_id)].append(customer_id)
    return {customer_id: group for group in members.values() for customer_id in group}
