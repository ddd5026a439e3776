"""The reference names all that there is: commands, settings, facts, formulas, reasons, keys, statistics."""

import dataclasses
import re
from collections.abc import Callable

import click
import pytest

from policy_service.cli.main import policy
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.outcomes import EngineReason
from policy_service.language.definitions.built_in_facts import GROUP_PREFIX, built_in_facts
from policy_service.language.definitions.dictionary_files import load_dictionary, read_function
from policy_service.language.definitions.fact_text import read_fact
from policy_service.language.definitions.standing import ORDER_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.feel.value_text import write_value
from policy_service.language.files.cases import read_case
from policy_service.language.files.override_file import read_override
from policy_service.language.files.policy_file import read_policy_file
from policy_service.language.files.rule_set_file import read_rule_set
from policy_service.language.load import load_policy
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlNode, YamlScalar, read_yaml
from policy_service.sample_ledger import profile
from policy_service.services.named_policies import shipped_policies
from policy_service.services.overrides import OVERRIDE_REASON
from policy_service.settings import Settings
from tests.docs.documents import RULES, headings, section, text_of

_DICTIONARY = load_dictionary(RULES)
_WORDS = re.compile(r"`([^`\n]+)`")


def _names(document: str) -> set[str]:
    return set(_WORDS.findall(text_of(document)))


@pytest.mark.parametrize("name", policy.list_commands(click.Context(policy)))
def test_a_command_has_its_heading_and_all_its_options_below_it(name: str) -> None:
    under = section(text_of("reference/cli.md"), f"policy {name}")
    command = policy.get_command(click.Context(policy), name)
    assert command is not None
    options = [option for option in command.params if isinstance(option, click.Option)]
    written = {word for option in options for word in (*option.opts, *option.secondary_opts)}
    assert under
    assert set() == {word for word in written if not re.search(rf"`{re.escape(word)}\b", under)}


def test_a_setting_has_its_heading_and_its_default() -> None:
    settings = text_of("reference/settings.md")
    for setting in dataclasses.fields(Settings):
        under = section(settings, setting.name.upper())
        assert under, setting.name
        # Nothing, as a default, is written in words.
        has_default = isinstance(setting.default, str | int) and setting.default not in ("", 0)
        assert not has_default or f"`{setting.default}`" in under, setting.name


def test_no_heading_of_settings_is_without_its_setting() -> None:
    known = {setting.name.upper() for setting in dataclasses.fields(Settings)}
    assert known == set(headings(text_of("reference/settings.md"))) - {"Settings"}


def test_every_built_in_and_every_shipped_fact_is_named() -> None:
    known = {fact.name for fact in (*built_in_facts(), *_DICTIONARY.facts.values())}
    single = {name for name in known if not name.startswith(GROUP_PREFIX)}
    assert set() == single - _names("reference/facts.md")


def test_every_shipped_formula_stands_with_its_text() -> None:
    names = _names("reference/formulas.md")
    for function in _DICTIONARY.functions.values():
        parameters = ", ".join(f"{name}: {kind}" for name, kind in function.parameters)
        assert f"{function.name}({parameters})" in names
        assert function.text in names


def test_every_reason_stands_with_both_wordings() -> None:
    reasons = text_of("reference/reasons.md")
    for reason in _DICTIONARY.reasons.values():
        assert f"| `{reason.code}` | {reason.title.en} | {reason.title.zh} |" in reasons
    assert {*EngineReason, OVERRIDE_REASON} <= _names("reference/reasons.md")


def test_every_standard_output_is_named() -> None:
    assert set() == {*STANDING_OUTPUTS, *ORDER_OUTPUTS} - _names("reference/language.md")


def _known_keys(text: str, read: Callable[[YamlNode], object]) -> set[str]:
    problems = Problems()
    with problems.collecting():
        read(read_yaml(text, "a.yaml"))
    with pytest.raises(PolicyServiceError) as refused:
        problems.raise_if_any()
    said = re.findall(r'has no key "zzzz"\. Known are: ([^.]+)\.', str(refused.value))
    return {key for keys in said for key in keys.split(", ")}


def _of_rule_set(text: str) -> set[str]:
    def read(node: YamlNode) -> None:
        problems = Problems()
        read_rule_set("a", node, problems)
        problems.raise_if_any()

    return _known_keys(text, read)


def _of_policy(node: YamlNode) -> None:
    problems = Problems()
    read_policy_file(node, problems)
    problems.raise_if_any()


