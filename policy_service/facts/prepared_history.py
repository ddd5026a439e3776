"""A customer's history as columns in the base currency, with all that does not depend on the day worked out."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from policy_service.domain.entries import Customer, CustomerHistory
from policy_service.facts.columns import Collection, day_numbers, in_order_of_date, integers, texts
from policy_service.facts.currency import RateTable
from policy_service.facts.knowledge import NEVER, day_number
from policy_service.facts.orders_asked_here import LedgerOrders
from policy_service.facts.postings import PostingKind, postings_upon
from policy_service.facts.prepared_invoices import PreparedInvoices, prepare_invoices
from policy_service.facts.prepared_promises import PreparedPromises, prepare_promises
from policy_service.facts.settlement import Settlement, settle
from policy_service.ledger.columns import Table


@dataclass(frozen=True, slots=True)
class PreparedHistory:
    """All of one customer's entries as columns; each carries `known_from`: it is known on later days.

    `unapplied` are payments without an invoice, with their place among the payments as those have that left something.
    """

    history: CustomerHistory
    invoices: PreparedInvoices
    settlement: Settlement
    unapplied: Collection
    disputes: Collection
    promises: PreparedPromises
    events: Collection
    orders: LedgerOrders


def prepare_history(history: CustomerHistory, rates: RateTable, has_orders_file: bool) -> PreparedHistory:
    """Return the history as columns; FactError F101 for a currency without a rate."""
    invoices = prepare_invoices(history.invoices, rates)
    postings = postings_upon(history, invoices.position_of, invoices.entries.numbers["known_from"])
    return PreparedHistory(
        history,
        invoices,
        settle(invoices, postings),
        _unapplied_payments(history),
        _dispute_columns(history, invoices),
        prepare_promises(history.promises, invoices, postings),
        _event_columns(history),
        LedgerOrders(history, invoices, rates, has_orders_file),
    )


def version_in_force(history: CustomerHistory, day: dt.date) -> Customer:
    """Return the customer as its attributes were on that day.

    A version counts from the day after its `valid_from`, or its `posted_on` if that is later; the earliest
    also before.
    """
    if len(history.versions) == 1:
        return history.versions[0]
    versions = sorted(history.versions, key=_valid_from)
    begun = [version for version in versions if counts_after(version) < day]
    return begun[-1] if begun else versions[0]


def counts_after(version: Customer) -> dt.date:
    """Return the last day on which the version does not count yet, unless it is the earliest."""
    return max(_valid_from(version), version.posted_on or dt.date.min)


def _valid_from(version: Customer) -> dt.date:
    return version.valid_from or dt.date.min


def _unapplied_payments(history: CustomerHistory) -> Collection:
    places = [place for place, payment in enumerate(history.payments) if not payment.invoice_id]
    free = [history.payments[place] for place in places]
    dates = day_numbers([one.date for one in free])
    # No column says in which currency they are: as of invoices without one, it is the base currency.
    numbers = {
        "known_from": np.maximum(dates, day_numbers([one.posted_on for one in free])),
        "amount": integers([one.amount for one in free]),
        "position": np.array(places, dtype=np.int64),
        "posting_kind": np.full(len(free), int(PostingKind.PAYMENT), dtype=np.int64),
    }
    return in_order_of_date(Table.PAYMENTS, texts([one.payment_id for one in free]), dates, numbers)


def _dispute_columns(history: CustomerHistory, invoices: PreparedInvoices) -> Collection:
    known = [dispute for dispute in history.disputes if dispute.invoice_id in invoices.position_of]
    of = np.array([invoices.position_of[dispute.invoice_id] for dispute in known], dtype=np.intp)
    opened = day_numbers([one.opened for one in known])
    own = np.maximum(opened, day_numbers([one.posted_on for one in known]))
    closed = [NEVER if one.closed is None else day_number(one.closed) for one in known]
    numbers = {
        "known_from": np.maximum(own, invoices.entries.numbers["known_from"][of]),
        "closed": np.array(closed, dtype=np.int64),
        "invoice": of,
    }
    return in_order_of_date(Table.DISPUTES, texts([one.dispute_id for one in known]), opened, numbers)


def _event_columns(history: CustomerHistory) -> Collection:
    events = history.events
    dates = day_numbers([event.date for event in events])
    numbers = {"known_from": np.maximum(dates, day_numbers([event.posted_on for event in events]))}
    words = {"kind": texts([event.kind for event in events]), "value": texts([event.value for event in events])}
    return in_order_of_date(Table.EVENTS, texts([event.event_id for event in events]), dates, numbers, words)
