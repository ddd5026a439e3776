"""Why a rule set answered as it did: every cell's verdict with the values behind it, from the stored values alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from policy_service.domain.decisions import Value, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, TRUE, UNKNOWN, Kind
from policy_service.engines.arithmetic import total
from policy_service.engines.conditions import Cells, cells_of
from policy_service.engines.formulas import VALUE, run
from policy_service.engines.interpreter import Interpreter, parameters_of
from policy_service.engines.ladders import DAYS_PAST_DUE
from policy_service.engines.near_misses import NearMiss, ValueText, nearest_match, sentence
from policy_service.engines.ready_cells import ReadyCell, ReadyFormulas, closed
from policy_service.engines.scorecards import SCORE, PreparedCharacteristic
from policy_service.language.cells import Cell, Column
from policy_service.language.feel.expressions import Expression
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, Scorecard


class Verdict(StrEnum):
    """What a cell or a row says of the values; a fault is an overflow on the way."""

    MATCH = "match"
    NO = "no"
    UNKNOWN = "unknown"
    FAULT = "fault"


_VERDICTS = {TRUE: Verdict.MATCH, FALSE: Verdict.NO, UNKNOWN: Verdict.UNKNOWN}


@dataclass(frozen=True, slots=True)
class CellTrace:
    """One cell: its column's value, its end points' values in the order of its text, and what it says."""

    column: str
    cell: str
    kind: Kind
    verdict: Verdict
    value: Value
    ends: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RowTrace:
    """One row, knock-out, attribute, band or trigger with its cells; open cells are left out."""

    row: str
    verdict: Verdict
    cells: tuple[CellTrace, ...]


@dataclass(frozen=True, slots=True)
class PointsTrace:
    """What a characteristic earned (millionths; unknown if nothing or too much matched), and by which attribute."""

    characteristic: str
    value: Value
    points: Value
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """The next band or level above, and how far it is: points (millionths) or days."""

    row: str
    distance: int


@dataclass(frozen=True, slots=True)
class RuleSetTrace:
    """One rule set over given values. What does not apply to its kind is empty.

    `values` are the results of a formula set, or the days past due of each level; `next_step` is the band
    or level above.
    """

    rule_set: str
    rows: tuple[RowTrace, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    points: tuple[PointsTrace, ...] = ()
    values: tuple[tuple[str, Value], ...] = ()
    next_step: Step | None = None


def explain(
    policy: Policy,
    rule_set: str,
    values: Values,
    parameters: Mapping[str, Value] | None = None,
    as_text: ValueText | None = None,
) -> RuleSetTrace:
    """Return the trace of one rule set as `Explainer` does, for a policy that is asked once."""
    return Explainer(policy, parameters).explain(rule_set, values, as_text)


class Explainer:
    """Explain decisions under one policy: what its formulas come down to is worked out once and then kept."""

    def __init__(self, policy: Policy, parameters: Mapping[str, Value] | None = None) -> None:
        self._policy = policy
        self._replaced = parameters
        self._formulas = ReadyFormulas(parameters_of(policy, parameters))

    def explain(self, rule_set: str, values: Values, as_text: ValueText | None = None) -> RuleSetTrace:
        """Return the trace of one rule set; `as_text` writes values in the sentences (none: bare integers).

        KeyError if the policy has no such rule set.
        """
        tracer = _Tracer(self._formulas, values, as_text or _bare)
        found = self._policy.rule_set(rule_set)
        match found:
            case DecisionTable():
                rows = self._formulas.rows_of(found)
                return RuleSetTrace(rule_set, tracer.rows(rows), tracer.near_misses(rows))
            case Scorecard():
                return tracer.scorecard(found)
            case Ladder():
                return tracer.ladder(found)
            case FormulaSet():
                outputs = Interpreter(self._policy, self._replaced).evaluate(rule_set, values).outputs
                return RuleSetTrace(
                    rule_set, values=tuple((name, value) for name, value in outputs.items() if isinstance(value, int))
                )
            case _:
                assert_never(found)


class _Tracer:
    def __init__(self, formulas: ReadyFormulas, values: Values, as_text: ValueText) -> None:
        self._formulas = formulas
        self._values = values
        #: The same values, and that which a test is run on.
        self._on = dict(values)
        self._as_text = as_text
        #: Several cells have one column.
        self._worked_out: dict[int, Value | EngineFault] = {}
        self._traced: dict[tuple[str, int], RowTrace] = {}

    def rows(self, rows: Iterable[tuple[str, Cells]]) -> tuple[RowTrace, ...]:
        return tuple([self._row(row, cells) for row, cells in rows])

    def near_misses(self, rows: Iterable[tuple[str, Cells]]) -> tuple[NearMiss, ...]:
        found = [self._near_miss(row, cells) for row, cells in rows]
        return tuple([miss for miss in found if miss])

    def scorecard(self, scorecard: Scorecard) -> RuleSetTrace:
        knock_outs: list[tuple[str, Cells]] = [(each.id, each.when.cells) for each in scorecard.knock_outs]
        bins: list[tuple[str, Cells]] = [
            (attribute.id, ((each.column, attribute.cell),))
            for each in scorecard.characteristics
            for attribute in each.attributes
        ]
        points = tuple(self._points(PreparedCharacteristic(each, self._formulas.parameters), each.column)
                       for each in scorecard.characteristics)  # fmt: skip
        score = _total(points)
        on_score = _Tracer(self._formulas, {**self._values, SCORE.text: score}, self._as_text)
        bands: list[tuple[str, Cells]] = [(band.id, ((SCORE, band.cell),)) for band in scorecard.bands]
        return RuleSetTrace(
            scorecard.name,
            self.rows([*bins, *knock_outs]) + on_score.rows(bands),
            self.near_misses(knock_outs),
            points,
            (("score", score),),
            on_score.next_band(bands, score),
        )

    def next_band(self, bands: Iterable[tuple[str, Cells]], score: Value) -> Step | None:
        if score == UNKNOWN:
            return None
        steps: list[Step] = []
        for row, cells in bands:
            if self._row(row, cells).verdict is not Verdict.NO:
                continue
            needed = [self._needed(column, cell, score) for column, cell in cells]
            steps.extend(Step(row, value - score) for value in needed if value is not None and value > score)
        return min(steps, key=lambda step: step.distance, default=None)

    def ladder(self, ladder: Ladder) -> RuleSetTrace:
        rows: list[tuple[str, Cells]] = [(trigger.id, trigger.when.cells) for trigger in ladder.triggers]
        conditions: list[tuple[str, Cells]] = [("when", cells_of(ladder.when))] if ladder.when else []
        days = tuple((level.id, self._value(level.days_past_due)) for level in ladder.levels)
        past_due = self._values.get(DAYS_PAST_DUE, UNKNOWN)
        ahead = [Step(level, due - past_due) for level, due in days if past_due != UNKNOWN and due > past_due]
        return RuleSetTrace(
            ladder.name,
            self.rows([*conditions, *rows]),
            self.near_misses(rows),
            values=days,
            next_step=min(ahead, key=lambda step: step.distance, default=None),
        )

    def _points(self, characteristic: PreparedCharacteristic, column: Column) -> PointsTrace:
        try:
            earned = characteristic.earn(self._values)
        except EngineFault:
            return PointsTrace(column.text, UNKNOWN, UNKNOWN, ())
        return PointsTrace(column.text, self._value(column.expression), earned.points, earned.hits)

    def _row(self, row: str, cells: Cells) -> RowTrace:
        # A ladder's own condition might bear the name of a trigger.
        key = (row, id(cells[0][1]) if cells else 0)
        if key not in self._traced:
            self._traced[key] = self._trace(row, cells)
        return self._traced[key]

    def _trace(self, row: str, cells: Cells) -> RowTrace:
        traced = tuple([self._cell(column, cell) for column, cell in cells if not cell.is_open])
        verdicts = {cell.verdict for cell in traced}
        order = (Verdict.FAULT, Verdict.NO, Verdict.UNKNOWN)
        return RowTrace(row, next((verdict for verdict in order if verdict in verdicts), Verdict.MATCH), traced)

    def _cell(self, column: Column, cell: Cell) -> CellTrace:
        ready = self._formulas.cell(column, cell)
        bounds = tuple([self._value(end) for end in ready.ends])
        try:
            value = self._run(ready.expression)
            verdict = _VERDICTS[self._verdict(ready, value)]
        except EngineFault:
            return CellTrace(ready.column, ready.cell, ready.kind, Verdict.FAULT, UNKNOWN, bounds)
        return CellTrace(ready.column, ready.cell, ready.kind, verdict, value, bounds)

    def _near_miss(self, row: str, all_cells: Cells) -> NearMiss | None:
        traced = self._row(row, all_cells).cells
        failed = [place for place, cell in enumerate(traced) if cell.verdict is not Verdict.MATCH]
        if len(failed) != 1 or traced[failed[0]].verdict is not Verdict.NO:
            return None
        cell, (column, written) = traced[failed[0]], closed(all_cells)[failed[0]]
        needed = self._needed(column, written, cell.value)
        distance = None if needed is None else abs(needed - cell.value)
        text = sentence(column.text, written.text, cell.value, needed, kind=cell.kind, as_text=self._as_text)
        return NearMiss(row, column.text, written.text, cell.value, needed, distance, text)

    def _needed(self, column: Column, cell: Cell, value: Value) -> Value | None:
        if not column.expression.kind.is_ordered:
            return None
        ready = self._formulas.cell(column, cell)
        bounds = [self._value(end) for end in ready.ends]
        return nearest_match(value, bounds, lambda step: self._verdict(ready, step))

    def _verdict(self, cell: ReadyCell, value: Value) -> Value:
        self._on[VALUE] = value
        return run(cell.test, self._on)

    def _run(self, expression: Expression) -> Value:
        found = self._worked_out.get(id(expression))
        if found is None:
            found = self._worked_out[id(expression)] = self._work_out(expression)
        if isinstance(found, EngineFault):
            raise found
        return found

    def _work_out(self, expression: Expression) -> Value | EngineFault:
        try:
            return run(self._formulas.of(expression), self._values)
        except EngineFault as fault:
            return fault

    def _value(self, expression: Expression) -> Value:
        try:
            return self._run(expression)
        except EngineFault:
            return UNKNOWN


def _total(points: Iterable[PointsTrace]) -> Value:
    try:
        return total([each.points for each in points])
    except EngineFault:
        return UNKNOWN


def _bare(value: Value, _kind: Kind) -> str:
    return "unknown" if value == UNKNOWN else str(value)
