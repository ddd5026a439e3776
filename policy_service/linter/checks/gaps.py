"""Regions that no row of a table matches."""

from collections.abc import Iterator, Sequence
from typing import Final

from policy_service.domain.findings import Finding, Severity
from policy_service.linter.codes import Code
from policy_service.linter.regions.grid import Box, bits, merged
from policy_service.linter.regions.subject import Subject
from policy_service.linter.regions.sweep import Question, Uncovered, uncovered
from policy_service.linter.wording import region_text

#: So many regions of one kind are listed; the rest is counted.
MOST_LISTED: Final = 20
_REMEDY: Final = "Add a row or widen a bound, or write an otherwise."


def gaps(subject: Subject, code: Code = Code.GAP) -> Iterator[Finding]:
    """Yield the regions of known values where no row matches: the rule set would refer to a person there."""
    found = uncovered(subject.grid, Question(subject.grid.all_known, subject.grid.every_row))
    listed = sorted(found.boxes, key=lambda box: _size(box, subject), reverse=True)
    for box in listed[:MOST_LISTED]:
        yield _gap(box, subject, code)
    yield from rest_of(subject, code, f"regions without {_a(subject)}", len(listed) - MOST_LISTED)
    yield from stopped(subject, "gaps", found)


def gaps_at_unknown(subject: Subject) -> Iterator[Finding]:
    """Yield, as notes, the regions with an unknown value where no row matches, nor fails only on the unknown."""
    boxes: list[Box] = []
    for number, axis in enumerate(subject.grid.axes):
        known, everything = subject.grid.all_known, subject.grid.everything
        within = (*known[:number], axis.unknown_bin, *everything[number + 1 :])
        boxes.extend(uncovered(subject.grid, Question(within, subject.grid.every_row)).boxes)
    for box in merged(boxes)[:MOST_LISTED]:
        yield subject.finding(
            Code.GAP_AT_UNKNOWN,
            Severity.NOTE,
            message=f"no row matches where {region_text(subject.spans(box))}; the rule set refers there.",
            remedy="Write `null` in a row, if the unknown has an answer of its own.",
            box=box,
        )
    yield from rest_of(subject, Code.GAP_AT_UNKNOWN, "regions with an unknown value", len(merged(boxes)) - MOST_LISTED)


def _gap(box: Box, subject: Subject, code: Code) -> Finding:
    is_real = subject.example(box) is not None
    return subject.finding(
        code,
        Severity.ERROR if is_real else Severity.WARNING,
        message=f"no {subject.word} {'matches' if is_real else 'may match'} where {region_text(subject.spans(box))}.",
        remedy=_REMEDY if code is Code.GAP else f"Add {_a(subject)}, or widen a bound.",
        box=box,
    )


def _a(subject: Subject) -> str:
    return f"{'an' if subject.word[0] in 'aeiou' else 'a'} {subject.word}"


def _size(box: Box, subject: Subject) -> tuple[int, float]:
    axes = subject.grid.axes
    whole = sum(mask & axis.known_bins == axis.known_bins for mask, axis in zip(box, axes, strict=True))
    share = 1.0
    for mask, axis in zip(box, axes, strict=True):
        share *= mask.bit_count() / max(1, len(axis.bins))
    return whole, share


def rest_of(subject: Subject, code: Code, what: str, rest: int) -> Iterator[Finding]:
    """Say how many more there are than were listed."""
    if rest > 0:
        yield subject.finding(
            Code.MORE_OF_THE_SAME,
            Severity.WARNING,
            message=f"{rest} more {what} are not listed ({code}).",
            remedy="Mend those listed first, then check again.",
        )


def stopped(subject: Subject, what: str, *found: Uncovered) -> Iterator[Finding]:
    """Say that a sweep was stopped, so that what was found may not be all."""
    if any(not each.is_complete for each in found):
        steps = sum(each.steps for each in found)
        yield subject.finding(
            Code.ANALYSIS_STOPPED,
            Severity.WARNING,
            message=f"the search for {what} stopped after {steps} regions; there may be more.",
            remedy="Split the table into two, or give its columns fewer different bounds.",
        )


def lines_of(mask: int) -> Sequence[int]:
    """Return the positions of the lines of a mask."""
    return tuple(bits(mask))
