"""A prediction beside what happened: the same figures, month by month, as far as they can be compared.

What a simulation found is of another time and another length of it. So amounts and numbers are predicted for a period
by its days, shares and days as they are, and balances as they were on average at the ends of the last months simulated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, assert_never

from policy_service.storage.prediction_store import Happened
from simulations.accounting.kpis import DECIDED
from simulations.report.page.numbers import Unit

#: A part of a month with fewer days, or shares of fewer orders, says more of chance than of the policy.
LEAST_DAYS: Final = 28
LEAST_ORDERS: Final = 30
#: So long payments are mostly those of invoices from before, and write-offs those of credit given before.
OLD_PAYMENTS_DAYS: Final = 90
OLD_CREDIT_DAYS: Final = 365
#: Balances and ranges are those of so many months: a year has every season, and a ledger begins with nothing open.
_LAST_MONTHS: Final = 12
_AMOUNTS: Final = {outcome: f"{name}_amount" for outcome, name in DECIDED.items()}


class How(StrEnum):
    """How a figure of a longer time says something of a month: by its days, as it is, as a share, as a balance."""

    BY_DAYS = "by_days"
    AS_IT_IS = "as_it_is"
    OF_ORDERS = "of_orders"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure that can be compared; `of_months` is its name in the timeline of a report, empty where it has none."""

    name: str
    unit: Unit
    how: How
    of_months: str = ""


#: In the order in which they are read.
COMPARED: Final = (
    Compared("orders", Unit.COUNT, How.BY_DAYS),
    Compared("order_amount", Unit.MONEY, How.BY_DAYS),
    *(Compared(name, Unit.SHARE, How.OF_ORDERS) for name in _AMOUNTS.values()),
    Compared("sales", Unit.MONEY, How.BY_DAYS, "sales"),
    Compared("open_balance_end", Unit.MONEY, How.BALANCE, "open_balance"),
    Compared("past_due_balance_end", Unit.MONEY, How.BALANCE, "past_due_balance"),
    Compared("receivables_mean", Unit.MONEY, How.AS_IT_IS),
    Compared("dso_simple", Unit.DAYS, How.AS_IT_IS),
    Compared("collected", Unit.MONEY, How.BY_DAYS),
    Compared("days_late_mean_weighted", Unit.DAYS, How.AS_IT_IS),
    Compared("on_time_share", Unit.SHARE, How.AS_IT_IS),
    Compared("write_offs", Unit.MONEY, How.BY_DAYS),
    Compared("bad_debt_ratio", Unit.SHARE, How.AS_IT_IS),
)


class NotCompared(StrEnum):
    """Why a figure of the prediction is not set beside what happened."""

    LENGTH = "length"
    RATES = "rates"
    STEPS = "steps"


NOT_COMPARED: Final[Mapping[NotCompared, tuple[str, ...]]] = {
    NotCompared.LENGTH: (
        *("collection_effectiveness", "dso_count_back", "best_possible_dso", "average_days_delinquent"),
        *("receivables_peak", "concentration_hhi"),
    ),
    NotCompared.RATES: ("margin", "risk_adjusted_margin", "carrying_cost"),
    NotCompared.STEPS: ("cases_opened",),
}


class Said(StrEnum):
    """How what happened lies to the months that were simulated; `unsaid` where these have no range of the figure."""

    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Pair:
    """What was predicted for a period and what happened in it; none where there is no such figure."""

    predicted: float | int | None
    happened: float | int | None
    said: Said
    is_thin: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A figure period by period; `low` and `high` bound it over the whole months simulated, if that is known."""

    compared: Compared
    low: int | None
    high: int | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A month, or the part of one in which the version was in force; `is_short` says little."""

    begins: date
    ends: date
    orders: int
    asked_elsewhere: int

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends - self.begins).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.ends - timedelta(days=1)

    @property
    def is_short(self) -> bool:
        """Whether it has too few days to be compared."""
        return self.days < LEAST_DAYS


class Doubt(StrEnum):
    """What keeps a reader from taking a difference for the policy's doing."""

    TOO_SHORT = "too_short"
    OLD_PAYMENTS = "old_payments"
    OLD_CREDIT = "old_credit"
    HELD_ARE_LOST = "held_are_lost"
    OPEN_LOOP = "open_loop"
    ASKED_ELSEWHERE = "asked_elsewhere"
    NO_RATE = "no_rate"


@dataclass(frozen=True, slots=True)
class Judged:
    """The whole comparison."""

    periods: tuple[Period, ...]
    lines: tuple[Line, ...]
    doubts: tuple[Doubt, ...]


