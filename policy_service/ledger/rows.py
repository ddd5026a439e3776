"""Rows of each table read as entries: cells first, then what must hold between them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from policy_service.domain.amounts import parse_decimal
from policy_service.domain.entries import (
    Adjustment,
    AdjustmentKind,
    Customer,
    Dispute,
    Event,
    Invoice,
    Order,
    Payment,
    Promise,
    Rate,
    RecordedStanding,
)
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.lengths import LONGEST_WORD
from policy_service.domain.values import UNLIMITED, Currency
from policy_service.ledger.cells import RowReading, shown
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.ledger.reasons import Reason
from policy_service.ledger.tables import EntryReader

#: How a limit without end is written.
_UNLIMITED_TEXT: Final = "unlimited"
_CUSTOMER_CELLS: Final = len(COLUMNS[Table.CUSTOMERS].all)
_ORDER_STATES: Final = ("", "open", "held", "released", "cancelled", "invoiced")
_ADJUSTMENT_KINDS: Final = {kind.value: kind for kind in AdjustmentKind}


def read_rate(cells: Sequence[str], reading: RowReading) -> Rate:
    """Return the rate, above zero and of a known currency; of the base currency it is 1."""
    day, currency, rate, posted_on = cells
    reading.required("currency", currency)
    reading.currency("currency", currency)
    reading.optional_day("posted_on", posted_on)
    value = _positive_decimal(rate, reading)
    if currency == reading.known.base_currency.code and value != 1:
        reading.fault("rate", Reason.UNKNOWN_WORD, f"the rate of the base currency is {shown(rate)}, not 1")
    return Rate(reading.day("date", day), currency, value)


def customer_reader(further: Sequence[str]) -> EntryReader[Customer]:
    """Return the reader of customer rows whose cells end in those of the `further` columns."""

    def read_customer(cells: Sequence[str], reading: RowReading) -> Customer:
        written = zip(further, cells[_CUSTOMER_CELLS:], strict=True)
        attributes = {name: reading.customer_fact(name, text) for name, text in written if text}
        return _customer(cells[:_CUSTOMER_CELLS], attributes, reading)

    return read_customer


def _customer(cells: Sequence[str], attributes: Mapping[str, str], reading: RowReading) -> Customer:
    customer_id, name, segment, industry, country, since, parent_id, currency, valid_from, posted_on = cells
    reading.required("customer_id", customer_id)
    reading.currency("currency", currency)
    return Customer(
        customer_id,
        name,
        segment,
        industry,
        country,
        reading.optional_day("since", since),
        parent_id,
        currency,
        reading.optional_day("valid_from", valid_from),
        attributes,
        reading.optional_day("posted_on", posted_on),
    )


def read_order(cells: Sequence[str], reading: RowReading) -> Order:
    """Return the order; its currency has a rate at its date."""
    order_id, customer_id, day, amount, currency_code, state, posted_on = cells
    reading.required("order_id", order_id)
    reading.customer("customer_id", customer_id)
    date = reading.day("date", day)
    currency = reading.rated_currency("currency", currency_code, date)
    minor = reading.rated_amount("amount", amount, currency, date)
    reading.word("state", state, _ORDER_STATES)
    posted = _posted_on(posted_on, date, reading)
    return Order(order_id, customer_id, date, minor, _code(currency), posted, state)


def read_invoice(cells: Sequence[str], reading: RowReading) -> Invoice:
    """Return the invoice; due at or after its issue, ordered at or before it."""
    invoice_id, customer_id, issue, due, amount, order_id, order_day, currency_code, posted_on = cells
    reading.required("invoice_id", invoice_id)
    reading.customer("customer_id", customer_id)
    issue_date = reading.day("issue_date", issue)
    due_date = reading.day("due_date", due)
    currency = reading.rated_currency("currency", currency_code, issue_date)
    minor = reading.rated_amount("amount", amount, currency, issue_date)
    order_date = reading.optional_day("order_date", order_day)
    posted = _posted_on(posted_on, issue_date, reading)
    if order_id and reading.known.has_orders_file:
        _check_order(order_id, customer_id, reading)
    if not reading.faults:
        if due_date < issue_date:
            reading.fault("due_date", Reason.DUE_BEFORE_ISSUE, f"due {due_date}, issued {issue_date}")
        if order_date and order_date > issue_date:
            reading.fault("order_date", Reason.ORDER_AFTER_ISSUE, f"ordered {order_date}, issued {issue_date}")
    return Invoice(invoice_id, customer_id, issue_date, due_date, minor, _code(currency), posted, order_id, order_date)


def read_payment(cells: Sequence[str], reading: RowReading) -> Payment:
    """Return the payment in its invoice's currency; an unapplied one is in the base currency."""
    payment_id, day, amount, invoice_id, customer_id, instrument, matures_on, posted_on = cells
    reading.required("payment_id", payment_id)
    date = reading.day("date", day)
    invoice = reading.invoice("invoice_id", invoice_id) if invoice_id else None
    if not invoice_id and not customer_id:
        reading.fault("invoice_id", Reason.NAMES_NOBODY, "invoice_id and customer_id are empty")
    if customer_id:
        reading.customer("customer_id", customer_id)
    if invoice_id:
        minor = _amount_upon(invoice, amount, reading)
    else:
        minor = reading.amount("amount", amount, reading.known.base_currency)
    maturity = reading.optional_day("matures_on", matures_on)
    posted = _posted_on(posted_on, date, reading)
    return Payment(payment_id, date, minor, posted, invoice_id, customer_id, instrument, maturity)


