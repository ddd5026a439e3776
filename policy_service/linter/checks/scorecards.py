"""Scorecards: characteristics that leave values without points, and bands that leave scores without a grade."""

from collections.abc import Iterator
from typing import Final

from policy_service.domain.findings import Finding, Severity
from policy_service.domain.values import Kind
from policy_service.language.cells import Column
from policy_service.language.feel.expressions import Anything, Name, NameSource
from policy_service.language.rule_sets import Characteristic, Scorecard, WhenUnknown
from policy_service.linter.checks.gaps import gaps
from policy_service.linter.checks.masking import always_matching, masked, never_matching
from policy_service.linter.checks.overlaps import overlapping_pairs, overlaps
from policy_service.linter.checks.scores import Scores, scores_of
from policy_service.linter.codes import Code
from policy_service.linter.formula_wording import value_text
from policy_service.linter.regions.grid import bits, runs
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.ranges import of_kind
from policy_service.linter.regions.subject import Line, Subject, subject_of
from policy_service.linter.regions.sweep import Question, uncovered
from policy_service.linter.wording import region_text, stretch_text

SCORE: Final = Name("score", NameSource.OUTPUT, Kind.NUMBER)


def check_scorecard(scorecard: Scorecard, knowledge: Knowledge) -> Iterator[Finding]:
    """Yield what is wrong with the characteristics, knock-outs and bands of a scorecard."""
    for characteristic in scorecard.characteristics:
        yield from _check_characteristic(scorecard, characteristic, knowledge)
    yield from _check_knock_outs(scorecard, knowledge)
    yield from _check_bands(scorecard, knowledge)


def _check_characteristic(
    scorecard: Scorecard, characteristic: Characteristic, knowledge: Knowledge
) -> Iterator[Finding]:
    lines = [Line(each.id, (each.cell.test,), each.place) for each in characteristic.attributes]
    column = characteristic.column
    subject = subject_of(scorecard.name, characteristic.place, (column,), lines, knowledge=knowledge, word="attribute")
    yield from never_matching(subject)
    yield from always_matching(subject)
    yield from gaps(subject, Code.ATTRIBUTE_GAP)
    yield from overlaps(subject, Code.ATTRIBUTE_OVERLAP)
    axis = subject.grid.axes[0]
    is_answered = any(box[0] & axis.unknown_bin for box in map(subject.grid.box_of, range(len(lines))))
    if axis.unknown_bin and characteristic.unknown is None and not is_answered:
        yield subject.finding(
            Code.NO_POINTS_FOR_UNKNOWN,
            Severity.NOTE,
            message=f"{column.text} may be unknown and earns no points then; the scorecard refers.",
            remedy="State the points for `unknown`, or leave it to a person.",
        )


def _check_knock_outs(scorecard: Scorecard, knowledge: Knowledge) -> Iterator[Finding]:
    columns = tuple(dict.fromkeys(column for each in scorecard.knock_outs for column, _cell in each.when.cells))
    lines = []
    for knock_out in scorecard.knock_outs:
        tests = {column: cell.test for column, cell in knock_out.when.cells}
        lines.append(Line(knock_out.id, tuple(tests.get(column, Anything()) for column in columns), knock_out.place))
    if not lines:
        return
    subject = subject_of(scorecard.name, scorecard.place, columns, lines, knowledge=knowledge, word="knock-out")
    yield from never_matching(subject)
    # All reasons of matching knock-outs are kept, so a knock-out behind another still says something.
    same_grade = {each.grade for each in scorecard.knock_outs}
    if len(same_grade) > 1:
        yield from masked(subject, range(len(lines)), WhenUnknown.SKIP)


def band_subject(scorecard: Scorecard, knowledge: Knowledge) -> Subject:
    """Return the bands as lines over every score a number can be, within reach or not."""
    every_score = knowledge.with_ranges({SCORE: of_kind(Kind.NUMBER, unknown=False)})
    lines = [Line(band.id, (band.cell.test,), band.place) for band in scorecard.bands]
    return subject_of(
        scorecard.name, scorecard.place, (Column("score", SCORE),), lines, knowledge=every_score, word="band"
    )


