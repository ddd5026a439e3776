"""Rows that never apply: cells that match nothing, rows behind others that take all their cases, rows written twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policy_service.domain.findings import Finding, Severity
from policy_service.domain.values import LARGEST
from policy_service.language.feel.expressions import Anything
from policy_service.language.rule_sets import DecisionTable, HitPolicy, Row, WhenUnknown
from policy_service.linter.checks.gaps import MOST_LISTED, lines_of, rest_of, stopped
from policy_service.linter.codes import Code
from policy_service.linter.listing import joined
from policy_service.linter.regions.grid import Box
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.neighbours import Neighbours
from policy_service.linter.regions.subject import Subject
from policy_service.linter.regions.sweep import MOST_STEPS, Question, Uncovered, uncovered
from policy_service.linter.regions.trees import reads_a_parameter


def never_matching(subject: Subject) -> Iterator[Finding]:
    """Yield the lines with a cell that no value satisfies."""
    for number, line in enumerate(subject.lines):
        empty = [axis for axis, mask in enumerate(subject.grid.box_of(number)) if not mask]
        if not empty:
            continue
        columns = joined([subject.grid.axes[axis].column.text for axis in empty])
        is_dialled = reads_a_parameter(*(line.tests[axis] for axis in empty))
        yield subject.finding(
            Code.NEVER_MATCHES,
            Severity.WARNING if is_dialled else Severity.ERROR,
            message=f"{subject.named(number)} never matches: no value of {columns} satisfies its cell"
            f"{' with the parameters as they stand' if is_dialled else ''}.",
            remedy=f"Correct the cell, or delete the {subject.word}.",
            lines=(number,),
        )


def always_matching(subject: Subject) -> Iterator[Finding]:
    """Yield, as notes, the cells that every value satisfies although they state a condition."""
    for number, line in enumerate(subject.lines):
        for axis, mask, test in zip(subject.grid.axes, subject.grid.box_of(number), line.tests, strict=True):
            if mask != axis.every_bin or isinstance(test, Anything) or reads_a_parameter(test) or not axis.bins:
                continue
            yield subject.finding(
                Code.ALWAYS_MATCHES,
                Severity.NOTE,
                message=f"{subject.named(number)}: every value of {axis.column.text} satisfies its cell.",
                remedy="Write `-`, or correct the bound.",
                lines=(number,),
            )


def masked(subject: Subject, ranked: Sequence[int], when_unknown: WhenUnknown) -> Iterator[Finding]:
    """Yield the lines that never apply because lines before them in `ranked` take all their cases."""
    grid = subject.grid
    refers = when_unknown is WhenUnknown.REFER
    neighbours = Neighbours(grid.possible if refers else grid.matching, grid.every_row)
    before, count, steps_left = 0, 0, MOST_STEPS
    stopped_at: Uncovered | None = None
    for number in ranked:
        box = grid.box_of(number)
        if all(box):
            single = neighbours.containing(box) & before
            rows = single & -single or neighbours.meeting(box) & before
            question = Question(box, rows, unclear_covers=refers, enough=1, most_steps=steps_left)
            found = uncovered(grid, question)
            steps_left -= found.steps
            if not found.boxes and found.is_complete:
                count += 1
                if count <= MOST_LISTED:
                    yield _masked(subject, number, question)
            elif not found.boxes:
                stopped_at = replace(found, steps=MOST_STEPS - steps_left)
        before |= 1 << number
    yield from rest_of(subject, Code.MASKED, f"{subject.word}s that never apply", count - MOST_LISTED)
    yield from stopped(subject, "masked rows", *([stopped_at] if stopped_at else []))


def _masked(subject: Subject, number: int, question: Question) -> Finding:
    by_matches = replace(question, unclear_covers=False, most_steps=MOST_STEPS)
    only_at_unknown = bool(question.unclear_covers and uncovered(subject.grid, by_matches).boxes)
    lines = lines_of(question.rows)
    names = joined([subject.lines[line].id for line in lines])
    takes = "takes every case it matches" if len(lines) == 1 else "together take every case it matches"
    message = f"{subject.named(number)} never applies: {names} {takes}"
    if only_at_unknown:
        message += ", or refers where a value it tests is unknown"
    is_dialled = subject.is_set_by_a_parameter(number, *lines)
    return subject.finding(
        Code.MASKED,
        Severity.WARNING if is_dialled or only_at_unknown else Severity.ERROR,
        message=f"{message}.",
        remedy="Move it up, narrow the rows before it, or delete it.",
        lines=(*lines, number),
        box=question.within,
    )


def ranking(table: DecisionTable, knowledge: Knowledge) -> Sequence[int]:
    """Return the rows in the order in which they are preferred; rows whose rank is computed are left out."""
    rows = range(len(table.rows))
    if table.hit_policy is HitPolicy.FIRST:
        return rows
    if table.hit_policy is not HitPolicy.PRIORITY or table.priority is None:
        return ()
    keys = {number: _rank(table, table.rows[number], knowledge) for number in rows}
    known = {number: key for number, key in keys.items() if key is not None}
    return sorted(known, key=lambda number: (known[number], number))


def _rank(table: DecisionTable, row: Row, knowledge: Knowledge) -> int | None:
    priority = table.priority
    output = row.output(priority.output) if priority else None
    if priority is None or output is None:
        return LARGEST
    value = knowledge.constant(output.expression)
    if value is None:
        return None
    if priority.values:
        return priority.values.index(value) if value in priority.values else LARGEST
    return -value if priority.descending else value


def duplicates(subject: Subject) -> Iterator[Finding]:
    """Yield the lines whose cells say the same as those of an earlier line."""
    seen: dict[tuple[Box, Box], int] = {}
    for number in range(len(subject.lines)):
        box = subject.grid.box_of(number)
        if not all(box):
            continue
        first = seen.setdefault((box, subject.grid.possible_box_of(number)), number)
        if first != number:
            yield subject.finding(
                Code.DUPLICATE,
                Severity.WARNING,
                message=f"{subject.named(first, number)} have the same conditions.",
                remedy="Join them into one row, or correct a bound.",
                lines=(first, number),
                box=box,
            )
