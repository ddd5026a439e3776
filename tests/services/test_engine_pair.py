"""Two engines must agree; where they do not, or one fails, a person decides, and no order goes ahead."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from policy_service.domain.decisions import RuleSetResult, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from policy_service.engines.interpreter import Interpreter
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.decide import CustomerDecisions, Decider, Question
from policy_service.services.engine_pair import EnginePair
from tests.services.house import BEFORE_DUE, DAY_30, house_policy, ledger_of, outcome_and_reasons

STRICT = house_policy(
    {
        "order_check": """
decision_table: order_check
hit_policy: rule_order
rows:
  - {id: O1, when: {stop_credit: true}, then: {outcome: hold}, reason: CREDIT_STOPPED}
  - {id: O2, when: {exposure + order_amount: "> credit_limit"}, then: {outcome: hold}, reason: OVER_LIMIT}
otherwise: {outcome: approve}
"""
    }
)


class Another:
    """An engine that answers like the interpreter, but for one rule set."""

    def __init__(self, rule_set: str, answer: Callable[[RuleSetResult], RuleSetResult]) -> None:
        self._interpreter = Interpreter(STRICT)
        self._rule_set = rule_set
        self._answer = answer

    def evaluate(self, rule_set: str, values: Values) -> RuleSetResult:
        result = self._interpreter.evaluate(rule_set, values)
        return self._answer(result) if rule_set == self._rule_set else result


def failing(error: Exception) -> Callable[[RuleSetResult], RuleSetResult]:
    def fail(_: RuleSetResult) -> RuleSetResult:
        raise error

    return fail


@pytest.fixture
def decider() -> Iterator[Decider]:
    made = Decider(STRICT, ledger_of())
    yield made
    made.close()


def decided_by(decider: Decider, live: Another, on: dt.date = BEFORE_DUE) -> CustomerDecisions:
    decider.close()
    decider.version = replace(decider.version, engines=EnginePair(STRICT, live=live))
    return decider.decide(Question("C1", on, {"order_amount": "100"}))


DIFFERENCES = {
    "outcome": lambda result: replace(result, outcome=Outcome.APPROVE),
    "outputs": lambda result: replace(result, outputs={"prepay_percent": 1}),
    "hits": lambda result: replace(result, hits=("O2",)),
    "releases": lambda result: replace(result, releases=("O1",)),
    "rule_set": lambda result: replace(result, rule_set="another"),
}


@pytest.mark.parametrize("what", DIFFERENCES)
def test_engines_that_differ_refer_the_order(decider: Decider, what: str) -> None:
    held = decider.decide(Question("C1", DAY_30, {"order_amount": "100"}))
    decisions = decided_by(decider, Another("order_check", DIFFERENCES[what]), DAY_30)

    assert outcome_and_reasons(held) == ("hold", ["CREDIT_STOPPED"])

    assert outcome_and_reasons(decisions) == ("refer", ["engine_fault"])
    assert decisions.order
    assert what in decisions.order.chain.reasons[0].detail
    assert decisions.order.chain.outputs == {}


@pytest.mark.parametrize("error", [EngineFault("E001", "Overflow."), RuntimeError("0x7f"), KeyError("x"), ValueError()])
def test_an_engine_that_fails_refers_the_order(decider: Decider, error: Exception) -> None:
    decisions = decided_by(decider, Another("order_check", failing(error)))
    assert outcome_and_reasons(decisions) == ("refer", ["engine_fault"])
    assert decisions.order
    assert "0x" not in str(decisions.order.result)


def test_a_fault_in_the_review_leaves_the_standing_as_it_was(decider: Decider) -> None:
    decisions = decided_by(decider, Another("standing", failing(RuntimeError())))
    assert decisions.review.chain.outcome is Outcome.REFER
    assert decisions.standing.values["credit_limit"] == UNKNOWN
    assert outcome_and_reasons(decisions) == ("refer", ["missing_fact"])


def test_a_fault_on_the_ladder_lets_no_order_go_that_it_might_have_stopped(decider: Decider) -> None:
    decisions = decided_by(decider, Another("collection", failing(RuntimeError())))
    assert decisions.escalation.chain.outcome is Outcome.REFER
    assert decisions.cases == ()
    assert decisions.standing.values["stop_credit"] == UNKNOWN
    assert outcome_and_reasons(decisions) == ("refer", ["missing_fact"])


def test_a_fault_is_recorded_alike_every_time(decider: Decider) -> None:
    first, second = (decided_by(decider, Another("order_check", failing(RuntimeError()))) for _ in range(2))
    assert canonical_bytes(first.results) == canonical_bytes(second.results)


def test_a_closed_engine_approves_nothing() -> None:
    decider = Decider(STRICT, ledger_of())
    decider.close()
    decisions = decider.decide(Question("C1", BEFORE_DUE, {"order_amount": "100"}))
    assert outcome_and_reasons(decisions)[0] == "refer"


def test_engines_that_agree_answer_what_both_say() -> None:
    pair = EnginePair(STRICT)
    values = {"stop_credit": FALSE, "exposure": 5, "order_amount": 5, "credit_limit": 10}
    outcomes = [
        pair.decide(DecisionType.ORDER, {**values, **more}).outcome
        for more in ({}, {"credit_limit": 9}, {"stop_credit": TRUE}, {"exposure": UNKNOWN})
    ]
    pair.close()
    assert outcomes == [Outcome.APPROVE, Outcome.HOLD, Outcome.HOLD, Outcome.REFER]


def test_parameters_of_a_run_replace_those_of_the_policy() -> None:
    values = {"overdue_balance": 200_00, "days_past_due": 40, "past_due_balance": 0}
    releases = []
    for materiality in (100_00, 200_00):
        pair = EnginePair(STRICT, {"materiality": materiality})
        releases.append(pair.decide(DecisionType.ESCALATION, values).rule_sets[0].releases)
        pair.close()
    assert releases == [(), ("L2",)]
