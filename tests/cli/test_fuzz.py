"""Mutated policies and ledgers end with an answer or with coded errors, never with a fault of the program."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.running import Ran, policy
from tests.services.house import FACTS, REASONS, RULE_SETS

CASES = """
- name: A small firm is graded B
  as_of: 2025-01-20
  rule_set: grading
  facts: {net_worth: 9000, oldest_days_past_due: 5, industry: food}
  expect: {grade: B, reasons: [SMALL_FIRM]}
- name: An order above the limit is held
  as_of: 2025-01-20
  rule_set: order_check
  facts: {exposure: 900, order_amount: 100.01, credit_limit: 1000, stop_credit: false}
  expect: {outcome: hold, rows: [O2]}
"""
SCORECARD = """
scorecard: grading
characteristics:
  - {fact: net_worth, weight: 1.5, attributes: [{when: "< 9001", points: 10}, {when: ">= 9001", points: 40}]}
  - {fact: oldest_days_past_due, attributes: [{when: "<= 30", points: 20}, {when: "> 30", points: 0}]}
knock_outs: [{id: K1, when: {industry: steel}, grade: B, reason: SMALL_FIRM}]
bands: [{grade: A, when: ">= 40"}, {grade: B, when: "< 40", reason: SMALL_FIRM}]
"""
POLICY_FILES = {
    **{f"{name}.yaml": text for name, text in RULE_SETS.items()},
    "grading.yaml": SCORECARD,
    "facts.yaml": FACTS + 'late_12m: {from: payments, measure: "mean(days_late, weight amount)", type: number}\n',
    "reasons.yaml": REASONS,
    "formulas.yaml": 'half: {parameters: {of: money}, value: "of / 2", source: none}\n',
    "cases.yaml": CASES,
}
LEDGER_FILES = {
    "customers.csv": "customer_id,net_worth,industry,since,parent_id,valid_from\n"
    "C1,250000,food,2020-01-31,,\nC2,9000,steel,,C1,\nC1,1.50,food,,,2025-02-01\n",
    "invoices.csv": "invoice_id,customer_id,issue_date,due_date,amount,order_id,currency\n"
    "I1,C1,2025-01-01,2025-01-31,1000.00,O1,CNY\nI2,C2,2025-03-20,2025-04-04,300.00,,USD\n",
    "orders.csv": "order_id,customer_id,date,amount,state\nO1,C1,2024-12-30,1000.00,invoiced\nO2,C1,2025-03-01,5,\n",
    "payments.csv": "payment_id,date,amount,invoice_id,customer_id,instrument,matures_on,posted_on\n"
    "P1,2025-02-10,400.00,I1,,bill,2025-05-10,2025-02-12\nP2,2025-02-11,5,,C2,,,\n",
    "adjustments.csv": "adjustment_id,invoice_id,date,kind,amount\nA1,I1,2025-02-20,credit_note,10.00\n",
    "disputes.csv": "dispute_id,invoice_id,opened,closed\nD1,I2,2025-03-25,2025-04-01\n",
    "promises.csv": "promise_id,invoice_id,made,promised,amount\nR1,I1,2025-02-01,2025-02-05,\n",
    "events.csv": "event_id,customer_id,date,kind,value\nE1,C1,2025-02-02,contact,3\n",
    "standings.csv": "customer_id,from,grade,credit_limit,payment_term_days\nC1,2025-01-01,A,700,30\n",
    "rates.csv": "date,currency,rate\n2025-01-01,USD,7.1234567\n",
}
CODED = re.compile(r'\[[A-Z]\d{3}\]|"code": "[A-Z]\d{3}"')
SIGNS = [
    *(
        "0",
        "-",
        "1e9",
        "9" * 40,
        "2025-02-30",
        "0001-01-01",
        "9999-12-31",
        "unlimited",
        "null",
        "~",
        "NO",
        "12:30",
        "0x1F",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        ",",
        ":",
        "#",
        "&a ",
        "*a",
        "!!int ",
        "\t",
        "\n",
        "\r",
        "\x00",
        "\x1b[2J",
        "\ufeff",
    ),
    *(
        "é",
        "客",
        "\u2028",
        "[/red]",
        "<=",
        "..",
        "**",
        "/ 0",
        "not(",
        "if ",
        " and ",
        "max()",
        "x" * 300,
        "((((((((((",
        "%s",
    ),
]


@st.composite
def mutated(draw: st.DrawFn, files: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files with one to three of them cut, doubled, swapped or littered."""
    made = {name: text.encode() for name, text in files.items()}
    for name in draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=3)):
        made[name] = draw(_one_mutation(made[name]))
    return made


@st.composite
def _one_mutation(draw: st.DrawFn, content: bytes) -> bytes:
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(len(content), start + 20)))
    lines = content.split(b"\n")
    line = draw(st.integers(0, len(lines) - 1))
    match draw(st.sampled_from(("litter", "litter", "litter", "cut", "double", "lose", "swap", "bytes"))):
        case "cut":
            return content[:start]
        case "double":
            return b"\n".join([*lines[:line], lines[line], *lines[line:]])
        case "lose":
            return b"\n".join(lines[:line] + lines[line + 1 :])
        case "swap":
            return b"\n".join([*lines[line:], *lines[:line]])
        case "bytes":
            return content[:start] + draw(st.binary(max_size=4)) + content[end:]
        case _:
            return content[:start] + draw(st.sampled_from(SIGNS)).encode() + content[end:]


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def unmutated(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


def assert_answered(ran: Ran) -> None:
    assert ran.exit_code in (0, 1, 2)
    assert "Traceback" not in ran.err
    if ran.exit_code == 2:
        assert CODED.search(ran.err + ran.out), ran


def ask_about(policy_files: Mapping[str, bytes], ledger_files: Mapping[str, bytes]) -> list[Ran]:
    with tempfile.TemporaryDirectory() as made, mock.patch.dict(os.environ, RULES_DIR=made):
        Path(made, "facts.yaml").write_text("{}\n")
        house = written(Path(made, "house"), policy_files)
        ledger = written(Path(made, "ledger"), ledger_files)
        return [
            policy("check", house, "--json"),
            policy("import", ledger, "--json"),
            policy("facts", "--ledger", ledger, "--policy", house, "--customer", "C1", "--as-of", "2025-03-05"),
            policy("decide", "--ledger", ledger, "--policy", house, "--explain", "--order", "77"),
        ]


def test_what_is_mutated_is_well_to_begin_with() -> None:
    runs = ask_about(unmutated(POLICY_FILES), unmutated(LEDGER_FILES))
    assert [(ran.exit_code, ran.err) for ran in runs] == [(0, "")] * 4, runs


@settings(max_examples=20, deadline=None)
@given(mutated(POLICY_FILES))
def test_a_mutated_policy_is_answered_or_refused(files: dict[str, bytes]) -> None:
    for ran in ask_about(files, unmutated(LEDGER_FILES)):
        assert_answered(ran)


@settings(max_examples=20, deadline=None)
@given(mutated(LEDGER_FILES))
def test_a_mutated_ledger_is_answered_or_refused(files: dict[str, bytes]) -> None:
    for ran in ask_about(unmutated(POLICY_FILES), files):
        assert_answered(ran)


@pytest.mark.long
@settings(max_examples=1_000, deadline=None)
@given(mutated(POLICY_FILES), mutated(LEDGER_FILES))
def test_many_mutated_policies_over_mutated_ledgers_are_answered_or_refused(
    policy_files: dict[str, bytes], ledger_files: dict[str, bytes]
) -> None:
    for ran in ask_about(policy_files, ledger_files):
        assert_answered(ran)
