"""Two points at which the answers of a policy are compared, and what is known of a value that moves between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import Constant, Expression, If, Name, NameSource, Null, Test
from policy_service.language.rule_sets import Direction
from policy_service.linter.claims.ranks import Ranks, ranks_of
from policy_service.linter.claims.situations import Relation, Situation, contradicts
from policy_service.linter.regions.axes import Axis
from policy_service.linter.regions.branching import branch_pairs, branches
from policy_service.linter.regions.evaluation import evaluate
from policy_service.linter.regions.grid import Box, bits
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.narrowing import narrowed_by_cell
from policy_service.linter.regions.ranges import MISSING, Range, hull, point
from policy_service.linter.regions.relations import answers_apart, is_at_most
from policy_service.linter.regions.trees import names_in
from policy_service.linter.work import Work

#: The cells of rows that all match at a point, line by line, and the box in which they do.
MatchingRows: TypeAlias = tuple[Sequence[Sequence[Test]], Box]


@dataclass(frozen=True, slots=True)
class Points:
    """The earlier and the later point, and what is known at both."""

    earlier: Situation
    later: Situation
    knowledge: Knowledge
    ranks: Ranks

    @property
    def work(self) -> Work:
        """What may still be compared."""
        return self.earlier.work

    def with_move(self, name: Name, relation: Relation) -> "Points":
        """Return the same points with one more name that moves."""
        moves = {**self.earlier.moves, name: relation}
        return replace(self, earlier=replace(self.earlier, moves=moves), later=replace(self.later, moves=moves))

    def moves(self, *expressions: Expression) -> bool:
        """Return whether some name in the formulas is not the same at both points."""
        return any(self.earlier.relation(name) is not Relation.SAME for name in names_in(*expressions))


@dataclass(frozen=True, slots=True)
class Value:
    """What a rule set says at a point: the output's name, and the formula of its value."""

    output: str
    expression: Expression


def points_for(knowledge: Knowledge, moves: Mapping[Name, Relation], work: Work) -> Points:
    """Return two points that differ as `moves` says; what is said to move is known at both."""
    ranges = {**knowledge.ranges}
    for name, relation in moves.items():
        if relation is not Relation.SAME:
            known = knowledge.range_of(name)
            ranges[name] = Range(known.low, known.high)
    earlier = Situation(ranges, is_later=False, moves=moves, work=work)
    return Points(earlier, replace(earlier, is_later=True), knowledge, ranks_of(knowledge))


def goes(before: Value, after: Value, direction: Direction, points: Points) -> bool:
    """Return whether it is proved that the value goes the way claimed from the earlier to the later point."""
    one, two = before.expression, after.expression
    if one.kind is Kind.CATEGORY:
        return _grade_goes(before, after, direction, points)
    match direction:
        case Direction.NEVER_RISES:
            return is_at_most(two, points.later, one, points.earlier)
        case Direction.NEVER_FALLS:
            return is_at_most(one, points.earlier, two, points.later)
        case _:
            assert_never(direction)


def _grade_goes(before: Value, after: Value, direction: Direction, points: Points) -> bool:
    one, two = before.expression, after.expression
    first, second = _places(before, points.earlier, points), _places(after, points.later, points)
    if first is not None and second is not None:
        if first.is_empty or second.is_empty:
            return True
        if second.high <= first.low if direction is Direction.NEVER_RISES else first.high <= second.low:
            return True
    if one == two and _name_goes(before, direction, points):
        return True
    if not isinstance(one, If) and not isinstance(two, If):
        return False
    apart = answers_apart(one, points.earlier, two, points.later)
    return points.work.spend() and all(
        _grade_goes(
            replace(before, expression=each),
            replace(after, expression=other),
            direction,
            replace(points, earlier=at, later=to),
        )
        for each, at, other, to in branch_pairs(one, points.earlier, two, points.later, apart)
    )


def _name_goes(value: Value, direction: Direction, points: Points) -> bool:
    name, order = value.expression, points.ranks.by_name
    if not points.moves(name):
        return True
    if not isinstance(name, Name) or order.get(name.name) is None or order[name.name] != order.get(value.output):
        return False
    return points.earlier.relation(name) is (Relation.FALLS if direction is Direction.NEVER_RISES else Relation.RISES)


