"""Policies for tests of engines, written as the YAML a manager would write."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from policy_service.language.load import load_policy
from policy_service.language.policy import Policy

_HEAD = """policy: hand_made
title: {{en: Made for a test, zh: 测试}}
base_currency: CNY
parameters:
  tolerance: {{value: 0.05, type: number, title: {{en: Tolerance, zh: 容忍度}}}}
  hold_after_days: {{value: 15, type: days, title: {{en: Hold after, zh: 冻结}}}}
rule_sets: [{names}]
"""
_WORDS = Path(__file__).parent / "conformance"


def policy_of(rule_sets: Mapping[str, str]) -> Policy:
    """Return the policy of these rule sets, with the facts and reasons of the conformance suite."""
    texts = {"policy": _HEAD.format(names=", ".join(rule_sets)), **rule_sets}
    texts |= {name: (_WORDS / f"{name}_of_all.yaml").read_text("utf-8") for name in ("facts", "reasons")}
    with TemporaryDirectory() as made:
        folder = Path(made) / "hand_made"
        folder.mkdir()
        for name, text in texts.items():
            (folder / f"{name}.yaml").write_text(text, "utf-8")
        return load_policy(folder)
