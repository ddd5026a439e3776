"""Findings on scorecards: bins without points, scores without a grade."""

from pathlib import Path

from policy_service.domain.findings import Severity, Span
from tests.linter.written import lint_of, only, with_code

TWO_BINS = """{fact: invoices_12m, weight: 1, attributes: [{when: "< 10", points: 40}, {when: ">= 10", points: 86}]}"""


def card(characteristics: str, bands: str) -> dict[str, str]:
    return {"grading": f"scorecard: grading\ncharacteristics:\n  - {characteristics}\nbands: {bands}\n"}


BANDS = '[{grade: A, when: ">= 80"}, {grade: B, when: "< 80"}]'


def test_a_value_without_an_attribute_is_an_error_and_two_attributes_are_too(tmp_path: Path) -> None:
    tens = '{fact: share, weight: 1, attributes: [{when: "[0..10]", points: 100}, {when: "[10..25)", points: 60}]}'
    findings = lint_of(tmp_path, card(tens, BANDS))
    gap = only(findings, "C121")
    assert (Span("share", "< 0 or >= 25"),) == gap.box
    overlap = only(findings, "C122")
    assert (Span("share", "= 10"),) == overlap.box
    assert "attributes share.1 and share.2 both match share = 10." == overlap.message


def test_a_fact_that_may_be_unknown_without_points_is_a_note(tmp_path: Path) -> None:
    years = '{fact: years_trading, weight: 1, attributes: [{when: "< 3", points: 0}, {when: ">= 3", points: 90}]}'
    assert Severity.NOTE is only(lint_of(tmp_path, card(years, BANDS)), "C123").severity
    answered = years.replace("]}", "], unknown: 10}")
    assert [] == with_code(lint_of(tmp_path, card(answered, BANDS)), "C123")


def test_a_hole_between_bands_is_an_error_where_the_points_can_add_up_to_it(tmp_path: Path) -> None:
    holed = '[{grade: A, when: "[86..100]"}, {grade: B, when: "[0..85]"}]'
    half = TWO_BINS.replace("points: 86", "points: 85.5")
    finding = only(lint_of(tmp_path, card(half, holed)), "C124")
    assert Severity.ERROR is finding.severity
    assert "no band covers a score (85..86); the points can add up to 85.5." == finding.message


def test_a_hole_that_no_score_falls_into_is_a_warning_and_beyond_reach_a_note(tmp_path: Path) -> None:
    holed = '[{grade: A, when: "[86..100]"}, {grade: B, when: "[0..85]"}]'
    findings = lint_of(tmp_path, card(TWO_BINS, holed))
    assert [] == with_code(findings, "C124")
    assert {"< 0": Severity.NOTE, "(85..86)": Severity.WARNING, "> 100": Severity.NOTE} == {
        finding.box[0].text: finding.severity for finding in with_code(findings, "C125")
    }


def test_bands_that_overlap_are_never_reached_or_give_one_grade_twice_are_found(tmp_path: Path) -> None:
    bands = """
  - {grade: A, when: ">= 86"}
  - {grade: B, when: "[20..86]"}
  - {grade: C, when: "< 20"}
  - {id: band.top, grade: A, when: "> 500"}"""
    findings = lint_of(tmp_path, card(TWO_BINS, bands))
    assert "bands A and B both cover score = 86." in [each.message for each in with_code(findings, "C126")]
    assert ["band.C", "band.top"] == [each.rows[0] for each in with_code(findings, "C127")]
    assert "grade A has two bands." == only(findings, "C128").message


def test_a_grade_that_the_next_table_does_not_know_is_a_gap_there(tmp_path: Path) -> None:
    standing = """
    decision_table: standing
    hit_policy: unique
    rows:
      - {id: S1, when: {grade: A}, then: {credit_limit: 1000}}
    """
    finding = only(lint_of(tmp_path, {**card(TWO_BINS, BANDS), "standing": standing}), "C101")
    assert (Span("grade", "= B"),) == finding.box