def _places(value: Value, at: Situation, points: Points) -> Range | None:
    match value.expression:
        case Null():
            return MISSING
        case Constant(value=code):
            return _place(value.output, (code,), points)
        case Name(source=NameSource.PARAMETER) as name:
            dial = evaluate(name, at.ranges).single
            return None if dial is None else _place(value.output, (dial,), points)
        case Name() as name:
            codes = at.codes.get(name) or points.knowledge.closed.get(name.name)
            return _place(value.output, tuple(codes), points) if codes else None
        case If():
            found = [
                _places(replace(value, expression=each), inside, points)
                for each, inside, _holds in branches(value.expression, at)
            ]
            return None if any(each is None for each in found) else hull([each for each in found if each])
        case _:
            return None


def _place(output: str, codes: Sequence[int], points: Points) -> Range | None:
    order = points.ranks.by_name.get(output, {})
    places = [order[code] for code in codes if code in order]
    return hull([point(place) for place in places]) if len(places) == len(codes) else None


def at_rows(axes: Sequence[Axis], rows: tuple[MatchingRows, MatchingRows], points: Points) -> Points | None:
    """Return what more is known where some rows match at the earlier and some at the later point.

    None where the two cannot follow each other.
    """
    earlier, later = (_matching(axes, each, at) for each, at in zip(rows, (points.earlier, points.later), strict=True))
    return None if earlier is None or later is None else _together(earlier, later, points)


def _matching(axes: Sequence[Axis], rows: MatchingRows, situation: Situation) -> Situation | None:
    lines, box = rows
    ranges = situation.ranges
    for tests in lines:
        for axis, test in zip(axes, tests, strict=True):
            inside = narrowed_by_cell(axis.column.expression, test, ranges)
            if inside is None:
                return None
            ranges = inside
    return replace(situation, ranges=ranges, codes=_codes(axes, box, situation))


def in_boxes(axes: Sequence[Axis], boxes: tuple[Box, Box], points: Points) -> Points | None:
    """Return what more is known inside a box at each of the two points; None where no pair of points lies there."""
    found = []
    for box, situation in zip(boxes, (points.earlier, points.later), strict=True):
        ranges = dict(situation.ranges)
        for axis, mask in zip(axes, box, strict=True):
            name = axis.column.expression
            if isinstance(name, Name):
                inside = hull([_range_of(axis, number) for number in bits(mask)])
                known = evaluate(name, ranges)
                ranges[name] = Range(
                    max(known.low, inside.low), min(known.high, inside.high), known.unknown and inside.unknown
                )
        found.append(replace(situation, ranges=ranges, codes=_codes(axes, box, situation)))
    return _together(found[0], found[1], points)


def _codes(axes: Sequence[Axis], box: Box, situation: Situation) -> Mapping[Name, frozenset[int]]:
    found = dict(situation.codes)
    for axis, mask in zip(axes, box, strict=True):
        name = axis.column.expression
        if axis.kind is Kind.CATEGORY and isinstance(name, Name):
            inside = frozenset(axis.bins[number].low for number in bits(mask & axis.known_bins))
            found[name] = found[name] & inside if name in found else inside
    return found


def _range_of(axis: Axis, number: int) -> Range:
    each = axis.bins[number]
    return Range(each.low, each.high, each.is_unknown)


def _together(earlier: Situation, later: Situation, points: Points) -> Points | None:
    # What stays the same lies in what is known of it at either point.
    if contradicts(earlier, later):
        return None
    shared = {
        name: Range(max(one.low, two.low), min(one.high, two.high), one.unknown and two.unknown)
        for name, one in earlier.ranges.items()
        if earlier.relation(name) is Relation.SAME and (two := later.ranges.get(name)) is not None
    }
    return replace(
        points,
        earlier=earlier.narrowed_to({**earlier.ranges, **shared}),
        later=later.narrowed_to({**later.ranges, **shared}),
    )
