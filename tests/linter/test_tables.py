"""Findings on decision tables, as a manager reads them."""

from pathlib import Path

from policy_service.domain.findings import Severity, Span
from tests.linter.written import lint_of, only, with_code


def table(rows: str, hit_policy: str = "unique", more: str = "") -> dict[str, str]:
    return {"terms": f"decision_table: terms\nhit_policy: {hit_policy}\n{more}rows:\n{rows}"}


def test_a_gap_over_two_columns_is_one_box_with_an_example(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {invoices_12m: "< 10"}, then: {payment_term_days: 0}}
  - {id: B, when: {invoices_12m: ">= 10", share: "< 0.5"}, then: {payment_term_days: 30}}
"""
    finding = only(lint_of(tmp_path, table(rows)), "C101")
    assert Severity.ERROR is finding.severity
    assert (Span("invoices_12m", ">= 10"), Span("share", ">= 0.5")) == finding.box
    assert "no row matches where invoices_12m >= 10 and share >= 0.5." == finding.message
    assert {"invoices_12m": 10, "share": 500_000} == dict(finding.example)


def test_whole_days_leave_nothing_between_thirty_and_thirty_one(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {oldest_days_past_due: "<= 30"}, then: {payment_term_days: 30}}
  - {id: B, when: {oldest_days_past_due: ">= 31"}, then: {payment_term_days: 0}}
"""
    assert [] == with_code(lint_of(tmp_path, table(rows)), "C101")


def test_numbers_leave_a_gap_between_thirty_and_thirty_one(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {share: "<= 30"}, then: {payment_term_days: 30}}
  - {id: B, when: {share: ">= 31"}, then: {payment_term_days: 0}}
"""
    finding = only(lint_of(tmp_path, table(rows)), "C101")
    assert (Span("share", "(30..31)"),) == finding.box


def test_counts_are_never_negative_so_nothing_is_missing_below_zero(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {broken_promises_6m: 0}, then: {payment_term_days: 30}}
  - {id: B, when: {broken_promises_6m: "> 0"}, then: {payment_term_days: 0}}
"""
    assert [] == with_code(lint_of(tmp_path, table(rows)), "C101")


def test_a_category_with_declared_values_is_closed_and_one_without_is_not(tmp_path: Path) -> None:
    closed = """\
  - {id: A, when: {segment: key}, then: {payment_term_days: 60}}
  - {id: B, when: {segment: ordinary}, then: {payment_term_days: 30}}
"""
    assert [] == with_code(lint_of(tmp_path, table(closed)), "C101")
    opened = "  - {id: A, when: {region: north}, then: {payment_term_days: 60}}\n"
    finding = only(lint_of(tmp_path, table(opened)), "C101")
    assert (Span("region", "= any other"),) == finding.box


def test_the_unknown_without_a_row_is_a_note_of_its_own(tmp_path: Path) -> None:
    rows = '  - {id: A, when: {years_trading: "not(null)"}, then: {payment_term_days: 60}}\n'
    findings = lint_of(tmp_path, table(rows))
    assert [] == with_code(findings, "C101")
    finding = only(findings, "C102")
    assert Severity.NOTE is finding.severity
    assert (Span("years_trading", "unknown"),) == finding.box


def test_an_otherwise_closes_every_gap(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {share: "< 1"}, then: {payment_term_days: 60}}
otherwise: {payment_term_days: 0, reason: NOT_NOW}
"""
    findings = lint_of(tmp_path, table(rows))
    assert [] == with_code(findings, "C101") + with_code(findings, "C102")


def test_rows_that_match_together_under_unique_are_named_with_the_value(tmp_path: Path) -> None:
    rows = """\
  - {id: L10, when: {invoices_12m: "<= 3"}, then: {payment_term_days: 0}}
  - {id: L20, when: {invoices_12m: ">= 3"}, then: {payment_term_days: 30}}
"""
    finding = only(lint_of(tmp_path, table(rows)), "C103")
    assert "rows L10 and L20 both match invoices_12m = 3." == finding.message
    assert "Change one bound." == finding.remedy
    assert ("terms.yaml", 5) == (finding.place.file, finding.place.line)
    assert ("L10", "L20") == finding.rows


def test_equal_answers_may_overlap_under_any_and_unequal_ones_may_not(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {share: "<= 3"}, then: {payment_term_days: 30}}
  - {id: B, when: {share: ">= 3"}, then: {payment_term_days: 30}}
  - {id: C, when: {share: ">= 5"}, then: {payment_term_days: 60}}
"""
    assert ("B", "C") == only(lint_of(tmp_path, table(rows, "any")), "C104").rows


def test_formulas_that_may_differ_are_a_warning_under_any(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {share: "<= 3"}, then: {credit_limit: order_amount}}
  - {id: B, when: {share: ">= 3"}, then: {credit_limit: open_balance}}
