"""Where each sum stands in the one vector of integers that a set of customers comes to.

All of them are sums over customers, so that parts of a run add up to the same bytes whatever the split. Numbers that
may need more than 64 bits are kept as limbs: days late x amount in two of LIMB bits, a squared balance in four of
SQUARE_LIMB bits, each limb summed by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from simulations.accounting.calendar import Calendar
from simulations.replay.trace import OUTCOMES, Trace

COUNTS: Final = 0
AMOUNTS: Final = COUNTS + len(OUTCOMES)
SALES: Final = AMOUNTS + len(OUTCOMES)
COLLECTED: Final = SALES + 1
WRITTEN_OFF: Final = COLLECTED + 1
AGES: Final = WRITTEN_OFF + 1
PAID: Final = AGES + 5
PAID_ON_TIME: Final = PAID + 1
DAYS_LATE: Final = PAID_ON_TIME + 1
SQUARES: Final = DAYS_LATE + 2
CASES_OPENED: Final = SQUARES + 4
REASONS: Final = CASES_OPENED + 1

LIMB: Final = 40
SQUARE_LIMB: Final = 31


class Places(NamedTuple):
    """Where the sums stand whose number depends on the policy and the window.

    At `daily` the change of receivables before the window, then of each day of it; at `monthly` sales by month of the
    calendar; at `weekly` case steps by owner, then week. `length` is how many sums there are.
    """

    reason_amounts: int
    notices: int
    steps: int
    grades: int
    daily: int
    monthly: int
    weekly: int
    length: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What the places of a vector of sums stand for: the words of a trace, and a calendar.

    `owner_of` is the place of each level's owner in `owners`, -1 for none.
    """

    calendar: Calendar
    reasons: tuple[str, ...]
    levels: tuple[str, ...]
    grades: tuple[str, ...]
    owners: tuple[str, ...]
    owner_of: tuple[int, ...]
    places: Places


def layout_of(trace: Trace, calendar: Calendar) -> Layout:
    """Return where the sums of that trace stand."""
    owners = tuple(sorted(set(trace.owners) - {""}))
    sizes = [len(trace.reasons)] * 2 + [len(trace.levels)] * 2
    sizes += [len(trace.grades), calendar.ends - calendar.begins + 1, calendar.months, len(owners) * calendar.weeks]
    return Layout(
        calendar,
        trace.reasons,
        trace.levels,
        trace.grades,
        owners,
        tuple(owners.index(owner) if owner else -1 for owner in trace.owners),
        Places(*_running(REASONS, sizes)),
    )


def words_of(layout: Layout) -> tuple[tuple[str, ...] | Places, ...]:
    """Return what two layouts must have in common for sums under them to add up."""
    return layout.reasons, layout.levels, layout.grades, layout.owners, layout.places


def _running(first: int, sizes: Sequence[int]) -> list[int]:
    places = []
    for size in sizes:
        first += size
        places.append(first)
    return places
