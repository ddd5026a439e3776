"""A scorecard on the rule engine: attributes and knock-outs are rules over one message, bands over a second."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.decisions import Reason, RuleSetResult, Values
from policy_service.domain.values import MILLION, UNKNOWN, Kind
from policy_service.engines.durable import exact
from policy_service.engines.durable.bins import bits
from policy_service.engines.durable.matcher import Match, Matcher, unknown_of
from policy_service.engines.durable.precompute import Parameters, fact_names, reader
from policy_service.engines.reasons import engine_fault, missing_fact, no_rule_matched, ranked, referred
from policy_service.language.cells import Column
from policy_service.language.feel.expressions import Name, NameSource
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Characteristic, Scorecard, WhenUnknown

_SCORE: Final = Column("score", Name("score", NameSource.OUTPUT, Kind.NUMBER))


@dataclass(frozen=True, slots=True)
class _Earned:
    hits: tuple[str, ...]
    points: int = UNKNOWN
    missing: frozenset[str] | None = None


class _CharacteristicOnRules:
    def __init__(self, characteristic: Characteristic, first: int, parameters: Parameters) -> None:
        self.text = characteristic.column.text
        self._first = first
        self._rules = (1 << len(characteristic.attributes)) - 1 << first
        self._read = reader(characteristic.column.expression, parameters)
        self._names = fact_names(characteristic.column.expression)
        weight = characteristic.weight
        self._by_attribute = [
            _Earned((one.id,), exact.times(weight, one.points, MILLION)) for one in characteristic.attributes
        ]
        self._by_unknown = (
            None
            if characteristic.unknown is None
            else _Earned((f"{self.text}.unknown",), exact.times(weight, characteristic.unknown, MILLION))
        )

    def earn(self, matcher: Matcher, asked: Match, values: Values) -> _Earned:
        rules = (asked.matched & self._rules) >> self._first
        if rules and not rules & (rules - 1):
            return self._by_attribute[rules.bit_length() - 1]
        if rules:
            matched = [self._by_attribute[rule] for rule in bits(rules)]
            return _Earned(tuple(hit for one in matched for hit in one.hits))
        is_unknown = self._read(values) == UNKNOWN
        if is_unknown and self._by_unknown:
            return self._by_unknown
        in_doubt = asked.unknown & self._rules
        if not is_unknown and not in_doubt:
            return _Earned(())
        missing = matcher.missing_facts(in_doubt, asked, values)
        return _Earned((), missing=missing | unknown_of(self._names, values) if is_unknown else missing)


class ScorecardOnRules:
    """One scorecard; its matchers must be open when it decides."""

    def __init__(self, scorecard: Scorecard, policy: Policy, parameters: Parameters) -> None:
        self._scorecard = scorecard
        self._severity = policy.severity
        self._characteristics: list[_CharacteristicOnRules] = []
        self._first_knock_out = 0
        for characteristic in scorecard.characteristics:
            self._characteristics.append(_CharacteristicOnRules(characteristic, self._first_knock_out, parameters))
            self._first_knock_out += len(characteristic.attributes)
        attributes = [[(each.column, one.cell)] for each in scorecard.characteristics for one in each.attributes]
        knock_outs = [each.when.cells for each in scorecard.knock_outs]
        name = f"{policy.id}.{scorecard.name}"
        self._rules = Matcher(name, [*attributes, *knock_outs], parameters)
        self._bands = Matcher(f"{name}.bands", [[(_SCORE, band.cell)] for band in scorecard.bands], parameters)

    @property
    def matchers(self) -> list[Matcher]:
        """All that it asks of the rule engine."""
        return [self._rules, self._bands]

    def decide(self, values: Values) -> RuleSetResult:
        """Return score and grade; EngineFault on overflow or a failure of the rule engine."""
        asked = self._rules.match(values)
        earned = [each.earn(self._rules, asked, values) for each in self._characteristics]
        knock_outs = [self._scorecard.knock_outs[rule] for rule in bits(asked.matched >> self._first_knock_out)]
        in_doubt = self._knock_outs_in_doubt(asked)
        points = [one.points for one in earned]
        score = UNKNOWN if UNKNOWN in points else exact.summed(points)
        hits = (*(hit for one in earned for hit in one.hits), *(one.id for one in knock_outs))
        reasons = [self._reason(code, one.id) for one in knock_outs for code in one.reasons]
        if knock_outs and not in_doubt:
            return self._graded(score, knock_outs[0].grade, hits, reasons)
        lacking = [one.missing for one in earned if one.missing is not None]
        if in_doubt:
            lacking.append(self._rules.missing_facts(in_doubt, asked, values))
        refusal = next(self._refusals(earned, lacking[-1:] if knock_outs else lacking, bool(knock_outs)), None)
        if refusal:
            return referred(self._scorecard.name, [refusal, *reasons], self._severity, hits)
        return self._banded(score, hits, values)

    def _knock_outs_in_doubt(self, asked: Match) -> int:
        if self._scorecard.when_unknown is WhenUnknown.SKIP:
            return 0
        in_doubt = asked.unknown >> self._first_knock_out
        hit = asked.matched >> self._first_knock_out
        if hit:
            in_doubt &= (hit & -hit) - 1
        return in_doubt << self._first_knock_out

    def _refusals(
        self, earned: Sequence[_Earned], lacking: Sequence[frozenset[str]], is_knocked_out: bool
    ) -> Iterator[Reason]:
        name = self._scorecard.name
        clashes = "; ".join(", ".join(one.hits) for one in earned if len(one.hits) > 1)
        if clashes and not is_knocked_out:
            yield engine_fault(name, f"Scorecard {name}: attributes {clashes} match at once.")
        if lacking:
            yield missing_fact(name, frozenset[str]().union(*lacking))
        holes = [each.text for each, one in zip(self._characteristics, earned, strict=True) if not one.hits]
        if holes:
            yield no_rule_matched(name, f"No attribute of {', '.join(holes)} matches.")

    def _banded(self, score: int, hits: tuple[str, ...], values: Values) -> RuleSetResult:
        name, scope = self._scorecard.name, {**values, "score": score}
        asked = self._bands.match(scope)
        bands = [self._scorecard.bands[rule] for rule in bits(asked.matched)]
        hits = (*hits, *(band.id for band in bands))
        if len(bands) == 1:
            reasons = [self._reason(code, bands[0].id) for code in bands[0].reasons]
            return self._graded(score, bands[0].grade, hits, reasons)
        if bands:
            refusal = engine_fault(name, f"Scorecard {name}: bands {', '.join(band.id for band in bands)} overlap.")
        elif asked.unknown:
            refusal = missing_fact(name, self._bands.missing_facts(asked.unknown, asked, scope))
        else:
            refusal = no_rule_matched(name, "No band holds the score.")
        return referred(name, [refusal], self._severity, hits)

    def _graded(self, score: int, grade: int, hits: tuple[str, ...], reasons: Sequence[Reason]) -> RuleSetResult:
        outputs = {"score": score, "grade": grade}
        return RuleSetResult(self._scorecard.name, None, outputs, hits, reasons=ranked(reasons, self._severity))

    def _reason(self, code: str, row: str) -> Reason:
        return Reason(code, self._scorecard.name, row)
