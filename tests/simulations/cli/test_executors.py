"""`policy simulate` by whom it is told to."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulations.cli.executor_options import workforce_of
from simulations.executors.choosing import ExecutorKind, Workforce
from tests.cli.running import policy, refusal

SIDES = ("--baseline", "recorded", "--candidate", "manufacturer_cn", "--from", "2025-12-01", "--to", "2026-01-01")
NOTHING = dict.fromkeys(("executor", "threads", "processes", "scheduler"))
ADDRESS = "tcp://10.0.0.5:8786"


@pytest.mark.long
def test_processes_write_the_report_that_this_process_writes(ledger: Path, tmp_path: Path) -> None:
    """All but how long it took; of the checkpoints nothing is left."""
    reports = []
    kept = ("--checkpoints", tmp_path / "kept")
    for by in ((), ("--executor", "processes", "--processes", "1", *kept)):
        ran = policy("simulate", "--ledger", ledger, *SIDES, "--json", tmp_path / "report.json", *by)
        assert (0, "") == (ran.exit_code, ran.err)
        report = json.loads((tmp_path / "report.json").read_text("utf-8"))
        report["run"].pop("seconds")
        reports.append(report)
    assert reports[0] == reports[1]
    assert [] == list((tmp_path / "kept").iterdir())


def test_a_cluster_that_is_not_named_is_refused(ledger: Path) -> None:
    refusal(policy("simulate", "--ledger", ledger, *SIDES, "--executor", "dask"), "R526")


@pytest.mark.parametrize(
    ("setting", "given", "expected"),
    [
        ("", {}, (ExecutorKind.IN_PROCESS, "")),
        (ADDRESS, {}, (ExecutorKind.DASK, ADDRESS)),
        (ADDRESS, {"executor": "processes"}, (ExecutorKind.PROCESSES, ADDRESS)),
        (ADDRESS, {"scheduler": "tcp://other:1"}, (ExecutorKind.DASK, "tcp://other:1")),
        ("", {"scheduler": ADDRESS}, (ExecutorKind.DASK, ADDRESS)),
    ],
)
def test_a_named_scheduler_does_the_run_unless_another_is_chosen(
    monkeypatch: pytest.MonkeyPatch, setting: str, given: dict[str, Any], expected: tuple[ExecutorKind, str]
) -> None:
    monkeypatch.setenv("SIMULATION_SCHEDULER", setting)
    found = workforce_of({**NOTHING, **given})
    assert expected == (found.kind, found.scheduler)


def test_the_numbers_are_those_that_were_given() -> None:
    found = workforce_of({**NOTHING, "threads": 3, "processes": 5})
    assert Workforce(ExecutorKind.IN_PROCESS, 3, 5, "", may_fork=True) == found
