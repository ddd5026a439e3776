"""A chain: the rule sets of one decision type in order, each reading what the earlier ones set."""

from collections.abc import Sequence

from policy_service.domain.decisions import ChainResult, Reason, RuleSetResult, Value, Values
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.engines.port import Engine
from policy_service.engines.reasons import no_rule_matched, ranked, worst
from policy_service.language.policy import Policy


class Chains:
    """The chains of one policy on one engine, ready to run; keep it with the engine."""

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self._engine = engine
        self._severity = policy.severity
        self._unset = {
            decision_type: [
                (rule_set.name, dict.fromkeys(rule_set.output_names, UNKNOWN))
                for rule_set in policy.chain(decision_type)
            ]
            for decision_type in policy.chains
        }
        self._codes = {text: code for code, text in enumerate(policy.vocabulary)}

    def run(self, decision_type: DecisionType, values: Values) -> ChainResult:
        """Return what the rule sets of that type come to; a refer ends the chain.

        An output that a rule set could have set and did not is unknown to the later ones, whatever the
        standing says of it. An order about which no rule set says an outcome is referred.
        """
        scope = dict(values)
        results: list[RuleSetResult] = []
        outputs: dict[str, Value | tuple[Value, ...]] = {}
        steps = self._unset[decision_type]
        for rule_set, unset in steps:
            result = self._engine.evaluate(rule_set, scope)
            results.append(result)
            outputs.update(result.outputs)
            if result.ends_the_chain or len(results) == len(steps):
                break
            scope.update(unset)
            scope.update(self._set_for_later(result))
        outcome = worst([result.outcome for result in results], self._severity)
        reasons = [reason for result in results for reason in result.reasons]
        if outcome is None and decision_type is DecisionType.ORDER:
            outcome = Outcome.REFER
            reasons.append(_undecided(results))
        return ChainResult(decision_type, tuple(results), outputs, outcome, ranked(reasons, self._severity))

    def _set_for_later(self, result: RuleSetResult) -> dict[str, Value]:
        # A list of values is an answer, not a value that a cell could test.
        later = {name: value for name, value in result.outputs.items() if isinstance(value, int)}
        if result.outcome and result.outcome in self._codes:
            later["outcome"] = self._codes[result.outcome]
        return later


def run_chain(engine: Engine, policy: Policy, decision_type: DecisionType, values: Values) -> ChainResult:
    """Return what one chain comes to, as `Chains.run` does, for a policy that is asked once."""
    return Chains(engine, policy).run(decision_type, values)


def _undecided(results: Sequence[RuleSetResult]) -> Reason:
    last = results[-1].rule_set if results else ""
    return no_rule_matched(last, "No rule set of the chain says an outcome.")
