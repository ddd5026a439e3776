"""Prove that an output never rises (falls) as facts move, or say in which regions that is left open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, assert_never

from policy_service.domain.values import FALSE, Kind
from policy_service.language.expressions import Anything, Constant, Expression, Name, NameSource
from policy_service.language.policy import (
    Cell,
    Characteristic,
    Column,
    DecisionTable,
    Direction,
    FormulaSet,
    HitPolicy,
    Ladder,
    Output,
    Row,
    RuleSet,
    Scorecard,
)
from policy_service.linter.axes import Axis
from policy_service.linter.deciding import deciding, output_of
from policy_service.linter.evaluation import evaluate
from policy_service.linter.grid import Box, bits
from policy_service.linter.knowledge import Knowledge, weighted
from policy_service.linter.narrowing import narrowed_by_cell
from policy_service.linter.pairs import Pairing, movement_of
from policy_service.linter.ranges import Range, hull
from policy_service.linter.ranks import Ranks, ranks_of
from policy_service.linter.relations import is_at_most, relation_of
from policy_service.linter.scorecards import SCORE
from policy_service.linter.situations import Relation, Situation, contradicts
from policy_service.linter.subject import Line, Subject, subject_of, table_subject
from policy_service.linter.trees import names_in

MOST_REGIONS: Final = 40


@dataclass(frozen=True, slots=True)
class Open:
    """What is not proved: the rows at the earlier and at the later point, and the two boxes."""

    rows: tuple[str, str]
    axes: tuple[Axis, ...] = ()
    earlier: Box = ()
    later: Box = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """Proved if nothing is left open; `is_complete` is False where there may be more regions left."""

    left_open: tuple[Open, ...] = ()
    is_complete: bool = True

    @property
    def holds(self) -> bool:
        """Whether the claim is proved."""
        return self.is_complete and not self.left_open


@dataclass(frozen=True, slots=True)
class Points:
    """The earlier and the later point, and what is known at both."""

    earlier: Situation
    later: Situation
    knowledge: Knowledge

    def with_move(self, name: Name, relation: Relation) -> "Points":
        """Return the same points with one more name that moves."""
        moves = {**self.earlier.moves, name: relation}
        return replace(self, earlier=replace(self.earlier, moves=moves), later=replace(self.later, moves=moves))

    def moves(self, *expressions: Expression) -> bool:
        """Return whether some name in the formulas is not the same at both points."""
        return any(self.earlier.relation(name) is not Relation.SAME for name in names_in(*expressions))


def points_for(knowledge: Knowledge, moves: Mapping[Name, Relation]) -> Points:
    """Return two points that differ as `moves` says; what is said to move is known at both."""
    ranges = {**knowledge.ranges}
    for name, relation in moves.items():
        if relation is not Relation.SAME:
            known = knowledge.range_of(name)
            ranges[name] = Range(known.low, known.high)
    return Points(
        Situation(ranges, is_later=False, moves=moves), Situation(ranges, is_later=True, moves=moves), knowledge
    )


def prove(rule_set: RuleSet, output: str, direction: Direction, points: Points) -> Proof:
    """Try to show that the output of a rule set goes only one way between the points."""
    match rule_set:
        case DecisionTable():
            return _prove_table(rule_set, output, direction, points)
        case Scorecard():
            return _prove_scorecard(rule_set, output, direction, points)
        case FormulaSet(values=values):
            return _prove_formulas(values, output, direction, points)
        case Ladder():
            return Proof((Open(("", "")),))
        case _:
            assert_never(rule_set)


def _prove_formulas(values: Sequence[Output], output: str, direction: Direction, points: Points) -> Proof:
    for value in values:
        if value.name == output:
            return Proof() if _goes(value, value, direction, points) else Proof((Open((output, output)),))
        relation = relation_of(value.expression, points.earlier, points.later)
        points = points.with_move(Name(value.name, NameSource.OUTPUT, value.kind), relation)
    return Proof()


def _goes(before: Output, after: Output, direction: Direction, points: Points) -> bool:
    ranks = ranks_of(points.knowledge)
    one, two = before.expression, after.expression
    if before.kind is Kind.CATEGORY:
        return _category_goes(before, after, direction, (points, ranks))
    match direction:
        case Direction.NEVER_RISES:
            return is_at_most(two, points.later, one, points.earlier)
        case Direction.NEVER_FALLS:
            return is_at_most(one, points.earlier, two, points.later)
        case _:
            assert_never(direction)


def _category_goes(before: Output, after: Output, direction: Direction, at: tuple[Points, Ranks]) -> bool:
    points, ranks = at
    one, two = before.expression, after.expression
    if isinstance(one, Constant) and isinstance(two, Constant):
        first, second = ranks.of(before.name, before.kind, one.value), ranks.of(after.name, after.kind, two.value)
        return second <= first if direction is Direction.NEVER_RISES else first <= second
    return one == two and not points.moves(one)


def _prove_table(table: DecisionTable, output: str, direction: Direction, points: Points) -> Proof:
    picks = deciding(table, output, points.knowledge)
    if picks is None:
        return Proof((Open(("", "")),))
    subject = table_subject(table, points.knowledge)
    ranks = ranks_of(points.knowledge)
    pairing = Pairing(subject.grid, movement_of(subject.grid, points.earlier, points.later, ranks), picks)
    left_open: list[Open] = []
    for first, second in sorted(pairing.pairs()):
        before, after = output_of(table, first, output), output_of(table, second, output)
        if before is None or after is None:
            continue
        narrowed = _at_rows(subject, (first, second), points)
        if narrowed is None or _goes(before, after, direction, narrowed):
            continue
        for box, other in pairing.regions((first, second), MOST_REGIONS):
            inside = _in_boxes(subject.grid.axes, (box, other), narrowed)
            if inside is not None and not _goes(before, after, direction, inside):
                left_open.append(Open((_id(table, first), _id(table, second)), subject.grid.axes, box, other))
        if len(left_open) >= MOST_REGIONS:
            return Proof(tuple(left_open), is_complete=False)
    return Proof(tuple(left_open), is_complete=not pairing.is_stopped)


def _id(table: DecisionTable, row: int) -> str:
    return table.rows[row].id if row >= 0 else "otherwise"


def _at_rows(subject: Subject, rows: tuple[int, int], points: Points) -> Points | None:
    found = []
    for row, situation in zip(rows, (points.earlier, points.later), strict=True):
        ranges = situation.ranges
        tests = subject.lines[row].tests if row >= 0 else ()
        for axis, test in zip(subject.grid.axes, tests, strict=False):
            inside = narrowed_by_cell(axis.column.expression, test, ranges)
            if inside is None:
                return None
            ranges = inside
        found.append(situation.narrowed_to(ranges))
    return _together(found[0], found[1], points)


def _in_boxes(axes: Sequence[Axis], boxes: tuple[Box, Box], points: Points) -> Points | None:
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
        found.append(situation.narrowed_to(ranges))
    return _together(found[0], found[1], points)


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


def _prove_scorecard(scorecard: Scorecard, output: str, direction: Direction, points: Points) -> Proof:
    if output == "score":
        return _prove_score(scorecard, direction, points)
    for relation, wanted in ((Relation.FALLS, Direction.NEVER_RISES), (Relation.RISES, Direction.NEVER_FALLS)):
        if _prove_score(scorecard, wanted, points).holds:
            stays = _prove_score(scorecard, _other(wanted), points).holds
            moved = points.with_move(SCORE, Relation.SAME if stays else relation)
            break
    else:
        moved = points.with_move(SCORE, Relation.UNCLEAR)
    return _prove_table(grade_table(scorecard), "grade", direction, moved)


def _other(direction: Direction) -> Direction:
    return Direction.NEVER_FALLS if direction is Direction.NEVER_RISES else Direction.NEVER_RISES


def grade_table(scorecard: Scorecard) -> DecisionTable:
    """Return the knock-outs and bands as rows of one table under hit policy first, over the score."""
    columns = tuple(dict.fromkeys(column for each in scorecard.knock_outs for column, _cell in each.when.cells))
    score = Column("score", SCORE)
    rows = []
    for knock_out in scorecard.knock_outs:
        cells = dict(knock_out.when.cells)
        tests = [cells.get(column, Cell("-", Anything())) for column in columns]
        rows.append(Row(knock_out.id, (*tests, Cell("-", Anything())), (_grade(knock_out.grade),)))
    open_cells = tuple(Cell("-", Anything()) for _column in columns)
    rows.extend(Row(band.id, (*open_cells, band.cell), (_grade(band.grade),)) for band in scorecard.bands)
    return DecisionTable(scorecard.name, HitPolicy.FIRST, (*columns, score), tuple(rows), place=scorecard.place)


def _grade(code: int) -> Output:
    return Output("grade", Kind.CATEGORY, "", Constant(code, Kind.CATEGORY))


def _prove_score(scorecard: Scorecard, direction: Direction, points: Points) -> Proof:
    left_open = [
        each
        for characteristic in scorecard.characteristics
        for each in _prove_points(scorecard, characteristic, direction, points)
    ]
    return Proof(tuple(left_open))


def _prove_points(
    scorecard: Scorecard, characteristic: Characteristic, direction: Direction, points: Points
) -> Iterator[Open]:
    lines = [Line(each.id, (each.cell.test,), each.place) for each in characteristic.attributes]
    column = characteristic.column
    subject = subject_of(scorecard.name, scorecard.place, (column,), lines, knowledge=points.knowledge)
    movement = movement_of(subject.grid, points.earlier, points.later, ranks_of(points.knowledge))
    reachable = movement.reachable[0]
    if reachable is None:
        return
    earned = [_earned(characteristic, subject, number) for number in range(len(reachable))]
    sign = 1 if direction is Direction.NEVER_RISES else -1
    for number, after in enumerate(reachable):
        for other in bits(after):
            before, then = earned[number], earned[other]
            if before is not None and then is not None and sign * (then[0] - before[0]) > FALSE:
                yield Open((before[1], then[1]), subject.grid.axes, (1 << number,), (1 << other,))


def _earned(characteristic: Characteristic, subject: Subject, number: int) -> tuple[int, str] | None:
    matching = [characteristic.attributes[row] for row in bits(subject.grid.matching[0][number])]
    if len(matching) == 1:
        return weighted(characteristic, matching[0].points), matching[0].id
    if not matching and subject.grid.axes[0].bins[number].is_unknown and characteristic.unknown is not None:
        return weighted(characteristic, characteristic.unknown), f"{characteristic.column.text}.unknown"
    return None
