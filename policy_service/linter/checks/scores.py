"""Which scores a scorecard can add up to: every sum where they are few, else the grid they lie on."""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import Final

from policy_service.language.feel.expressions import NameSource
from policy_service.language.rule_sets import Scorecard
from policy_service.linter.regions.knowledge import points_of
from policy_service.linter.regions.trees import names_in

_MOST_SUMS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Scores:
    """The smallest and largest score (millionths), all of them if they are few, else their step.

    `is_certain`: no two characteristics read the same fact, so that every sum can really occur.
    """

    lowest: int
    highest: int
    step: int
    sums: tuple[int, ...] | None
    is_certain: bool

    def between(self, low: int, high: int) -> int | None:
        """Return a score from `low` to `high`, if one can occur."""
        low, high = max(low, self.lowest), min(high, self.highest)
        if self.sums is not None:
            place = bisect_left(self.sums, low)
            found = self.sums[place] if place < len(self.sums) else high + 1
        else:
            found = self.lowest + -((self.lowest - low) // self.step) * self.step
        return found if found <= high else None

    def is_within(self, low: int, high: int) -> bool:
        """Return whether `low` to `high` lies at least in part between the smallest and the largest score."""
        return low <= self.highest and high >= self.lowest


def scores_of(scorecard: Scorecard) -> Scores:
    """Return the scores that the points can add up to."""
    points = [points_of(each) or (0,) for each in scorecard.characteristics]
    sums: set[int] | None = {0}
    for values in points:
        sums = {total + value for total in sums for value in values} if sums is not None else None
        sums = sums if sums is not None and len(sums) <= _MOST_SUMS else None
    step = gcd(*(after - before for values in points for before, after in pairwise(values))) or 1
    facts = [
        name.name
        for each in scorecard.characteristics
        for name in names_in(each.column.expression)
        if name.source is not NameSource.PARAMETER
    ]
    return Scores(
        lowest=sum(values[0] for values in points),
        highest=sum(values[-1] for values in points),
        step=step,
        sums=None if sums is None else tuple(sorted(sums)),
        is_certain=sums is not None and len(facts) == len(set(facts)),
    )