def _check_bands(scorecard: Scorecard, knowledge: Knowledge) -> Iterator[Finding]:
    subject = band_subject(scorecard, knowledge)
    scores = scores_of(scorecard)
    yield from never_matching(subject)
    yield from _holes(subject, scores)
    yield from _band_overlaps(subject, scores)
    yield from _bands_out_of_reach(subject, scores)
    yield from _grades_twice(scorecard, subject)


def _holes(subject: Subject, scores: Scores) -> Iterator[Finding]:
    axis = subject.grid.axes[0]
    boxes = uncovered(subject.grid, Question(subject.grid.all_known, subject.grid.every_row)).boxes
    for first, after in (run for (mask,) in boxes for run in runs(mask)):
        low, high = axis.bins[first].low, axis.bins[after - 1].high
        text = stretch_text(low, high, axis, subject.knowledge.policy)
        box = (sum(1 << number for number in range(first, after)),)
        found = scores.between(low, high)
        if found is not None:
            yield _hole(subject, scores, text, box, found)
        else:
            is_inside = scores.is_within(low, high)
            yield subject.finding(
                Code.BAND_HOLE_OUT_OF_REACH,
                Severity.WARNING if is_inside else Severity.NOTE,
                message=f"no band covers a score {text}; with the present points no score falls there.",
                remedy="Let each band begin where the one below ends." if is_inside else "Nothing needs to change.",
                box=box,
            )


def _hole(subject: Subject, scores: Scores, text: str, box: tuple[int], found: int) -> Finding:
    example = value_text(found, Kind.NUMBER, subject.knowledge.policy)
    verb = "can" if scores.is_certain else "may"
    return subject.finding(
        Code.BAND_HOLE,
        Severity.ERROR if scores.is_certain else Severity.WARNING,
        message=f"no band covers a score {text}; the points {verb} add up to {example}.",
        remedy="Let each band begin where the one below ends.",
        box=box,
    )


def _band_overlaps(subject: Subject, scores: Scores) -> Iterator[Finding]:
    axis = subject.grid.axes[0]
    for first, second, box in overlapping_pairs(subject):
        ends = [axis.bins[number] for number in bits(box[0])]
        is_reached = any(scores.between(each.low, each.high) is not None for each in ends)
        yield subject.finding(
            Code.BAND_OVERLAP,
            Severity.ERROR if is_reached and scores.is_certain else Severity.WARNING,
            message=f"{subject.named(first, second)} both cover {region_text(subject.spans(box))}"
            f"{'' if is_reached else '; with the present points no score falls there'}.",
            remedy="Change one bound.",
            lines=(first, second),
            box=box,
        )


def _bands_out_of_reach(subject: Subject, scores: Scores) -> Iterator[Finding]:
    axis = subject.grid.axes[0]
    for number in range(len(subject.lines)):
        (mask,) = subject.grid.box_of(number)
        if mask and all(scores.between(axis.bins[each].low, axis.bins[each].high) is None for each in bits(mask)):
            lowest, highest = (
                value_text(each, Kind.NUMBER, subject.knowledge.policy) for each in (scores.lowest, scores.highest)
            )
            yield subject.finding(
                Code.BAND_OUT_OF_REACH,
                Severity.WARNING,
                message=f"{subject.named(number)} is never reached: scores go from {lowest} to {highest}.",
                remedy="Change its bound, or the points.",
                lines=(number,),
                box=(mask,),
            )


def _grades_twice(scorecard: Scorecard, subject: Subject) -> Iterator[Finding]:
    seen: dict[int, int] = {}
    for number, band in enumerate(scorecard.bands):
        first = seen.setdefault(band.grade, number)
        if first != number:
            grade = value_text(band.grade, Kind.CATEGORY, subject.knowledge.policy)
            yield subject.finding(
                Code.GRADE_TWICE,
                Severity.WARNING,
                message=f"grade {grade} has two bands.",
                remedy="Join them into one band, or correct the grade.",
                lines=(first, number),
            )
