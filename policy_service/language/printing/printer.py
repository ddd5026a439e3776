"""Prints a policy as the YAML files of a folder; loading them gives the same policy again."""

from collections.abc import Mapping, Sequence

from policy_service.domain.outcomes import DEFAULT_SEVERITY, DecisionType
from policy_service.language.definitions.built_in_facts import built_in_facts, declared_name
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.definitions.dictionary_files import (
    FACTS_FILE,
    FORMULAS_FILE,
    REASONS_FILE,
    function_entry,
    reason_entry,
)
from policy_service.language.definitions.fact_text import fact_entry, title_entry
from policy_service.language.feel.value_text import write_value
from policy_service.language.files.rule_set_file import read_rule_set
from policy_service.language.policy import ExposureComponent, Parameter, Policy
from policy_service.language.printing.printed_rule_sets import rule_set_text
from policy_service.language.typing.chains import derive_chains
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import PlainData, read_yaml
from policy_service.language.yaml_text.yaml_writing import lines

_DEFAULT_EXPOSURE = (ExposureComponent.OPEN_BALANCE, ExposureComponent.OPEN_ORDERS)


def print_policy(policy: Policy) -> Mapping[str, str]:
    """Return the text of each file by its name: policy.yaml, one per rule set, and the definitions it embeds.

    Loading the files gives an equal policy with the same hash; equal policies print the same.
    """
    rule_sets = {f"{rule_set.name}.yaml": rule_set_text(rule_set, policy) for rule_set in policy.rule_sets}
    files = {"policy.yaml": _head(policy, rule_sets), **rule_sets}
    definitions: dict[str, dict[str, PlainData]] = {
        FACTS_FILE: _facts(policy),
        REASONS_FILE: {code: dict(reason_entry(reason)) for code, reason in sorted(policy.reasons.items())},
        FORMULAS_FILE: {name: dict(function_entry(each)) for name, each in sorted(policy.functions.items())},
    }
    return files | {name: lines(entries) for name, entries in definitions.items() if entries}


def _head(policy: Policy, rule_sets: Mapping[str, str]) -> str:
    entries: dict[str, PlainData] = {"policy": policy.id}
    entries |= {"title": dict(title_entry(policy.title))} if title_entry(policy.title) else {}
    entries |= {"owner": policy.owner} if policy.owner else {}
    entries["base_currency"] = policy.currency.code
    entries |= {"notes": list(policy.change_notes)} if policy.change_notes else {}
    if policy.parameters:
        entries["parameters"] = {name: _parameter(each, policy) for name, each in sorted(policy.parameters.items())}
    entries["rule_sets"] = [rule_set.name for rule_set in policy.rule_sets]
    entries |= _decisions(policy, rule_sets)
    entries |= {"review_on": list(policy.review_on)} if policy.review_on else {}
    if policy.exposure != _DEFAULT_EXPOSURE:
        entries["exposure"] = [component.value for component in policy.exposure]
    entries |= {"exposure_level": "group"} if policy.exposure_of_group else {}
    if policy.severity != DEFAULT_SEVERITY:
        entries["severity"] = [outcome.value for outcome in policy.severity]
    return lines(entries, ("notes", "parameters"))


def _parameter(parameter: Parameter, policy: Policy) -> dict[str, PlainData]:
    def text(value: int) -> str:
        return write_value(value, parameter.kind, policy.currency, policy.vocabulary)

    entry: dict[str, PlainData] = {"value": text(parameter.value), "type": parameter.kind.value}
    for key, bound in (("min", parameter.minimum), ("max", parameter.maximum), ("step", parameter.step)):
        if bound is not None:
            entry[key] = text(bound)
    entry |= {"unit": parameter.unit} if parameter.unit else {}
    return entry | ({"title": dict(title_entry(parameter.title))} if title_entry(parameter.title) else {})


def _decisions(policy: Policy, rule_sets: Mapping[str, str]) -> dict[str, PlainData]:
    problems = Problems()
    names: Sequence[str] = [rule_set.name for rule_set in policy.rule_sets]
    drafts = [read_rule_set(name, read_yaml(rule_sets[f"{name}.yaml"], name), problems) for name in names]
    derived = derive_chains(drafts, {}, problems)
    stated: dict[str, PlainData] = {
        decision_type.value: list(policy.chains[decision_type])
        for decision_type in DecisionType
        if policy.chains[decision_type] != derived[decision_type]
    }
    return {"decisions": stated} if stated else {}


def _facts(policy: Policy) -> dict[str, PlainData]:
    built_in = {fact.name: fact for fact in built_in_facts()}
    written = (FactSource.LEDGER, FactSource.CUSTOMER, FactSource.REQUEST)
    declared = [
        fact for name, fact in sorted(policy.facts.items()) if fact.source in written and built_in.get(name) != fact
    ]
    return {declared_name(fact.name): dict(fact_entry(fact)) for fact in declared}
