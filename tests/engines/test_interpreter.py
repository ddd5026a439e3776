"""The interpreter beyond its answers: parameters of a run, faults, and independence of decisions."""

from functools import cache

import pytest

from policy_service.domain.decisions import RuleSetResult, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import LARGEST
from policy_service.engines.interpreter import Interpreter
from policy_service.language.policy import Policy
from tests.engines.hand_made import policy_of

CHECK = """decision_table: check
hit_policy: first
rows:
  - {id: A, when: {late: "> hold_after_days"}, then: {outcome: hold}, reason: PAST_DUE}
  - {id: B, when: {amount: "> other * (1 + tolerance)"}, then: {outcome: decline}, reason: OVER_LIMIT}
otherwise: {outcome: approve}
"""


@cache
def policy() -> Policy:
    return policy_of({"check": CHECK})


def checked(values: Values, **parameters: int) -> RuleSetResult:
    return Interpreter(policy(), parameters).evaluate("check", values)


def test_parameters_of_the_run_replace_those_of_the_policy() -> None:
    values = {"late": 10, "amount": 106, "other": 100}
    assert [("B",), ("A",), ("otherwise",)] == [
        checked(values).hits,
        checked(values, hold_after_days=9).hits,
        checked(values, tolerance=60_000).hits,
    ]


def test_a_parameter_that_the_policy_lacks_is_refused() -> None:
    with pytest.raises(EngineFault, match="has no parameter tollerance") as refused:
        Interpreter(policy(), {"tollerance": 1})
    assert refused.value.code == "E003"


def test_a_rule_set_that_the_policy_lacks_is_refused() -> None:
    with pytest.raises(KeyError):
        Interpreter(policy()).evaluate("chequer", {})


def test_a_fault_refers_and_says_what_happened() -> None:
    result = checked({"late": 0, "amount": 0, "other": LARGEST})
    assert result.outcome is Outcome.REFER
    assert result.outputs == {}
    assert [("engine_fault", True)] == [(reason.code, "E001" in reason.detail) for reason in result.reasons]


def test_even_a_value_that_is_none_refers() -> None:
    result = checked({"late": "ten", "amount": 0, "other": 0})  # type: ignore[dict-item]
    assert result.outcome is Outcome.REFER
    assert "TypeError" in result.reasons[0].detail


def test_a_decision_leaves_nothing_behind_for_the_next() -> None:
    engine = Interpreter(policy())
    decisions = [{"late": 16}, {"late": 15, "amount": 0, "other": 0}, {}, {"late": 15, "amount": 1, "other": 0}] * 2
    alone = [Interpreter(policy()).evaluate("check", values) for values in decisions]
    assert alone == [engine.evaluate("check", values) for values in decisions]
