"""Rows that match together where the hit policy allows only one, or only equal answers."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from policy_service.domain.findings import Finding, Severity
from policy_service.language.feel.expressions import Expression
from policy_service.language.rule_sets import DecisionTable, Row
from policy_service.linter.checks.gaps import rest_of
from policy_service.linter.codes import Code
from policy_service.linter.regions.grid import Box, bits, meet
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.neighbours import Neighbours
from policy_service.linter.regions.subject import Subject
from policy_service.linter.wording import region_text

MOST_LISTED: Final = 20


def overlaps(subject: Subject, code: Code = Code.OVERLAP) -> Iterator[Finding]:
    """Yield every pair of lines that match together, with the region where they do."""
    listed = islice(overlapping_pairs(subject), MOST_LISTED)
    yield from (_overlap(subject, code, (first, second), box, is_certain=True) for first, second, box in listed)
    yield from _rest(subject, code, (0,) * len(subject.lines))


def conflicts(subject: Subject, table: DecisionTable) -> Iterator[Finding]:
    """Yield every pair of rows that match together and answer differently (hit policy any)."""
    rows, knowledge = table.rows, subject.knowledge
    answers = [_answers(row, knowledge) for row in rows]
    alike: dict[frozenset[tuple[str, int | Expression]], int] = {}
    for number, each in enumerate(answers):
        alike[each] = alike.get(each, 0) | 1 << number
    agreeing = [alike[each] for each in answers]
    for first, second, box in islice(overlapping_pairs(subject, agreeing), MOST_LISTED):
        is_certain = _surely_differ(rows[first], rows[second], knowledge)
        yield _overlap(subject, Code.CONFLICT, (first, second), box, is_certain=is_certain)
    yield from _rest(subject, Code.CONFLICT, agreeing)


def overlapping_pairs(subject: Subject, agreeing: Sequence[int] = ()) -> Iterator[tuple[int, int, Box]]:
    """Yield the lines that match together, each pair once, with the region (of known values, if any).

    `agreeing` holds for each line the lines it may match together with, as masks.
    """
    for second, together in enumerate(_together(subject, agreeing)):
        for first in bits(together):
            box = meet(subject.grid.box_of(first), subject.grid.box_of(second))
            if box is not None:
                yield first, second, meet(box, subject.grid.all_known) or box


def _together(subject: Subject, agreeing: Sequence[int]) -> Iterator[int]:
    neighbours = Neighbours(subject.grid.matching, subject.grid.every_row)
    for second in range(len(subject.lines)):
        before = ((1 << second) - 1) & ~(agreeing[second] if agreeing else 0)
        yield neighbours.meeting(subject.grid.box_of(second)) & before


def _rest(subject: Subject, code: Code, agreeing: Sequence[int]) -> Iterator[Finding]:
    count = sum(together.bit_count() for together in _together(subject, agreeing))
    yield from rest_of(subject, code, f"pairs of {subject.word}s that match together", count - MOST_LISTED)


def _overlap(subject: Subject, code: Code, pair: tuple[int, int], box: Box, *, is_certain: bool) -> Finding:
    is_real = is_certain and subject.example(box) is not None
    verb = "both match" if is_real else "may both match"
    but = " and answer differently" if code is Code.CONFLICT else ""
    return subject.finding(
        code,
        Severity.ERROR if is_real else Severity.WARNING,
        message=f"{subject.named(*pair)} {verb} {_where(subject, box)}{but}.",
        remedy="Change one bound." if code is not Code.CONFLICT else "Change one bound, or make the answers equal.",
        lines=pair,
        box=box,
    )


def _where(subject: Subject, box: Box) -> str:
    return region_text(subject.spans(box))


def _answers(row: Row, knowledge: Knowledge) -> frozenset[tuple[str, int | Expression]]:
    values = [(output, knowledge.constant(output.expression)) for output in row.outputs]
    return frozenset((output.name, output.expression if value is None else value) for output, value in values)


def _surely_differ(first: Row, second: Row, knowledge: Knowledge) -> bool:
    one = {output.name: output.expression for output in first.outputs}
    two = {output.name: output.expression for output in second.outputs}
    if one.keys() != two.keys():
        return True
    values = [(knowledge.range_of(one[name]), knowledge.range_of(two[name])) for name in one if one[name] != two[name]]
    return any(not a.touches(b) and not a.unknown and not b.unknown for a, b in values)
