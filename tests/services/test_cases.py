"""Cases pass or say what differs, and tell which rows no case hits."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import MILLION, UNKNOWN, UNLIMITED
from policy_service.engines.interpreter import Interpreter
from policy_service.language.files.cases import Case, Expectation, ExpectedValue, cases_in_text
from policy_service.language.policy import Policy
from policy_service.services.cases import CaseResult, CasesReport, Coverage, run_cases, with_derived
from tests.engines.hand_made import policy_of

GRADING = """scorecard: grading
characteristics: [{fact: late, attributes: [{when: "<= 0", points: 80}, {when: "> 0", points: 50}], unknown: 0}]
knock_outs: [{id: K1, when: {flag: true}, grade: B, reason: INSOLVENT}]
bands: [{grade: A, when: ">= 80"}, {grade: B, when: "< 80", reason: LOW_SCORE}]
"""
STANDING = """decision_table: standing
hit_policy: unique
rows:
  - {id: SA, when: {grade: A}, then: {credit_limit: 1000, payment_term_days: 60}}
  - {id: SB, when: {grade: B}, then: {credit_limit: 0}}
"""
ORDER = """decision_table: order_check
hit_policy: rule_order
rows:
  - {id: O1, when: {stop_credit: true}, then: {outcome: hold}, reason: CREDIT_STOPPED}
  - {id: O2, when: {amount: "> headroom"}, then: {outcome: hold}, reason: OVER_LIMIT}
  - {id: O3, when: {utilisation: "> 0.9"}, then: {outcome: prepay, prepay_percent: 30}, reason: PREPAY_FIRST}
  - {id: O4, when: {sector: 钢铁}, then: {outcome: refer}, reason: BAD_SECTOR}
otherwise: {outcome: approve}
"""
NOTES = """decision_table: notes
hit_policy: collect
aggregation: count
outputs: {warnings: {type: integer}}
rows:
  - {id: N1, when: {late: "> 1"}, then: {warnings: 1}}
  - {id: N2, when: {late: "> 2"}, then: {warnings: 1}}
"""
LISTED = """decision_table: listed
hit_policy: collect
outputs: {fees: {type: money}}
rows:
  - {id: N1, when: {late: "> 1"}, then: {fees: 1}}
  - {id: N2, when: {late: "> 2"}, then: {fees: 1}}
