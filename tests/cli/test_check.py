"""`policy check` says what is wrong and ends with 0 for well, 1 for found something, 2 for cannot be read."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.running import RULES, policy, refusal


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Copy the rules, for a test to break."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_the_default_policy_can_be_published() -> None:
    ran = policy("check", "manufacturer_cn")
    assert (0, "") == (ran.exit_code, ran.err)
    assert "can be published" in ran.out


def test_without_names_every_policy_that_ships_is_checked() -> None:
    names = [report["policy"] for report in json.loads(policy("check", "--json").out)]
    assert names == sorted(folder.parent.name for folder in RULES.glob("*/policy.yaml"))


def test_a_policy_is_found_by_name_or_folder() -> None:
    assert policy("check", RULES / "manufacturer_cn").out == policy("check", "manufacturer_cn").out


def test_the_json_names_findings_cases_and_rows_never_hit() -> None:
    ran = policy("check", "manufacturer_cn", "--json")
    (report,) = json.loads(ran.out)
    assert {"policy", "publishable", "findings", "cases"} <= report.keys()
    assert {"passed", "failed", "rows_never_hit"} <= report["cases"].keys()
    for finding in report["findings"]:
        assert finding.keys() >= {"code", "severity", "place", "message", "remedy", "rule_set", "rows", "box"}
        assert finding["place"].keys() == {"file", "line", "row", "cell"}


def test_a_case_that_fails_is_named_with_what_differs(rules: Path) -> None:
    change(rules / "manufacturer_cn" / "cases.yaml", "expect: {grade: AA, score: 100}", "expect: {grade: A, score: 99}")
    ran = policy("check", rules / "manufacturer_cn")
    (report,) = json.loads(policy("check", rules / "manufacturer_cn", "--json").out)

    assert ran.exit_code == 1
    assert "cannot be published" in ran.out
    assert report["publishable"] is False
    (failed,) = report["cases"]["failed"]
    assert failed["differences"] == ["grade: expected A, found AA", "score: expected 99, found 100"]


def test_an_error_of_the_linter_ends_with_1(rules: Path) -> None:
    change(rules / "manufacturer_cn" / "grading.yaml", '{grade: D, when: "< 26"}', '{grade: D, when: "< 25"}')
    ran = policy("check", rules / "manufacturer_cn", "--json")
    (report,) = json.loads(ran.out)
    assert ran.exit_code == 1
    assert "error" in {finding["severity"] for finding in report["findings"]}


def test_a_policy_that_cannot_be_read_ends_with_2_and_every_error(rules: Path) -> None:
    file = rules / "manufacturer_cn" / "order_check.yaml"
    change(file, "stop_credit: true", "stop_kredit: true")
    change(file, "CREDIT_STOPPED", "NOBODY_WROTE_THIS")
    ran = policy("check", rules / "manufacturer_cn")
    as_json = policy("check", rules / "manufacturer_cn", "--json")
    (report,) = json.loads(as_json.out)

    assert (2, 2) == (ran.exit_code, as_json.exit_code)
    assert "stop_kredit" in ran.err
    assert "NOBODY_WROTE_THIS" in ran.err
    assert len(report["errors"]) >= 2
    for error in report["errors"]:
        assert error["code"]
        assert error["message"]
        assert error["place"]["line"] > 0


def test_one_policy_that_cannot_be_read_does_not_hide_the_others(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (rules / "manufacturer_cn" / "policy.yaml").write_text("policy: [", "utf-8")
    monkeypatch.setenv("RULES_DIR", str(rules))
    reports = {report["policy"]: report for report in json.loads(policy("check", "--json").out)}
    assert "errors" in reports["manufacturer_cn"]
    assert "findings" in reports["sme_simple"]


@pytest.mark.parametrize("name", ["facts.yaml", "reasons.yaml", "formulas.yaml", "manufacturer_cn/cases.yaml"])
@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe", b"a: 1\na: 2\n", b"- &a [*a]\n", b"\x00", b""])
def test_a_broken_file_beside_the_rule_sets_is_an_error_of_the_policy(rules: Path, name: str, content: bytes) -> None:
    (rules / name).write_bytes(content)
    ran = policy("check", rules / "manufacturer_cn", "--json")
    (report,) = json.loads(ran.out)
    assert ran.exit_code == (2 if "errors" in report else 1 if not report["publishable"] else 0)
    assert ran.exit_code == 2 or content == b""


def test_a_policy_without_cases_is_checked_all_the_same(rules: Path) -> None:
    (rules / "manufacturer_cn" / "cases.yaml").unlink()
    ran = policy("check", rules / "manufacturer_cn")
    assert ran.exit_code == 0
    assert "0 of 0 cases passed" in ran.out
    assert "no case hits" in ran.out


def test_a_rule_set_file_that_is_missing_is_named(rules: Path) -> None:
    (rules / "manufacturer_cn" / "authority.yaml").unlink()
    ran = policy("check", rules / "manufacturer_cn")
    assert ran.exit_code == 2
    assert "authority" in ran.err


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    assert "manufacturer_cn" in refusal(policy("check", "manufacturer"), "R401")


def test_a_rules_folder_without_a_policy_is_no_success(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("{}\n")
    monkeypatch.setenv("RULES_DIR", str(tmp_path))
    refusal(policy("check"), "R401")


def test_a_rules_folder_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RULES_DIR", str(tmp_path))
    refusal(policy("check"), "S101")


def test_with_a_ledger_a_finding_says_whom_it_concerns(rules: Path, ledger: Path) -> None:
    text = (rules / "manufacturer_cn" / "standing.yaml").read_text("utf-8")
    rows = [line for line in text.splitlines() if "grade: AA" not in line]
    (rules / "manufacturer_cn" / "standing.yaml").write_text("\n".join(rows), "utf-8")
    options = ("check", rules / "manufacturer_cn", "--ledger", ledger)
    (report,) = json.loads(policy(*options, "--json").out)
    concerned = [finding["affected"] for finding in report["findings"] if "affected" in finding]

    assert concerned
    assert all(each.keys() == {"customers", "exposure"} for each in concerned)
    assert policy(*options, "--as-of", "never").exit_code == 2


def test_notes_are_shown_when_asked_for() -> None:
    assert len(policy("check", "manufacturer_cn", "--notes").out) > len(policy("check", "manufacturer_cn").out)


def test_brackets_in_names_are_written_as_they_are(rules: Path) -> None:
    moved = rules / "a [bold] move of [x]"
    (rules / "manufacturer_cn").rename(moved)
    change(moved / "order_check.yaml", "stop_credit", "stop_kredit")
    ran = policy("check", moved)
    assert ran.exit_code == 2
    assert "a [bold] move of [x]: cannot be read" in ran.out
