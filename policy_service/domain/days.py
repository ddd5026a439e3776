"""Calendar days: their one text, and their number counted from 1970-01-01."""

from datetime import date
from typing import Final

_BEFORE_FIRST: Final = date(1970, 1, 1).toordinal()
_LAST: Final = date.max.toordinal() - _BEFORE_FIRST


def parse_day(text: str) -> date | None:
    """Return the day that `text` writes as 2026-03-01; none for any other form and for days that do not exist."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to `day`."""
    return day.toordinal() - _BEFORE_FIRST


def day_of(number: int) -> date | None:
    """Return the day of that number; none outside the calendar (years 1 to 9999)."""
    return date.fromordinal(number + _BEFORE_FIRST) if -_BEFORE_FIRST < number <= _LAST else None
