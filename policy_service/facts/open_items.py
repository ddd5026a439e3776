"""Open items: what a ladder climbs, one invoice after the other."""

from dataclasses import dataclass

from policy_service.facts.books_of_day import BooksOfDay
from policy_service.facts.built_in import is_overdue


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open invoice as of a day, amounts in base currency.

    `days_past_due` is signed: negative before the due date. `is_overdue`: past due date and grace, undisputed.
    """

    invoice_id: str
    customer_id: str
    due_day: int
    amount: int
    open_amount: int
    days_past_due: int
    is_disputed: bool
    is_overdue: bool


def open_items(books: BooksOfDay, grace_days: int) -> tuple[OpenItem, ...]:
    """Return the customer's open invoices by issue date, then id; `due_day` counts from 1970-01-01."""
    invoices, knowledge = books.open_invoices, books.knowledge
    customer_id = books.prepared.history.customer_id
    due = invoices.numbers["due_date"].tolist()
    columns = zip(
        invoices.ids.tolist(),
        due,
        invoices.numbers["amount"].tolist(),
        invoices.numbers["open_amount"].tolist(),
        invoices.numbers["disputed"].tolist(),
        is_overdue(invoices, knowledge.number, grace_days).tolist(),
        strict=True,
    )
    return tuple(
        OpenItem(invoice_id, customer_id, day, amount, left, knowledge.number - day, bool(disputed), overdue)
        for invoice_id, day, amount, left, disputed, overdue in columns
    )