def compared(summary: Mapping[str, Any], months: Sequence[Happened]) -> Judged:
    """Return what was predicted beside what happened; without lines before the first day is over.

    `summary` is that of the simulation. Figures of a ledger in another currency are not there.
    """
    periods = tuple(_period(month) for month in months)
    lines = tuple(_line(each, summary, months, periods) for each in COMPARED) if months else ()
    return Judged(periods, lines, tuple(_doubts(summary, months, periods)))


def _period(month: Happened) -> Period:
    orders = sum(month.figures["decided"]["orders"].values())
    return Period(month.begins, month.ends, orders, max(month.figures["ledger"]["orders"] - orders, 0))


def _line(each: Compared, summary: Mapping[str, Any], months: Sequence[Happened], periods: Sequence[Period]) -> Line:
    simulated = _whole_months(summary, each.of_months)
    low, high = (min(simulated), max(simulated)) if simulated else (None, None)
    pairs = []
    for month, period in zip(months, periods, strict=True):
        predicted, happened = _predicted(each, summary, period, simulated), _happened(each, month)
        is_thin = period.is_short or (each.how is How.OF_ORDERS and period.orders < LEAST_ORDERS)
        pairs.append(Pair(predicted, happened, _said(happened, low, high, is_thin=is_thin), is_thin))
    return Line(each, low, high, tuple(pairs))


def _predicted(
    each: Compared, summary: Mapping[str, Any], period: Period, simulated: Sequence[int]
) -> float | int | None:
    kpis = summary["candidate"]
    value: float | None = kpis[each.name]
    if value is None:
        return None
    match each.how:
        case How.BY_DAYS:
            return round(value * period.days / _days(summary))
        case How.AS_IT_IS:
            return value
        case How.OF_ORDERS:
            return value / kpis["order_amount"] if kpis["order_amount"] else None
        case How.BALANCE:
            return round(sum(simulated) / len(simulated)) if simulated else None
        case _:
            assert_never(each.how)


def _happened(each: Compared, month: Happened) -> float | int | None:
    decided, ledger = month.figures["decided"], month.figures["ledger"]
    amounts = decided["amounts"]
    match each.name:
        case "orders":
            return int(sum(decided["orders"].values()))
        case "order_amount":
            return int(sum(amounts.values()))
    if each.how is How.OF_ORDERS:
        outcome = next(one for one, name in _AMOUNTS.items() if name == each.name)
        asked = sum(amounts.values())
        return amounts[str(outcome)] / asked if asked else None
    return ledger[each.name]  # type: ignore[no-any-return]


def _said(happened: float | int | None, low: int | None, high: int | None, *, is_thin: bool) -> Said:
    if happened is None or low is None or high is None or is_thin:
        return Said.UNSAID
    if happened < low:
        return Said.BELOW
    return Said.ABOVE if happened > high else Said.WITHIN


def _whole_months(summary: Mapping[str, Any], name: str) -> Sequence[int]:
    if not name:
        return ()
    window, months = summary["run"]["window"], summary["timeline"]
    # The first and the last month of a window may be parts of one.
    is_cut = (not window["from"].endswith("-01"), not window["to"].endswith("-01"))
    whole = months[1 if is_cut[0] else 0 : len(months) - 1 if is_cut[1] else len(months)]
    return [month["candidate"][name] for month in whole[-_LAST_MONTHS:]]


def _days(summary: Mapping[str, Any]) -> int:
    window = summary["run"]["window"]
    return (date.fromisoformat(window["to"]) - date.fromisoformat(window["from"])).days


def _doubts(summary: Mapping[str, Any], months: Sequence[Happened], periods: Sequence[Period]) -> Iterator[Doubt]:
    days = sum(period.days for period in periods)
    if all(period.is_short for period in periods):
        yield Doubt.TOO_SHORT
    if days < OLD_PAYMENTS_DAYS:
        yield Doubt.OLD_PAYMENTS
    if days < OLD_CREDIT_DAYS:
        yield Doubt.OLD_CREDIT
    run = summary["run"]
    if run["mode"] == "open":
        yield Doubt.OPEN_LOOP
    elif run["assumptions"]["held_orders"] == "lost":
        yield Doubt.HELD_ARE_LOST
    if any(period.asked_elsewhere for period in periods):
        yield Doubt.ASKED_ELSEWHERE
    if any(month.figures["decided"]["unpriced"] for month in months):
        yield Doubt.NO_RATE
