"""`policy demo` ends with a simulation of one change of the policy."""

import re
from pathlib import Path

import pytest

from policy_service.cli import demo
from simulations.cli.demo_command import DIAL, PAGE, TURNED_TO, changed_policy
from tests.cli.running import RULES, policy


@pytest.fixture(autouse=True)
def tiny_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "CUSTOMERS", 2)
    monkeypatch.setattr(demo, "INVOICES", 12)


def test_the_demo_simulates_a_change_and_says_how_to_ask_for_it_again(tmp_path: Path) -> None:
    ran = policy("demo", "--folder", tmp_path / "demo")
    assert (0, "") == (ran.exit_code, ran.err)
    assert f"- parameter {DIAL}: 15 -> {TURNED_TO}" in ran.out
    assert "orders of a sample decided alike by the live engines" in ran.out
    assert f"parameter {DIAL}" in (tmp_path / "demo" / PAGE).read_text("utf-8")
    said = re.search(r"\$ ./run (simulate .*)", ran.out)
    assert said is not None
    again = policy(*said[1].split())
    key = r"Run key (\w+)"
    assert re.findall(key, ran.out) == re.findall(key, again.out)


def test_a_candidate_that_is_there_already_is_taken_as_it_is(tmp_path: Path) -> None:
    """Who turns another dial of it, and runs the demo again, sees what that would change."""
    folder = changed_policy(RULES / "manufacturer_cn", tmp_path / "candidate")
    file = folder / "policy.yaml"
    file.write_text(file.read_text("utf-8").replace(f"value: {TURNED_TO}", "value: 30"), "utf-8")
    assert "{value: 30" in (changed_policy(RULES / "manufacturer_cn", folder) / "policy.yaml").read_text("utf-8")
