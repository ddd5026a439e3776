"""What the columns of the ledger are called that a file of one's own may fill."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask_babel import LazyString, lazy_gettext

from policy_service.ledger.columns import Table
from policy_service.ledger.headings import NEEDED, TARGETS, Target
from policy_service.ledger.sample_rows import Chosen

#: The columns as people call them.
CALLED: Final[Mapping[Target, LazyString]] = MappingProxyType(
    {
        (Table.INVOICES, "invoice_id"): lazy_gettext("Invoice number"),
        (Table.INVOICES, "customer_id"): lazy_gettext("Customer number"),
        (Table.INVOICES, "issue_date"): lazy_gettext("Day of the invoice"),
        (Table.INVOICES, "due_date"): lazy_gettext("Due day"),
        (Table.INVOICES, "amount"): lazy_gettext("Amount"),
        (Table.INVOICES, "currency"): lazy_gettext("Currency"),
        (Table.INVOICES, "order_id"): lazy_gettext("Order number"),
        (Table.INVOICES, "order_date"): lazy_gettext("Day of the order"),
        (Table.PAYMENTS, "date"): lazy_gettext("Day of the payment"),
        (Table.PAYMENTS, "amount"): lazy_gettext("Amount paid"),
        (Table.CUSTOMERS, "name"): lazy_gettext("Name of the customer"),
        (Table.CUSTOMERS, "segment"): lazy_gettext("Segment"),
        (Table.CUSTOMERS, "industry"): lazy_gettext("Sector"),
        (Table.CUSTOMERS, "country"): lazy_gettext("Country"),
        (Table.CUSTOMERS, "since"): lazy_gettext("Customer since"),
        (Table.CUSTOMERS, "parent_id"): lazy_gettext("Number of the parent"),
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """A choice: its name in the form, what it is called, the heading that is chosen, whether an invoice needs it."""

    name: str
    called: str
    heading: str
    is_needed: bool


def fields_of(chosen: Chosen) -> tuple[tuple[Target, Field], ...]:
    """Return the choices with what is chosen, in the order in which people are asked."""
    return tuple(_fields(chosen))


def named(target: Target) -> str:
    """Return the name of a choice in the form."""
    return ".".join(target)


def _fields(chosen: Chosen) -> Iterator[tuple[Target, Field]]:
    for target in TARGETS:
        heading = chosen.columns.get(target, "")
        yield target, Field(named(target), str(CALLED[target]), heading, target in NEEDED)
