"""The time in a stand-in: the machine's, put forward as a test asks, so that no test waits for an hour to pass."""

import datetime as dt
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_EPOCH: Final = dt.date(1970, 1, 1)
#: Both Zoho systems and Fxiaoke are used from China here.
CHINA: Final = dt.timezone(dt.timedelta(hours=8))


@dataclass(slots=True)
class Clock:
    """Milliseconds since 1970; `ahead` of the machine by so many."""

    ahead: int = 0

    def now(self) -> int:
        """Return the time."""
        return time.time_ns() // 1_000_000 + self.ahead


@dataclass(slots=True)
class Window:
    """Units that were used in the last `length` milliseconds."""

    length: int
    _taken: deque[tuple[int, int]] = field(default_factory=deque)
    _sum: int = 0

    def used(self, now: int) -> int:
        """Return how many units the window holds now."""
        while self._taken and self._taken[0][0] <= now - self.length:
            self._sum -= self._taken.popleft()[1]
        return self._sum

    def take(self, now: int, most: int, units: int = 1) -> bool:
        """Take units if there is room for them, and tell whether there was; a `most` of 0 is without bound."""
        if self.used(now) + units > most > 0:
            return False
        self._taken.append((now, units))
        self._sum += units
        return True

    def wait(self, now: int) -> int:
        """Return in how many milliseconds the oldest units are free again."""
        return self._taken[0][0] + self.length - now if self._taken else 0


def instant(day: dt.date, number: int) -> int:
    """Return a moment of working time on that day, in milliseconds; there are four a day, so that rows share them."""
    return (day - _EPOCH).days * DAY + HOUR + number % 4 * 2 * HOUR


def imported(day: dt.date, number: int) -> int:
    """Return when a row was brought in by an import on that day, in milliseconds: 500 in the same one."""
    return (day - _EPOCH).days * DAY + 10 * HOUR + number // 500 * SECOND


def midnight(day: dt.date) -> int:
    """Return the beginning of a day in China, in milliseconds."""
    return (day - _EPOCH).days * DAY - 8 * HOUR


def text(milliseconds: int) -> str:
    """Return an instant as Zoho CRM writes it: `2026-01-15T10:30:00+08:00`."""
    return dt.datetime.fromtimestamp(milliseconds // SECOND, CHINA).isoformat()


def text_without_colon(milliseconds: int) -> str:
    """Return an instant as Zoho Books writes it: `2026-01-15T10:30:00+0800`."""
    return dt.datetime.fromtimestamp(milliseconds // SECOND, CHINA).strftime("%Y-%m-%dT%H:%M:%S%z")


def read(written: str) -> int | None:
    """Return the instant of a text with an offset, in milliseconds; none if it is no such text."""
    try:
        found = dt.datetime.fromisoformat(written)
    except ValueError:
        return None
    return None if found.tzinfo is None else int(found.timestamp()) * SECOND
