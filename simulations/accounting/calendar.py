"""The window of a run by days, months and ISO weeks, as a kernel reads it."""

from datetime import date
from typing import NamedTuple

import numpy as np

from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options

#: 1970-01-01 was a Thursday: three days on from a Monday.
_MONDAY = 3
_EPOCH = date(1970, 1, 1).toordinal()


class Calendar(NamedTuple):
    """Days `[begins, ends)` of the window, and months from that of the `earliest` order on.

    `month_of` numbers the month of each day from `earliest` up to the window's end, that of `earliest` 0.
    `window_month` is the month of `begins`. Weeks are numbered from that of `begins`; `monday` is its first day.
    """

    begins: int
    ends: int
    earliest: int
    window_month: int
    months: int
    monday: int
    weeks: int
    month_of: Column


def earliest_day(snapshot: Snapshot, options: Options) -> int:
    """Return the day of the earliest recorded order, or the window's first if none is before it."""
    days = snapshot.orders.date if snapshot.has_orders_file else snapshot.invoices.ordered
    return min(options.begins, int(days.min())) if len(days) else options.begins


def has_orders(snapshot: Snapshot, begins: int, ends: int) -> bool:
    """Return whether any order is dated from the day `begins` until before the day `ends`."""
    days = snapshot.orders.date if snapshot.has_orders_file else snapshot.invoices.ordered
    return bool(((days >= begins) & (days < ends)).any())


def calendar_of(options: Options, earliest: int) -> Calendar:
    """Return the calendar of a window of at least one day; `earliest` is not after its first day."""
    days = np.arange(earliest, options.ends, dtype=np.int64)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    month_of: Column = months - months[0]
    month_of.flags.writeable = False
    monday = monday_of(options.begins)
    return Calendar(
        begins=options.begins,
        ends=options.ends,
        earliest=earliest,
        window_month=int(month_of[options.begins - earliest]),
        months=int(month_of[-1]) + 1,
        monday=monday,
        weeks=(options.ends - 1 - monday) // 7 + 1,
        month_of=month_of,
    )


def monday_of(day: int) -> int:
    """Return the first day of the ISO week of that day."""
    return day - (day + _MONDAY) % 7


def mondays(begins: int, ends: int) -> list[str]:
    """Return the first day of each ISO week that has a day of `[begins, ends)`, as ISO dates."""
    return [text_of(monday) for monday in range(monday_of(begins), ends, 7)]


def days_of_months(calendar: Calendar) -> list[int]:
    """Return how many days each month has: all of them, of the newest those up to the window's end."""
    first = _date(calendar.earliest).replace(day=1)
    counts = np.bincount(calendar.month_of, minlength=calendar.months).tolist()
    counts[0] += calendar.earliest - day_number(first)
    return [int(count) for count in counts]


def names_of_months(calendar: Calendar) -> list[str]:
    """Return the window's months as texts like 2026-03."""
    first = np.datetime64(_date(calendar.begins), "M")
    return [str(first + step) for step in range(calendar.months - calendar.window_month)]


def day_number(day: date) -> int:
    """Return the days from 1970-01-01."""
    return day.toordinal() - _EPOCH


def text_of(day: int) -> str:
    """Return the day as an ISO date."""
    return _date(day).isoformat()


def _date(day: int) -> date:
    return date.fromordinal(day + _EPOCH)
