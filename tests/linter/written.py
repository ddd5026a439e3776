"""Policies written as YAML for one test: what the linter says of them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

from policy_service.domain.findings import Finding
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder, MonotonicityClaim
from policy_service.linter.lint import lint

FACTS = """
avg_days_late_12m: {from: payments, measure: "mean(days_late, weight amount)", within: 365 days, type: number}
invoices_12m: {from: invoices, measure: count, within: 365 days, type: integer}
broken_promises_6m: {from: promises, measure: count, where: broken, within: 180 days, type: integer}
years_trading: {source: customer, type: integer}
net_worth: {source: customer, type: money}
rating: {source: customer, type: number}
segment: {source: customer, type: category, values: [key, ordinary]}
region: {source: customer, type: category}
order_amount: {source: request, type: money, required: true}
share: {source: request, type: number, required: true}
"""
REASONS = """
NOT_NOW: {en: "No.", zh: "不。"}
"""


def lint_of(folder: Path, rule_sets: Mapping[str, str], head: str = "") -> tuple[Finding, ...]:
    """Write a policy of these rule sets and lint it."""
    return lint(policy_of(folder, rule_sets, head))


def claiming(policy: Policy, rule_set: str, *claims: MonotonicityClaim) -> Policy:
    """Return the policy with other claims on a rule set, such as on grades."""
    rule_sets = [
        replace(each, claims=claims) if each.name == rule_set and not isinstance(each, Ladder) else each
        for each in policy.rule_sets
    ]
    return replace(policy, rule_sets=tuple(rule_sets))


def policy_of(folder: Path, rule_sets: Mapping[str, str], head: str = "") -> Policy:
    """Write a policy of these rule sets and load it."""
    policy = folder / "tried"
    policy.mkdir(exist_ok=True)
    (folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    (folder / "reasons.yaml").write_text(REASONS, encoding="utf-8")
    names = ", ".join(rule_sets)
    (policy / "policy.yaml").write_text(
        f"policy: tried\ntitle: {{en: Tried, zh: 试}}\nbase_currency: EUR\nrule_sets: [{names}]\n{dedent(head)}",
        encoding="utf-8",
    )
    for name, text in rule_sets.items():
        (policy / f"{name}.yaml").write_text(dedent(text).lstrip(), encoding="utf-8")
    return load_policy(policy)


def with_code(findings: tuple[Finding, ...], code: str) -> list[Finding]:
    """Return the findings of one code."""
    return [finding for finding in findings if finding.code == code]


def only(findings: tuple[Finding, ...], code: str) -> Finding:
    """Return the one finding of a code."""
    (found,) = with_code(findings, code)
    return found
