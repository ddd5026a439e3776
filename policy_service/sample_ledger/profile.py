"""The statistics of the sample company: its segments, industries and kinds of payer.

docs/reference/sample-ledger.md documents every number here; a test holds the two together.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Segment:
    """A class of customer: its share of customers, how much larger its orders are, and its term."""

    name: str
    share: float
    order_size: float
    order_frequency: float
    term_days: int


@dataclass(frozen=True, slots=True)
class Industry:
    """A trade: its share of customers, and the strength of its season (peak in `peak_month`)."""

    name: str
    share: float
    season: float
    peak_month: int
    hit_by_shock: float = 0.0


@dataclass(frozen=True, slots=True)
class PayerType:
    """How customers pay: mean and spread of days late, drift per year, share that fails per year."""

    name: str
    share: float
    days_late: float
    spread: float
    drift_per_year: float
    failures_per_year: float
    keeps_promises: float


SEGMENTS: Final = (
    Segment("key", 0.03, 12.0, 4.0, 60),
    Segment("normal", 0.62, 1.0, 1.0, 30),
    Segment("small", 0.25, 0.25, 0.6, 30),
    Segment("export", 0.10, 2.0, 0.7, 45),
)

INDUSTRIES: Final = (
    Industry("machinery", 0.24, 0.15, 6),
    Industry("construction", 0.18, 0.45, 9, hit_by_shock=25.0),
    Industry("electronics", 0.22, 0.30, 11),
    Industry("food", 0.20, 0.25, 1),
    Industry("retail", 0.16, 0.50, 12, hit_by_shock=10.0),
)

PAYER_TYPES: Final = (
    PayerType("prompt", 0.42, -2.0, 4.0, 0.0, 0.001, 0.95),
    PayerType("a_little_late", 0.28, 6.0, 7.0, 1.0, 0.004, 0.85),
    PayerType("slow", 0.15, 22.0, 12.0, 2.0, 0.015, 0.65),
    PayerType("erratic", 0.08, 8.0, 25.0, 0.0, 0.02, 0.55),
    PayerType("deteriorating", 0.05, 2.0, 8.0, 22.0, 0.10, 0.45),
    PayerType("improving", 0.02, 30.0, 10.0, -12.0, 0.005, 0.8),
)

COUNTRIES: Final = (("CN", 0.85), ("VN", 0.05), ("DE", 0.05), ("US", 0.05))

#: Yearly growth of the number of orders.
GROWTH: Final = 0.08
MEDIAN_ORDER: Final = 18_000_00
ORDER_SPREAD: Final = 0.9
CUSTOMER_SPREAD: Final = 1.1

PARTIAL_SHARE: Final = 0.08
DEPOSIT_SHARE: Final = 0.01
OVERPAID_SHARE: Final = 0.002
BILL_SHARE: Final = 0.06
DISPUTE_SHARE: Final = 0.03
CREDIT_NOTE_SHARE: Final = 0.02
PROMISE_SHARE: Final = 0.45
PROMISE_AFTER_DAYS: Final = 15
NEVER_INVOICED_SHARE: Final = 0.03
POSTED_LATE_SHARE: Final = 0.05
WRITE_OFF_AFTER_DAYS: Final = 270
SHOCK_DAYS: Final = 150
#: The shock begins after this part of the history.
SHOCK_AT: Final = 0.6
TRADE_AFTER_FAILURE_DAYS: Final = 45
UNAPPLIED_SHARE: Final = 0.001
BREACH_SHARE: Final = 0.03
CONTACT_SHARE: Final = 0.6


@dataclass(frozen=True, slots=True)
class SampleCompany:
    """What to generate: how much, from which seed, over which days (`last_day` inclusive)."""

    customers: int
    invoices: int
    seed: int
    first_day: dt.date = field(default=dt.date(2023, 1, 1))
    last_day: dt.date = field(default=dt.date(2025, 12, 31))

    @property
    def days(self) -> int:
        """How many days the history has."""
        return (self.last_day - self.first_day).days + 1

    @property
    def first_day_number(self) -> int:
        """The first day as days since 1970-01-01."""
        return (self.first_day - dt.date(1970, 1, 1)).days
