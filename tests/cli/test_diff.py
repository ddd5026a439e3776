"""`policy diff` lists what changed, plainly."""

import json
import shutil
from pathlib import Path

from tests.cli.running import RULES, policy, refusal


def test_a_policy_does_not_differ_from_itself() -> None:
    ran = policy("diff", "manufacturer_cn", "manufacturer_cn")
    assert (0, "No change of meaning.\n", "") == (ran.exit_code, ran.out, ran.err)
    assert json.loads(policy("diff", "manufacturer_cn", "manufacturer_cn", "--json").out) == []


def test_a_changed_parameter_and_row_are_named(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    folder = tmp_path / "rules" / "manufacturer_cn"
    text = (folder / "policy.yaml").read_text("utf-8")
    (folder / "policy.yaml").write_text(
        text.replace("materiality: {value: 500.00", "materiality: {value: 600"), "utf-8"
    )
    check = (folder / "order_check.yaml").read_text("utf-8")
    (folder / "order_check.yaml").write_text(
        check.replace("outcome: hold}, reason: PAST_DUE", "outcome: refer}, reason: PAST_DUE")
    )

    ran = policy("diff", "manufacturer_cn", folder)
    changes = json.loads(policy("diff", "manufacturer_cn", folder, "--json").out)
    assert ran.exit_code == 1
    assert "materiality" in ran.out
    assert "600" in ran.out
    assert ("order_check", "O20") in [(change["rule_set"], change["row"]) for change in changes]
    assert ran.out.endswith(f"{len(changes)} changes\n")


def test_both_policies_must_exist() -> None:
    refusal(policy("diff", "manufacturer_cn", "nothing"), "R401")
    assert policy("diff", "manufacturer_cn").exit_code == 2
