"""Prove that a scorecard's score or grade goes only one way: characteristic by characteristic, then by the bands."""

from collections.abc import Iterator

from policy_service.domain.values import FALSE, Kind
from policy_service.language.cells import Cell, Column, Output
from policy_service.language.feel.expressions import Anything, Constant
from policy_service.language.rule_sets import Characteristic, DecisionTable, Direction, HitPolicy, Row, Scorecard
from policy_service.linter.checks.scorecards import SCORE
from policy_service.linter.claims.comparing import Points
from policy_service.linter.claims.pairs import movement_of
from policy_service.linter.claims.proof import Open, Proof
from policy_service.linter.claims.situations import Relation
from policy_service.linter.regions.grid import bits
from policy_service.linter.regions.knowledge import weighted
from policy_service.linter.regions.subject import Line, Subject, subject_of
from policy_service.linter.regions.trees import ends


def prove_score(scorecard: Scorecard, direction: Direction, points: Points) -> Proof:
    """Try to show that no characteristic earns points the other way."""
    return Proof(tuple(each for one in scorecard.characteristics for each in _left(scorecard, one, direction, points)))


def with_score(scorecard: Scorecard, points: Points) -> Points:
    """Return the same points, knowing how the score moves between them."""
    falls = prove_score(scorecard, Direction.NEVER_RISES, points).holds
    rises = prove_score(scorecard, Direction.NEVER_FALLS, points).holds
    if falls:
        return points.with_move(SCORE, Relation.SAME if rises else Relation.FALLS)
    return points.with_move(SCORE, Relation.RISES if rises else Relation.UNCLEAR)


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


def _left(scorecard: Scorecard, characteristic: Characteristic, direction: Direction, points: Points) -> Iterator[Open]:
    if not points.moves(
        characteristic.column.expression, *(end for each in characteristic.attributes for end in ends(each.cell.test))
    ):
        return
    lines = [Line(each.id, (each.cell.test,), each.place) for each in characteristic.attributes]
    column = characteristic.column
    subject = subject_of(scorecard.name, scorecard.place, (column,), lines, knowledge=points.knowledge)
    movement = movement_of(subject.grid, points.earlier, points.later, points.ranks)
    reachable = movement.reachable[0]
    if reachable is None:
        return
    earned = [_earned(characteristic, subject, number) for number in range(len(reachable))]
    sign = 1 if direction is Direction.NEVER_RISES else -1
    for number, after in enumerate(reachable):
        for other in bits(after):
            before, then = earned[number], earned[other]
            if before is not None and then is not None and sign * (then[0] - before[0]) > FALSE:
                yield Open((before[1],), (then[1],), subject.grid.axes, ((1 << number,), (1 << other,)))


def _earned(characteristic: Characteristic, subject: Subject, number: int) -> tuple[int, str] | None:
    matching = [characteristic.attributes[row] for row in bits(subject.grid.matching[0][number])]
    if len(matching) == 1:
        return weighted(characteristic, matching[0].points), matching[0].id
    if not matching and subject.grid.axes[0].bins[number].is_unknown and characteristic.unknown is not None:
        return weighted(characteristic, characteristic.unknown), f"{characteristic.column.text}.unknown"
    return None
