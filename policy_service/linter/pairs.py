"""The pairs of rows that can decide at an earlier and at a later point, as the facts move between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, TypeAlias

from policy_service.domain.values import Kind
from policy_service.language.expressions import Subtract
from policy_service.linter.axes import Axis, Bin, Side
from policy_service.linter.deciding import Deciding
from policy_service.linter.evaluation import evaluate
from policy_service.linter.grid import Box, Grid, bits
from policy_service.linter.ranks import Ranks
from policy_service.linter.relations import relation_of
from policy_service.linter.situations import Relation, Situation
from policy_service.linter.trees import names_in

MOST_STEPS: Final = 300_000
Pair: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Movement:
    """Two points, and how the bins of each axis can change from the earlier to the later (None: they stay)."""

    earlier: Situation
    later: Situation
    reachable: tuple[tuple[int, ...] | None, ...]


@dataclass(slots=True)
class Pairing:
    """A walk over the columns that keeps the rows matching at each of the two points."""

    grid: Grid
    movement: Movement
    deciding: Deciding
    steps: int = 0
    is_stopped: bool = False
    known: dict[tuple[int, int, int], frozenset[Pair]] = field(default_factory=dict)

    def pairs(self) -> frozenset[Pair]:
        """Return every pair of deciding rows; `is_stopped` says that there may be more."""
        every = self.grid.every_row
        return self._below(0, every, every)

    def _below(self, level: int, earlier: int, later: int) -> frozenset[Pair]:
        state = (level, earlier, later)
        if state in self.known:
            return self.known[state]
        if level == len(self.grid.axes):
            found = frozenset((one, two) for one in self.deciding(earlier) for two in self.deciding(later))
        else:
            found = frozenset().union(
                *(self._below(level + 1, one, two) for one, two, _bins, _moved in self._moves(level, earlier, later))
            )
        self.known[state] = found
        return found

    def _moves(self, level: int, earlier: int, later: int) -> Iterator[tuple[int, int, int, int]]:
        line, reachable = self.grid.matching[level], self.movement.reachable[level]
        if reachable is None:
            same: dict[Pair, int] = {}
            for number, rows in enumerate(line):
                key = (rows & earlier, rows & later)
                same[key] = same.get(key, 0) | 1 << number
            self._count(len(same))
            yield from ((one, two, bins, bins) for (one, two), bins in same.items() if not self.is_stopped)
            return
        before, after = _grouped(line, earlier), _grouped(line, later)
        for one, bins in before.items():
            ends = _ends(bins, reachable)
            self._count(len(after))
            if self.is_stopped:
                return
            yield from ((one, two, bins, ends & others) for two, others in after.items() if ends & others)

    def _count(self, steps: int) -> None:
        self.steps += steps
        self.is_stopped = self.is_stopped or self.steps > MOST_STEPS

    def regions(self, pair: Pair, most: int) -> Sequence[tuple[Box, Box]]:
        """Return regions (at the earlier and at the later point) in which the pair decides, at most so many."""
        every = self.grid.every_row
        return tuple(islice(self._regions(0, (every, every), pair), most))

    def _regions(self, level: int, rows: Pair, pair: Pair) -> Iterator[tuple[Box, Box]]:
        if level == len(self.grid.axes):
            if pair in self._below(level, *rows):
                yield (), ()
            return
        for one, two, bins, others in self._moves(level, *rows):
            if pair in self._below(level + 1, one, two):
                for box, other in self._regions(level + 1, (one, two), pair):
                    yield (bins, *box), (others, *other)


def _grouped(line: Sequence[int], rows: int) -> Mapping[int, int]:
    groups: dict[int, int] = {}
    for number, matching in enumerate(line):
        groups[matching & rows] = groups.get(matching & rows, 0) | 1 << number
    return groups


def _ends(bins: int, reachable: Sequence[int]) -> int:
    ends = 0
    for number in bits(bins):
        ends |= reachable[number]
    return ends


def movement_of(grid: Grid, earlier: Situation, later: Situation, ranks: Ranks) -> Movement:
    """Return which bins of each axis can follow which, as the names move."""
    return Movement(earlier, later, tuple(_reachable(axis, earlier, later, ranks) for axis in grid.axes))


def _reachable(axis: Axis, earlier: Situation, later: Situation, ranks: Ranks) -> tuple[int, ...] | None:
    value = relation_of(axis.column.expression, earlier, later)
    sides = [_side_relation(axis, number, earlier, later) for number in range(len(axis.moving))]
    if value is Relation.SAME and all(side is Relation.SAME for side in sides):
        return None
    starts_unknown, ends_unknown = (evaluate(axis.column.expression, at.ranges).unknown for at in (earlier, later))
    found = []
    for one in axis.bins:
        after = 0
        for number, two in enumerate(axis.bins):
            if (one.is_unknown and not starts_unknown) or (two.is_unknown and not ends_unknown):
                follows = False
            elif one.is_unknown or two.is_unknown:
                follows = value is not Relation.SAME or one.is_unknown == two.is_unknown
            else:
                places = (ranks.place(axis, one.low), ranks.place(axis, two.low))
                follows = _follows(value, places) and _sides_follow(sides, one, two)
            after |= follows << number
        found.append(after)
    return tuple(found)


def _side_relation(axis: Axis, number: int, earlier: Situation, later: Situation) -> Relation:
    column, end = axis.column.expression, axis.moving[number]
    if all(earlier.relation(name) is Relation.SAME for name in names_in(column, end)):
        return Relation.SAME
    if axis.kind in (Kind.CATEGORY, Kind.BOOLEAN):
        return Relation.UNCLEAR
    return relation_of(Subtract(column, end, axis.kind), earlier, later)


def _sides_follow(sides: Sequence[Relation], one: Bin, two: Bin) -> bool:
    for relation, before, after in zip(sides, one.sides, two.sides, strict=True):
        if Side.UNKNOWN in (before, after):
            if relation is Relation.SAME and before is not after:
                return False
        elif not _follows(relation, (before, after)):
            return False
    return True


def _follows(relation: Relation, places: tuple[int, int]) -> bool:
    before, after = places
    match relation:
        case Relation.SAME:
            return before == after
        case Relation.RISES:
            return before <= after
        case Relation.FALLS:
            return before >= after
        case Relation.UNCLEAR:
            return True
