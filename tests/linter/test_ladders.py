"""Findings on ladders: their order, their deadlines, their effects."""

from pathlib import Path

from policy_service.domain.findings import Severity
from tests.linter.written import lint_of, only, with_code

CHECK = """
decision_table: order_check
hit_policy: rule_order
rows:
  - {id: O1, when: {stop_credit: true}, then: {outcome: hold}, reason: NOT_NOW}
  - {id: O2, when: {exposure + order_amount: "> credit_limit"}, then: {outcome: hold}, reason: NOT_NOW}
otherwise: {outcome: approve}
"""
SILENT = CHECK.replace("stop_credit: true", "oldest_days_past_due: '> 60'")


def ladder(*levels: str) -> dict[str, str]:
    lines = "".join(f"  - {{{level}, channel: email, owner: sales}}\n" for level in levels)
    return {"collection": f"ladder: collection\nmode: step\nlevels:\n{lines}"}


def test_levels_out_of_order_and_on_one_day_are_errors(tmp_path: Path) -> None:
    findings = lint_of(
        tmp_path,
        ladder(
            "id: L0, days_past_due: 10, action: remind",
            "id: L1, days_past_due: 5, action: remind",
            "id: L2, days_past_due: 10, action: demand",
        ),
    )
    assert ("L0", "L1") == only(findings, "C141").rows
    assert "levels L0 and L2 both fire on day 10." == only(findings, "C142").message


def test_a_skipped_level_and_a_deadline_past_the_next_level_are_warnings(tmp_path: Path) -> None:
    findings = lint_of(
        tmp_path,
        ladder(
            "id: L0, days_past_due: 1, action: remind, deadline_days: 30", "id: L2, days_past_due: 15, action: demand"
        ),
    )
    assert Severity.WARNING is only(findings, "C146").severity
    expected = "the deadline of level L0 ends on day 31, after level L2 has fired on day 15."
    assert expected == only(findings, "C144").message


def test_an_order_that_hangs_on_facts_is_a_note_unless_it_can_be_shown(tmp_path: Path) -> None:
    shown = ladder(
        "id: L0, days_past_due: payment_term_days, action: remind",
        "id: L1, days_past_due: payment_term_days + 10, action: demand",
    )
    assert [] == with_code(lint_of(tmp_path, shown), "C145")
    unclear = ladder(
        "id: L0, days_past_due: payment_term_days, action: remind", "id: L1, days_past_due: 10, action: demand"
    )
    assert Severity.NOTE is only(lint_of(tmp_path, unclear), "C145").severity


def test_a_later_level_that_relaxes_an_effect_is_a_warning(tmp_path: Path) -> None:
    findings = lint_of(
        tmp_path,
        ladder(
            "id: L0, days_past_due: 1, action: remind, effects: {prepay_percent: 50}",
            "id: L1, days_past_due: 15, action: demand, effects: {prepay_percent: 20}",
        ),
    )
    assert ("L0", "L1") == only(findings, "C143").rows


def test_a_credit_stop_must_be_read_by_an_order_check_and_be_released(tmp_path: Path) -> None:
    stops = ladder("id: L0, days_past_due: 45, action: demand, effects: {stop_credit: true}")
    findings = lint_of(tmp_path, {**stops, "order_check": SILENT})
    assert ["C147", "C148"] == sorted(each.code for each in findings if each.code in ("C147", "C148"))
    released = ladder(
        'id: L0, days_past_due: 45, action: demand, effects: {stop_credit: true}, release: {overdue_balance: "<= 10"}'
    )
    findings = lint_of(tmp_path, {**released, "order_check": CHECK})
    assert [] == [each.code for each in findings if each.code in ("C147", "C148")]


def test_an_order_check_without_tolerance_and_materiality_is_noted(tmp_path: Path) -> None:
    codes = {each.code for each in lint_of(tmp_path, {"order_check": CHECK})}
    assert {"C149", "C150"} <= codes
    tolerant = CHECK.replace('"> credit_limit"', '"> credit_limit * (1 + tolerance)"')
    head = """
    parameters:
      tolerance: {value: 0.05, type: number, min: 0, max: 0.5, step: 0.01, title: {en: Tolerance, zh: 容忍度}}
    """
    assert "C149" not in {each.code for each in lint_of(tmp_path, {"order_check": tolerant}, head)}
