"""Findings on what nobody reads, and on what may be unknown."""

from pathlib import Path

from policy_service.domain.findings import Severity
from tests.linter.written import lint_of, only, with_code

HEAD = """
parameters:
  dial: {value: 5, type: number, min: 0, max: 10, step: 1, title: {en: Dial, zh: 参数}}
"""


def table(rows: str, more: str = "") -> dict[str, str]:
    return {"standing": f"decision_table: standing\nhit_policy: unique\n{more}rows:\n  - {rows}\n"}


def test_a_parameter_that_nothing_reads_is_a_warning(tmp_path: Path) -> None:
    read = table('{id: A, when: {share: "<= dial"}, then: {payment_term_days: 30}}')
    assert [] == with_code(lint_of(tmp_path, read, HEAD), "C161")
    unread = table("{id: A, then: {payment_term_days: 30}}")
    expected = "parameter dial is not used: turning it does nothing."
    assert expected == only(lint_of(tmp_path, unread, HEAD), "C161").message


def test_an_output_of_its_own_that_nothing_reads_is_a_warning(tmp_path: Path) -> None:
    made = table("{id: A, then: {weight: 3, payment_term_days: 30}}", "outputs: {weight: {type: number}}\n")
    assert "output weight is read by no rule set." == only(lint_of(tmp_path, made), "C162").message


def test_a_limit_that_reads_sales_is_a_warning(tmp_path: Path) -> None:
    direct = table("{id: A, then: {credit_limit: avg_monthly_sales_12m * 2}}")
    finding = only(lint_of(tmp_path, direct), "C173")
    assert Severity.WARNING is finding.severity
    assert "avg_monthly_orders_12m" in finding.remedy
    orders = table("{id: A, then: {credit_limit: avg_monthly_orders_12m * 2}}")
    assert [] == with_code(lint_of(tmp_path, orders), "C173")


def test_a_limit_that_reads_sales_through_a_formula_is_a_warning(tmp_path: Path) -> None:
    formulas = {"need": "formula: need\nvalues: {base: sales_12m / 12}\n"}
    through = {**formulas, **table("{id: A, then: {credit_limit: base * 2}}")}
    assert "standing" == only(lint_of(tmp_path, through), "C173").rule_set


def test_facts_that_may_be_unknown_are_listed_once_for_each_rule_set(tmp_path: Path) -> None:
    rows = table('{id: A, when: {years_trading: "> 3", invoices_12m: "> 3"}, then: {payment_term_days: 30}}')
    finding = only(lint_of(tmp_path, rows), "C172")
    assert "years_trading may be unknown; standing then refers to a person where it matters." == finding.message


def test_findings_come_in_the_order_of_their_places(tmp_path: Path) -> None:
    findings = lint_of(tmp_path, table('{id: A, when: {share: "< 3"}, then: {payment_term_days: 30}}'), HEAD)
    places = [(each.place.file, each.place.line) for each in findings]
    assert sorted(places) == places
