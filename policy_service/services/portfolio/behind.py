"""What is behind a figure: by which filter a list shows it, or which customers they are."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.storage.portfolio_store import (
    AmountKey,
    CountedCustomer,
    CustomersWanted,
    Owed,
    PortfolioStore,
)


class Subject(StrEnum):
    """Of what the list is."""

    CUSTOMERS = "customers"
    ORDERS = "orders"
    CASES = "cases"
    REVIEWS = "reviews"
    STANDINGS = "standings"
    OVERRIDES = "overrides"
    POLICY_VERSIONS = "policy_versions"


@dataclass(frozen=True, slots=True)
class Behind:
    """Where a figure leads: to the list of a subject, as narrowed by `where`, name and value, or to these `ids`."""

    subject: Subject
    where: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] = ()


def customers_with(amount: Owed | None = None, **narrowed: str) -> Behind:
    """Return the list of the customers with something of an amount, or narrowed otherwise."""
    with_amount = {"amount": amount.value} if amount else {}
    return Behind(Subject.CUSTOMERS, tuple({**with_amount, **narrowed}.items()))


def customers_behind(
    session: Session, wanted: CustomersWanted, actor: Actor, after: AmountKey | None = None, limit: int = 50
) -> tuple[CountedCustomer, ...]:
    """Return the customers behind a figure as they were counted, the largest amount first, behind `after`.

    AccessError A403 without the permission to see customers.
    """
    require(actor, Permission.CUSTOMERS_READ)
    return PortfolioStore(session).page(wanted, after, limit)
