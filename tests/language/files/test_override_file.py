"""Overrides are read from a file as data; what no decision sets cannot be overridden."""

from datetime import date
from pathlib import Path

import pytest

from policy_service.domain.decisions import Override
from policy_service.domain.outcomes import DecisionType
from policy_service.language.files.override_file import load_overrides
from policy_service.language.yaml_text.problems import PolicyNotReadable


def overrides(tmp_path: Path, *settings: str) -> tuple[Override, ...]:
    head = "- {customer_id: C7, person: m.li, reason: Bank guarantee received, expires_on: 2026-06-30, "
    path = tmp_path / "overrides.yaml"
    path.write_text("".join(f"{head}{setting}}}\n" for setting in settings) or "[]", encoding="utf-8")
    return load_overrides(path)


def codes(tmp_path: Path, *settings: str) -> list[tuple[str, int]]:
    with pytest.raises(PolicyNotReadable) as caught:
        overrides(tmp_path, *settings)
    assert all(error.remedy for error in caught.value.errors)
    return [(error.code, error.place.line) for error in caught.value.errors]


def test_an_override_of_a_review_is_read_as_written(tmp_path: Path) -> None:
    set_to = "{credit_limit: 200000.50, payment_term_days: 30, stop_credit: false, grade: B, payment_term_kind: net}"
    expected = Override(
        "C7",
        "m.li",
        "Bank guarantee received",
        date(2026, 6, 30),
        {
            "credit_limit": "200000.50",
            "payment_term_days": "30",
            "stop_credit": "false",
            "grade": "B",
            "payment_term_kind": "net",
        },
        DecisionType.REVIEW,
    )

    assert (expected,) == overrides(tmp_path, f"decision: review, set: {set_to}")


@pytest.mark.parametrize("limit", ["unlimited", "null"])
def test_a_limit_may_be_set_to_none_or_to_no_end(tmp_path: Path, limit: str) -> None:
    (override,) = overrides(tmp_path, f"decision: review, set: {{credit_limit: {limit}}}")

    assert {"credit_limit": limit} == override.outputs


def test_an_order_may_be_given_another_outcome(tmp_path: Path) -> None:
    (override,) = overrides(tmp_path, "decision: order, set: {outcome: prepay, prepay_percent: 50}")

    assert (DecisionType.ORDER, {"outcome": "prepay", "prepay_percent": "50"}) == (
        override.decision_type,
        override.outputs,
    )


def test_a_file_may_hold_no_override(tmp_path: Path) -> None:
    assert () == overrides(tmp_path)


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("decision: escalation, set: {level: L1}", "L370"),
        ("decision: review, set: {outcome: approve}", "L370"),
        ("decision: order, set: {credit_limit: 5000}", "L370"),
        ("decision: review, set: {credit_limitt: 5000}", "L370"),
        ("decision: review, set: {}", "L371"),
        ("decision: review, set: {credit_limit: many}", "L049"),
        ("decision: review, set: {payment_term_days: 30.5}", "L047"),
        ("decision: review, set: {stop_credit: 1}", "L050"),
        ("decision: review, set: {payment_term_kind: nett}", "L052"),
        ("decision: order, set: {outcome: reject}", "L052"),
        ("decision: renewal, set: {grade: A}", "L052"),
        ("decision: review", "L042"),
        ("decision: review, set: {grade: A}, until: 2027-01-01", "L041"),
    ],
)
def test_a_mistake_is_refused_with_its_code(tmp_path: Path, setting: str, code: str) -> None:
    assert [(code, 1)] == codes(tmp_path, setting)


def test_one_output_of_one_customer_is_overridden_once(tmp_path: Path) -> None:
    setting = "decision: review, set: {grade: A}"

    assert [("L372", 2)] == codes(tmp_path, setting, setting)


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    bad = "decision: review, set: {}"

    assert [("L371", 1), ("L371", 2)] == codes(tmp_path, bad, bad)
