"""What customers bought and settled, by calendar month: of it every balance at the end of a month is the sum.

An invoice is sold on its issue date and falls due on its due date; an entry settles it on its own date, not before
the issue date, and what has fallen due not before the due date. So at the end of a month the open balance is all that
was sold until then less all that was settled, and what is past due all that fell due less what was settled of it.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from policy_service.facts.columns import Integers

#: Months whose ends are shown, the current one not among them.
SHOWN: Final = 13
#: Months before the first one shown, whose sales a balance at its end is counted back through, with its own.
_BACK: Final = 11
#: All before the first month stands in the first place, as one. What is stored has so many places: to change their
#: number takes a migration that empties the tables.
_PLACES: Final = 1 + _BACK + SHOWN
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
#: Whole numbers of 64 bits, the lowest byte first.
_STORED: Final = np.dtype("<i8")


class Flow(IntEnum):
    """What adds to a balance, or takes off it."""

    SOLD = 0
    SETTLED = 1
    FELL_DUE = 2
    SETTLED_OF_DUE = 3


@dataclass(frozen=True, slots=True)
class Months:
    """The months that a day looks back on; `current` is its own, in months since January 1970."""

    day: dt.date
    current: int

    @classmethod
    def until(cls, day: dt.date) -> "Months":
        """Return the months up to that of the day."""
        return cls(day, (day.year - 1970) * 12 + day.month - 1)

    @property
    def number(self) -> int:
        """The day as days since 1970-01-01."""
        return self.day.toordinal() - _EPOCH

    def places(self, days: Integers) -> Integers:
        """Return the place of the month of each day, 0 for all earlier ones."""
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return np.maximum(months - self.current + _PLACES - 1, 0)

    def first_day(self, place: int) -> dt.date:
        """Return the first day of the month in a place from 1 on."""
        month = self.current - (_PLACES - 1 - place)
        return dt.date(1970 + month // 12, month % 12 + 1, 1)

    def days(self, place: int) -> int:
        """Return how many days the month in that place has, of the current one those up to the day."""
        if place == _PLACES - 1:
            return self.day.day
        first = self.first_day(place)
        return monthrange(first.year, first.month)[1]


#: The place of the current month.
CURRENT: Final = _PLACES - 1


def no_flows(customers: int) -> npt.NDArray[np.int64]:
    """Return room for the flows of so many customers: by customer, flow and month."""
    return np.zeros((customers, len(Flow), _PLACES), dtype=np.int64)


def add_flow(
    flows: npt.NDArray[np.int64],
    flow: Flow,
    owners: npt.NDArray[np.intp],
    days: Integers,
    amounts: Integers,
    of: Months,
) -> None:
    """Add amounts to the flows of their owners, each in the month of its day; what is of later than the day is not."""
    counts = days <= of.number
    np.add.at(flows[:, flow], (owners[counts], of.places(days[counts])), amounts[counts].astype(np.int64))


def stored(flows: npt.NDArray[np.int64]) -> bytes:
    """Return the flows of one customer as they are stored, nothing for one without any."""
    return flows.astype(_STORED).tobytes() if flows.any() else b""


def added_up(every: Iterable[bytes]) -> tuple[tuple[int, ...], ...]:
    """Return the sum of stored flows, by flow and month."""
    low = np.zeros(len(Flow) * _PLACES, dtype=np.int64)
    high = low.copy()
    for some in _some(every):
        flows = np.frombuffer(some, dtype=_STORED).reshape(-1, len(low))
        # In halves, so that no sum of amounts of 64 bits can overflow.
        high += (flows >> 32).sum(axis=0)
        low += (flows & 0xFFFFFFFF).sum(axis=0)
    sums = [int(upper) * 2**32 + int(lower) for upper, lower in zip(high, low, strict=True)]
    return tuple(tuple(sums[start : start + _PLACES]) for start in range(0, len(sums), _PLACES))


def _some(every: Iterable[bytes]) -> Iterable[bytes]:
    some: list[bytes] = []
    for one in every:
        some.append(one)
        if len(some) == 10_000:
            yield b"".join(some)
            some = []
    if some:
        yield b"".join(some)


def balances(added: Sequence[int], taken: Sequence[int]) -> tuple[int, ...]:
    """Return the balance at the end of each place: all added until then less all taken off."""
    balance, found = 0, []
    for more, less in zip(added, taken, strict=True):
        balance += more - less
        found.append(balance)
    return tuple(found)
