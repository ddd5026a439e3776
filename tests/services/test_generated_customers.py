"""On customers of a generated company both engines agree, and a case with the same facts comes to the same."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.decisions import ChainResult
from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.engines.chain import run_chain
from policy_service.engines.interpreter import Interpreter
from policy_service.language.cases import Case, Expectation
from policy_service.language.load import load_policy
from policy_service.ledger.importer import read_ledger
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.cases import run_cases
from policy_service.services.decide import CustomerDecisions, Decider, Decision, Question
from policy_service.services.record import canonical_bytes

POLICY = load_policy(Path(__file__).parents[2] / "rules/manufacturer_cn")
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2025, 12, 31)
QUESTIONS = st.builds(
    Question,
    st.integers(1, 40).map(lambda number: f"C{number:09}"),
    st.dates(FIRST, LAST + dt.timedelta(days=400)),
    st.fixed_dictionaries({"order_amount": st.sampled_from(("0", "0.01", "500.00", "500.01", "20000", "9999999.99"))}),
    st.booleans(),
)


@cache
def ledger() -> Ledger:
    with TemporaryDirectory() as made:
        folder = Path(made, "ledger")
        generate(SampleCompany(40, 1_500, 11, FIRST, LAST), folder)
        return read_ledger(folder, POLICY.currency).ledger


@cache
def decider() -> Decider:
    return Decider(POLICY, ledger())


def all_of(decisions: CustomerDecisions) -> Mapping[DecisionType, Decision]:
    assert decisions.order
    return {
        DecisionType.REVIEW: decisions.review,
        DecisionType.ESCALATION: decisions.escalation,
        DecisionType.ORDER: decisions.order,
    }


def said(chain: ChainResult) -> list[object]:
    of_rule_sets = [(one.rule_set, one.outcome, one.outputs, one.hits, one.releases) for one in chain.rule_sets]
    return [chain.outcome, chain.outputs, chain.reasons, of_rule_sets]


@settings(max_examples=40, deadline=None)
@given(QUESTIONS)
def test_the_live_answer_is_the_interpreters(question: Question) -> None:
    interpreter = Interpreter(POLICY)
    for decision_type, decision in all_of(decider().decide(question)).items():
        assert said(run_chain(interpreter, POLICY, decision_type, decision.values)) == said(decision.chain)


@settings(max_examples=20, deadline=None)
@given(QUESTIONS)
def test_a_decision_is_a_function_of_its_question(question: Question) -> None:
    first = canonical_bytes(decider().decide(question).results)
    decider().decide(Question("C000000001", LAST, {"order_amount": "77"}))
    assert canonical_bytes(decider().decide(question).results) == first


@settings(max_examples=20, deadline=None)
@given(QUESTIONS)
def test_a_larger_order_is_never_approved_where_a_smaller_one_is_held(question: Question) -> None:
    smaller = decider().decide(question).order
    larger = (
        decider()
        .decide(Question(question.customer_id, question.as_of, {"order_amount": "10000000"}, question.includes_day))
        .order
    )
    assert smaller
    assert larger
    if smaller.chain.outcome in (Outcome.HOLD, Outcome.REFER):
        assert larger.chain.outcome in (Outcome.HOLD, Outcome.REFER, Outcome.DECLINE)


@settings(max_examples=20, deadline=None)
@given(QUESTIONS)
def test_a_case_with_the_facts_of_an_order_comes_to_the_same(question: Question) -> None:
    decisions = decider().decide(question)
    order = decisions.order
    assert order
    facts = {fact.name: decisions.codes.text(fact.value, fact.kind) for fact in order.facts if fact.value != UNKNOWN}
    expect = Expectation(order.chain.outcome, {}, tuple(reason.code for reason in order.chain.reasons), None)
    report = run_cases(POLICY, [Case("The same", question.as_of, facts, expect, None, DecisionType.ORDER)])
    assert report.passed, report.results[0].differences


def test_every_customer_gets_a_grade_and_all_kinds_of_outcome_occur() -> None:
    day = LAST + dt.timedelta(days=1)
    decided = [decider().decide(Question(each, day, {"order_amount": "20000"})) for each in ledger().histories]
    outcomes = {one.order.chain.outcome for one in decided if one.order}
    grades = {one.review.result["outputs"]["grade"] for one in decided}  # type: ignore[index]

    assert UNKNOWN not in [one.standing.values["grade"] for one in decided]
    assert {Outcome.APPROVE, Outcome.HOLD, Outcome.PREPAY} <= outcomes
    assert len(grades) >= 4
    assert "engine_fault" not in str([one.results for one in decided])
