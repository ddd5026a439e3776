"""Why a rule set answered as it did: every cell's verdict with the values behind it, from the stored values alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, assert_never

import msgspec

from policy_service.domain.decisions import Value, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.arithmetic import total
from policy_service.engines.conditions import Cells, cells_of
from policy_service.engines.formulas import Formula, Parameters, as_formula, prepare
from policy_service.engines.interpreter import Interpreter
from policy_service.engines.ladders import DAYS_PAST_DUE
from policy_service.engines.near_misses import NearMiss, ValueText
from policy_service.engines.parameters import parameters_of
from policy_service.engines.scorecards import SCORE, PreparedCharacteristic
from policy_service.engines.traced_rows import ReadyRows, RowTrace, TracedRows
from policy_service.language.feel.expressions import Expression
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, Scorecard


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


class RuleSetTrace(msgspec.Struct, frozen=True):
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


class _Ready(Protocol):
    def trace(self, values: Values, as_text: ValueText) -> RuleSetTrace: ...


class Explainer:
    """Explain decisions under one policy: what of its rule sets is the same for all values is worked out once."""

    def __init__(self, policy: Policy, parameters: Mapping[str, Value] | None = None) -> None:
        self._policy = policy
        self._replaced = parameters
        self._parameters = parameters_of(policy, parameters)
        self._ready: dict[str, _Ready] = {}

    def explain(self, rule_set: str, values: Values, as_text: ValueText | None = None) -> RuleSetTrace:
        """Return the trace of one rule set; `as_text` writes values in the sentences (none: bare integers).

        KeyError if the policy has no such rule set.
        """
        ready = self._ready.get(rule_set)
        if ready is None:
            ready = self._ready[rule_set] = self._prepared(rule_set)
        return ready.trace(values, as_text or _bare)

    def _prepared(self, rule_set: str) -> _Ready:
        found = self._policy.rule_set(rule_set)
        match found:
            case DecisionTable():
                return _Table(found, self._parameters)
            case Scorecard():
                return _Scorecard(found, self._parameters)
            case Ladder():
                return _Ladder(found, self._parameters)
            case FormulaSet():
                return _Formulas(rule_set, Interpreter(self._policy, self._replaced))
            case _:
                assert_never(found)


class _Table:
    def __init__(self, table: DecisionTable, parameters: Parameters) -> None:
        self._name = table.name
        self._rows = ReadyRows(
            ((row.id, tuple(zip(table.columns, row.cells, strict=True))) for row in table.rows), parameters
        )

    def trace(self, values: Values, as_text: ValueText) -> RuleSetTrace:
        traced = self._rows.traced(values, as_text)
        return RuleSetTrace(self._name, traced.rows, traced.near_misses())


class _Scorecard:
    def __init__(self, scorecard: Scorecard, parameters: Parameters) -> None:
        self._name = scorecard.name
        self._characteristics = [
            (each.column.text, PreparedCharacteristic(each, parameters), _formula(each.column.expression, parameters))
            for each in scorecard.characteristics
        ]
        bins: list[tuple[str, Cells]] = [
            (attribute.id, ((each.column, attribute.cell),))
            for each in scorecard.characteristics
            for attribute in each.attributes
        ]
        self._bins = ReadyRows(bins, parameters)
        self._knock_outs = ReadyRows([(each.id, each.when.cells) for each in scorecard.knock_outs], parameters)
        self._bands = ReadyRows([(band.id, ((SCORE, band.cell),)) for band in scorecard.bands], parameters)

    def trace(self, values: Values, as_text: ValueText) -> RuleSetTrace:
        points = tuple([_points(text, earning, value, values) for text, earning, value in self._characteristics])
        score = _total(points)
        bins, knock_outs = self._bins.traced(values, as_text), self._knock_outs.traced(values, as_text)
        bands = self._bands.traced({**values, SCORE.text: score}, as_text)
        return RuleSetTrace(
            self._name,
            bins.rows + knock_outs.rows + bands.rows,
            knock_outs.near_misses(),
            points,
            (("score", score),),
            _next_band(bands, score),
        )


class _Ladder:
    def __init__(self, ladder: Ladder, parameters: Parameters) -> None:
        self._name = ladder.name
        self._conditions = ReadyRows([("when", cells_of(ladder.when))] if ladder.when else [], parameters)
        self._triggers = ReadyRows([(trigger.id, trigger.when.cells) for trigger in ladder.triggers], parameters)
        self._levels = [(level.id, _formula(level.days_past_due, parameters)) for level in ladder.levels]

    def trace(self, values: Values, as_text: ValueText) -> RuleSetTrace:
        triggers = self._triggers.traced(values, as_text)
        days = tuple([(level, _value(formula, values)) for level, formula in self._levels])
        past_due = values.get(DAYS_PAST_DUE, UNKNOWN)
        ahead = [Step(level, due - past_due) for level, due in days if past_due != UNKNOWN and due > past_due]
        return RuleSetTrace(
            self._name,
            self._conditions.traced(values, as_text).rows + triggers.rows,
            triggers.near_misses(),
            values=days,
            next_step=min(ahead, key=lambda step: step.distance, default=None),
        )


class _Formulas:
    def __init__(self, name: str, interpreter: Interpreter) -> None:
        self._name = name
        self._interpreter = interpreter

    def trace(self, values: Values, _: ValueText) -> RuleSetTrace:
        outputs = self._interpreter.evaluate(self._name, values).outputs
        said = [(name, value) for name, value in outputs.items() if isinstance(value, int)]
        return RuleSetTrace(self._name, values=tuple(said))


def _next_band(bands: TracedRows, score: Value) -> Step | None:
    if score == UNKNOWN:
        return None
    steps = [Step(row, needed - score) for row, needed in bands.needed_by_failed() if needed > score]
    return min(steps, key=lambda step: step.distance, default=None)


def _points(text: str, characteristic: PreparedCharacteristic, value: Formula, values: Values) -> PointsTrace:
    try:
        earned = characteristic.earn(values)
    except EngineFault:
        return PointsTrace(text, UNKNOWN, UNKNOWN, ())
    return PointsTrace(text, _value(value, values), earned.points, earned.hits)


def _formula(expression: Expression, parameters: Parameters) -> Formula:
    return as_formula(prepare(expression, parameters))


def _value(formula: Formula, values: Values) -> Value:
    try:
        return formula(values)
    except EngineFault:
        return UNKNOWN


def _total(points: Iterable[PointsTrace]) -> Value:
    try:
        return total([each.points for each in points])
    except EngineFault:
        return UNKNOWN


def _bare(value: Value, _kind: Kind) -> str:
    return "unknown" if value == UNKNOWN else str(value)
