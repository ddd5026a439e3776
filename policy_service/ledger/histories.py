"""Entries put together by customer, each collection in order of its date, then id."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

from policy_service.domain.entries import Adjustment, Customer, CustomerHistory, Dispute, Payment, Promise
from policy_service.ledger.tables import LedgerTables

Entry = TypeVar("Entry")


def histories(versions: Mapping[str, Sequence[Customer]], tables: LedgerTables) -> Mapping[str, CustomerHistory]:
    """Return the history of each customer, in order of id; an entry goes to the customer of its invoice."""
    own = attrgetter("customer_id")
    invoices_of = _by_customer(tables.invoices.accepted(), own, "issue_date", "invoice_id")
    customer_of = {invoice.invoice_id: name for name, entries in invoices_of.items() for invoice in entries}

    def through_invoice(entry: Payment | Adjustment | Dispute | Promise) -> str:
        return customer_of[entry.invoice_id]

    def payer(payment: Payment) -> str:
        return customer_of[payment.invoice_id] if payment.invoice_id else payment.customer_id

    payments_of = _by_customer(tables.payments.accepted(), payer, "date", "payment_id")
    adjustments_of = _by_customer(tables.adjustments.accepted(), through_invoice, "date", "adjustment_id")
    disputes_of = _by_customer(tables.disputes.accepted(), through_invoice, "opened", "dispute_id")
    promises_of = _by_customer(tables.promises.accepted(), through_invoice, "made", "promise_id")
    events_of = _by_customer(tables.events.accepted(), own, "date", "event_id")
    orders_of = _by_customer(tables.orders.accepted(), own, "date", "order_id")
    standings_of = _by_customer(tables.standings.accepted(), own, "valid_from")
    return {
        name: CustomerHistory(
            name,
            tuple(versions[name]),
            invoices_of.get(name, ()),
            payments_of.get(name, ()),
            adjustments_of.get(name, ()),
            disputes_of.get(name, ()),
            promises_of.get(name, ()),
            events_of.get(name, ()),
            orders_of.get(name, ()),
            standings_of.get(name, ()),
        )
        for name in sorted(versions)
    }


def _by_customer(
    entries: Iterable[Entry], customer_of: Callable[[Entry], str], *order: str
) -> Mapping[str, tuple[Entry, ...]]:
    groups = defaultdict[str, list[Entry]](list)
    for entry in entries:
        groups[customer_of(entry)].append(entry)
    in_order = attrgetter(*order)
    return {name: tuple(sorted(group, key=in_order)) for name, group in groups.items()}
