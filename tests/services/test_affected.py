"""Whom a finding of the linter concerns, counted on a small ledger."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from policy_service.language.load import load_policy
from policy_service.ledger.importer import read_ledger
from policy_service.linter.lint import lint
from policy_service.services.affected import Affected, affected
from policy_service.services.decide import Decider

RULES = Path(__file__).parents[2] / "rules"
DAY = date(2026, 3, 1)


@pytest.fixture
def decider(tmp_path: Path) -> Iterator[Decider]:
    """A policy without a row for customers not rated, over two newcomers and one prompt payer."""
    copytree(RULES, tmp_path / "rules")
    standing = tmp_path / "rules/manufacturer_cn/standing.yaml"
    lines = standing.read_text(encoding="utf-8").splitlines(keepends=True)
    standing.write_text("".join(line for line in lines if "{grade: NR}" not in line), encoding="utf-8")
    policy = load_policy(tmp_path / "rules/manufacturer_cn")
    ledger = tmp_path / "ledger"
    ledger.mkdir()
    (ledger / "customers.csv").write_text("customer_id,since\nNEW1,2026-02-01\nNEW2,2026-02-01\nOLD,2015-01-01\n")
    (ledger / "invoices.csv").write_text(
        "invoice_id,customer_id,issue_date,due_date,amount\n"
        "I1,NEW1,2026-02-10,2026-03-12,1000.00\n"
        "I2,NEW2,2026-02-10,2026-03-12,500.50\n"
        "I3,OLD,2025-12-01,2025-12-31,700.00\n"
    )
    (ledger / "payments.csv").write_text("payment_id,date,amount,invoice_id\nP1,2025-12-30,700.00,I3\n")
    decider = Decider(policy, read_ledger(ledger, policy.currency).ledger)
    yield decider
    decider.close()


def test_a_gap_counts_the_customers_that_fall_into_it_and_their_exposure(decider: Decider) -> None:
    """Two newcomers owe 1,000.00 and 500.50; nobody else is without a row."""
    findings = lint(decider.policy)
    concerned = affected(findings, decider, DAY)
    gaps = [whom for finding, whom in zip(findings, concerned, strict=True) if finding.code == "C101"]
    assert gaps == [Affected(customers=2, exposure=1_500_50)]


def test_a_finding_without_a_region_concerns_nobody_in_particular(decider: Decider) -> None:
    findings = lint(decider.policy)
    concerned = affected(findings, decider, DAY)
    claims = [whom for finding, whom in zip(findings, concerned, strict=True) if finding.code == "C181"]
    assert claims
    assert set(claims) == {None}


def test_the_progress_counts_every_customer(decider: Decider) -> None:
    told: list[tuple[int, int]] = []
    affected(lint(decider.policy), decider, DAY, lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]