"""
    assert Severity.WARNING is only(lint_of(tmp_path, table(rows, "any")), "C104").severity


def test_a_row_behind_two_that_together_take_its_cases_never_applies(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {share: "< 5"}, then: {payment_term_days: 30}}
  - {id: B, when: {share: ">= 5"}, then: {payment_term_days: 60}}
  - {id: C, when: {share: "[4..6]"}, then: {payment_term_days: 90}}
"""
    finding = only(lint_of(tmp_path, table(rows, "first")), "C105")
    assert "row C never applies: A and B together take every case it matches." == finding.message
    assert Severity.ERROR is finding.severity


def test_a_last_row_for_the_unknown_does_not_help_where_the_rows_before_refer(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {rating: "< 5"}, then: {payment_term_days: 30}}
  - {id: B, when: {rating: ">= 5"}, then: {payment_term_days: 60}}
  - {id: C, then: {payment_term_days: 0}}
"""
    finding = only(lint_of(tmp_path, table(rows, "first")), "C105")
    assert Severity.WARNING is finding.severity
    assert "refers where a value it tests is unknown" in finding.message
    skipping = lint_of(tmp_path, table(rows, "first", "when_unknown: skip\n"))
    assert [] == with_code(skipping, "C105")
    assert ["C171"] == [finding.code for finding in with_code(skipping, "C171")]


def test_under_priority_the_better_row_masks_whatever_the_order(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {share: "< 5"}, then: {payment_term_days: 30}}
  - {id: B, when: {share: "< 7"}, then: {payment_term_days: 60}}
  - {id: C, when: {share: ">= 7"}, then: {payment_term_days: 90}}
"""
    findings = lint_of(tmp_path, table(rows, "priority", "priority: {output: payment_term_days, order: descending}\n"))
    assert ("B", "A") == only(findings, "C105").rows


def test_a_cell_that_nothing_satisfies_is_an_error_and_by_a_dial_a_warning(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {share: "(5..floor_share)"}, then: {payment_term_days: 30}}
  - {id: B, when: {invoices_12m: "< 0"}, then: {payment_term_days: 60}}
otherwise: {payment_term_days: 0, reason: NOT_NOW}
"""
    head = """
    parameters:
      floor_share: {value: 5, type: number, min: 0, max: 10, step: 1, title: {en: Floor, zh: 下限}}
    """
    findings = with_code(lint_of(tmp_path, table(rows), head), "C106")
    assert [("A", Severity.WARNING), ("B", Severity.ERROR)] == [(each.rows[0], each.severity) for each in findings]


def test_the_same_conditions_twice_are_a_warning_where_all_rows_count(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {share: "< 5"}, then: {outcome: hold}, reason: NOT_NOW}
  - {id: B, when: {share: "< 5"}, then: {outcome: refer}, reason: NOT_NOW}
otherwise: {outcome: approve}
"""
    assert ("A", "B") == only(lint_of(tmp_path, table(rows, "rule_order")), "C107").rows


def test_a_cell_that_everything_satisfies_and_a_constant_condition_are_found(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {invoices_12m: ">= 0"}, then: {payment_term_days: "if open_balance >= 0 then 30 else 60"}}
"""
    findings = lint_of(tmp_path, table(rows))
    assert ("A",) == only(findings, "C108").rows
    assert "`open_balance >= 0.00` is always true." == only(findings, "C109").message


def test_a_hole_at_a_bound_that_moves_is_shown_with_facts_that_fall_into_it(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {exposure + order_amount: "< credit_limit"}, then: {outcome: approve}}
  - {id: B, when: {exposure + order_amount: "> credit_limit"}, then: {outcome: hold}, reason: NOT_NOW}
"""
    finding = only(lint_of(tmp_path, table(rows, "first")), "C101")
    values = dict(finding.example)
    assert Severity.ERROR is finding.severity
    assert values["exposure"] + values["order_amount"] == values["credit_limit"]
    assert (Span("exposure + order_amount", "= credit_limit"),) == finding.box


def test_columns_that_follow_from_each_other_only_may_have_a_gap(tmp_path: Path) -> None:
    rows = """\
  - {id: A, when: {headroom: "< 0"}, then: {outcome: hold}, reason: NOT_NOW}
  - {id: B, when: {exposure: "<= credit_limit"}, then: {outcome: approve}}
"""
    findings = with_code(lint_of(tmp_path, table(rows, "first")), "C101")
    assert {Severity.WARNING} == {finding.severity for finding in findings}
    assert all(" may match " in finding.message for finding in findings)


def test_more_regions_than_are_listed_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"  - {{id: R{n}, when: {{share: {n}}}, then: {{payment_term_days: {n}}}}}\n" for n in range(30))
    findings = lint_of(
        tmp_path, table(f"{rows}  - {{id: S, when: {{share: '>= 0'}}, then: {{payment_term_days: 0}}}}\n")
    )
    assert 20 == len(with_code(findings, "C103"))
    assert "10 more pairs of rows that match together are not listed (C103)." == only(findings, "C111").message
