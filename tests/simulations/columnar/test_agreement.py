"""The columnar engine and the interpreter come to the same answers on random policies and facts."""

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_service.domain.decisions import RuleSetResult
from policy_service.engines.interpreter import Interpreter
from policy_service.language.policy import Policy
from simulations.columnar.engine import ColumnarEngine
from tests.engines.durable.test_agreement import without_wording_of_faults
from tests.engines.random_expressions import PARAMETERS, value_of
from tests.engines.random_policies import policies, values_lists

VALUES_PER_POLICY = 40
#: `AGREEMENT_POLICIES` sets another number of policies.
POLICIES = int(os.environ.get("AGREEMENT_POLICIES", "60"))
POLICIES_OF_A_LONG_RUN = 1_200

AGREEMENT = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], derandomize=True
)


def compare(policy: Policy, cases: list[dict[str, int]], parameters: dict[str, int] | None = None) -> None:
    interpreter, columnar = Interpreter(policy, parameters), ColumnarEngine(policy, parameters)
    for rule_set in policy.rule_sets:
        for values in cases:
            expected: RuleSetResult = without_wording_of_faults(interpreter.evaluate(rule_set.name, values))
            assert expected == without_wording_of_faults(columnar.evaluate(rule_set.name, values))


@given(policies(), values_lists(VALUES_PER_POLICY))
@settings(AGREEMENT, max_examples=POLICIES)
def test_both_engines_give_the_same_answer_to_every_rule_set(policy: Policy, cases: list[dict[str, int]]) -> None:
    compare(policy, cases)


@given(policies(), values_lists(10), st.integers(0, 2**32))
@settings(AGREEMENT, max_examples=POLICIES // 2)
def test_both_engines_agree_when_parameters_are_replaced(
    policy: Policy, cases: list[dict[str, int]], seed: int
) -> None:
    source = random.Random(seed)
    compare(policy, cases, {name: value_of(source, kind, 0.05) for name, (kind, _) in PARAMETERS.items()})


@pytest.mark.long
@given(policies(), values_lists(VALUES_PER_POLICY))
@settings(AGREEMENT, max_examples=POLICIES_OF_A_LONG_RUN)
def test_both_engines_agree_in_a_hundred_thousand_comparisons(policy: Policy, cases: list[dict[str, int]]) -> None:
    compare(policy, cases)
