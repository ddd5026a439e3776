"""A chain in compiled code comes to what the chain of the interpreter comes to, by number what that says in words."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN
from policy_service.engines.chain import Chains
from policy_service.engines.interpreter import Interpreter
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from simulations.columnar import layout
from simulations.columnar.deciding import answer, first_reason, run_chain
from simulations.columnar.program import OUTCOMES, compiled
from tests.engines.random_policies import policies, values_lists
from tests.simulations.columnar.values_of_policies import Values, values_on_marks

RULES = Path(__file__).parents[3] / "rules"
SHIPPED = sorted(folder.parent.name for folder in RULES.glob("*/policy.yaml"))
VALUES_PER_CHAIN = 150


def compare(policy: Policy, decision_type: DecisionType, cases: list[Values]) -> None:
    chains, program = Chains(Interpreter(policy), policy), compiled(policy)
    vector, hits, scratch = program.vector(), program.room_for_hits(), program.scratch()
    outputs = {name for rule_set in policy.chain(decision_type) for name in rule_set.output_names} - {"outcome"}
    for values in cases:
        expected = chains.run(decision_type, values)
        program.fill(vector, values)
        outcome = run_chain(program.program, program.chains[decision_type], vector, hits, scratch)
        assert expected.outcome == (OUTCOMES[outcome] if outcome >= 0 else None)
        told = [program.rows[number] for number in hits[: scratch[layout.HIT_COUNT]]]
        assert [(each.rule_set, hit) for each in expected.rule_sets for hit in each.hits] == told
        reason = first_reason(scratch)
        assert [each.code for each in expected.reasons[:1]] == ([program.reasons[reason]] if reason >= 0 else [])
        said = {name: value for name, value in expected.outputs.items() if isinstance(value, int)}
        assert {name: said.get(name, UNKNOWN) for name in outputs} == {
            name: answer(program.program, program.slots[name], scratch) for name in outputs
        }


@pytest.mark.parametrize("name", SHIPPED)
def test_the_chains_of_shipped_policies_agree(name: str) -> None:
    policy = load_policy(RULES / name)
    for decision_type in policy.chains:
        compare(policy, decision_type, list(values_on_marks(policy, random.Random(name), VALUES_PER_CHAIN)))


@given(policies(), values_lists(20), st.sampled_from([DecisionType.ORDER, DecisionType.REVIEW]))
@settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_chains_of_random_rule_sets_agree(policy: Policy, cases: list[Values], decision_type: DecisionType) -> None:
    chain = tuple(rule_set.name for rule_set in policy.rule_sets)
    compare(replace(policy, chains={decision_type: chain}), decision_type, cases)


def test_a_run_forgets_the_one_before() -> None:
    policy = load_policy(RULES / SHIPPED[0])
    cases = list(values_on_marks(policy, random.Random(1), 40))
    compare(policy, DecisionType.ORDER, cases + cases[::-1])
