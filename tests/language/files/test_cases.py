"""Cases are read with their facts and expectations, and every mistake in the file is told."""

from datetime import date
from pathlib import Path

import pytest

from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.language.files.cases import Case, Expectation, load_cases
from policy_service.language.yaml_text.problems import PolicyNotReadable

HEAD = "- name: A late customer may order\n  as_of: 2026-03-01\n"


def cases(tmp_path: Path, text: str) -> tuple[Case, ...]:
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return load_cases(path)


def codes(tmp_path: Path, text: str) -> list[tuple[str, int]]:
    with pytest.raises(PolicyNotReadable) as caught:
        cases(tmp_path, text)
    assert all(error.remedy for error in caught.value.errors)
    return [(error.code, error.place.line) for error in caught.value.errors]


def test_a_case_of_a_rule_set_is_read_as_written(tmp_path: Path) -> None:
    text = """
- name: A customer fifteen days past due may still order
  as_of: 2026-03-01
  facts: {oldest_days_past_due: 15, exposure: 20000.50, grade: "NO", stop_credit: false, sales_12m: null}
  rule_set: order_check
  expect: {outcome: approve, reasons: [], rows: [O10, otherwise], prepay_percent: null, tiers: [1, 2.5], term: 30}
"""
    expected = Case(
        "A customer fifteen days past due may still order",
        date(2026, 3, 1),
        {
            "oldest_days_past_due": "15",
            "exposure": "20000.50",
            "grade": "NO",
            "stop_credit": "false",
            "sales_12m": "null",
        },
        Expectation(
            Outcome.APPROVE,
            {"prepay_percent": "null", "tiers": ("1", "2.5"), "term": "30"},
            (),
            ("O10", "otherwise"),
        ),
        rule_set="order_check",
    )

    assert (expected,) == cases(tmp_path, text)


def test_a_case_may_ask_for_the_chain_of_a_decision(tmp_path: Path) -> None:
    (case,) = cases(tmp_path, f"{HEAD}  decision: review\n  expect: {{grade: A}}\n")

    assert (DecisionType.REVIEW, None, {}) == (case.decision_type, case.rule_set, case.facts)
    assert (None, None, None) == (case.expect.outcome, case.expect.reasons, case.expect.rows)


def test_a_case_that_names_neither_a_rule_set_nor_a_decision_asks_the_whole_policy(tmp_path: Path) -> None:
    case = cases(tmp_path, f"{HEAD}  expect: {{outcome: hold}}")[0]

    assert (None, None) == (case.rule_set, case.decision_type)


def test_one_expected_reason_may_stand_alone(tmp_path: Path) -> None:
    case = cases(tmp_path, f"{HEAD}  rule_set: r\n  expect: {{reason: LATE}}")[0]

    assert ("LATE",) == case.expect.reasons


def test_a_chinese_sentence_is_a_name(tmp_path: Path) -> None:
    text = "- {name: 逾期十五天仍可下单, as_of: 2026-03-01, rule_set: r, expect: {outcome: hold}}"

    assert "逾期十五天仍可下单" == cases(tmp_path, text)[0].name


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("- {name: case1, as_of: 2026-03-01, rule_set: r, expect: {outcome: hold}}", "L360", 1),
        (f"{HEAD}  rule_set: r\n  decision: order\n  expect: {{outcome: hold}}", "L361", 1),
        (f"{HEAD}  rule_set: r\n  expect: {{}}", "L362", 4),
        (f"{HEAD}  expect: {{reason: LATE, reasons: [LATE]}}", "L413", 3),
        (f"{HEAD}  rule_set: r\n  expect: {{outcome: reject}}", "L052", 4),
        (f"{HEAD}  rule_set: r\n  expect: {{reasons: LATE}}", "L043", 4),
        (f"{HEAD}  rule_set: r\n  expect: {{grade: {{a: b}}}}", "L044", 4),
        (f"{HEAD}  rule_set: r\n  facts: {{grade: [A]}}\n  expect: {{grade: A}}", "L044", 4),
        (f"{HEAD}  rule_set: r", "L042", 1),
        ("- {name: A late customer, as_of: 2026-02-30, rule_set: r, expect: {outcome: hold}}", "L051", 1),
        (f"{HEAD}  rule_set: r\n  expects: {{grade: A}}", "L041", 4),
        ("name: A late customer", "L043", 1),
        ("- [a]", "L040", 1),
        ("- name: NO", "L015", 1),
    ],
)
def test_a_mistake_is_refused_with_its_code_and_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    assert [(code, line)] == codes(tmp_path, text)


def test_a_name_that_stands_twice_is_refused_at_the_second(tmp_path: Path) -> None:
    once = f"{HEAD}  rule_set: r\n  expect: {{outcome: hold}}\n"

    assert [("L360", 5)] == codes(tmp_path, once + once)


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = (
        f"{HEAD}  rule_set: r\n  expect: {{}}\n- name: short\n  as_of: 2026-03-01\n  rule_set: r\n  expect: {{a: 1}}\n"
    )

    assert [("L362", 4), ("L360", 5)] == codes(tmp_path, text)
