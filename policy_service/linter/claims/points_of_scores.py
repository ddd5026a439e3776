"""What a scorecard answers at one point: its score, and the grade by knock-outs or bands."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from policy_service.domain.values import UNKNOWN
from policy_service.language.cells import When
from policy_service.language.rule_sets import Characteristic, Scorecard, WhenUnknown
from policy_service.linter.regions.evaluation import Ranges, evaluate, satisfied
from policy_service.linter.regions.knowledge import weighted
from policy_service.linter.regions.ranges import point
from policy_service.linter.work import Work

Made: TypeAlias = Mapping[str, int]


def scorecard_at(scorecard: Scorecard, work: Work) -> Callable[[Ranges], Made | None]:
    """Return what answers for a scorecard at a point; None where it refers or is at fault."""

    def answer(ranges: Ranges) -> Made | None:
        score = _score(scorecard, ranges, work)
        for knock_out in scorecard.knock_outs:
            work.spend(len(knock_out.when.cells))
            held = _holds(knock_out.when, ranges)
            if held:
                return {"grade": knock_out.grade, "score": UNKNOWN if score is None else score}
            if held is None and scorecard.when_unknown is WhenUnknown.REFER:
                return None
        return None if score is None else _graded(scorecard, score, ranges)

    return answer


def _graded(scorecard: Scorecard, score: int, ranges: Ranges) -> Made | None:
    grades = [band.grade for band in scorecard.bands if satisfied(band.cell.test, point(score), ranges).low == 1]
    return {"grade": grades[0], "score": score} if len(grades) == 1 else None


def _score(scorecard: Scorecard, ranges: Ranges, work: Work) -> int | None:
    earned = [_earned(each, ranges, work) for each in scorecard.characteristics]
    return None if None in earned else sum(each for each in earned if each is not None)


def _earned(characteristic: Characteristic, ranges: Ranges, work: Work) -> int | None:
    work.spend(1 + len(characteristic.attributes))
    value = evaluate(characteristic.column.expression, ranges)
    said = [(each, satisfied(each.cell.test, value, ranges)) for each in characteristic.attributes]
    points = [each.points for each, held in said if held.low == 1 and not held.is_empty]
    if not points and value.is_empty and characteristic.unknown is not None:
        points = [characteristic.unknown]
    return weighted(characteristic, points[0]) if len(points) == 1 else None


def _holds(when: When, ranges: Ranges) -> bool | None:
    unclear = False
    for column, cell in when.cells:
        said = satisfied(cell.test, evaluate(column.expression, ranges), ranges)
        if said.is_empty:
            unclear = True
        elif said.low == 0:
            return False
    return None if unclear else True
