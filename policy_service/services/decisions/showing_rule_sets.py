"""A rule set shown as its tables, beside the values that it was asked about: which cells matched, and what was hit."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, TypeAlias, assert_never

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import MILLION, UNKNOWN, Kind
from policy_service.engines.arithmetic import multiply
from policy_service.engines.conditions import Cells, cells_of
from policy_service.engines.scorecards import SCORE
from policy_service.engines.trace import RuleSetTrace
from policy_service.language.cells import Column, Output
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import (
    Characteristic,
    DecisionTable,
    FormulaSet,
    Ladder,
    Otherwise,
    RuleSet,
    Scorecard,
)
from policy_service.services.code_book import CodeBook
from policy_service.services.decisions.shown_rule_sets import (
    ShownBin,
    ShownCell,
    ShownColumn,
    ShownMiss,
    ShownPoints,
    ShownRow,
    ShownRows,
    ShownRuleSet,
    ShownStep,
    ShownValue,
)

#: Of a longer table those rows are shown that were hit or missed narrowly, with some on each side of them.
MOST_ROWS: Final = 60
_BESIDE: Final = 3
_OTHERWISE: Final = "otherwise"

#: A row's id, its cells by column, what it sets, the codes of its reasons, and its note.
_Line: TypeAlias = tuple[str, Cells, Sequence[Output], Sequence[str], str]


def shown(policy: Policy, trace: RuleSetTrace, hits: Collection[str], codes: CodeBook) -> ShownRuleSet:
    """Return a rule set of the policy with what its cells said; `hits` are the rows that were hit."""
    rule_set = policy.rule_set(trace.rule_set)
    showing = _Showing(trace, hits, codes)
    return ShownRuleSet(
        name=rule_set.name,
        title=rule_set.title,
        kind=_kind(rule_set),
        hits=tuple(hits),
        parts=tuple(part for part in showing.parts(rule_set) if part.rows),
        points=tuple(showing.points(rule_set)),
        values=tuple(showing.values(rule_set, policy)),
        misses=tuple(showing.misses()),
        next_step=showing.next_step(),
    )


def _kind(rule_set: RuleSet) -> str:
    match rule_set:
        case DecisionTable():
            return "decision_table"
        case Scorecard():
            return "scorecard"
        case FormulaSet():
            return "formula"
        case Ladder():
            return "ladder"
        case _:
            assert_never(rule_set)


class _Showing:
    """One trace while it is put beside the rule set that it is of."""

    def __init__(self, trace: RuleSetTrace, hits: Collection[str], codes: CodeBook) -> None:
        self._trace = trace
        self._traced = {row.row: row for row in trace.rows}
        self._cells = {cell.column: cell for row in trace.rows for cell in row.cells}
        self._hits = hits
        self._codes = codes

    def parts(self, rule_set: RuleSet) -> Iterator[ShownRows]:
        """Yield the rows of a rule set, those that are tried together in one table."""
        match rule_set:
            case DecisionTable():
                yield self._rows("rows", _lines_of(rule_set), rule_set.otherwise)
            case Scorecard():
                yield self._rows("knock_outs", ((k.id, k.when.cells, (), k.reasons, "") for k in rule_set.knock_outs))
                yield self._rows("bands", ((b.id, ((SCORE, b.cell),), (), b.reasons, "") for b in rule_set.bands))
            case Ladder():
                yield self._rows("stands_for", [("when", cells_of(rule_set.when), (), (), "")] if rule_set.when else [])
                triggers = ((t.id, t.when.cells, t.effects, t.reasons, t.action) for t in rule_set.triggers)
                yield self._rows("triggers", triggers)
            case FormulaSet():
                return
            case _:
                assert_never(rule_set)

    def points(self, rule_set: RuleSet) -> Iterator[ShownPoints]:
        """Yield the characteristics of a scorecard."""
        if isinstance(rule_set, Scorecard):
            for characteristic, earned in zip(rule_set.characteristics, self._trace.points, strict=True):
                kind = characteristic.column.expression.kind
                yield ShownPoints(
                    earned.characteristic,
                    kind,
                    self._codes.plain(earned.value, kind),
                    tuple(self._bins(characteristic, earned.attributes)),
                    None if earned.points == UNKNOWN else self._codes.text(earned.points, Kind.NUMBER),
                )

    def values(self, rule_set: RuleSet, policy: Policy) -> Iterator[ShownValue]:
        """Yield the formulas of a set, or the levels of a ladder, with what they came to."""
        came_to = dict(self._trace.values)
        if isinstance(rule_set, FormulaSet):
            for one in rule_set.values:
                kind = policy.outputs.get(one.name, one.kind)
                value = self._codes.plain(came_to.get(one.name, UNKNOWN), kind)
                yield ShownValue(one.name, one.text, kind, value)
        elif isinstance(rule_set, Ladder):
            for level in rule_set.levels:
                days = self._codes.plain(came_to.get(level.id, UNKNOWN), Kind.DAYS)
                yield ShownValue(level.id, level.action, Kind.DAYS, days, level.id in self._hits)

    def misses(self) -> Iterator[ShownMiss]:
        """Yield the rows that all cells but one matched, and by how much that one did not."""
        for miss in self._trace.near_misses:
            cells = self._traced[miss.row].cells
            if miss.needed is None and len(cells) == 1:
                # Every row but one of a table by grade: nothing was near.
                continue
            kind = next(cell.kind for cell in cells if cell.column == miss.column)
            needed = None if miss.needed is None else self._codes.plain(miss.needed, kind)
            yield ShownMiss(miss.row, miss.column, miss.cell, kind, self._codes.plain(miss.value, kind), needed)

    def next_step(self) -> ShownStep | None:
        """Return the next band or level above."""
        step = self._trace.next_step
        # Points of a scorecard are a number, the way to the next level is days.
        kind = Kind.NUMBER if self._trace.points else Kind.DAYS
        return ShownStep(step.row, kind, self._codes.plain(step.distance, kind)) if step else None

    def _rows(self, part: str, lines: Iterable[_Line], otherwise: Otherwise | None = None) -> ShownRows:
        every = list(lines)
        columns = {column.text: column for _, cells, *_ in every for column, _ in cells}
        kept = self._kept([row for row, *_ in every])
        rows = [self._row(line, tuple(columns)) for line, is_kept in zip(every, kept, strict=True) if is_kept]
        if otherwise:
            open_cells = tuple(ShownCell("-") for _ in columns)
            sets = tuple((one.name, one.text) for one in otherwise.outputs)
            is_hit = _OTHERWISE in self._hits
            rows.append(ShownRow(_OTHERWISE, open_cells, sets, tuple(otherwise.reasons), "", is_hit))
        return ShownRows(part, tuple(map(self._column, columns.values())), tuple(rows), kept.count(False))

    def _kept(self, rows: Sequence[str]) -> list[bool]:
        if len(rows) <= MOST_ROWS:
            return [True] * len(rows)
        near = {miss.row for miss in self._trace.near_misses[:MOST_ROWS]} | set(self._hits)
        seen = [place for place, row in enumerate(rows) if row in near]
        beside = {place + step for place in seen for step in range(-_BESIDE, _BESIDE + 1)} or set(range(MOST_ROWS))
        return [place in beside for place in range(len(rows))]

    def _row(self, line: _Line, columns: Sequence[str]) -> ShownRow:
        row, cells, outputs, reasons, note = line
        traced = self._traced.get(row)
        verdicts = {cell.column: cell.verdict.value for cell in traced.cells} if traced else {}
        texts = {column.text: cell.text for column, cell in cells if not cell.is_open}
        shown_cells = tuple(ShownCell(texts.get(one, "-"), verdicts.get(one, "")) for one in columns)
        sets = tuple((one.name, one.text) for one in outputs)
        return ShownRow(row, shown_cells, sets, tuple(reasons), note, row in self._hits)

    def _column(self, column: Column) -> ShownColumn:
        asked, kind = self._cells.get(column.text), column.expression.kind
        value = self._codes.plain(asked.value, kind) if asked else None
        return ShownColumn(column.text, kind, value, asked is not None)

    def _bins(self, characteristic: Characteristic, earned_by: Collection[str]) -> Iterator[ShownBin]:
        for attribute in characteristic.attributes:
            earned = self._earned(characteristic, attribute.points)
            yield ShownBin(attribute.cell.text, earned, attribute.id in earned_by)
        if characteristic.unknown is not None:
            is_hit = f"{characteristic.column.text}.unknown" in earned_by
            yield ShownBin("", self._earned(characteristic, characteristic.unknown), is_hit)

    def _earned(self, characteristic: Characteristic, points: int) -> str | None:
        try:
            return self._codes.text(multiply(characteristic.weight, points, MILLION), Kind.NUMBER)
        except EngineFault:
            return None


def _lines_of(table: DecisionTable) -> Iterator[_Line]:
    for row in table.rows:
        yield row.id, tuple(zip(table.columns, row.cells, strict=True)), row.outputs, row.reasons, row.note
