"""A decision table ready to decide: rows matched, weighed by the hit policy, their outputs gathered."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from policy_service.domain.decisions import Reason, RuleSetResult, Value, Values
from policy_service.domain.outcomes import Outcome
from policy_service.engines import arithmetic
from policy_service.engines.conditions import Conjunctions, facts_missing, rows_in
from policy_service.engines.formulas import Parameters
from policy_service.engines.hit_policies import Candidate, Choice, choose, contest_of
from policy_service.engines.reasons import engine_fault, missing_fact, no_rule_matched, rank, ranked, referred, worst
from policy_service.engines.rows import OUTCOME, PreparedRow, Releases, Speaker, outcomes_by_code
from policy_service.language.feel.expressions import Extreme
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Aggregation, DecisionTable, HitPolicy, WhenUnknown

OTHERWISE = "otherwise"
_SINGLE = frozenset({HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY})
_LISTING = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})


class PreparedTable:
    """One decision table over the parameters of a run."""

    def __init__(self, table: DecisionTable, policy: Policy, parameters: Parameters) -> None:
        self._table = table
        self._severity = policy.severity
        self._conjunctions = Conjunctions(
            [tuple(zip(table.columns, row.cells, strict=True)) for row in table.rows], parameters
        )
        outcomes = outcomes_by_code(policy)
        ranking = (table.priority.output,) if table.priority else ()
        said = [(row.id, row) for row in table.rows] + ([(OTHERWISE, table.otherwise)] if table.otherwise else [])
        self._rows = [
            PreparedRow(Speaker(table.name, name, order, outcomes), row, ranking, parameters)
            for order, (name, row) in enumerate(said)
        ]
        self._releases = Releases([(row.id, row.release) for row in table.rows], parameters)
        self._contest = contest_of(table, policy.severity)
        self._output_names = table.output_names
        self._lists = table.hit_policy in _LISTING and not self._contest.is_for_an_outcome

    def evaluate(self, values: Values) -> RuleSetResult:
        """Return the table's answer; EngineFault on overflow."""
        matched, unknown = self._conjunctions.match(values)
        if self._table.when_unknown is WhenUnknown.SKIP:
            unknown = 0
        releases = self._releases.holding(values)
        if not matched and not unknown:
            return self._otherwise(values, releases)
        possible = [self._rows[row].in_short(values) for row in rows_in(unknown)] if unknown else []
        choice = choose(self._contest, self._matching(matched, values), possible)
        return self._answer(choice, values, releases)

    def _matching(self, matched: int, values: Values) -> list[Candidate]:
        # A row that may lose against another one must not spoil the answer by an overflow of its own.
        if self._table.hit_policy in _SINGLE:
            return [self._rows[row].in_short(values) for row in rows_in(matched)]
        return [self._rows[row].full(values) for row in rows_in(matched)]

    def _otherwise(self, values: Values, releases: tuple[str, ...]) -> RuleSetResult:
        if not self._table.otherwise:
            reasons = [no_rule_matched(self._table.name)]
            return referred(self._table.name, reasons, self._severity, releases=releases)
        return self._answer(Choice((self._rows[-1].full(values),)), values, releases)

    def _answer(self, choice: Choice, values: Values, releases: tuple[str, ...]) -> RuleSetResult:
        name = self._table.name
        hits = tuple([hit.row for hit in choice.hits])
        reasons = _reasons_of(choice.hits)
        if choice.conflict:
            fault = engine_fault(name, f"Table {name}: {choice.conflict}.")
            return referred(name, [fault, *reasons], self._severity, hits, releases)
        outcome = worst([hit.outcome for hit in choice.hits], self._severity)
        if choice.doubts or True in [hit.is_outcome_unknown for hit in choice.hits]:
            reasons.append(missing_fact(name, self._missing(choice, values)))
            if not (choice.takes_all and outcome and self._outranks_refer(outcome)):
                outcome = Outcome.REFER
        if outcome is Outcome.REFER:
            return referred(name, reasons, self._severity, hits, releases)
        outputs = self._outputs(choice, outcome, values)
        return RuleSetResult(name, outcome, outputs, hits, releases, ranked(reasons, self._severity))

    def _outranks_refer(self, outcome: Outcome) -> bool:
        return rank(outcome, self._severity) < rank(Outcome.REFER, self._severity)

    def _missing(self, choice: Choice, values: Values) -> frozenset[str]:
        in_doubt = sum(1 << candidate.order for candidate in choice.doubts)
        unclear = [
            output.expression
            for candidate in choice.hits
            if candidate.is_outcome_unknown
            for output in self._rows[candidate.order].outputs
            if output.name == OUTCOME
        ]
        return self._conjunctions.missing_facts(in_doubt, values) | facts_missing(unclear, values)

    def _outputs(
        self, choice: Choice, outcome: Outcome | None, values: Values
    ) -> Mapping[str, Value | tuple[Value, ...]]:
        hits = choice.hits
        if self._lists:
            return self._aggregated(hits)
        outputs: dict[str, Value | tuple[Value, ...]] = {}
        if len(hits) == 1:
            outputs.update(self._rows[hits[0].order].outputs_of(values))
            outputs.pop(OUTCOME, None)
            return outputs
        for hit in sorted(hits, key=lambda candidate: candidate.order):
            if hit.outcome is outcome:
                outputs = {**hit.outputs, **outputs}
        outputs.pop(OUTCOME, None)
        return outputs

    def _aggregated(self, hits: Sequence[Candidate]) -> Mapping[str, Value | tuple[Value, ...]]:
        collects = self._table.hit_policy is HitPolicy.COLLECT
        aggregation = self._table.aggregation if collects else Aggregation.LIST
        if aggregation is Aggregation.COUNT and hits[0].row != OTHERWISE:
            return dict.fromkeys(self._output_names, len(hits))
        outputs: dict[str, Value | tuple[Value, ...]] = {}
        for name in self._output_names:
            if said := tuple(hit.outputs[name] for hit in hits if name in hit.outputs):
                outputs[name] = _aggregate(aggregation, said)
        return outputs


def _aggregate(aggregation: Aggregation, said: tuple[Value, ...]) -> Value | tuple[Value, ...]:
    match aggregation:
        case Aggregation.LIST:
            return said
        case Aggregation.SUM:
            return arithmetic.total(said)
        case Aggregation.MIN:
            return arithmetic.pick(Extreme.MIN, said)
        case Aggregation.MAX:
            return arithmetic.pick(Extreme.MAX, said)
        case Aggregation.COUNT:
            return said[0]
        case _:
            assert_never(aggregation)


def _reasons_of(hits: Sequence[Candidate]) -> list[Reason]:
    if len(hits) == 1:
        return list(hits[0].reasons)
    return [reason for hit in sorted(hits, key=lambda candidate: candidate.order) for reason in hit.reasons]
