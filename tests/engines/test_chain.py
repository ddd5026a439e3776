"""What a chain of rule sets comes to."""

from functools import cache

from policy_service.domain.decisions import ChainResult
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.engines.chain import run_chain
from policy_service.engines.interpreter import Interpreter
from policy_service.language.policy import Policy
from tests.engines.hand_made import policy_of

GRADING = """scorecard: grading
characteristics:
  - {fact: late, attributes: [{when: "<= 0", points: 80}, {when: "> 0", points: 50}]}
bands: [{grade: A, when: ">= 80"}, {grade: B, when: "< 80", reason: LOW_SCORE}]
"""
STANDING = """decision_table: standing
hit_policy: unique
rows:
  - {id: SA, when: {grade: A}, then: {credit_limit: "amount * 2", payment_term_days: 60}}
  - {id: SB, when: {grade: B}, then: {payment_term_days: 30}}
"""
TERMS = """decision_table: terms
hit_policy: first
rows:
  - {id: T1, when: {credit_limit: "null"}, then: {watch_list: true}}
  - {id: T2, when: {credit_limit: ">= 0"}, then: {watch_list: false}}
"""
FIRST_CHECK = """decision_table: first_check
hit_policy: rule_order
rows:
  - {id: F1, when: {late: "> 60"}, then: {outcome: decline}, reason: PAST_DUE}
  - {id: F2, when: {late: "> 15"}, then: {outcome: hold}, reason: PAST_DUE}
  - {id: F3, when: {items: "> 0"}, then: {prepay_percent: 30}}
otherwise: {prepay_percent: 0}
"""
SECOND_CHECK = """decision_table: second_check
hit_policy: rule_order
rows:
  - {id: Z1, when: {amount: "> 1000"}, then: {outcome: prepay}, reason: PREPAY_FIRST}
  - {id: Z2, when: {flag: true}, then: {outcome: refer}, reason: ASK_A_PERSON}
  - {id: Z3, when: {items: "> 5"}, then: {prepay_percent: 50}}
otherwise: {prepay_percent: 0}
"""


@cache
def review() -> Policy:
    return policy_of({"grading": GRADING, "standing": STANDING, "terms": TERMS})


@cache
def orders() -> Policy:
    return policy_of({"first_check": FIRST_CHECK, "second_check": SECOND_CHECK})


def ordered(**values: int) -> ChainResult:
    known = {"late": 0, "items": 0, "amount": 0, "flag": 0}
    return run_chain(Interpreter(orders()), orders(), DecisionType.ORDER, known | values)


def reviewed(**values: int) -> ChainResult:
    return run_chain(Interpreter(review()), review(), DecisionType.REVIEW, values)


def test_outputs_are_facts_of_the_next_rule_set() -> None:
    result = reviewed(late=0, amount=500)
    a_is = review().vocabulary.index("A")
    expected = {"score": 80_000_000, "grade": a_is, "credit_limit": 1000, "payment_term_days": 60, "watch_list": 0}
    assert expected == result.outputs
    assert result.outcome is None


def test_an_output_not_set_is_unknown_to_the_later_ones_whatever_the_standing_says() -> None:
    result = reviewed(late=1, amount=500, credit_limit=99)
    assert [("grading", ("late.2", "band.B")), ("standing", ("SB",)), ("terms", ("T1",))] == [
        (each.rule_set, each.hits) for each in result.rule_sets
    ]
    assert "credit_limit" not in result.outputs


def test_an_output_that_computes_to_unknown_is_unknown_to_the_later_ones() -> None:
    result = reviewed(late=0, credit_limit=99)
    assert result.outputs["credit_limit"] == UNKNOWN
    assert result.rule_sets[2].hits == ("T1",)


def test_a_refer_ends_the_chain() -> None:
    result = reviewed(amount=500)
    assert [("grading", Outcome.REFER)] == [(each.rule_set, each.outcome) for each in result.rule_sets]
    assert result.outcome is Outcome.REFER
    assert [("missing_fact", ("late",))] == [(reason.code, reason.facts) for reason in result.reasons]


def test_the_most_severe_outcome_of_the_rule_sets_wins_and_all_reasons_are_kept() -> None:
    result = ordered(late=16, amount=100_001)
    assert result.outcome is Outcome.HOLD
    assert [("PAST_DUE", "first_check"), ("PREPAY_FIRST", "second_check")] == [
        (reason.code, reason.rule_set) for reason in result.reasons
    ]


def test_a_decline_of_an_earlier_rule_set_outlives_a_refer() -> None:
    result = ordered(late=61, flag=1)
    assert result.outcome is Outcome.DECLINE
    assert ["PAST_DUE", "ASK_A_PERSON", "PAST_DUE"] == [reason.code for reason in result.reasons]


def test_reasons_rank_by_severity_across_rule_sets() -> None:
    result = ordered(late=16, flag=1, amount=100_001)
    assert result.outcome is Outcome.REFER
    assert ["ASK_A_PERSON", "PAST_DUE", "PREPAY_FIRST"] == [reason.code for reason in result.reasons]


def test_an_order_about_which_nothing_is_said_is_referred() -> None:
    result = ordered(items=1)
    assert result.outcome is Outcome.REFER
    assert ["no_rule_matched"] == [reason.code for reason in result.reasons]


def test_the_values_handed_in_stay_as_they_are() -> None:
    values = {"late": 0, "amount": 500}
    run_chain(Interpreter(review()), review(), DecisionType.REVIEW, values)
    assert {"late": 0, "amount": 500} == values
