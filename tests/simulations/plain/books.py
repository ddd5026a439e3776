"""A ledger as it is in one run: what exists of it, on which dates, with prepayments and without what they displaced.

Days are whole numbers from 1970-01-01. Amounts are minor units: `amount` in the entry's own currency, `base` in the
base currency.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import AdjustmentKind, Invoice, Ledger

PAYMENT, CREDIT_NOTE, WRITE_OFF = 0, 1, 2
KINDS = {AdjustmentKind.CREDIT_NOTE: CREDIT_NOTE, AdjustmentKind.WRITE_OFF: WRITE_OFF}


def rounded(number: Fraction) -> int:
    """Return the nearest whole number, halves away from zero."""
    twice = abs(number) * 2 + 1
    whole = twice.numerator // (2 * twice.denominator)
    return whole if number >= 0 else -whole


@dataclass(frozen=True, slots=True)
class Conversion:
    """Minor units of the base currency for one of the entry's own, exactly."""

    factor: Fraction

    def __call__(self, amount: int) -> int:
        return rounded(amount * self.factor)


def conversion(ledger: Ledger, code: str, on: dt.date) -> Conversion:
    """Return the conversion at the latest rate at or before the day."""
    base = ledger.base_currency
    if code in ("", base.code):
        return Conversion(Fraction(1))
    latest = max((rate for rate in ledger.rates if rate.currency == code and rate.date <= on), key=lambda one: one.date)
    return Conversion(Fraction(latest.rate) * 10**base.decimals / 10 ** currency_of(code).decimals)


@dataclass(frozen=True, slots=True)
class Posting:
    """A payment, credit note or write-off upon an invoice; a bill matures on `matures`."""

    id: str
    kind: int
    date: int
    posted: int
    amount: int
    matures: int | None = None


@dataclass(frozen=True, slots=True)
class DisputeInRun:
    """A dispute with the dates it has in the run."""

    id: str
    opened: int
    posted: int
    closed: int | None


@dataclass(frozen=True, slots=True)
class PromiseInRun:
    """A promise with the dates it has in the run; `amount` is that of the invoice where none was named."""

    id: str
    made: int
    posted: int
    promised: int
    amount: int


@dataclass(frozen=True, slots=True)
class BookedInvoice:
    """An invoice as it is in the run, with all that hangs on it.

    `postings` are in the order in which they apply: by date, then kind, then id. The prepayment comes before them all.
    """

    id: str
    recorded: Invoice
    issued: int
    due: int
    posted: int
    amount: int
    base: int
    convert: Conversion
    waited: int
    moved: int
    prepaid: int
    prepaid_on: int | None
    postings: tuple[Posting, ...]
    disputes: tuple[DisputeInRun, ...]
    promises: tuple[PromiseInRun, ...]

    def is_known(self, day: int) -> bool:
        """Whether it is known at the start of the day."""
        return self.issued < day and self.posted < day


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one posting: what applied (own and base currency), its surplus (base), what it comes to itself.

    `exists` is the amount it has in the run: as recorded, less what a prepayment displaced of it.
    """

    posting: Posting
    own: int
    base: int
    surplus: int
    exists: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An invoice with some of its postings applied: the parts, what the prepayment took, and what is left."""

    invoice: BookedInvoice
    parts: tuple[Part, ...]
    prepaid_base: int
    left: int
    left_base: int


def settle(invoice: BookedInvoice, counts: Callable[[Posting], bool]) -> Settled:
    """Return the invoice with those of its postings applied that count.

    Each takes at most what is open; the one that clears the invoice takes the remainder of its base amount. What would
    have applied without the prepayment and does not with it is displaced: it does not exist. The rest of an entry,
    which had no room without the prepayment either, is the surplus of the record and stays.
    """
    left, left_base, without = invoice.amount, invoice.base, invoice.amount
    prepaid_base = invoice.base if invoice.prepaid == left else min(invoice.convert(invoice.prepaid), left_base)
    left, left_base = left - invoice.prepaid, left_base - prepaid_base
    parts = []
    for posting in filter(counts, invoice.postings):
        fitting = min(posting.amount, without)
        own = min(posting.amount, left)
        without, left = without - fitting, left - own
        base = left_base if left == 0 else min(invoice.convert(own), left_base)
        left_base -= base
        surplus = 0 if posting.kind == WRITE_OFF else invoice.convert(posting.amount - fitting)
        parts.append(Part(posting, own, base, surplus, posting.amount - fitting + own))
    return Settled(invoice, tuple(parts), prepaid_base, left, left_base)


WHOLE = 100 * 10**6


def share_of(amount: int, percent: int) -> int:
    """Return that share (in millionths of a per cent) of the amount, between nothing and all of it."""
    return max(0, min(amount, rounded(Fraction(amount * percent, WHOLE))))
