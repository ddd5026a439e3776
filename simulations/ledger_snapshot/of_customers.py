"""What belongs to customers as columns: invoices, orders, payments without an invoice, events, recorded standings."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

import numpy as np

from policy_service.domain.amounts import parse_decimal
from policy_service.domain.entries import CustomerHistory, Event, Invoice, Order
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import MILLION, UNKNOWN, is_representable
from policy_service.facts.rounding import divide_half_away
from simulations.ledger_snapshot.columns import Events, Invoices, Orders, Standings, Unapplied
from simulations.ledger_snapshot.conversions import Conversions
from simulations.ledger_snapshot.errors import does_not_fit
from simulations.ledger_snapshot.flattened import Flattened, by_customer, days_of, later, whole_numbers
from simulations.ledger_snapshot.words import WordList

_NO_RANKS = np.empty(0, dtype=np.int64)


def invoice_columns(
    invoices: Flattened[Invoice], customers: int, order_places: Sequence[Mapping[str, int]], conversions: Conversions
) -> Invoices:
    """Return the invoices without their ranks; FactError F101 for one in a currency without a rate."""
    entries = invoices.entries

    def name_of(place: int) -> str:
        return f"invoice {entries[place].invoice_id}"

    issued = days_of(one.issue_date for one in entries)
    written = whole_numbers([one.amount for one in entries])
    rates = conversions.places([one.currency for one in entries], issued, name_of)
    own = zip(invoices.of.tolist(), entries, strict=True)
    return Invoices(
        invoices.begins(customers),
        invoices.of,
        issued,
        days_of(one.due_date for one in entries),
        days_of(one.order_date or one.issue_date for one in entries),
        later(issued, (one.posted_on for one in entries)),
        written,
        conversions.in_base(written, rates, name_of),
        rates,
        _NO_RANKS,
        np.array([order_places[customer].get(one.order_id, -1) for customer, one in own], dtype=np.int64),
    )


def order_columns(orders: Flattened[Order], customers: int, conversions: Conversions) -> Orders:
    """Return the orders without their ranks; FactError F101 for one in a currency without a rate."""
    entries = orders.entries

    def name_of(place: int) -> str:
        return f"order {entries[place].order_id}"

    dates = days_of(one.date for one in entries)
    written = whole_numbers([one.amount for one in entries])
    rates = conversions.places([one.currency for one in entries], dates, name_of)
    return Orders(
        orders.begins(customers),
        dates,
        later(dates, (one.posted_on for one in entries)),
        written,
        conversions.in_base(written, rates, name_of),
        rates,
        _NO_RANKS,
    )


def unapplied_columns(histories: Sequence[CustomerHistory]) -> Unapplied:
    """Return the payments that name no invoice."""
    free = by_customer(histories, lambda history: [one for one in history.payments if not one.invoice_id])
    dates = days_of(one.date for one in free.entries)
    return Unapplied(
        free.begins(len(histories)),
        dates,
        later(dates, (one.posted_on for one in free.entries)),
        # No column says in which currency they are: as of invoices without one, it is the base currency.
        whole_numbers([one.amount for one in free.entries]),
    )


def event_columns(histories: Sequence[CustomerHistory], words: WordList) -> Events:
    """Return the events; SnapshotError S301 for a value that is a number beyond 64 bits."""
    events = by_customer(histories, attrgetter("events"))
    dates = days_of(one.date for one in events.entries)
    return Events(
        events.begins(len(histories)),
        dates,
        later(dates, (one.posted_on for one in events.entries)),
        words.numbers(one.kind for one in events.entries),
        words.numbers(one.value for one in events.entries),
        np.array([_number(one) for one in events.entries], dtype=np.int64),
    )


def standing_columns(histories: Sequence[CustomerHistory], words: WordList) -> Standings:
    """Return the recorded standings."""
    standings = by_customer(histories, attrgetter("standings"))
    entries = standings.entries
    since = days_of(one.valid_from for one in entries)
    terms = [one.payment_term_days for one in entries]
    return Standings(
        standings.begins(len(histories)),
        since,
        later(since, (one.posted_on or one.valid_from for one in entries)),
        words.numbers(one.grade for one in entries),
        whole_numbers([UNKNOWN if one.credit_limit is None else one.credit_limit for one in entries]),
        whole_numbers([UNKNOWN if term is None else term for term in terms]),
    )


def _number(event: Event) -> int:
    try:
        numerator, denominator = parse_decimal(event.value.strip()).as_integer_ratio()
    except PolicyTextError:
        return UNKNOWN
    value = divide_half_away(numerator * MILLION, denominator)
    if not is_representable(value):
        raise does_not_fit(f"the value of event {event.event_id}")
    return value


def orders_of(histories: Sequence[CustomerHistory], *, has_orders_file: bool) -> Flattened[Order]:
    """Return the rows of the orders file; none without one."""
    return by_customer(histories, lambda history: history.orders if has_orders_file else ())
