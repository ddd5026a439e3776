"""The figures of the portfolio as of a business day, each with what leads to the customers behind it.

Amounts are whole minor units of the base currency. A figure that cannot be computed says why.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.currencies import currency
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.domain.values import Currency
from policy_service.facts.collection_metrics import concentration, days_of_sales
from policy_service.facts.quotients import Missing, Ratio, ratio
from policy_service.services.actor import Actor, require
from policy_service.services.house import House
from policy_service.services.portfolio.behind import Behind, Subject, customers_with
from policy_service.services.portfolio.month_ends import DaysSales, MonthEnd, days_sales_now, month_ends
from policy_service.services.portfolio.refreshing import current
from policy_service.services.portfolio.summary import Holder, Summary, read
from policy_service.storage.portfolio_store import CountedDay, Owed, PortfolioStore

_QUARTER: Final = 90
_BUCKETS: Final = {
    "not_due": (Owed.NOT_DUE, "invoices_not_due"),
    "1_30": (Owed.DAYS_1_30, "invoices_1_30"),
    "31_60": (Owed.DAYS_31_60, "invoices_31_60"),
    "61_90": (Owed.DAYS_61_90, "invoices_61_90"),
    "over_90": (Owed.DAYS_OVER_90, "invoices_over_90"),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount, how many customers have something of it, and the list of them."""

    amount: int
    customers: int
    behind: Behind


@dataclass(frozen=True, slots=True)
class Bucket:
    """The part of the open balance that is so many days past its due date; `name` as in a simulation's report."""

    name: str
    amount: int
    invoices: int
    customers: int
    behind: Behind


@dataclass(frozen=True, slots=True)
class GradeCount:
    """The customers of one grade: empty where the standing sets none, none without a standing."""

    grade: str | None
    customers: int
    exposure: int
    behind: Behind


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of the exposure is owed by few: by the ten largest, from 0 to 1, and the index of all, up to 10,000."""

    largest: tuple[Holder, ...]
    share_of_largest: Ratio
    herfindahl_hirschman: Ratio
    behind: Behind


@dataclass(frozen=True, slots=True)
class Figures:
    """The portfolio as it was counted last.

    It was counted at `counted_at`, under that policy version, with the ledger up to a posting. `is_current`: nothing
    was posted, decided or done since, and no day has begun. `overdue` is past due date and grace and undisputed,
    `past_due` past the due date, whatever else. `not_counted` are customers that cannot be measured, with the code of
    the error.
    """

    day: dt.date
    counted_at: Instant
    is_current: bool
    posting: int
    policy_id: str
    policy_version: int
    currency: Currency
    customers: int
    exposure: Amount
    open_balance: Amount
    overdue: Amount
    past_due: int
    disputed: Amount
    unapplied_cash: Amount
    open_orders: Amount
    unmatured_bills: Amount
    ageing: tuple[Bucket, ...]
    days_sales: DaysSales
    best_possible_days: Ratio
    trend: tuple[MonthEnd, ...]
    grades: tuple[GradeCount, ...]
    stopped: Amount
    concentration: Concentration
    largest_overdue: tuple[Holder, ...]
    not_counted: tuple[tuple[str, str], ...]

    @property
    def collection_effectiveness(self) -> Ratio:
        """That of the last full month, in per cent."""
        return self.trend[-1].collection_effectiveness


def figures(house: House, session: Session, actor: Actor, at: Instant) -> Figures | None:
    """Return the figures as they were counted last; none before the first count.

    AccessError A403 without the permission to see customers.
    """
    require(actor, Permission.CUSTOMERS_READ)
    last = PortfolioStore(session).last()
    if last is None or not last.summary:
        return None
    of = last.of
    best_first = house.policies.version(session, of.policy_id, of.policy_version).policy.grades
    return _figures(last, read(last.summary), best_first, is_current=of == current(house, session, at))


def _figures(last: CountedDay, summary: Summary, best_first: Sequence[str], *, is_current: bool) -> Figures:
    sums, of = summary.sums, last.of
    return Figures(
        day=of.day,
        counted_at=last.counted_at,
        is_current=is_current,
        posting=of.posting,
        policy_id=of.policy_id,
        policy_version=of.policy_version,
        currency=currency(summary.currency),
        customers=summary.customers,
        exposure=_amount(summary, Owed.EXPOSURE),
        open_balance=_amount(summary, Owed.OPEN_BALANCE),
        overdue=_amount(summary, Owed.OVERDUE),
        past_due=sums["open_balance"] - sums["not_due"],
        disputed=_amount(summary, Owed.DISPUTED),
        unapplied_cash=_amount(summary, Owed.UNAPPLIED_CASH),
        open_orders=_amount(summary, Owed.OPEN_ORDERS),
        unmatured_bills=_amount(summary, Owed.UNMATURED_BILLS),
        ageing=tuple(_ageing(summary)),
        days_sales=days_sales_now(of.day, summary.flows, sums["open_balance"], sums["sales_90d"]),
        best_possible_days=days_of_sales(sums["not_due"], _QUARTER, sums["sales_90d"]),
        trend=month_ends(of.day, summary.flows),
        grades=tuple(_grades(summary, best_first)),
        stopped=Amount(summary.stopped_exposure, summary.stopped, customers_with(is_stopped="true")),
        concentration=_concentration(summary),
        largest_overdue=summary.largest_overdue,
        not_counted=summary.faulty,
    )


def _amount(summary: Summary, owed: Owed) -> Amount:
    return Amount(summary.sums[owed.value], summary.owing[owed.value], customers_with(owed))


def _ageing(summary: Summary) -> Iterator[Bucket]:
    for name, (owed, invoices) in _BUCKETS.items():
        amount = _amount(summary, owed)
        yield Bucket(name, amount.amount, summary.sums[invoices], amount.customers, amount.behind)


def _grades(summary: Summary, best_first: Sequence[str]) -> Iterator[GradeCount]:
    ranks = {grade: rank for rank, grade in enumerate(best_first)}
    last = len(ranks)
    # What no longer is a grade, then standings without one, then customers without a standing come last.
    for one in sorted(
        summary.grades, key=lambda one: (not one.has_standing, not one.grade, ranks.get(one.grade, last), one.grade)
    ):
        if one.has_standing:
            behind = customers_with(has_standing="true", grade=one.grade)
        else:
            behind = customers_with(has_standing="false")
        yield GradeCount(one.grade if one.has_standing else None, one.customers, one.exposure, behind)


def _concentration(summary: Summary) -> Concentration:
    exposure, largest = summary.sums["exposure"], summary.largest_exposures
    share = ratio(sum(one.amount for one in largest), exposure, _NOTHING_OWED)
    index = concentration(int(summary.squares), exposure) if exposure else Missing(_NOTHING_OWED)
    ids = tuple(one.customer_id for one in largest)
    return Concentration(largest, share, index, Behind(Subject.CUSTOMERS, ids=ids))


_NOTHING_OWED: Final = "Nothing is owed."
