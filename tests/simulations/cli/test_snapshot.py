"""`policy snapshot`: a ledger prepared once, and what runs upon it."""

import json
from pathlib import Path

from policy_service.domain.currencies import currency
from policy_service.ledger.importer import read_ledger
from simulations.ledger_snapshot.files import write_snapshot
from simulations.ledger_snapshot.from_ledger import snapshot_of
from tests.cli.running import Ran, policy, refusal

SIDES = ("--baseline", "recorded", "--candidate", "manufacturer_cn", "--from", "2025-12-01", "--to", "2026-01-01")


def prepared(ledger: Path, out: Path, *more: str | Path) -> Ran:
    """Prepare the ledger."""
    return policy("snapshot", "--ledger", ledger, "--out", out, *more)


def test_it_says_what_is_in_it(ledger: Path, tmp_path: Path) -> None:
    ran = prepared(ledger, tmp_path / "prepared")
    assert (0, "") == (ran.exit_code, ran.err)
    assert "3 customers, 30 invoices" in ran.out
    assert json.loads((tmp_path / "prepared" / "manifest.json").read_text("utf-8"))["hash"] in ran.out


def test_the_same_again_is_left_as_it_is(ledger: Path, tmp_path: Path) -> None:
    assert 0 == prepared(ledger, tmp_path / "prepared").exit_code
    before = (tmp_path / "prepared" / "manifest.json").stat().st_mtime_ns
    assert 0 == prepared(ledger, tmp_path / "prepared").exit_code
    assert before == (tmp_path / "prepared" / "manifest.json").stat().st_mtime_ns


def test_a_run_upon_it_reports_what_a_run_upon_the_files_does(ledger: Path, tmp_path: Path) -> None:
    """All but how long it took."""
    assert 0 == prepared(ledger, tmp_path / "prepared").exit_code
    reports = []
    for source in (ledger, tmp_path / "prepared"):
        file = tmp_path / f"{source.name}.json"
        assert 0 == policy("simulate", "--ledger", source, *SIDES, "--json", file).exit_code
        report = json.loads(file.read_text("utf-8"))
        report["run"].pop("seconds")
        reports.append(report)
    assert reports[0] == reports[1]


def test_a_snapshot_in_another_currency_is_refused(ledger: Path, tmp_path: Path) -> None:
    """It was prepared in the currency of another policy."""
    write_snapshot(snapshot_of(read_ledger(ledger, currency("EUR")).ledger), tmp_path / "prepared")
    assert "EUR" in refusal(policy("simulate", "--ledger", tmp_path / "prepared", *SIDES), "R405")


def test_a_mapping_of_a_snapshot_is_refused(ledger: Path, tmp_path: Path) -> None:
    assert 0 == prepared(ledger, tmp_path / "prepared").exit_code
    ran = policy("simulate", "--ledger", tmp_path / "prepared", "--mapping", "ibm", *SIDES)
    assert "prepared" in refusal(ran, "R517")


def test_a_folder_with_something_else_in_it_is_refused(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "prepared").mkdir()
    (tmp_path / "prepared" / "notes.txt").write_text("mine", "utf-8")
    assert "prepared" in refusal(prepared(ledger, tmp_path / "prepared"), "S305")
    assert "mine" == (tmp_path / "prepared" / "notes.txt").read_text("utf-8")