_NAME = YamlScalar("a")
_KEYS = {
    "policy": lambda: _known_keys("{policy: a, base_currency: CNY, rule_sets: [a], zzzz: 1}", _of_policy),
    "parameter": lambda: _known_keys(
        "{policy: a, base_currency: CNY, rule_sets: [a], parameters: {b: {value: 1, type: number, zzzz: 1}}}",
        _of_policy,
    ),
    "decisions": lambda: _known_keys(
        "{policy: a, base_currency: CNY, rule_sets: [a], decisions: {zzzz: [a]}}", _of_policy
    ),
    "table": lambda: _of_rule_set("{decision_table: a, hit_policy: first, rows: [], zzzz: 1}"),
    "row": lambda: _of_rule_set("{decision_table: a, hit_policy: first, rows: [{id: b, then: {}, zzzz: 1}]}"),
    "priority": lambda: _of_rule_set(
        "{decision_table: a, hit_policy: priority, priority: {output: b, order: descending, zzzz: 1}, rows: []}"
    ),
    "scorecard": lambda: _of_rule_set("{scorecard: a, characteristics: [], bands: [], zzzz: 1}"),
    "characteristic": lambda: _of_rule_set(
        "{scorecard: a, bands: [], characteristics: [{fact: b, attributes: [{when: 1, points: 1, zzzz: 1}], zzzz: 1}]}"
    ),
    "knock-out": lambda: _of_rule_set(
        "{scorecard: a, characteristics: [], bands: [{grade: A, when: 1, zzzz: 1}],"
        " knock_outs: [{id: K, when: {b: 1}, grade: D, reason: R, zzzz: 1}]}"
    ),
    "formula": lambda: _of_rule_set("{formula: a, values: {b: {value: 1, zzzz: 1}}, zzzz: 1}"),
    "ladder": lambda: _of_rule_set("{ladder: a, levels: [], zzzz: 1}"),
    "level": lambda: _of_rule_set("{ladder: a, levels: [{id: L, days_past_due: 1, action: b, zzzz: 1}]}"),
    "trigger": lambda: _of_rule_set("{ladder: a, triggers: [{id: T, when: {b: 1}, action: b, zzzz: 1}]}"),
    "fact": lambda: _known_keys("{type: money, zzzz: 1}", lambda node: read_fact("a", node)),
    "shipped formula": lambda: _known_keys(
        "{parameters: {a: money}, value: a, zzzz: 1}", lambda node: read_function(_NAME, node)
    ),
    "case": lambda: _known_keys("{name: a b, as_of: 2026-03-01, expect: {}, zzzz: 1}", read_case),
    "override": lambda: _known_keys("{customer_id: a, zzzz: 1}", read_override),
}


@pytest.mark.parametrize("what", sorted(_KEYS))
def test_every_key_of_a_file_is_named(what: str) -> None:
    known = _KEYS[what]()
    written = set(re.findall(r"\w+", " ".join(_names("reference/language.md"))))
    assert known
    assert set() == known - written


def test_the_sample_ledger_is_described_by_its_statistics() -> None:
    document = text_of("reference/sample-ledger.md")
    for row in (*profile.SEGMENTS, *profile.INDUSTRIES, *profile.PAYER_TYPES):
        cells = [str(getattr(row, field.name)) for field in dataclasses.fields(row)]
        if isinstance(row, profile.Industry):
            cells = [row.name, str(row.share), str(row.season), str(row.peak_month), str(row.hit_by_shock)]
        assert f"| {' | '.join(cells)} |" in document
    for country, share in profile.COUNTRIES:
        assert f"{country} {share}" in document


def test_every_single_statistic_of_the_sample_ledger_is_named_with_its_value() -> None:
    document = text_of("reference/sample-ledger.md")
    single = {name: value for name, value in vars(profile).items() if name.isupper() and isinstance(value, int | float)}
    for name, value in single.items():
        assert f"| `{name}` | {value} |" in document or f"{value} (`{name}`)" in document, name


def test_every_shipped_policy_stands_with_its_notes_rule_sets_and_dials() -> None:
    document = text_of("reference/policies.md")
    policies = [load_policy(folder) for folder in shipped_policies(RULES)]
    assert {policy.id for policy in policies} == set(headings(document)) - {"Policies that ship"}
    for shipped in policies:
        under = section(document, shipped.id)
        assert set() == {note for note in shipped.change_notes if f"* {note}\n" not in under}
        assert set() == {rule_set.name for rule_set in shipped.rule_sets if f"`{rule_set.name}`" not in under}
        for dial in shipped.parameters.values():
            value = write_value(dial.value, dial.kind, shipped.currency, shipped.vocabulary)
            assert f"| `{dial.name}` | {value} | {dial.title.en} |" in under
