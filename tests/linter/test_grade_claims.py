"""Claims on grades and outcomes: what is better, what more severe, and what follows from grades that move."""

from pathlib import Path

import pytest

from policy_service.domain.findings import Severity
from policy_service.linter.claims.ranks import ranks_of
from policy_service.linter.regions.knowledge import knowledge_of
from tests.linter.written import lint_of, only, policy_of, with_code

SCORED = """
scorecard: grading
characteristics:
  - fact: avg_days_late_12m
    attributes: [{when: "<= 0", points: %s}, {when: "(0..15]", points: 25}, {when: "> 15", points: %s}]
    unknown: 15
knock_outs: [{id: K1, when: {broken_promises_6m: "> 3"}, grade: %s, reason: NOT_NOW}]
bands: %s
claims: [%s]
"""
BY_TRUST = "[{grade: A, when: '>= 40'}, {grade: B, when: '[20..40)'}, {grade: C, when: '< 20'}]"
BY_RISK = "[{grade: low, when: '< 20'}, {grade: medium, when: '[20..40)'}, {grade: high, when: '>= 40'}]"
CAPPED = """
decision_table: capped
hit_policy: first
rows:
  - {id: G10, when: {segment: key, grade: "A, B"}, then: {grade: B}}
  - {id: G20, when: {years_trading: null}, then: {grade: "if share > 1 then \\"C\\" else grade"}}
otherwise: {grade: grade}
claims: [%s]
"""


@pytest.mark.parametrize(
    "grading",
    [
        SCORED % (40, 0, "C", BY_TRUST, "%s"),
        SCORED % (0, 40, "high", BY_RISK, "%s"),
        SCORED % (40, 0, "NR", BY_TRUST, "%s"),
    ],
    ids=["trust", "risk", "a grade of knock-outs alone"],
)
def test_a_grade_rises_when_it_gets_better_whichever_way_the_score_counts(grading: str, tmp_path: Path) -> None:
    for fact in ("avg_days_late_12m", "broken_promises_6m"):
        found = lint_of(tmp_path, {"grading": grading % f"grade never rises with {fact}"})
        assert f"grade never rises with {fact}: proved." == only(found, "C181").message
    assert only(lint_of(tmp_path, {"grading": grading % "grade never falls with avg_days_late_12m"}), "C182")


def test_the_band_written_first_is_the_best(tmp_path: Path) -> None:
    policy = policy_of(
        tmp_path, {"grading": SCORED % (0, 40, "out", BY_RISK, "score never falls with avg_days_late_12m")}
    )
    places = ranks_of(knowledge_of(policy)).by_name["grade"]
    assert ["out", "high", "medium", "low"] == sorted(
        policy.grades, key=lambda each: places[policy.vocabulary.index(each)]
    )


def test_a_grade_passed_on_or_capped_moves_as_the_score_does(tmp_path: Path) -> None:
    grading = SCORED % (40, 0, "C", BY_TRUST, "grade never rises with broken_promises_6m")
    limits = """
    decision_table: limits
    hit_policy: unique
    rows:
      - {id: L1, when: {grade: A}, then: {credit_limit: 900}}
      - {id: L2, when: {grade: B}, then: {credit_limit: 500}}
      - {id: L3, when: {grade: C}, then: {credit_limit: 0}}
    claims: [credit_limit never rises with avg_days_late_12m, credit_limit never falls with grade]
    """
    files = {"grading": grading, "capped": CAPPED % "grade never rises with avg_days_late_12m", "limits": limits}
    found = lint_of(tmp_path, files)
    assert [] == [each.message for each in found if each.code in ("C182", "C183", "C184", "C185")]
    assert 4 == len(with_code(found, "C181"))


def test_a_cap_that_skips_a_grade_is_refuted(tmp_path: Path) -> None:
    grading = SCORED % (40, 0, "C", BY_TRUST, "grade never rises with broken_promises_6m")
    skipping = (
        (CAPPED % "grade never rises with avg_days_late_12m").replace('"A, B"', "A").replace("grade: B}", "grade: C}")
    )
    finding = only(lint_of(tmp_path, {"grading": grading, "capped": skipping}), "C182")
    assert Severity.ERROR is finding.severity
    assert "grade never rises with avg_days_late_12m: refuted. It goes from C to B" in finding.message


def test_an_own_class_that_follows_the_score_carries_the_claim_on(tmp_path: Path) -> None:
    tiers = """
    decision_table: tiers
    hit_policy: first
    outputs: {tier: {type: category}}
    rows:
      - {id: T1, when: {avg_days_late_12m: "<= 5"}, then: {tier: top}}
      - {id: T2, when: {avg_days_late_12m: "<= 20"}, then: {tier: middle}}
    otherwise: {tier: bottom}
    """
    limits = """
    decision_table: limits
    hit_policy: unique
    rows:
      - {id: L1, when: {tier: top}, then: {credit_limit: 900}}
      - {id: L2, when: {tier: middle}, then: {credit_limit: 500}}
      - {id: L3, when: {tier: bottom}, then: {credit_limit: 0}}
    claims: [credit_limit never rises with avg_days_late_12m]
    """
    assert only(lint_of(tmp_path, {"tiers": tiers, "limits": limits}), "C181")


def test_an_outcome_rises_when_it_gets_more_severe(tmp_path: Path) -> None:
    check = """
    decision_table: check
    hit_policy: rule_order
    rows:
      - {id: O1, when: {exposure + order_amount: "> credit_limit * 1.1"}, then: {outcome: hold}, reason: NOT_NOW}
      - {id: O2, when: {oldest_days_past_due: "> 90"}, then: {outcome: decline}, reason: NOT_NOW}
    otherwise: {outcome: approve}
    claims:
      - outcome never falls with oldest_days_past_due
      - outcome never falls with exposure
      - outcome never falls with order_amount
      - outcome never rises with credit_limit
    """
    assert 4 == len(with_code(lint_of(tmp_path, {"check": check}), "C181"))
    milder = check.replace("never falls with exposure", "never rises with exposure")
    finding = only(lint_of(tmp_path, {"check": milder}), "C182")
    assert "outcome never rises with exposure: refuted. It goes from approve to hold" in finding.message
