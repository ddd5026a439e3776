"""The durable engine and the interpreter come to the same answers on random policies and facts."""

import os

import pytest
from hypothesis import HealthCheck, given, settings

from policy_service.domain.decisions import Reason, RuleSetResult, Values
from policy_service.domain.outcomes import EngineReason
from policy_service.engines.durable.engine import DurableEngine
from policy_service.engines.interpreter import Interpreter
from policy_service.language.policy import Policy
from tests.engines.random_policies import policies, values_lists

#: The rule engine itself failed, was refused its rules, or was closed: never right, even where both engines refer.
FAILURES_OF_THE_ENGINE = ("[E010]", "[E011]", "[E012]", "[E013]")
#: A policy has three rule sets on average and is asked with so many values.
VALUES_PER_POLICY = 40
#: Some thousands of comparisons; `AGREEMENT_POLICIES` sets another number of policies.
POLICIES = int(os.environ.get("AGREEMENT_POLICIES", "30"))
POLICIES_OF_A_LONG_RUN = 1_200


def without_wording_of_faults(result: RuleSetResult) -> RuleSetResult:
    """Return the result with the details of engine faults left out: engines word them in their own way."""
    return RuleSetResult(
        result.rule_set,
        result.outcome,
        result.outputs,
        result.hits,
        result.releases,
        tuple(_without_detail(reason) for reason in result.reasons),
    )


def _without_detail(reason: Reason) -> Reason:
    if reason.code != EngineReason.ENGINE_FAULT:
        return reason
    return Reason(reason.code, reason.rule_set, reason.row, reason.outcome, reason.facts)


def compare(policy: Policy, cases: list[dict[str, int]]) -> None:
    interpreter, durable = Interpreter(policy), DurableEngine(policy)
    try:
        for rule_set in policy.rule_sets:
            for values in cases:
                _compare_on(rule_set.name, interpreter, durable, values)
    finally:
        durable.close()


def _compare_on(rule_set: str, interpreter: Interpreter, durable: DurableEngine, values: Values) -> None:
    expected = without_wording_of_faults(interpreter.evaluate(rule_set, values))
    answer = durable.evaluate(rule_set, values)
    assert expected == without_wording_of_faults(answer)
    assert not [reason.detail for reason in answer.reasons if reason.detail.endswith(FAILURES_OF_THE_ENGINE)]


AGREEMENT = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], derandomize=True
)


@given(policies(), values_lists(VALUES_PER_POLICY))
@settings(AGREEMENT, max_examples=POLICIES)
def test_both_engines_give_the_same_answer_to_every_rule_set(policy: Policy, cases: list[dict[str, int]]) -> None:
    compare(policy, cases)


@pytest.mark.long
@given(policies(), values_lists(VALUES_PER_POLICY))
@settings(AGREEMENT, max_examples=POLICIES_OF_A_LONG_RUN)
def test_both_engines_agree_in_a_hundred_thousand_comparisons(policy: Policy, cases: list[dict[str, int]]) -> None:
    compare(policy, cases)
