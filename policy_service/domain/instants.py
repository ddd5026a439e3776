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
_WRITTEN: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)  # fmt: skip


def instant_text(instant: Instant) -> str:
    """Return the instant as 2026-03-01T08:00:00.000000Z; texts of instants are in the order of the instants."""
    # Not strftime: on Linux it writes a year before 1000 with three digits.
    written = (_EPOCH + instant * _MICROSECOND).replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{written}Z"


def parse_instant(text: str) -> Instant | None:
    """Return the instant that an RFC 3339 text with an offset writes; none for any other text."""
    if not _WRITTEN.fullmatch(text):
        return None
    try:
        return (dt.datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None


def business_day(instant: Instant, zone: ZoneInfo) -> dt.date:
    """Return the calendar day that the instant falls on where the company keeps its books."""
    return (_EPOCH + instant * _MICROSECOND).astimezone(zone).date()


def start_of_day(day: dt.date, zone: ZoneInfo) -> Instant:
    """Return the first instant of a business day."""
    return (dt.datetime.combine(day, dt.time(), tzinfo=zone) - _EPOCH) // _MICROSECOND
