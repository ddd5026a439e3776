"""The two points that a claim compares: what names can be at each, and how they move from the earlier to the later."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import Name
from policy_service.linter.regions.evaluation import Ranges
from policy_service.linter.regions.ranges import Range
from policy_service.linter.work import Work


class Relation(StrEnum):
    """How a value at the later point compares with its value at the earlier one."""

    SAME = "same"
    RISES = "rises"
    FALLS = "falls"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Situation:
    """One of the two points: what its names can be there, and how names move from the earlier to the later.

    `codes` are the values that a category can have there, where that is known better than its range; `work`
    is what may still be compared, shared by the two points.
    """

    ranges: Ranges
    is_later: bool = False
    moves: Mapping[Name, Relation] = field(default_factory=dict)
    codes: Mapping[Name, frozenset[int]] = field(default_factory=dict)
    work: Work = field(default_factory=Work)

    def relation(self, name: Name) -> Relation:
        """Return how a name moves; what is not said stays."""
        return self.moves.get(name, Relation.SAME)

    def narrowed_to(self, ranges: Ranges) -> "Situation":
        """Return the same point with other ranges."""
        return replace(self, ranges=ranges)


def contradicts(one: Situation, two: Situation) -> bool:
    """Return whether no pair of points fits both, as the names move."""
    if one.is_later == two.is_later:
        return any(_apart(one.ranges[name], two.ranges[name]) for name in one.ranges if name in two.ranges)
    earlier, later = (two, one) if one.is_later else (one, two)
    for name, before in earlier.ranges.items():
        after = later.ranges.get(name)
        relation = earlier.relation(name)
        if after is not None and relation is Relation.SAME and _apart(before, after):
            return True
        if after is None or before.is_empty or after.is_empty or name.kind is Kind.CATEGORY:
            continue
        if relation is Relation.RISES and not before.unknown and not after.unknown and before.low > after.high:
            return True
        if relation is Relation.FALLS and not before.unknown and not after.unknown and before.high < after.low:
            return True
    return False


def _apart(one: Range, two: Range) -> bool:
    return not one.touches(two) and not (one.unknown and two.unknown)
