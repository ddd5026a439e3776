"""Printing a policy and loading it again is the identity."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.language.load import load_policy
from policy_service.language.printing.canonical import canonical_text, from_canonical, policy_hash
from policy_service.language.printing.printer import print_policy
from policy_service.language.yaml_text.strict_yaml import YamlMapping, YamlScalar, read_yaml
from policy_service.language.yaml_text.yaml_writing import flow, lines

POLICIES = Path(__file__).parents[1] / "policies"
NAMES = ("distributor_cn", "manufacturer")


def saved(files: Mapping[str, str], folder: Path) -> Path:
    """Write a folder that stands alone, with no dictionary above it."""
    own = folder / "alone" / "policy"
    own.mkdir(parents=True)
    for name, text in files.items():
        (own / name).write_text(text)
    return own


@pytest.mark.parametrize("name", NAMES)
def test_a_printed_policy_loads_as_the_same_policy_without_any_other_file(name: str, tmp_path: Path) -> None:
    policy = load_policy(POLICIES / name)
    again = load_policy(saved(print_policy(policy), tmp_path))
    assert again == policy
    assert policy_hash(again) == policy_hash(policy)


@pytest.mark.parametrize("name", NAMES)
def test_printing_what_was_printed_changes_no_character(name: str, tmp_path: Path) -> None:
    files = print_policy(load_policy(POLICIES / name))
    assert print_policy(load_policy(saved(files, tmp_path))) == files


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_from_its_canonical_text_prints_the_same(name: str) -> None:
    policy = load_policy(POLICIES / name)
    assert print_policy(from_canonical(canonical_text(policy))) == print_policy(policy)


def test_a_printed_table_looks_as_a_person_would_write_it() -> None:
    assert print_policy(load_policy(POLICIES / "distributor_cn"))["order_check.yaml"] == (
        "decision_table: order_check\n"
        "hit_policy: rule_order\n"
        "rows:\n"
        "  - {id: O05, when: {stop_credit: true}, then: {outcome: hold}, reason: CREDIT_STOPPED}\n"
        '  - {id: O10, when: {oldest_days_past_due: "> hold_after_days"}, then: {outcome: hold}, reason: PAST_DUE}\n'
        '  - {id: O20, when: {exposure + order_amount: "> credit_limit * (1 + tolerance)"}, '
        "then: {outcome: hold}, reason: OVER_LIMIT}\n"
        "otherwise: {outcome: approve}\n"
    )


def test_chinese_wording_is_printed_as_it_is() -> None:
    assert "经销商赊销政策" in print_policy(load_policy(POLICIES / "distributor_cn"))["policy.yaml"]


def test_chains_are_printed_only_where_they_are_not_the_derived_ones(tmp_path: Path) -> None:
    files = dict(print_policy(load_policy(POLICIES / "distributor_cn")))
    assert "decisions" not in files["policy.yaml"]
    files["policy.yaml"] += "decisions: {order: [grading, standing, order_check], escalation: []}\n"
    policy = load_policy(saved(files, tmp_path))
    assert (
        "decisions: {order: [grading, standing, order_check], escalation: []}\n" in print_policy(policy)["policy.yaml"]
    )


#: What a file may hold: no control character, and none that cannot be seen or turns the line around.
READABLE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn")), min_size=1).filter(str.strip)


@given(READABLE)
def test_every_text_reads_back_as_it_was(text: str) -> None:
    node = read_yaml(lines({"key": text}), "any.yaml")
    assert isinstance(node, YamlMapping)
    value = node.entries[0][1]
    assert isinstance(value, YamlScalar)
    assert value.text == text
    assert not value.is_null


@given(READABLE)
def test_every_key_reads_back_as_it_was(text: str) -> None:
    node = read_yaml(flow({text: 1}), "any.yaml")
    assert isinstance(node, YamlMapping)
    assert [key.text for key, _ in node.entries] == [text]
