"""However `policy demo --crm` ends, it leaves no process behind, and no half of a company."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.cli.crm_demo.conftest import demo
from tests.cli.running import RULES, in_a_process, policy


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_a_demo_that_is_killed_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    with demo(tmp_path) as running:
        running.read_until("Each knows")
        assert 3 == len(running.over_there)
        assert -number == running.signal(number)
        assert [True] * 3 == [one.has_ended() for one in running.over_there.values()]


def test_a_demo_that_is_stopped_leaves_no_process_and_no_half_of_a_company(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        running.read_until("2. ")
        assert 2 == running.signal(signal.SIGINT)
        assert [True] * 3 == [one.has_ended() for one in running.over_there.values()]
        assert running.process.stderr is not None
        assert "Stopped." in running.process.stderr.read()
    assert not list((tmp_path / "crm").glob("sample_crms*"))


def test_a_demo_that_fails_leaves_no_process(tmp_path: Path) -> None:
    rules = shutil.copytree(RULES, tmp_path / "rules")
    mapping = rules / "connectors/zoho_crm.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("Credit_Stopped", "Stopped"), "utf-8")
    ran = in_a_process("demo", "--crm", "--folder", tmp_path, environment={"RULES_DIR": str(rules)})
    assert 2 == ran.returncode
    assert b"[X198]" in ran.stderr
    begun = [int(line.split()[-1]) for line in ran.stdout.decode().splitlines() if "process" in line and "http" in line]
    assert 3 == len(begun)
    for process_id in begun:
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)
    assert not list((tmp_path / "crm").glob("sample_crms*"))


def test_the_options_that_do_not_go_together_are_said() -> None:
    for words, said in ((("--stay",), "--stay is of --crm"), (("--crm", "--until", "2026-01-01"), "no --until")):
        ran = policy("demo", *words)
        assert (2, "") == (ran.exit_code, ran.out)
        assert said in ran.err
