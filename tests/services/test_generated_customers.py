"""On customers of a generated company both engines agree, and a case with the same facts comes to the same."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.currencies import currency
from policy_service.domain.decisions import ChainResult
from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.engines.chain import run_chain
from policy_service.engines.interpreter import Interpreter
from policy_service.language.files.cases import Case, Expectation
from policy_service.language.load import load_policy
from policy_service.ledger.importer import read_ledger
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.cases import run_cases
from policy_service.services.chain_decision import Decision
from policy_service.services.decide import CustomerDecisions, Decider, Question
from tests.examples import examples

RULES = Path(__file__).parents[2] / "rules"
POLICIES = sorted(folder.parent.name for folder in RULES.glob("*/policy.yaml"))
NOT_LET_GO = (Outcome.HOLD, Outcome.REFER, Outcome.DECLINE)
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2025, 12, 31)
QUESTIONS = st.builds(
    Question,
    st.integers(1, 40).map(lambda number: f"C{number:09}"),
    st.dates(FIRST, LAST + dt.timedelta(days=400)),
    st.fixed_dictionaries({"order_amount": st.sampled_from(("0", "0.01", "500.00", "500.01", "20000", "9999999.99"))}),
    st.booleans(),
)


@cache
def ledger(base: str) -> Ledger:
    with TemporaryDirectory() as made:
        folder = Path(made, "ledger")
        generate(SampleCompany(40, 1_500, 11, FIRST, LAST), folder)
        return read_ledger(folder, currency(base)).ledger


@cache
def decider(policy: str) -> Decider:
    loaded = load_policy(RULES / policy)
    return Decider(loaded, ledger(loaded.currency.code))


@pytest.fixture(scope="module", autouse=True)
def deciders_are_closed_in_the_end() -> Iterator[None]:
    yield
    for policy in POLICIES:
        decider(policy).close()


def all_of(decisions: CustomerDecisions) -> Mapping[DecisionType, Decision]:
    kinds = (DecisionType.REVIEW, DecisionType.ESCALATION, DecisionType.ORDER)
    found = zip(kinds, (decisions.review, decisions.escalation, decisions.order), strict=True)
    return {kind: decision for kind, decision in found if decision}


def said(chain: ChainResult) -> list[object]:
    of_rule_sets = [(one.rule_set, one.outcome, one.outputs, one.hits, one.releases) for one in chain.rule_sets]
    return [chain.outcome, chain.outputs, chain.reasons, of_rule_sets]


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=examples(25), deadline=None)
@given(QUESTIONS)
def test_the_live_answer_is_the_interpreters(policy: str, question: Question) -> None:
    interpreter, loaded = Interpreter(decider(policy).policy), decider(policy).policy
    for decision_type, decision in all_of(decider(policy).decide(question)).items():
        assert said(run_chain(interpreter, loaded, decision_type, decision.values)) == said(decision.chain)


@settings(max_examples=examples(25), deadline=None)
@given(st.sampled_from(POLICIES), QUESTIONS)
def test_a_decision_is_a_function_of_its_question(policy: str, question: Question) -> None:
    first = canonical_bytes(decider(policy).decide(question).results)
    decider(policy).decide(Question("C000000001", LAST, {"order_amount": "77"}))
    assert canonical_bytes(decider(policy).decide(question).results) == first


@settings(max_examples=examples(40), deadline=None)
@given(st.sampled_from(POLICIES), QUESTIONS)
def test_a_larger_order_is_never_let_go_where_a_smaller_one_is_held(policy: str, question: Question) -> None:
    larger = Question(question.customer_id, question.as_of, {"order_amount": "10000000"}, question.includes_day)
    outcomes = [order_outcome(decider(policy).decide(asked)) for asked in (question, larger)]
    if outcomes[0] in NOT_LET_GO:
        assert outcomes[1] in NOT_LET_GO


@settings(max_examples=examples(40), deadline=None)
@given(st.sampled_from(POLICIES), QUESTIONS)
def test_a_case_with_the_facts_of_an_order_comes_to_the_same(policy: str, question: Question) -> None:
    decisions = decider(policy).decide(question)
    order = decisions.order
    assert order
    facts = {fact.name: decisions.codes.text(fact.value, fact.kind) for fact in order.facts}
    expect = Expectation(order.chain.outcome, {}, tuple(reason.code for reason in order.chain.reasons), None)
    case = Case("The same", question.as_of, facts, expect, None, DecisionType.ORDER)
    report = run_cases(decider(policy).policy, [case])
    assert report.passed, report.results[0].differences


@pytest.mark.parametrize("policy", POLICIES)
def test_customers_get_several_grades_or_limits_and_outcomes(policy: str) -> None:
    day = LAST + dt.timedelta(days=1)
    customers = ledger(decider(policy).policy.currency.code).histories
    decided = [decider(policy).decide(Question(each, day, {"order_amount": "20000"})) for each in customers]

    assert len({order_outcome(one) for one in decided}) >= 2
    assert len({(one.standing.values["grade"], one.standing.values["credit_limit"]) for one in decided}) >= 3
    assert "engine_fault" not in str([one.results for one in decided])


def order_outcome(decisions: CustomerDecisions) -> Outcome | None:
    return decisions.order.chain.outcome if decisions.order else None
