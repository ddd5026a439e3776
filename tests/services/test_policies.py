"""A policy is found, read and checked wherever its folder stands."""

import shutil
from pathlib import Path

import pytest

from policy_service.language.yaml_text.problems import PolicyNotReadable
from policy_service.services.named_policies import policy_in
from policy_service.services.policies import check

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
NAME = "manufacturer_cn"


def test_a_policy_outside_the_rules_folder_reads_the_shipped_facts_and_reasons(tmp_path: Path) -> None:
    shutil.copytree(RULES / NAME, tmp_path / NAME)

    assert policy_in(RULES / NAME, RULES) == policy_in(tmp_path / NAME, RULES)


def test_a_policy_is_read_from_inside_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    monkeypatch.chdir(tmp_path / "rules" / NAME)

    assert check(Path(), RULES).is_publishable


def test_a_case_that_gives_an_undeclared_fact_is_refused(tmp_path: Path) -> None:
    cases = tmp_path / "cases.yaml"
    text = "- name: A late customer waits\n  as_of: 2026-03-01\n  facts: {oldest_day_past_due: 90}\n"
    cases.write_text(text + "  decision: order\n  expect: {outcome: hold}\n", encoding="utf-8")

    with pytest.raises(PolicyNotReadable) as caught:
        check(RULES / NAME, RULES, cases)

    assert [("L364", 1, 'Did you mean "oldest_days_past_due"?')] == [
        (error.code, error.place.line, error.remedy) for error in caught.value.errors
    ]