"""
LADDER = """ladder: collection
levels: [{id: L1, days_past_due: 0, action: call, deadline_days: 3}]
triggers: [{id: T1, when: {flag: true}, action: visit, reason: NO_WILL}]
"""


@cache
def policy() -> Policy:
    rule_sets = {"grading": GRADING, "standing": STANDING, "order_check": ORDER, "notes": NOTES, "listed": LISTED}
    return policy_of({**rule_sets, "collection": LADDER})


def case(
    asked: str | DecisionType | None,
    facts: dict[str, str],
    outcome: Outcome | None = None,
    *,
    outputs: dict[str, ExpectedValue] | None = None,
    reasons: tuple[str, ...] | None = None,
    rows: tuple[str, ...] | None = None,
) -> Case:
    expect = Expectation(outcome, outputs or {}, reasons, rows)
    decision = asked if isinstance(asked, DecisionType) else None
    rule_set = None if decision or asked is None else str(asked)
    return Case("A case", date(2026, 3, 1), facts, expect, rule_set, decision)


def ran(*cases: Case) -> CasesReport:
    return run_cases(policy(), cases)


def only(one: Case) -> CaseResult:
    (result,) = ran(one).results
    return result


def differences(one: Case) -> list[str]:
    return [str(difference) for difference in only(one).differences]


def test_a_case_passes_when_all_it_expects_is_found() -> None:
    facts = {"amount": "100", "headroom": "99.99", "utilisation": "0.5", "sector": "food"}
    result = only(case("order_check", facts, Outcome.HOLD, reasons=("OVER_LIMIT",), rows=("O2",)))
    assert result.passed
    assert result.hits == {"order_check": ("O2",)}


def test_what_differs_is_said_in_the_words_of_the_case() -> None:
    facts = {"amount": "100", "headroom": "99.99", "utilisation": "0.95", "sector": "food"}
    one = case("order_check", facts, Outcome.APPROVE, outputs={"prepay_percent": "30"}, reasons=("X",), rows=("O1",))
    assert differences(one) == [
        "outcome: expected approve, found hold",
        "prepay_percent: expected 30, found unknown",
        "reasons: expected X, found OVER_LIMIT, PREPAY_FIRST",
        "rows: expected O1, found O2, O3",
    ]


def test_an_empty_list_expects_that_there_is_none() -> None:
    facts = {"amount": "100", "headroom": "100", "utilisation": "0.5", "sector": "food"}
    assert only(case("order_check", facts, Outcome.APPROVE, reasons=())).passed
    facts["headroom"] = "0"
    assert differences(case("order_check", facts, reasons=())) == ["reasons: expected none, found OVER_LIMIT"]


def test_headroom_and_utilisation_follow_from_limit_and_exposure() -> None:
    facts = {"amount": "100", "exposure": "950.01", "credit_limit": "1000", "sector": "food"}
    result = only(case("order_check", facts, Outcome.HOLD, reasons=("OVER_LIMIT", "PREPAY_FIRST")))
    assert result.passed, result.differences


def test_what_is_given_is_not_derived() -> None:
    facts = {"amount": "100", "exposure": "1000", "credit_limit": "1000", "headroom": "null", "utilisation": "0"}
    assert only(case("order_check", facts | {"sector": "food"}, Outcome.REFER, reasons=("missing_fact",))).passed


def test_a_fact_not_named_is_unknown_but_credit_is_not_stopped() -> None:
    one = case("order_check", {}, Outcome.REFER, reasons=("missing_fact",))
    assert only(one).passed
    (reason,) = Interpreter(policy()).evaluate("order_check", with_derived({})).reasons
    assert reason.facts == ("amount", "headroom", "sector", "utilisation")


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_derived_facts_are_exact(exposure: int, limit: int) -> None:
    derived = with_derived({"exposure": exposure, "credit_limit": limit})
    assert derived["headroom"] == limit - exposure
    assert abs(derived["utilisation"] * limit - exposure * MILLION) * 2 <= limit


def test_without_a_limit_utilisation_is_unknown_and_zero_when_unlimited() -> None:
    found = [with_derived({"exposure": 5, "credit_limit": limit}) for limit in (UNKNOWN, 0, UNLIMITED)]
    assert [UNKNOWN, UNKNOWN, 0] == [values["utilisation"] for values in found]
    assert [UNKNOWN, -5, UNLIMITED] == [values["headroom"] for values in found]


def test_a_decision_runs_its_chain() -> None:
    one = case(DecisionType.REVIEW, {"late": "0", "flag": "false"}, outputs={"grade": "A", "credit_limit": "1000"})
    assert only(one).hits == {"grading": ("late.1", "band.A"), "standing": ("SA",)}
    assert only(one).passed


def test_without_a_decision_the_review_is_the_standing_of_the_order() -> None:
    facts = {"late": "0", "flag": "false", "amount": "100", "exposure": "900", "sector": "food", "days_past_due": "1"}
    one = case(None, facts, Outcome.APPROVE, outputs={"credit_limit": "1000", "level": "L1", "deadline_days": "3"})
    assert only(one).passed, differences(one)
    stale = only(case(None, facts | {"credit_limit": "1", "exposure": "900.01"}, Outcome.HOLD))
    assert stale.passed, stale.differences


def test_counts_are_whole_and_lists_are_compared_in_order() -> None:
    assert only(case("notes", {"late": "3"}, outputs={"warnings": "2"})).passed
    assert only(case("listed", {"late": "3"}, outputs={"fees": ("1", "1.00")})).passed
    assert differences(case("listed", {"late": "3"}, outputs={"fees": ("1", "2")})) == [
        "fees: expected 1, 2, found 1.00, 1.00"
    ]


def test_a_category_that_the_policy_does_not_mention_is_another_one() -> None:
    facts = {"amount": "0", "headroom": "0", "utilisation": "0"}
    assert only(case("order_check", facts | {"sector": "造纸"}, Outcome.APPROVE)).passed
    assert only(case("order_check", facts | {"sector": "钢铁"}, Outcome.REFER, reasons=("BAD_SECTOR",))).passed


def test_a_value_that_cannot_be_read_fails_its_case_alone() -> None:
    report = ran(case("order_check", {"amount": "much"}, Outcome.HOLD), case("notes", {"late": "2"}, rows=("N1",)))
    assert [result.passed for result in report.results] == [False, True]
    assert "much" in report.results[0].differences[0].found
    assert not report.passed


def test_an_output_that_nothing_sets_fails_the_case() -> None:
    assert "which no rule set sets" in differences(case("notes", {"late": "2"}, outputs={"warning": "1"}))[0]


def test_facts_that_nothing_knows_are_listed() -> None:
    assert only(case("notes", {"late": "2", "lateness": "9"}, rows=("N1",))).unread == ("lateness",)


def test_rows_that_no_case_hits_are_listed() -> None:
    report = ran(case("notes", {"late": "2"}, rows=("N1",)), case(DecisionType.REVIEW, {"flag": "true"}, rows=("K1",)))
    assert report.coverage == (
        Coverage(
            "grading",
            ("late.1", "late.2", "late.unknown", "K1", "band.A", "band.B"),
            ("late.1", "late.2", "band.A", "band.B"),
        ),
        Coverage("standing", ("SA", "SB"), ("SA",)),
        Coverage("order_check", ("O1", "O2", "O3", "O4", "otherwise"), ("O1", "O2", "O3", "O4", "otherwise")),
        Coverage("notes", ("N1", "N2"), ("N2",)),
        Coverage("listed", ("N1", "N2"), ("N1", "N2")),
        Coverage("collection", ("L1", "T1"), ("L1", "T1")),
    )


def test_a_value_that_cannot_be_read_is_named_with_its_fact_and_line() -> None:
    text = (
        "- name: A customer with an odd amount\n  as_of: 2026-03-01\n  rule_set: order_check\n"
        "  facts: {stop_credit: true,\n    amount: 15%}\n  expect: {outcome: hold}\n"
    )
    (result,) = run_cases(policy(), cases_in_text(text), Interpreter(policy())).results
    (difference,) = result.differences
    assert difference.found.startswith("cases.yaml line 5, column 13 cell amount: “15%” is no decimal number.")


EFFECTS = """ladder: collection
levels:
  - {id: L1, days_past_due: 0, action: call, effects: {prepay_percent: 30}, release: {utilisation: "< 0.1"}}
  - id: L2
    days_past_due: 30
    action: demand
    effects: {stop_credit: true, prepay_percent: 50}
    release: {amount: "<= 100"}
"""


@pytest.mark.parametrize("asked", ["collection", DecisionType.ESCALATION])
@pytest.mark.parametrize(
    ("facts", "outputs"),
    [
        ({"days_past_due": "30"}, {"level": "L2", "stop_credit": "true", "prepay_percent": "50"}),
        ({"days_past_due": "30", "prepay_percent": "80"}, {"prepay_percent": "80"}),
        ({"days_past_due": "30", "amount": "100"}, {"level": "L2", "stop_credit": "false", "prepay_percent": "30"}),
        ({"days_past_due": "29"}, {"level": "L1", "stop_credit": "false", "prepay_percent": "30"}),
        ({"days_past_due": "-1"}, {"stop_credit": "false", "prepay_percent": "null"}),
        ({"days_past_due": "-1", "stop_credit": "true"}, {"stop_credit": "true"}),
    ],
)
def test_a_case_of_a_ladder_finds_the_standing_under_its_effects(
    asked: str | DecisionType, facts: dict[str, str], outputs: dict[str, ExpectedValue]
) -> None:
    with_effects = policy_of({"order_check": ORDER, "collection": EFFECTS})
    (result,) = run_cases(with_effects, [case(asked, facts, outputs=outputs)]).results
    assert result.differences == ()
