"""Ledger entries as imported: amounts in minor units of the entry's currency, dates as dates.

`posted_on` is when the entry became known; it defaults to the entry's own date.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from policy_service.domain.values import Currency


class AdjustmentKind(StrEnum):
    """What lowers an invoice without a payment."""

    CREDIT_NOTE = "credit_note"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as its attributes were from the day after `valid_from` (none: from ever).

    `posted_on` is when that became known (none: on its date). `attributes` hold the further columns of the
    file, as text; an empty cell is absent.
    """

    customer_id: str
    name: str = ""
    segment: str = ""
    industry: str = ""
    country: str = ""
    since: dt.date | None = None
    parent_id: str = ""
    currency: str = ""
    valid_from: dt.date | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    posted_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """A sale on credit; `amount` in minor units of `currency`."""

    invoice_id: str
    customer_id: str
    issue_date: dt.date
    due_date: dt.date
    amount: int
    currency: str
    posted_on: dt.date
    order_id: str = ""
    order_date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Money in; without `invoice_id` it is unapplied. A bill (`instrument`) matures on `matures_on`."""

    payment_id: str
    date: dt.date
    amount: int
    posted_on: dt.date
    invoice_id: str = ""
    customer_id: str = ""
    instrument: str = ""
    matures_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A credit note or a write-off of one invoice."""

    adjustment_id: str
    invoice_id: str
    date: dt.date
    kind: AdjustmentKind
    amount: int
    posted_on: dt.date


@dataclass(frozen=True, slots=True)
class Dispute:
    """An invoice in dispute from `opened` until `closed` (none: still); `posted_on` is of its opening."""

    dispute_id: str
    invoice_id: str
    opened: dt.date
    posted_on: dt.date
    closed: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay by `promised`; without `amount`, all of the invoice."""

    promise_id: str
    invoice_id: str
    made: dt.date
    promised: dt.date
    posted_on: dt.date
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a customer: insolvency_notice, rating_change, refusal_to_pay, contact, ..."""

    event_id: str
    customer_id: str
    date: dt.date
    kind: str
    posted_on: dt.date
    value: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An order asked for, whatever its outcome; `state` is final and not known before its date."""

    order_id: str
    customer_id: str
    date: dt.date
    amount: int
    currency: str
    posted_on: dt.date
    state: str = ""


@dataclass(frozen=True, slots=True)
class RecordedStanding:
    """What was in force from a day on; `credit_limit` in minor units of base currency or UNLIMITED, none: not set."""

    customer_id: str
    valid_from: dt.date
    grade: str = ""
    credit_limit: int | None = None
    payment_term_days: int | None = None
    posted_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of base currency for one unit of `currency`, exactly as written, from `date` on."""

    date: dt.date
    currency: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class CustomerHistory:
    """All that is known of one customer: each collection in order of its date, then id."""

    customer_id: str
    versions: tuple[Customer, ...]
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    promises: tuple[Promise, ...] = ()
    events: tuple[Event, ...] = ()
    orders: tuple[Order, ...] = ()
    standings: tuple[RecordedStanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A payment history: one history per customer (in order of id), rates in order of date.

    `has_orders_file` tells orders that were asked for from orders read off their invoices. `roots` name
    for every customer the root of its group (itself, where it has no parent).
    """

    base_currency: Currency
    histories: Mapping[str, CustomerHistory]
    rates: tuple[Rate, ...] = ()
    has_orders_file: bool = False
    roots: Mapping[str, str] = field(default_factory=dict)
