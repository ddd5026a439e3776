"""A customer's history as columns in the base currency, with all that does not depend on the day worked out.

Most invoices take their postings in the order in which they became known; their applied parts are the same
on every day and are found once. The few others (an earlier-dated entry was posted later) are kept aside
as they are and applied anew for each day.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy_service.domain.entries import Customer, CustomerHistory
from policy_service.facts.application import applies_as_it_becomes_known, apply_postings
from policy_service.facts.applied_parts import part_columns
from policy_service.facts.columns import Collection, day_numbers, integers, texts
from policy_service.facts.currency import RateTable
from policy_service.facts.knowledge import NEVER, day_number
from policy_service.facts.posted_invoices import PostedInvoice, last_unknown_day, posted_invoices
from policy_service.facts.prepared_orders import PreparedOrders, prepare_orders
from policy_service.facts.prepared_promises import PreparedPromises, prepare_promises


@dataclass(frozen=True, slots=True)
class PreparedHistory:
    """All of one customer's entries as columns; each carries `known_from`: it is known on later days.

    `parts` are the applied parts of the invoices that apply as they become known, `unsettled` the others;
    `unapplied` are payments without an invoice.
    """

    history: CustomerHistory
    invoices: Collection
    parts: Collection
    unsettled: tuple[PostedInvoice, ...]
    unapplied: Collection
    disputes: Collection
    promises: PreparedPromises
    events: Collection
    orders: PreparedOrders


def prepare_history(history: CustomerHistory, rates: RateTable, has_orders_file: bool) -> PreparedHistory:
    """Return the history as columns; FactError F101 for a currency without a rate."""
    invoices = posted_invoices(history, rates)
    columns = _invoice_columns(invoices)
    by_id = {posted.invoice.invoice_id: posted for posted in invoices}
    settled = [one for one in invoices if applies_as_it_becomes_known(one.postings)]
    unsettled = [one for one in invoices if not applies_as_it_becomes_known(one.postings)]
    return PreparedHistory(
        history,
        columns,
        part_columns(
            ((one, apply_postings(one.invoice.amount, one.postings, one.to_base)) for one in settled), columns
        ),
        tuple(unsettled),
        _unapplied_payments(history),
        _dispute_columns(history, by_id),
        prepare_promises(history.promises, by_id),
        _event_columns(history),
        prepare_orders(history.orders, invoices, rates, has_orders_file),
    )


def version_in_force(history: CustomerHistory, day: dt.date) -> Customer:
    """Return the customer as its attributes were on that day.

    A version counts from the day after its `valid_from`, or its `posted_on` if that is later; the earliest
    also before.
    """
    versions = sorted(history.versions, key=_valid_from)
    begun = [version for version in versions if counts_after(version) < day]
    return begun[-1] if begun else versions[0]


def counts_after(version: Customer) -> dt.date:
    """Return the last day on which the version does not count yet, unless it is the earliest."""
    return max(_valid_from(version), version.posted_on or dt.date.min)


def _valid_from(version: Customer) -> dt.date:
    return version.valid_from or dt.date.min


def _invoice_columns(invoices: Sequence[PostedInvoice]) -> Collection:
    own = [posted.invoice for posted in invoices]
    issued = day_numbers(invoice.issue_date for invoice in own)
    due = day_numbers(invoice.due_date for invoice in own)
    numbers = {
        "known_from": integers([posted.known_from for posted in invoices]),
        "amount": integers([posted.to_base(posted.invoice.amount) for posted in invoices]),
        "due_date": due,
        "term_days": due - issued,
    }
    return Collection(texts([invoice.invoice_id for invoice in own]), issued, numbers)


def _unapplied_payments(history: CustomerHistory) -> Collection:
    free = [payment for payment in history.payments if not payment.invoice_id]
    # No column says in which currency they are: as of invoices without one, it is the base currency.
    amounts = [one.amount for one in free]
    known_from = [last_unknown_day(one.date, one.posted_on) for one in free]
    dates = [day_number(one.date) for one in free]
    return _columns([one.payment_id for one in free], dates, {"known_from": known_from, "amount": amounts})


def _dispute_columns(history: CustomerHistory, by_id: Mapping[str, PostedInvoice]) -> Collection:
    known = [(dispute, by_id[dispute.invoice_id]) for dispute in history.disputes if dispute.invoice_id in by_id]
    return _columns(
        [one.dispute_id for one, _ in known],
        [day_number(one.opened) for one, _ in known],
        {
            "known_from": [
                max(last_unknown_day(one.opened, one.posted_on), posted.known_from) for one, posted in known
            ],
            "closed": [day_number(one.closed) if one.closed else NEVER for one, _ in known],
            "invoice": [posted.position for _, posted in known],
        },
    )


def _event_columns(history: CustomerHistory) -> Collection:
    events = history.events
    return Collection(
        texts([event.event_id for event in events]),
        integers([day_number(event.date) for event in events]),
        {"known_from": integers([last_unknown_day(event.date, event.posted_on) for event in events])},
        {"kind": texts([event.kind for event in events]), "value": texts([event.value for event in events])},
    )


def _columns(ids: Sequence[str], dates: Sequence[int], numbers: Mapping[str, Sequence[int]]) -> Collection:
    return Collection(texts(ids), integers(dates), {name: integers(column) for name, column in numbers.items()})
