"""What is known as of a day: the one rule by which an entry counts or does not count yet.

Days are whole numbers, counted from 1970-01-01, so that thousands of entries are compared at once.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
#: A day after all others: of what has not happened.
NEVER: Final = 2**40


def day_number(date: dt.date) -> int:
    """Return the days from 1970-01-01 to `date`."""
    return date.toordinal() - _EPOCH


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The start of `day` (a replay), or with `includes_day` an instant during it (a live decision).

    At the start of the day an entry is known if its date and its `posted_on` are before the day and its
    invoice is known. Live, entries dated and posted on the day itself are known too: the ledger that is
    handed over holds what was posted before the request's instant. An entry dated after the day is not
    known in either. `within N days` looks at `day - N <= date < day` in both, so that a windowed fact
    does not change between the morning and a request during the day.
    """

    day: dt.date
    includes_day: bool = False

    @property
    def number(self) -> int:
        """The day as a number."""
        return day_number(self.day)

    @property
    def before(self) -> int:
        """The first day of which nothing is known."""
        return self.number + (1 if self.includes_day else 0)
