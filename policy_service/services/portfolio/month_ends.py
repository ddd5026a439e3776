"""How fast customers pay, at the ends of months and now: days of sales outstanding, collection effectiveness."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.facts.collection_metrics import collection_effectiveness, count_back, days_of_sales
from policy_service.facts.quotients import Missing, Ratio
from policy_service.services.portfolio.months import CURRENT, SHOWN, Flow, Months, balances

_QUARTER: Final = 90
_MONTHS: Final = 3


@dataclass(frozen=True, slots=True)
class DaysSales:
    """For how many days of sales the open balance stands: counted back by calendar months, and by simple division."""

    count_back: Ratio
    simple: Ratio


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """A full month, by its first day: its sales, and what was open and past due at its end.

    The end is the start of the next month's first day. Every entry counts by its own date, whenever it became known.
    `collection_effectiveness` is in per cent, of what could be collected in the month.
    """

    month: dt.date
    sales: int
    open_balance: int
    past_due: int
    days_sales: DaysSales
    collection_effectiveness: Ratio


def month_ends(day: dt.date, flows: Sequence[Sequence[int]]) -> tuple[MonthEnd, ...]:
    """Return the last 13 full months before that of the day, the earliest first, of flows by kind and month."""
    months, sold = Months.until(day), flows[Flow.SOLD]
    opened = balances(sold, flows[Flow.SETTLED])
    past_due = balances(flows[Flow.FELL_DUE], flows[Flow.SETTLED_OF_DUE])
    return tuple(
        MonthEnd(
            months.first_day(place),
            sold[place],
            opened[place],
            past_due[place],
            DaysSales(_counted_back(opened[place], months, sold, place), _simple(opened[place], months, sold, place)),
            collection_effectiveness(opened[place - 1], sold[place], opened[place], opened[place] - past_due[place]),
        )
        for place in range(CURRENT - SHOWN, CURRENT)
    )


def days_sales_now(day: dt.date, flows: Sequence[Sequence[int]], open_balance: int, sales_90d: int) -> DaysSales:
    """Return those of the day: counted back from its own month so far, and by the sales of the last 90 days."""
    back = _counted_back(open_balance, Months.until(day), flows[Flow.SOLD], CURRENT)
    return DaysSales(back, days_of_sales(open_balance, _QUARTER, sales_90d))


def _counted_back(balance: int, months: Months, sold: Sequence[int], place: int) -> Ratio:
    places = range(1, place + 1)
    found = count_back(balance, sold[1 : place + 1], [months.days(one) for one in places])
    if isinstance(found, Missing) and sold[0]:
        return Missing(_TOO_LONG)
    return found


def _simple(balance: int, months: Months, sold: Sequence[int], place: int) -> Ratio:
    places = range(place - _MONTHS + 1, place + 1)
    return days_of_sales(balance, sum(map(months.days, places)), sum(sold[one] for one in places))


_TOO_LONG: Final = "The open balance is more than the sales of the last twelve months."
