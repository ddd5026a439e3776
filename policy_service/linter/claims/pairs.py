"""The pairs of rows that can decide at an earlier and at a later point, as the facts move between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import Subtract
from policy_service.linter.claims.deciding import Deciding
from policy_service.linter.claims.ranks import Ranks
from policy_service.linter.claims.situations import Relation, Situation
from policy_service.linter.regions.axes import Axis, Bin, Side
from policy_service.linter.regions.evaluation import evaluate
from policy_service.linter.regions.grid import Box, Grid, bits
from policy_service.linter.regions.relations import relation_of
from policy_service.linter.regions.trees import names_in
from policy_service.linter.work import Work

#: So many steps of the walk cost as much as comparing two formulas.
_STEPS_TO_A_COMPARISON: Final = 16
Pair: TypeAlias = tuple[int, int]


class Rows(NamedTuple):
    """The rows whose cells all match so far, and those whose cells match or fail only on the unknown, as masks."""

    matching: int
    possible: int

    def among(self, others: "Rows") -> "Rows":
        """Return the rows that are in both."""
        return Rows(self.matching & others.matching, self.possible & others.possible)


@dataclass(frozen=True, slots=True)
class Movement:
    """Two points, and how the bins of each axis can change from the earlier to the later (None: they stay)."""

    earlier: Situation
    later: Situation
    reachable: tuple[tuple[int, ...] | None, ...]


@dataclass(slots=True)
class Pairing:
    """A walk over the columns that keeps the rows that match, and those that may, at each of the two points."""

    grid: Grid
    movement: Movement
    deciding: Deciding
    work: Work
    steps: int = 0
    is_stopped: bool = False
    known: dict[tuple[int, Rows, Rows], frozenset[Pair]] = field(default_factory=dict)
    lines: dict[int, Sequence[Rows]] = field(default_factory=dict)

    def pairs(self) -> frozenset[Pair]:
        """Return every pair of deciding rows; `is_stopped` says that there may be more."""
        every = Rows(self.grid.every_row, self.grid.every_row)
        return self._below(0, every, every)

    def _below(self, level: int, earlier: Rows, later: Rows) -> frozenset[Pair]:
        state = (level, earlier, later)
        if state in self.known:
            return self.known[state]
        if level == len(self.grid.axes):
            ones, twos = (self.deciding(each.matching, each.possible & ~each.matching) for each in (earlier, later))
            found = frozenset((one, two) for one in ones for two in twos)
        else:
            found = frozenset().union(
                *(self._below(level + 1, one, two) for one, two, _bins, _moved in self._moves(level, earlier, later))
            )
        self.known[state] = found
        return found

    def _moves(self, level: int, earlier: Rows, later: Rows) -> Iterator[tuple[Rows, Rows, int, int]]:
        line, reachable = self._line(level), self.movement.reachable[level]
        self._count(len(line))
        if reachable is None:
            same: dict[tuple[Rows, Rows], int] = {}
            for number, rows in enumerate(line):
                key = (rows.among(earlier), rows.among(later))
                same[key] = same.get(key, 0) | 1 << number
            yield from ((one, two, bins, bins) for (one, two), bins in same.items() if not self.is_stopped)
            return
        before, after = _grouped(line, earlier), _grouped(line, later)
        for one, bins in before.items():
            ends = ends_of(bins, reachable)
            self._count(len(after))
            if self.is_stopped:
                return
            yield from ((one, two, bins, ends & others) for two, others in after.items() if ends & others)

    def _line(self, level: int) -> Sequence[Rows]:
        if level not in self.lines:
            both = zip(self.grid.matching[level], self.grid.possible[level], strict=True)
            self.lines[level] = [Rows(*each) for each in both]
        return self.lines[level]

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps >= _STEPS_TO_A_COMPARISON:
            self.is_stopped = not self.work.spend(self.steps // _STEPS_TO_A_COMPARISON) or self.is_stopped
            self.steps %= _STEPS_TO_A_COMPARISON

    def regions(self, pair: Pair, most: int) -> Sequence[tuple[Box, Box]]:
        """Return regions (at the earlier and at the later point) in which the pair decides, at most so many."""
        every = Rows(self.grid.every_row, self.grid.every_row)
        return tuple(islice(self._regions(0, (every, every), pair), most))

    def _regions(self, level: int, rows: tuple[Rows, Rows], pair: Pair) -> Iterator[tuple[Box, Box]]:
        if level == len(self.grid.axes):
            if pair in self._below(level, *rows):
                yield (), ()
            return
        for one, two, bins, others in self._moves(level, *rows):
            if pair in self._below(level + 1, one, two):
                for box, other in self._regions(level + 1, (one, two), pair):
                    yield (bins, *box), (others, *other)


def _grouped(line: Sequence[Rows], rows: Rows) -> Mapping[Rows, int]:
    groups: dict[Rows, int] = {}
    for number, each in enumerate(line):
        key = each.among(rows)
        groups[key] = groups.get(key, 0) | 1 << number
    return groups


def ends_of(bins: int, reachable: Sequence[int]) -> int:
    """Return the bins that can follow one of `bins`."""
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
    becomes_unknown = axis.unknown_bin if value is not Relation.SAME and ends_unknown else 0
    from_unknown = (axis.known_bins if value is not Relation.SAME else 0) | (axis.unknown_bin if ends_unknown else 0)
    found = []
    for number, each in enumerate(axis.bins):
        if each.is_unknown:
            found.append(from_unknown if starts_unknown else 0)
        else:
            found.append(becomes_unknown | _known_after(axis, number, (value, sides), ranks))
    return tuple(found)


def _known_after(axis: Axis, number: int, moves: tuple[Relation, Sequence[Relation]], ranks: Ranks) -> int:
    value, sides = moves
    if not sides and axis.kind is not Kind.CATEGORY:
        return axis.known_bins & _stretch_after(value, number)
    one = axis.bins[number]
    after = 0
    for other, two in enumerate(axis.bins):
        if not two.is_unknown:
            places = (ranks.place(axis, one.low), ranks.place(axis, two.low))
            after |= (_follows(value, places) and _sides_follow(sides, one, two)) << other
    return after


def _stretch_after(value: Relation, number: int) -> int:
    # Bins without sides stand in the order of their values.
    match value:
        case Relation.SAME:
            return 1 << number
        case Relation.RISES:
            return -1 << number
        case Relation.FALLS:
            return (1 << (number + 1)) - 1
        case Relation.UNCLEAR:
            return -1


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
