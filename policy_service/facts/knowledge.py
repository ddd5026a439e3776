"""What is known as of a day: the one rule by which an entry counts or does not count yet.

Days are whole numbers, counted from 1970-01-01, so that thousands of entries are compared at once.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from policy_service.facts.columns import Collection, Flags, take

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
    does not change between the morning and a request during the day. `number` is the day as a number,
    `before` the first day of which nothing is known.
    """

    day: dt.date
    includes_day: bool = False
    number: int = field(init=False, repr=False, compare=False)
    before: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        number = day_number(self.day)
        object.__setattr__(self, "number", number)
        object.__setattr__(self, "before", number + (1 if self.includes_day else 0))


def is_known(entries: Collection, knowledge: Knowledge) -> Flags:
    """Return which of the entries are known."""
    known: Flags = entries.numbers["known_from"] < knowledge.before
    return known


def known(entries: Collection, knowledge: Knowledge) -> Collection:
    """Return the entries that are known."""
    return entries if entries.last_known_from < knowledge.before else take(entries, is_known(entries, knowledge))
