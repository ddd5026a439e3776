"""Customers with something past due, as the ledger has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from policy_service.cli.crm_demo.company import Company
from policy_service.domain.amounts import from_scaled
from policy_service.domain.values import Kind, scale
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import open_items
from policy_service.facts.open_items import OpenItem
from policy_service.storage.standing_store import StandingStore, StoredStanding


@dataclass(frozen=True, slots=True)
class Debtor:
    """A customer with something past due: these items, what else is open, and what is in force of the customer."""

    customer_id: str
    name: str
    items: tuple[OpenItem, ...]
    rest: int
    standing: StoredStanding

    @property
    def amount(self) -> int:
        """What is past due, in minor units."""
        return sum(one.open_amount for one in self.items)

    @property
    def days(self) -> int:
        """For how long the oldest of it is."""
        return max(one.days_past_due for one in self.items)


def debtors_among(company: Company, customers: Sequence[str]) -> list[Debtor]:
    """Return those of these customers who owe something past due; all have been reviewed."""
    knowledge, found = Knowledge(company.today, includes_day=True), []
    with company.house.database.reading() as session:
        ledger, stands = company.house.customers.at(session), StandingStore(session).in_force_of(customers)
        for customer_id, standing in stands.items():
            owed = open_items(ledger, customer_id, knowledge)
            items = tuple(one for one in owed if one.days_past_due > 0)
            if items:
                name = ledger.history(customer_id).versions[-1].name or customer_id
                rest = sum(one.open_amount for one in owed) - sum(one.open_amount for one in items)
                found.append(Debtor(customer_id, name, items, rest, standing))
    return found


def text_of(minor: int, company: Company) -> str:
    """Return minor units of the base currency as decimal text."""
    with company.house.database.reading() as session:
        currency = company.house.customers.at(session).currency
    return from_scaled(minor, scale(Kind.MONEY, currency))
