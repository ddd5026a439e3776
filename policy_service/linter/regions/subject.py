"""What the checks of one rule set look at: its lines as a grid, and the findings they make of regions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from policy_service.domain.errors import Place
from policy_service.domain.findings import Finding, Severity, Span
from policy_service.language.cells import Column
from policy_service.language.feel.expressions import Test
from policy_service.language.rule_sets import DecisionTable
from policy_service.linter.codes import Code
from policy_service.linter.listing import joined
from policy_service.linter.regions.grid import Box, Grid, grid_of
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.trees import reads_a_parameter
from policy_service.linter.regions.witness import lies_in, witness
from policy_service.linter.wording import spans_of


@dataclass(frozen=True, slots=True)
class Line:
    """A row, an attribute, a knock-out or a band: its id, its tests column by column, where it stands."""

    id: str
    tests: tuple[Test, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Subject:
    """Lines that are tried together, cut into a grid; `word` is what a line is called."""

    rule_set: str
    place: Place
    lines: tuple[Line, ...]
    grid: Grid
    knowledge: Knowledge
    word: str = "row"

    def named(self, *lines: int) -> str:
        """Return "row S10", "rows S10 and S20", "band A"."""
        ids = [self.lines[line].id.removeprefix(f"{self.word}.") for line in lines]
        return f"{self.word}{'s' if len(ids) > 1 else ''} {joined(ids)}"

    def spans(self, box: Box) -> tuple[Span, ...]:
        """Return a box as text."""
        return spans_of(box, self.grid.axes, self.knowledge.policy)

    def example(self, box: Box) -> tuple[tuple[str, int], ...] | None:
        """Return facts that lie in the box; None where none were found, so that it may be empty."""
        found = witness(box, self.grid.axes, self.knowledge)
        return None if found is None else tuple(found.items())

    def is_set_by_a_parameter(self, *lines: int) -> bool:
        """Return whether a dial decides where the lines match."""
        return reads_a_parameter(*(test for line in lines for test in self.lines[line].tests))

    def finding(
        self,
        code: Code,
        severity: Severity,
        *,
        message: str,
        remedy: str,
        lines: Sequence[int] = (),
        box: Box | None = None,
    ) -> Finding:
        """Return a finding about lines of the rule set, or a region of it."""
        region = box or (self.grid.box_of(lines[0]) if lines else None)
        return Finding(
            code=code,
            severity=severity,
            place=self.lines[lines[-1]].place if lines else self.place,
            message=message,
            remedy=remedy,
            rule_set=self.rule_set,
            rows=tuple(self.lines[line].id for line in lines),
            box=self.spans(box) if box else (),
            example=(self.example(box) or ()) if box else (),
            covers=partial(lies_in, region, self.grid.axes, self.knowledge) if region else None,
        )


def subject_of(
    rule_set: str,
    place: Place,
    columns: Sequence[Column],
    lines: Sequence[Line],
    *,
    knowledge: Knowledge,
    word: str = "row",
) -> Subject:
    """Cut the lines of a rule set into a grid; TooManyBinsError if a column has too many moving end points."""
    grid = grid_of(columns, [line.tests for line in lines], knowledge)
    return Subject(rule_set, place, tuple(lines), grid, knowledge, word)


def table_subject(table: DecisionTable, knowledge: Knowledge) -> Subject:
    """Return the rows of a decision table as a subject."""
    lines = [Line(row.id, tuple(cell.test for cell in row.cells), row.place) for row in table.rows]
    return subject_of(table.name, table.place, table.columns, lines, knowledge=knowledge)
