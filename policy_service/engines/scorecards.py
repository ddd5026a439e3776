"""A scorecard ready to decide: points per characteristic, knock-outs, and the band that makes the grade."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from policy_service.domain.decisions import Reason, RuleSetResult, Value, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.values import MILLION, UNKNOWN, Kind
from policy_service.engines.arithmetic import multiply, total
from policy_service.engines.conditions import Conjunctions, facts_missing, rows_in
from policy_service.engines.formulas import Parameters, as_formula, prepare
from policy_service.engines.reasons import engine_fault, missing_fact, no_rule_matched, ranked, referred
from policy_service.language.cells import Column
from policy_service.language.feel.expressions import Name, NameSource
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Characteristic, Scorecard, WhenUnknown

#: The column that bands test: the sum of all points.
SCORE = Column("score", Name("score", NameSource.OUTPUT, Kind.NUMBER))


@dataclass(frozen=True, slots=True)
class Points:
    """What one characteristic earned: from which attribute(s); unknown if none or several matched.

    `missing` are the facts it lacked, none if no fact was lacking.
    """

    hits: tuple[str, ...]
    points: Value
    missing: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _KnockedOut:
    grade: Value | None = None
    hits: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    missing: frozenset[str] | None = None


class PreparedCharacteristic:
    """One characteristic over the parameters of a run."""

    def __init__(self, characteristic: Characteristic, parameters: Parameters) -> None:
        column = characteristic.column
        self.text = column.text
        self._expression = column.expression
        self._value = as_formula(prepare(column.expression, parameters))
        attributes = characteristic.attributes
        self._attributes = Conjunctions([[(column, attribute.cell)] for attribute in attributes], parameters)
        self._ids = [attribute.id for attribute in attributes]
        self._earned = {
            1 << row: _earned(attribute.id, characteristic.weight, attribute.points)
            for row, attribute in enumerate(attributes)
        }
        self._unknown = None
        if characteristic.unknown is not None:
            self._unknown = _earned(f"{column.text}.unknown", characteristic.weight, characteristic.unknown)

    def earn(self, values: Values) -> Points:
        """Return the points; unknown points where no attribute or more than one matches."""
        matched, unknown = self._attributes.match(values)
        if earned := self._earned.get(matched):
            return earned()
        if matched:
            return Points(tuple(self._ids[row] for row in rows_in(matched)), UNKNOWN)
        is_unknown = self._value(values) == UNKNOWN
        if is_unknown and self._unknown is not None:
            return self._unknown()
        missing = self._attributes.missing_facts(unknown, values)
        if is_unknown:
            missing |= facts_missing([self._expression], values)
        return Points((), UNKNOWN, missing if is_unknown or unknown else None)


def _earned(attribute: str, weight: Value, points: Value) -> Callable[[], Points]:
    try:
        earned = Points((attribute,), multiply(weight, points, MILLION))
    except EngineFault:
        # A fault of the decision that earns them, not of the scorecard.
        return lambda: Points((attribute,), multiply(weight, points, MILLION))
    return lambda: earned


class PreparedScorecard:
    """One scorecard over the parameters of a run."""

    def __init__(self, scorecard: Scorecard, policy: Policy, parameters: Parameters) -> None:
        self._scorecard = scorecard
        self._severity = policy.severity
        self._characteristics = [PreparedCharacteristic(each, parameters) for each in scorecard.characteristics]
        self._knock_outs = Conjunctions([each.when.cells for each in scorecard.knock_outs], parameters)
        self._bands = Conjunctions([[(SCORE, band.cell)] for band in scorecard.bands], parameters)

    def evaluate(self, values: Values) -> RuleSetResult:
        """Return the score and the grade; EngineFault on overflow."""
        earned = [characteristic.earn(values) for characteristic in self._characteristics]
        knocked_out = self._knock_out(values)
        hits = tuple(hit for points in earned for hit in points.hits) + knocked_out.hits
        score = total([points.points for points in earned])
        if knocked_out.missing is None and knocked_out.grade is not None:
            return self._graded(score, knocked_out.grade, hits, knocked_out.reasons)
        if score == UNKNOWN or knocked_out.missing is not None:
            refusals = self._refusals(earned, knocked_out)
            return referred(self._scorecard.name, [*refusals, *knocked_out.reasons], self._severity, hits)
        return self._banded(score, hits, values)

    def _knock_out(self, values: Values) -> _KnockedOut:
        matched, unknown = self._knock_outs.match(values)
        if self._scorecard.when_unknown is WhenUnknown.SKIP:
            unknown = 0
        if not matched and not unknown:
            return _KnockedOut()
        if matched:
            unknown &= (matched & -matched) - 1
        missing = self._knock_outs.missing_facts(unknown, values) if unknown else None
        tried = [self._scorecard.knock_outs[row] for row in rows_in(matched)]
        return _KnockedOut(
            tried[0].grade if tried else None,
            tuple(each.id for each in tried),
            tuple(self._reason(code, each.id) for each in tried for code in each.reasons),
            missing,
        )

    def _refusals(self, earned: Sequence[Points], knocked_out: _KnockedOut) -> list[Reason]:
        name = self._scorecard.name
        if knocked_out.grade is not None:
            return [missing_fact(name, knocked_out.missing or ())]
        clashes = [", ".join(points.hits) for points in earned if len(points.hits) > 1]
        if clashes:
            return [engine_fault(name, f"Scorecard {name}: attributes {'; '.join(clashes)} match at once.")]
        lacks = [points.missing for points in earned if points.missing is not None]
        if knocked_out.missing is not None:
            lacks.append(knocked_out.missing)
        if lacks:
            return [missing_fact(name, frozenset[str]().union(*lacks))]
        holes = [
            characteristic.text
            for characteristic, points in zip(self._characteristics, earned, strict=True)
            if not points.hits
        ]
        return [no_rule_matched(name, f"No attribute of {', '.join(holes)} matches.")]

    def _banded(self, score: Value, hits: tuple[str, ...], values: Values) -> RuleSetResult:
        name = self._scorecard.name
        scope = {**values, "score": score}
        matched, unknown = self._bands.match(scope)
        bands = [self._scorecard.bands[row] for row in rows_in(matched)]
        hits += tuple(band.id for band in bands)
        if len(bands) == 1:
            reasons = tuple(self._reason(code, bands[0].id) for code in bands[0].reasons)
            return self._graded(score, bands[0].grade, hits, reasons)
        if bands:
            refusal = engine_fault(name, f"Scorecard {name}: bands {', '.join(band.id for band in bands)} overlap.")
        elif unknown:
            refusal = missing_fact(name, self._bands.missing_facts(unknown, scope))
        else:
            refusal = no_rule_matched(name, "No band holds the score.")
        return referred(name, [refusal], self._severity, hits)

    def _graded(self, score: Value, grade: Value, hits: tuple[str, ...], reasons: tuple[Reason, ...]) -> RuleSetResult:
        outputs: Mapping[str, Value] = {"score": score, "grade": grade}
        return RuleSetResult(self._scorecard.name, outputs=outputs, hits=hits, reasons=ranked(reasons, self._severity))

    def _reason(self, code: str, row: str) -> Reason:
        return Reason(code, self._scorecard.name, row)
