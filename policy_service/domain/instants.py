"""Instants as microseconds since 1970-01-01 UTC: their one text, and the business day they fall on."""

import datetime as dt
import re
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

#: Microseconds since 1970-01-01 UTC.
Instant: TypeAlias = int

SECOND: Final = 1_000_000
DAY: Final = 24 * 3600 * SECOND
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_ONE_DAY: Final = dt.timedelta(days=1)
#: The first and the last instant that have a text.
_FIRST: Final = (dt.datetime.min.replace(tzinfo=dt.UTC) - _EPOCH) // _MICROSECOND
_LAST: Final = (dt.datetime.max.replace(tzinfo=dt.UTC) - _EPOCH) // _MICROSECOND
_WRITTEN: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)  # fmt: skip


def instant_text(instant: Instant) -> str:
    """Return the instant as 2026-03-01T08:00:00.000000Z; texts of instants are in the order of the instants."""
    # Not strftime: on Linux it writes a year before 1000 with three digits.
    written = (_EPOCH + instant * _MICROSECOND).replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{written}Z"


def parse_instant(text: str) -> Instant | None:
    """Return the instant that an RFC 3339 text with an offset writes; none for any other text.

    None too where that is before the year 1 or after 9999 in UTC, as it could not be told again.
    """
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        instant = (dt.datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None
    return instant if _FIRST <= instant <= _LAST else None


def business_day(instant: Instant, zone: ZoneInfo) -> dt.date:
    """Return the calendar day that the instant falls on where the company keeps its books.

    Where that is no day of the years 1 to 9999, it is the nearest.
    """
    at = _EPOCH + instant * _MICROSECOND
    try:
        return at.astimezone(zone).date()
    except OverflowError:
        return at.date()


def start_of_day(day: dt.date, zone: ZoneInfo) -> Instant:
    """Return the first instant of a business day, of those that have a text."""
    return max(_FIRST, (dt.datetime.combine(day, dt.time(), tzinfo=zone) - _EPOCH) // _MICROSECOND)


def end_of_day(day: dt.date, zone: ZoneInfo) -> Instant:
    """Return the instant at which a business day is over; of the calendar's last day the last that has a text."""
    return start_of_day(day + _ONE_DAY, zone) if day < dt.date.max else _LAST
