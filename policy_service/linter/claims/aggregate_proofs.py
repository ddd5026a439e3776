"""Prove that what a table collects from all rows that match (sum, min, max, count) goes only one way.

Compared are the sets of rows that can match at the two points. Rows that no moving column touches match at both
points or at neither and say the same, so that only the others are walked; what they leave out is added again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import Constant, Expression, Extreme, Pick, Sum
from policy_service.language.rule_sets import Aggregation, DecisionTable, Direction, Row, WhenUnknown
from policy_service.linter.claims.comparing import Points, Value, at_rows, goes, in_boxes
from policy_service.linter.claims.deciding import Deciding
from policy_service.linter.claims.pairs import Movement, Pairing, movement_of
from policy_service.linter.claims.proof import MOST_REGIONS, NO_ROW, Open, Proof
from policy_service.linter.regions.grid import Box, bits
from policy_service.linter.regions.subject import Subject, table_subject


@dataclass(frozen=True, slots=True)
class _Collecting:
    """The rows that move, as a table; `beside`: rows that stay the same may match beside them."""

    table: DecisionTable
    subject: Subject
    output: str
    direction: Direction
    points: Points
    beside: bool

    def hits(self, mask: int) -> list[Row]:
        return [self.table.rows[row] for row in bits(mask)]

    def box(self, mask: int) -> Box:
        box = self.subject.grid.everything
        for row in bits(mask):
            box = tuple(one & two for one, two in zip(box, self.subject.grid.box_of(row), strict=True))
        return box


def prove_aggregate(
    table: DecisionTable, whole: tuple[Subject, Movement], output: str, direction: Direction, points: Points
) -> Proof:
    """Try to show that the aggregated output goes only one way; `whole` is the table with all its rows."""
    moving = _moving_rows(table, whole, output, points)
    if not moving:
        return Proof()
    rows = tuple(row for row in table.rows if row.id in moving)
    part = replace(table, rows=rows)
    subject = table_subject(part, points.knowledge)
    collecting = _Collecting(part, subject, output, direction, points, beside=len(rows) < len(table.rows))
    movement = movement_of(subject.grid, points.earlier, points.later, points.ranks)
    pairing = Pairing(subject.grid, movement, _hits_of(table), points.work)
    left_open: list[Open] = []
    for first, second in sorted(pairing.pairs()):
        if not _is_settled(collecting, first, second, points):
            left_open.extend(_regions(collecting, pairing, (first, second)))
        if len(left_open) >= MOST_REGIONS or points.work.is_over:
            return Proof(tuple(left_open), is_complete=False)
    return Proof(tuple(left_open), is_complete=not pairing.is_stopped)


def _hits_of(table: DecisionTable) -> Deciding:
    refers = table.when_unknown is WhenUnknown.REFER
    return lambda matching, unclear: () if unclear and refers else (matching,)


def _moving_rows(table: DecisionTable, whole: tuple[Subject, Movement], output: str, points: Points) -> frozenset[str]:
    subject, movement = whole
    found = set()
    for number, row in enumerate(table.rows):
        box = subject.grid.possible_box_of(number), subject.grid.box_of(number)
        is_touched = any(
            reachable is not None and not possible == mask == axis.every_bin
            for reachable, axis, possible, mask in zip(movement.reachable, subject.grid.axes, *box, strict=True)
        )
        made = row.output(output)
        if is_touched or (made is not None and points.moves(made.expression)):
            found.add(row.id)
    # An otherwise that moves is compared with itself, with no row at either point.
    if table.otherwise and any(points.moves(each.expression) for each in table.otherwise.outputs):
        return frozenset(row.id for row in table.rows)
    return frozenset(found)


def _is_settled(collecting: _Collecting, first: int, second: int, points: Points) -> bool:
    if not points.work.spend():
        return False
    grid = collecting.subject.grid
    lines = [[collecting.subject.lines[row].tests for row in bits(mask)] for mask in (first, second)]
    boxes = collecting.box(first), collecting.box(second)
    inside = at_rows(grid.axes, ((lines[0], boxes[0]), (lines[1], boxes[1])), points)
    return inside is None or _goes(collecting, first, second, inside)


def _regions(collecting: _Collecting, pairing: Pairing, pair: tuple[int, int]) -> Iterator[Open]:
    axes = collecting.subject.grid.axes
    names = [tuple(row.id for row in collecting.hits(mask)) or (NO_ROW,) for mask in pair]
    for boxes in pairing.regions(pair, MOST_REGIONS):
        inside = in_boxes(axes, boxes, collecting.points)
        if inside is not None and not _goes(collecting, *pair, inside):
            yield Open(names[0], names[1], axes, boxes)


def _goes(collecting: _Collecting, first: int, second: int, points: Points) -> bool:
    return _goes_alone(collecting, first, second, points) and (
        not collecting.beside or _goes_beside_others(collecting, first, second, points)
    )


def _goes_alone(collecting: _Collecting, first: int, second: int, points: Points) -> bool:
    before, after = (_alone(collecting, mask) for mask in (first, second))
    if before is None or after is None:
        return True
    if first and second:
        return _hits_go(collecting, first, second, points)
    return _value_goes(collecting, before, after, points)


def _alone(collecting: _Collecting, mask: int) -> Expression | None:
    """Return what the rows say with no others beside them; None where nothing is said."""
    if mask:
        values = _values(collecting, mask)
        return _aggregated(collecting.table.aggregation, values) if values else None
    outputs = collecting.table.otherwise.outputs if collecting.table.otherwise else ()
    return next((each.expression for each in outputs if each.name == collecting.output), None)


def _goes_beside_others(collecting: _Collecting, first: int, second: int, points: Points) -> bool:
    # Beside other rows, which say the same at both points, no row of these is no hit: it adds nothing to a sum,
    # and cannot be the smallest or the largest.
    rises_without = {Aggregation.MIN: True, Aggregation.MAX: False}.get(collecting.table.aggregation)
    before, after = _values(collecting, first), _values(collecting, second)
    if rises_without is None or (before and after):
        return _hits_go(collecting, first, second, points)
    if not before and not after:
        return True
    rises = rises_without if before else not rises_without
    return rises is (collecting.direction is Direction.NEVER_FALLS)


def _hits_go(collecting: _Collecting, first: int, second: int, points: Points) -> bool:
    aggregation = collecting.table.aggregation
    if aggregation is not Aggregation.SUM:
        before, after = (_aggregated(aggregation, _values(collecting, mask)) for mask in (first, second))
        return _value_goes(collecting, before, after, points)
    both = [row.output(collecting.output) for row in collecting.hits(first & second)]
    alone = [_values(collecting, mask & ~(first & second)) for mask in (first, second)]
    # What hits at both points is compared with itself, the rest of the sums with each other.
    return all(_value_goes(collecting, each.expression, each.expression, points) for each in both if each) and (
        _value_goes(collecting, _sum(alone[0], collecting), _sum(alone[1], collecting), points)
    )


def _value_goes(collecting: _Collecting, before: Expression, after: Expression, points: Points) -> bool:
    if before == after and not points.moves(before):
        return True
    output = collecting.output
    return goes(Value(output, before), Value(output, after), collecting.direction, points)


def _values(collecting: _Collecting, mask: int) -> list[Expression]:
    if collecting.table.aggregation is Aggregation.COUNT:
        return [Constant(1, Kind.INTEGER)] * mask.bit_count()
    made = [row.output(collecting.output) for row in collecting.hits(mask)]
    return [each.expression for each in made if each]


def _aggregated(aggregation: Aggregation, values: Sequence[Expression]) -> Expression:
    kind = values[0].kind if values else Kind.INTEGER
    match aggregation:
        case Aggregation.COUNT:
            return Constant(len(values), Kind.INTEGER)
        case Aggregation.MIN:
            return Pick(Extreme.MIN, tuple(values), kind)
        case Aggregation.MAX:
            return Pick(Extreme.MAX, tuple(values), kind)
        case Aggregation.SUM | Aggregation.LIST:
            return Sum(tuple(values), kind)


def _sum(values: Sequence[Expression], collecting: _Collecting) -> Expression:
    kind = collecting.points.knowledge.policy.outputs.get(collecting.output, Kind.NUMBER)
    return Sum(tuple(values), kind) if values else Constant(0, kind)
