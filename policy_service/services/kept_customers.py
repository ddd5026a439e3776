"""Prepared customers kept within a bound: those used last, each with the posting from which on it holds."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from policy_service.domain.entries import CustomerHistory
from policy_service.facts.customer_day import PreparedCustomer


@dataclass(frozen=True, slots=True)
class _Kept:
    customer: PreparedCustomer
    since: int
    entries: int


class KeptCustomers:
    """Customers of together at most so many ledger entries; of more than that only the last one used."""

    def __init__(self, most_entries: int) -> None:
        self._most_entries = most_entries
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self.entries = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, customer_id: str, posting: int) -> PreparedCustomer | None:
        """Return the customer if it is kept and holds at that posting."""
        kept = self._kept.get(customer_id)
        if kept is None or kept.since > posting:
            return None
        self._kept.move_to_end(customer_id)
        return kept.customer

    def keep(self, customer: PreparedCustomer, since: int) -> None:
        """Keep the customer in the place of what was kept of it, and let go of those not used for longest."""
        history = customer.history
        self.drop((history.customer_id,))
        kept = self._kept[history.customer_id] = _Kept(customer, since, _entries_of(history))
        self.entries += kept.entries
        while self.entries > self._most_entries and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self.entries -= oldest.entries

    def drop(self, customer_ids: Iterable[str]) -> None:
        """Let go of these customers."""
        for customer_id in customer_ids:
            kept = self._kept.pop(customer_id, None)
            if kept:
                self.entries -= kept.entries

    def clear(self) -> None:
        """Let go of all customers."""
        self._kept.clear()
        self.entries = 0


def _entries_of(history: CustomerHistory) -> int:
    invoiced = len(history.invoices) + len(history.payments) + len(history.adjustments)
    told = len(history.disputes) + len(history.promises) + len(history.events)
    return invoiced + told + len(history.orders) + len(history.standings) + len(history.versions)