def read_adjustment(cells: Sequence[str], reading: RowReading) -> Adjustment:
    """Return the adjustment in its invoice's currency."""
    adjustment_id, invoice_id, day, kind, amount, posted_on = cells
    reading.required("adjustment_id", adjustment_id)
    invoice = reading.invoice("invoice_id", invoice_id)
    date = reading.day("date", day)
    reading.word("kind", kind, _ADJUSTMENT_KINDS)
    minor = _amount_upon(invoice, amount, reading)
    posted = _posted_on(posted_on, date, reading)
    return Adjustment(
        adjustment_id, invoice_id, date, _ADJUSTMENT_KINDS.get(kind, AdjustmentKind.CREDIT_NOTE), minor, posted
    )


def read_dispute(cells: Sequence[str], reading: RowReading) -> Dispute:
    """Return the dispute; opened at or after the issue of its invoice, closed at or after its opening."""
    dispute_id, invoice_id, opening, closing, posted_on = cells
    reading.required("dispute_id", dispute_id)
    invoice = reading.invoice("invoice_id", invoice_id)
    opened = reading.day("opened", opening)
    closed = reading.optional_day("closed", closing)
    posted = _posted_on(posted_on, opened, reading)
    if not reading.faults:
        _check_not_before_issue("opened", opened, invoice, reading)
        if closed and closed < opened:
            reading.fault("closed", Reason.CLOSED_BEFORE_OPENED, f"closed {closed}, opened {opened}")
    return Dispute(dispute_id, invoice_id, opened, posted, closed)


def read_promise(cells: Sequence[str], reading: RowReading) -> Promise:
    """Return the promise; made at or after the issue of its invoice, for the day it is made or a later one."""
    promise_id, invoice_id, making, promised_day, amount, posted_on = cells
    reading.required("promise_id", promise_id)
    invoice = reading.invoice("invoice_id", invoice_id)
    made = reading.day("made", making)
    promised = reading.day("promised", promised_day)
    minor = _amount_upon(invoice, amount, reading) if amount else None
    posted = _posted_on(posted_on, made, reading)
    if not reading.faults:
        _check_not_before_issue("made", made, invoice, reading)
        if promised < made:
            reading.fault("promised", Reason.PROMISED_BEFORE_MADE, f"promised {promised}, made {made}")
    return Promise(promise_id, invoice_id, made, promised, posted, minor)


def read_event(cells: Sequence[str], reading: RowReading) -> Event:
    """Return the event of a known customer."""
    event_id, customer_id, day, kind, value, posted_on = cells
    reading.required("event_id", event_id)
    reading.customer("customer_id", customer_id)
    date = reading.day("date", day)
    reading.required("kind", kind)
    return Event(event_id, customer_id, date, kind, _posted_on(posted_on, date, reading), value)


def read_standing(cells: Sequence[str], reading: RowReading) -> RecordedStanding:
    """Return what was in force.

    A limit has three states: an amount, also zero, in the base currency, as no column names another; `unlimited`;
    and empty, none set.
    """
    customer_id, day, grade, credit_limit, payment_term_days, posted_on = cells
    reading.customer("customer_id", customer_id)
    valid_from = reading.day("from", day)
    posted = _posted_on(posted_on, valid_from, reading)
    limit: int | None = None
    if credit_limit == _UNLIMITED_TEXT:
        limit = UNLIMITED
    elif credit_limit.casefold() == _UNLIMITED_TEXT:
        reading.word("credit_limit", credit_limit, (_UNLIMITED_TEXT,))
    elif credit_limit:
        limit = reading.amount("credit_limit", credit_limit, reading.known.base_currency, least=0)
    term = reading.whole("payment_term_days", payment_term_days) if payment_term_days else None
    return RecordedStanding(customer_id, valid_from, grade, limit, term, posted)


def _posted_on(text: str, date: dt.date, reading: RowReading) -> dt.date:
    # A posting before the entry's own date may stand: an entry is known only once both days are past.
    return reading.day("posted_on", text) if text else date


def _code(currency: Currency | None) -> str:
    return currency.code if currency else ""


def _amount_upon(invoice: Invoice | None, text: str, reading: RowReading) -> int:
    if invoice is None:
        return reading.amount("amount", text, None)
    return reading.rated_amount("amount", text, reading.currency("currency", invoice.currency), invoice.issue_date)


def _check_not_before_issue(column: str, date: dt.date, invoice: Invoice | None, reading: RowReading) -> None:
    if invoice and date < invoice.issue_date:
        reading.fault(column, Reason.BEFORE_ISSUE, f"{column} {date}, invoice issued {invoice.issue_date}")


def _check_order(order_id: str, customer_id: str, reading: RowReading) -> None:
    order = reading.known.orders.get(order_id)
    if order is None:
        if order_id not in reading.known.unsound_orders:
            reading.fault("order_id", Reason.UNKNOWN_ORDER, f"order_id is {shown(order_id)}")
    elif order.customer_id != customer_id:
        found = f"order {shown(order_id)} is of customer {shown(order.customer_id)}"
        reading.fault("order_id", Reason.ORDER_OF_ANOTHER, found)


def _positive_decimal(text: str, reading: RowReading) -> Decimal:
    try:
        value = parse_decimal(text)
    except PolicyTextError:
        value = Decimal(-1)
    # Longer than any rate in use: beyond it a rate is a slip.
    if value < 0 or len(text) > LONGEST_WORD:
        reading.fault("rate", Reason.NO_AMOUNT, f"rate is {shown(text)}")
    elif value == 0:
        reading.fault("rate", Reason.NOT_POSITIVE, f"rate is {shown(text)}")
    return value
