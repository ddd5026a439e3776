"""Answers to monotonicity claims: proved, refuted with two points, or not proved and where."""

from pathlib import Path

from policy_service.domain.findings import Finding, Severity
from policy_service.language.rule_sets import Direction, MonotonicityClaim
from policy_service.linter.lint import lint
from tests.linter.written import claiming, lint_of, only, policy_of, with_code

GRADING = """
scorecard: grading
characteristics:
  - fact: avg_days_late_12m
    weight: 2
    attributes: [{when: "<= 0", points: 40}, {when: "(0..15]", points: 25}, {when: "> 15", points: 0}]
    unknown: 15
  - {fact: invoices_12m, weight: 1, attributes: [{when: "< 10", points: 0}, {when: ">= 10", points: 20}]}
knock_outs: [{id: K1, when: {broken_promises_6m: "> 3"}, grade: D, reason: NOT_NOW}]
bands:
  - {grade: A, when: ">= 80"}
  - {grade: B, when: "[60..80)"}
  - {grade: C, when: "[40..60)"}
  - {grade: D, when: "< 40"}
claims: [score never rises with avg_days_late_12m]
"""
STANDING = """
decision_table: standing
hit_policy: unique
rows:
  - {id: S1, when: {grade: A}, then: {credit_limit: avg_monthly_orders_12m * 2}}
  - {id: S2, when: {grade: B}, then: {credit_limit: "min(avg_monthly_orders_12m * 1.5, 100000)"}}
  - {id: S3, when: {grade: C}, then: {credit_limit: "min(avg_monthly_orders_12m * 0.5, 50000)"}}
  - {id: S4, when: {grade: D}, then: {credit_limit: 0}}
claims: [credit_limit never rises with avg_days_late_12m]
"""


def claims(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings if finding.code.startswith("C18")]


def test_scores_and_limits_through_the_grade_are_proved(tmp_path: Path) -> None:
    findings = lint_of(tmp_path, {"grading": GRADING, "standing": STANDING})
    assert ["C181"] * 2 == claims(findings)
    assert "credit_limit never rises with avg_days_late_12m: proved." == with_code(findings, "C181")[-1].message


def test_a_row_that_pays_for_lateness_is_refuted_with_two_points(tmp_path: Path) -> None:
    wrong = STANDING.replace("avg_monthly_orders_12m * 0.5, 50000", "avg_monthly_orders_12m * 3, 90000")
    finding = only(lint_of(tmp_path, {"grading": GRADING, "standing": wrong}), "C182")
    assert Severity.ERROR is finding.severity
    example = dict(finding.example)
    assert example["avg_days_late_12m"] < example["avg_days_late_12m (then)"]
    assert "refuted. It goes from " in finding.message


def test_a_cap_on_the_better_grade_alone_is_refuted_by_large_amounts(tmp_path: Path) -> None:
    wrong = STANDING.replace("avg_monthly_orders_12m * 0.5, 50000", "avg_monthly_orders_12m * 0.5")
    from_b_to_c = GRADING.replace("points: 25}", "points: 30}").replace('"> 15", points: 0}', '"> 15", points: 20}')
    example = dict(only(lint_of(tmp_path, {"grading": from_b_to_c, "standing": wrong}), "C182").example)
    assert example["avg_monthly_orders_12m"] > 200_000_00


def test_a_grade_falls_with_the_score_and_by_a_knock_out_to_the_worst(tmp_path: Path) -> None:
    tried = policy_of(tmp_path, {"grading": GRADING})
    about_grades = [
        MonotonicityClaim("grade", Direction.NEVER_RISES, fact) for fact in ("avg_days_late_12m", "broken_promises_6m")
    ]
    assert ["C181"] * 2 == claims(lint(claiming(tried, "grading", *about_grades)))


def test_a_knock_out_to_a_better_grade_is_refuted(tmp_path: Path) -> None:
    tried = policy_of(tmp_path, {"grading": GRADING.replace("grade: D, reason", "grade: A, reason")})
    claim = MonotonicityClaim("grade", Direction.NEVER_RISES, "broken_promises_6m")
    finding = only(lint(claiming(tried, "grading", claim)), "C182")
    assert "grade never rises with broken_promises_6m: refuted. It goes from C to A" in finding.message


def test_what_can_not_be_shown_is_left_with_its_boxes(tmp_path: Path) -> None:
    limits = """
    decision_table: limits
    hit_policy: unique
    rows:
      - {id: R1, when: {share: "< 5"}, then: {credit_limit: "open_balance * (open_orders / (open_orders + 1)) + 1000"}}
      - {id: R2, when: {share: ">= 5"}, then: {credit_limit: "open_balance * (open_orders / (open_orders + 2))"}}
    claims: [credit_limit never rises with share]
    """
    findings = lint_of(tmp_path, {"limits": limits})
    for finding in with_code(findings, "C183"):
        assert Severity.WARNING is finding.severity
        assert ("R1", "R2") == finding.rows
        assert ["share"] == [span.column for span in finding.box]
    assert [] == with_code(findings, "C182")


def test_outcomes_are_ordered_by_severity(tmp_path: Path) -> None:
    check = """
    decision_table: order_check
    hit_policy: rule_order
    rows:
      - {id: O1, when: {oldest_days_past_due: "> 15"}, then: {outcome: hold}, reason: NOT_NOW}
      - {id: O2, when: {oldest_days_past_due: "> 90"}, then: {outcome: decline}, reason: NOT_NOW}
    otherwise: {outcome: approve}
    """
    claim = MonotonicityClaim("outcome", Direction.NEVER_FALLS, "oldest_days_past_due")
    right = policy_of(tmp_path, {"order_check": check})
    assert ["C181"] == claims(lint(claiming(right, "order_check", claim)))
    wrong = policy_of(tmp_path, {"order_check": check.replace('"> 90"', '"[0..3]"')})
    assert ["C182"] == claims(lint(claiming(wrong, "order_check", claim)))


def test_a_limit_between_dials_is_judged_as_the_dials_stand(tmp_path: Path) -> None:
    head = """
    parameters:
      high: {value: 500, type: money, min: 0, max: 900, step: 10, title: {en: High, zh: 高}}
      low: {value: 300, type: money, min: 0, max: 900, step: 10, title: {en: Low, zh: 低}}
    """
    limits = """
    decision_table: limits
    hit_policy: first
    rows:
      - {id: R1, when: {share: "< 5"}, then: {credit_limit: high}}
      - {id: R2, then: {credit_limit: low}}
    claims: [credit_limit never rises with share]
    """
    assert ["C181"] == claims(lint_of(tmp_path, {"limits": limits}, head))
    turned = head.replace("value: 300", "value: 800")
    assert ["C182"] == claims(lint_of(tmp_path, {"limits": limits}, turned))


def test_a_claim_about_a_fact_that_nothing_reads_has_no_meaning(tmp_path: Path) -> None:
    limits = """
    decision_table: limits
    hit_policy: first
    rows:
      - {id: R1, then: {credit_limit: 5, ladder_variant: soft}}
    claims: [credit_limit never rises with share]
    """
    assert ["C184"] == claims(lint_of(tmp_path, {"limits": limits}))
