"""A decision table on the rule engine: the rows that match judged by the hit policy, their outputs gathered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from policy_service.domain.decisions import RuleSetResult, Values
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN, UNLIMITED
from policy_service.engines.durable import exact
from policy_service.engines.durable.bins import bits
from policy_service.engines.durable.matcher import Doubting, Match, Matcher, unknown_of
from policy_service.engines.durable.precompute import Parameters
from policy_service.engines.durable.releases import Releases
from policy_service.engines.durable.spoken import OUTCOME, Speaker, Spoken, Voice, outcomes_of
from policy_service.engines.reasons import engine_fault, missing_fact, no_rule_matched, rank, ranked, referred
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Aggregation, DecisionTable, HitPolicy, WhenUnknown

OTHERWISE: Final = "otherwise"
_TAKE_ALL: Final = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
_TAKE_ONE: Final = frozenset({HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY})

#: How many sets of rows are remembered with what they come to.
_MOST_SETTLED: Final = 4_096

_Outputs: TypeAlias = Mapping[str, int | tuple[int, ...]]
_Order: TypeAlias = Callable[[Spoken], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Verdict:
    hits: tuple[Spoken, ...]
    doubts: tuple[Spoken, ...] = ()
    conflict: str = ""


class TableOnRules:
    """One decision table; its matchers must be open when it decides."""

    def __init__(self, table: DecisionTable, policy: Policy, parameters: Parameters) -> None:
        self._table = table
        self._severity = policy.severity
        outcomes = outcomes_of(policy)
        self._voices = [
            Voice(Speaker(table.name, place, row.id, outcomes), row.outputs, row.reasons, parameters)
            for place, row in enumerate(table.rows)
        ]
        last = Speaker(table.name, len(table.rows), OTHERWISE, outcomes)
        said = table.otherwise
        self._otherwise = Voice(last, said.outputs, said.reasons, parameters) if said else None
        rows = [tuple(zip(table.columns, row.cells, strict=True)) for row in table.rows]
        # Rows behind the first hit must stay silent, save where what they say could overflow.
        first_only = table.hit_policy is HitPolicy.FIRST and all(voice.is_constant for voice in self._voices)
        name = f"{policy.id}.{table.name}"
        self._rows = Matcher(name, rows, parameters, first_only=first_only)
        self._releases = Releases(name, [(row.id, row.release) for row in table.rows], parameters)
        self._decides_outcome = OUTCOME in table.output_names
        self._order = self._order_of_hits()
        # What rows without formulas come to is the same each time they match.
        self._settled: dict[int, RuleSetResult] = {}
        self._varying = sum(1 << row for row, voice in enumerate(self._voices) if not voice.is_constant)
        self._otherwise_varies = self._otherwise is not None and not self._otherwise.is_constant
        self._doubts = self._doubting()

    @property
    def matchers(self) -> list[Matcher]:
        """All that it asks of the rule engine."""
        return [self._rows, *self._releases.matchers]

    def decide(self, values: Values) -> RuleSetResult:
        """Return the table's answer; EngineFault on overflow or a failure of the rule engine."""
        asked = self._rows.match(values, self._doubts)
        releases = self._releases.holding(values)
        if asked.unknown or asked.matched & self._varying:
            return self._weigh(asked, values, releases)
        settled = self._settled.get(asked.matched)
        if settled is None:
            settled = self._weigh(asked, values, ())
            if len(self._settled) < _MOST_SETTLED and (asked.matched or not self._otherwise_varies):
                self._settled[asked.matched] = settled
        outputs = dict(settled.outputs)
        return RuleSetResult(settled.rule_set, settled.outcome, outputs, settled.hits, releases, settled.reasons)

    def _weigh(self, asked: Match, values: Values, releases: tuple[str, ...]) -> RuleSetResult:
        if asked.matched or asked.unknown:
            return self._answer(self._judge(asked, values), asked, values, releases)
        if self._otherwise:
            return self._answer(_Verdict((self._otherwise.say(values),)), asked, values, releases)
        return referred(self._table.name, [no_rule_matched(self._table.name)], self._severity, releases=releases)

    def _doubting(self) -> Doubting:
        if self._table.when_unknown is WhenUnknown.SKIP:
            return Doubting.NEVER
        hits_stand = self._table.hit_policy in (HitPolicy.UNIQUE, HitPolicy.ANY)
        # A row in doubt whose words could overflow is asked for them all the same.
        is_silent = hits_stand and all(voice.is_constant for voice in self._voices)
        return Doubting.UNLESS_MATCHED if is_silent else Doubting.ALWAYS

    def _judge(self, asked: Match, values: Values) -> _Verdict:
        ranking = (self._table.priority.output,) if self._table.priority else ()
        in_doubt = tuple(self._voices[row].say_only(ranking, values) for row in bits(asked.unknown))
        takes_one = self._table.hit_policy in _TAKE_ONE
        matched = tuple(
            self._voices[row].say_only(ranking, values) if takes_one else self._voices[row].say(values)
            for row in bits(asked.matched)
        )
        match self._table.hit_policy:
            case HitPolicy.UNIQUE | HitPolicy.ANY:
                return self._judge_alike(matched, in_doubt)
            case HitPolicy.FIRST | HitPolicy.PRIORITY:
                return self._judge_best(matched, in_doubt)
            case HitPolicy.RULE_ORDER | HitPolicy.OUTPUT_ORDER | HitPolicy.COLLECT:
                return self._judge_all(matched, in_doubt)
            case _:
                assert_never(self._table.hit_policy)

    def _judge_alike(self, matched: tuple[Spoken, ...], in_doubt: tuple[Spoken, ...]) -> _Verdict:
        rows = ", ".join(row.id for row in matched)
        if self._table.hit_policy is HitPolicy.UNIQUE and len(matched) > 1:
            return _Verdict(matched, conflict=f"rows {rows} all match where one may")
        if any(row.outputs != matched[0].outputs for row in matched):
            return _Verdict(matched, conflict=f"rows {rows} all match and say different things")
        return _Verdict(matched, () if matched else in_doubt)

    def _judge_best(self, matched: tuple[Spoken, ...], in_doubt: tuple[Spoken, ...]) -> _Verdict:
        if not matched:
            return _Verdict((), in_doubt)
        best = min(matched, key=self._order)
        return _Verdict((best,), tuple(row for row in in_doubt if self._order(row) < self._order(best)))

    def _judge_all(self, matched: tuple[Spoken, ...], in_doubt: tuple[Spoken, ...]) -> _Verdict:
        hits = tuple(sorted(matched, key=self._order))
        if matched and self._decides_outcome and self._table.hit_policy is not HitPolicy.COLLECT:
            worst = min(map(self._by_severity, matched))
            in_doubt = tuple(row for row in in_doubt if self._by_severity(row) < worst)
        return _Verdict(hits, in_doubt)

    def _order_of_hits(self) -> _Order:
        if self._table.hit_policy not in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
            return lambda row: (0, row.row)
        priority = self._table.priority
        if priority is None:
            return self._by_severity
        if priority.values:
            places = {value: place for place, value in reversed(list(enumerate(priority.values)))}
            return lambda row: (places.get(row.outputs.get(priority.output, UNKNOWN), len(places)), row.row)
        direction = -1 if priority.descending else 1
        return lambda row: (_last_if_unknown(row.outputs.get(priority.output, UNKNOWN), direction), row.row)

    def _by_severity(self, row: Spoken) -> tuple[int, int]:
        return -1 if row.is_outcome_unknown else rank(row.outcome, self._severity), row.row

    def _answer(self, verdict: _Verdict, asked: Match, values: Values, releases: tuple[str, ...]) -> RuleSetResult:
        name, hits = self._table.name, verdict.hits
        ids = tuple(row.id for row in hits)
        reasons = [reason for row in sorted(hits, key=_place) for reason in row.reasons]
        if verdict.conflict:
            reasons.insert(0, engine_fault(name, f"Table {name}: {verdict.conflict}."))
            return referred(name, reasons, self._severity, ids, releases)
        outcome = min((row.outcome for row in hits if row.outcome), key=self._severity.index, default=None)
        if verdict.doubts or any(row.is_outcome_unknown for row in hits):
            reasons.insert(0, missing_fact(name, self._missing(verdict, asked, values)))
            if not self._stands_in_doubt(outcome):
                outcome = Outcome.REFER
        if outcome is Outcome.REFER:
            return referred(name, reasons, self._severity, ids, releases)
        outputs = self._outputs(hits, outcome, values)
        return RuleSetResult(name, outcome, outputs, ids, releases, ranked(reasons, self._severity))

    def _stands_in_doubt(self, outcome: Outcome | None) -> bool:
        if outcome is None or self._table.hit_policy not in _TAKE_ALL:
            return False
        return rank(outcome, self._severity) < rank(Outcome.REFER, self._severity)

    def _missing(self, verdict: _Verdict, asked: Match, values: Values) -> frozenset[str]:
        rows = sum(1 << row.row for row in verdict.doubts)
        unclear = [self._voice(row).outcome_names for row in verdict.hits if row.is_outcome_unknown]
        behind_outcomes = unknown_of(frozenset[str]().union(*unclear), values)
        return self._rows.missing_facts(rows, asked, values) | behind_outcomes

    def _voice(self, row: Spoken) -> Voice:
        return self._otherwise if row.row == len(self._voices) and self._otherwise else self._voices[row.row]

    def _outputs(self, hits: Sequence[Spoken], outcome: Outcome | None, values: Values) -> _Outputs:
        if self._table.hit_policy in _TAKE_ALL and not self._decides_outcome:
            return self._listed(hits)
        if self._table.hit_policy in _TAKE_ONE:
            hits = [self._voice(row).say(values) for row in hits]
        outputs: dict[str, int] = {}
        for row in sorted(hits, key=_place, reverse=True):
            if row.outcome is outcome:
                outputs.update(row.outputs)
        outputs.pop(OUTCOME, None)
        return outputs

    def _listed(self, hits: Sequence[Spoken]) -> _Outputs:
        is_collected = self._table.hit_policy is HitPolicy.COLLECT
        aggregation = self._table.aggregation if is_collected else Aggregation.LIST
        if aggregation is Aggregation.COUNT and hits[0].id != OTHERWISE:
            return dict.fromkeys(self._table.output_names, len(hits))
        said = {
            name: tuple(row.outputs[name] for row in hits if name in row.outputs) for name in self._table.output_names
        }
        return {name: _gathered(aggregation, values) for name, values in said.items() if values}


def _place(row: Spoken) -> int:
    return row.row


def _last_if_unknown(value: int, direction: int) -> int:
    return UNLIMITED + 1 if value == UNKNOWN else direction * value


def _gathered(aggregation: Aggregation, said: tuple[int, ...]) -> int | tuple[int, ...]:
    match aggregation:
        case Aggregation.LIST:
            return said
        case Aggregation.COUNT:
            return said[0]
        case Aggregation.SUM | Aggregation.MIN | Aggregation.MAX:
            if UNKNOWN in said:
                return UNKNOWN
            if aggregation is Aggregation.SUM:
                return exact.summed(said)
            return min(said) if aggregation is Aggregation.MIN else max(said)
        case _:
            assert_never(aggregation)
