"""Every engine gives the answers of conformance/*.yaml: outcome, outputs, hits, releases, reasons, missing facts.

A group is a small policy with its cases. What a case does not name must be empty: a case without `outputs`
expects none. `missing` are the facts that the reason `missing_fact` names.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from policy_service.domain.decisions import RuleSetResult
from policy_service.domain.values import FALSE, Kind
from policy_service.engines.port import Engine
from policy_service.engines.trace import explain
from policy_service.engines.traced_rows import Verdict
from policy_service.language.feel.value_text import read_value, write_value
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import HitPolicy
from tests.engines.engines_under_test import ENGINES

FOLDER = Path(__file__).parent / "conformance"
HEAD = """policy: conformance
title: {{en: Conformance, zh: 一致性}}
base_currency: {currency}
parameters:
  tolerance: {{value: 0.05, type: number, title: {{en: Tolerance, zh: 容忍度}}}}
  materiality: {{value: 100.00, type: money, title: {{en: Materiality, zh: 重要性}}}}
  hold_after_days: {{value: 15, type: days, title: {{en: Hold after, zh: 冻结}}}}
rule_sets: [{rule_sets}]
"""
LADDER_KINDS = dict.fromkeys(("level", "action", "channel", "owner"), Kind.CATEGORY) | {"deadline_days": Kind.DAYS}

#: Under unique and any a hit stands whatever an unknown row says.
BESIDE_A_HIT = "a fact is missing beside a hit"
SITUATIONS = {"hit", "otherwise", "no rule matched", BESIDE_A_HIT, "a fact is missing", "skip"}


@cache
def groups() -> Mapping[str, Mapping[str, Any]]:
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        if not file.stem.endswith("_of_all"):
            for group in yaml.load(file.read_text("utf-8"), yaml.BaseLoader):  # noqa: S506 - it makes only texts
                assert group["about"] not in found
                found[group["about"]] = group
    return found


@cache
def policy_of(about: str) -> Policy:
    group = groups()[about]
    with TemporaryDirectory() as made:
        folder = Path(made) / "conformance"
        folder.mkdir()
        head = HEAD.format(rule_sets=", ".join(group["rule_sets"]), currency=group.get("currency", "CNY"))
        texts = {"policy": head + group.get("policy", "")} | group["rule_sets"]
        for name in ("facts", "reasons"):
            texts[name] = (FOLDER / f"{name}_of_all.yaml").read_text("utf-8")
        for name, text in texts.items():
            (folder / f"{name}.yaml").write_text(text, "utf-8")
        return load_policy(folder)


@cache
def engine_of(name: str, about: str) -> Engine:
    return dict(ENGINES)[name](policy_of(about))


@pytest.fixture(scope="module", autouse=True)
def _engines_are_let_go() -> Iterator[None]:
    yield
    engine_of.cache_clear()


def cases() -> Iterator[Any]:
    for about, group in groups().items():
        for case in group["cases"]:
            yield pytest.param(about, case, id=f"{about} - {case['case']}")


class Texts:
    """Reads and writes the values of one case; texts that the policy does not know get fresh codes."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.vocabulary = list(policy.vocabulary)
        facts = {name: fact.kind for name, fact in policy.facts.items()}
        self.kinds = LADDER_KINDS | {"days_past_due": Kind.DAYS} | dict(policy.outputs) | facts

    def code_of(self, text: str) -> int:
        if text not in self.vocabulary:
            self.vocabulary.append(text)
        return self.vocabulary.index(text)

    def values(self, facts: Mapping[str, str]) -> dict[str, int]:
        read = {
            name: read_value(text, self.kinds[name], self.policy.currency, self.code_of)
            for name, text in facts.items()
            if name in self.kinds
        }
        return {"stop_credit": FALSE} | read

    def text(self, value: int | tuple[int, ...], kind: Kind) -> Any:
        if isinstance(value, tuple):
            return [self.text(each, kind) for each in value]
        return write_value(value, kind, self.policy.currency, self.vocabulary)

    def output_texts(self, result: RuleSetResult) -> dict[str, Any]:
        return {name: self.text(value, self.kinds[name]) for name, value in result.outputs.items()}

    def normal(self, text: Any, kind: Kind) -> Any:
        if isinstance(text, list):
            return [self.normal(each, kind) for each in text]
        return self.text(read_value(text, kind, self.policy.currency, self.code_of), kind)


def answer(texts: Texts, result: RuleSetResult) -> dict[str, Any]:
    return {
        "outcome": result.outcome and result.outcome.value,
        "hits": list(result.hits),
        "reasons": [reason.code for reason in result.reasons],
        "missing": [fact for reason in result.reasons for fact in reason.facts],
        "releases": list(result.releases),
        "outputs": texts.output_texts(result),
    }


def expected(texts: Texts, case: Mapping[str, Any]) -> dict[str, Any]:
    lists = {key: case.get(key, []) for key in ("hits", "reasons", "missing", "releases")}
    outputs = {name: texts.normal(text, texts.kinds[name]) for name, text in case.get("outputs", {}).items()}
    return {"outcome": case.get("outcome"), **lists, "outputs": outputs}


@pytest.mark.parametrize("engine", [name for name, _ in ENGINES])
@pytest.mark.parametrize(("about", "case"), list(cases()))
def test_the_engine_answers_as_the_case_says(engine: str, about: str, case: Mapping[str, Any]) -> None:
    policy = policy_of(about)
    texts = Texts(policy)
    rule_set = case.get("rule_set", policy.rule_sets[-1].name)
    result = engine_of(engine, about).evaluate(rule_set, texts.values(case.get("facts", {})))
    assert expected(texts, case) == answer(texts, result)


@pytest.mark.parametrize(("about", "case"), list(cases()))
def test_every_row_that_hits_is_traced_as_a_match(about: str, case: Mapping[str, Any]) -> None:
    policy = policy_of(about)
    rule_set = case.get("rule_set", policy.rule_sets[-1].name)
    trace = explain(policy, rule_set, Texts(policy).values(case.get("facts", {})))
    matching = {row.row for row in trace.rows if row.verdict is Verdict.MATCH}
    assert set(case.get("hits", [])) & {row.row for row in trace.rows} <= matching


@pytest.mark.parametrize("hit_policy", HitPolicy)
def test_each_hit_policy_is_tried_in_every_situation(hit_policy: HitPolicy) -> None:
    tried = set()
    for group in groups().values():
        if any(f"hit_policy: {hit_policy}\n" in text for text in group["rule_sets"].values()):
            skips = any("when_unknown: skip" in text for text in group["rule_sets"].values())
            tried |= {situation for case in group["cases"] for situation in situations(case, skips=skips)}
    assert tried == SITUATIONS - ({BESIDE_A_HIT} if hit_policy in (HitPolicy.UNIQUE, HitPolicy.ANY) else set())


def situations(case: Mapping[str, Any], *, skips: bool) -> Iterator[str]:
    hits, reasons = case.get("hits", []), case.get("reasons", [])
    if "missing_fact" in reasons:
        yield BESIDE_A_HIT if hits else "a fact is missing"
    elif "no_rule_matched" in reasons:
        yield "no rule matched"
    elif hits == ["otherwise"]:
        yield "otherwise"
    elif hits:
        yield "hit"
    if skips:
        yield "skip"


def test_there_are_at_least_three_hundred_cases() -> None:
    assert sum(len(group["cases"]) for group in groups().values()) >= 300
