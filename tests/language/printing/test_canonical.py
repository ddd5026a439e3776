"""The canonical text: equal policies have it in common, any change of meaning shows in its hash."""

import json
import random
import shutil
from pathlib import Path

import pytest

from policy_service.domain.errors import PolicyTextError
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.language.load import load_policy
from policy_service.language.printing.canonical import canonical_text, from_canonical, policy_hash
from policy_service.language.printing.diff import diff
from policy_service.language.yaml_text.strict_yaml import (
    PlainData,
    YamlList,
    YamlMapping,
    YamlNode,
    YamlScalar,
    read_yaml_file,
)
from policy_service.language.yaml_text.yaml_writing import flow

POLICIES = Path(__file__).parents[1] / "policies"
NAMES = ("distributor_cn", "manufacturer")


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_comes_back_from_its_canonical_text(name: str) -> None:
    policy = load_policy(POLICIES / name)
    again = from_canonical(canonical_text(policy))
    assert again == policy
    assert canonical_text(again) == canonical_text(policy)


@pytest.mark.parametrize("name", NAMES)
def test_the_canonical_text_is_json_with_sorted_keys_no_blanks_and_no_floats(name: str) -> None:
    def refuse(text: str) -> float:
        raise AssertionError(text)

    text = canonical_text(load_policy(POLICIES / name))
    content = json.loads(text, parse_float=refuse)
    assert json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text
    assert "place" not in text
    assert "yaml" not in text


def test_the_hash_is_of_sha_256() -> None:
    assert len(bytes.fromhex(policy_hash(load_policy(POLICIES / "distributor_cn")))) == 32


def shuffled(node: YamlNode, chance: random.Random) -> PlainData:
    match node:
        case YamlScalar():
            return node.text
        case YamlList():
            return [shuffled(item, chance) for item in node.items]
        case YamlMapping():
            entries = chance.sample(node.entries, len(node.entries))
            return {key.text: shuffled(value, chance) for key, value in entries}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_keys_and_the_layout_of_the_files_do_not_matter(name: str, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    for path in (POLICIES / name).iterdir():
        content = shuffled(read_yaml_file(path), chance)
        (tmp_path / path.name).write_text(f"# another layout\n\n{flow(content)}\n")
    again = load_policy(tmp_path, load_dictionary(POLICIES))
    assert policy_hash(again) == policy_hash(load_policy(POLICIES / name))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("standing", "credit_limit: 0", "credit_limit: 0.01"),
        ("standing", "S40", "S41"),
        ("standing", "unique", "any"),
        ("order_check", "reason: PAST_DUE", "reason: OVER_LIMIT"),
        ("order_check", '"> hold_after_days"', '">= hold_after_days"'),
        ("order_check", "{outcome: approve}", "{outcome: hold, reason: PAST_DUE}"),
        ("grading", "points: 40", "points: 40.000001"),
        ("grading", "weight: 1", "weight: 2"),
        ("grading", "(0..15]", "(0..15)"),
        ("grading", "unknown: 15", "unknown: 16"),
        ("collection", "days_past_due: 45", "days_past_due: 46"),
        ("collection", "finance_head", "chief"),
        ("collection", "step", "jump"),
        ("policy", "value: 0.05", "value: 0.06"),
        ("policy", "经销商", "经营商"),
        ("policy", "insolvency_notice, ", ""),
        ("facts", "within: 365 days, type: number", "within: 366 days, type: number"),
        ("reasons", "Past due", "Overdue"),
    ],
)
def test_any_change_of_meaning_changes_the_hash_and_the_list_of_changes(
    file: str, old: str, new: str, tmp_path: Path
) -> None:
    shutil.copytree(POLICIES, tmp_path, dirs_exist_ok=True)
    before = load_policy(tmp_path / "distributor_cn")
    folder = tmp_path if file in ("facts", "reasons") else tmp_path / "distributor_cn"
    text = (folder / f"{file}.yaml").read_text()
    assert old in text
    (folder / f"{file}.yaml").write_text(text.replace(old, new, 1))
    after = load_policy(tmp_path / "distributor_cn")
    assert policy_hash(after) != policy_hash(before)
    assert diff(before, after)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[" * 100_000,
        '{"format":2,"policy":{}}',
        '{"format":1,"policy":{}}',
        '{"format":1,"policy":[]}',
        '{"format":1,"policy":{"id":1.5}}',
    ],
)
def test_a_text_that_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(PolicyTextError) as refused:
        from_canonical(text)
    assert refused.value.code == "L510"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"kind":"money"', '"kind":"mony"'),
        ('"is":"Comparison"', '"is":"Comparision"'),
        ('"hit_policy":"unique"', '"hit_policy":7'),
        ('"points":', '"pionts":'),
        ('"vocabulary":[', '"vocabulary":[null,'),
        ('"decimals":2', '"decimals":true'),
        ('"rows":[', '"rows":[[],'),
    ],
)
def test_a_canonical_text_with_a_part_that_does_not_fit_is_refused(old: str, new: str) -> None:
    text = canonical_text(load_policy(POLICIES / "distributor_cn"))
    assert old in text
    with pytest.raises(PolicyTextError) as refused:
        from_canonical(text.replace(old, new, 1))
    assert refused.value.code == "L510"


@pytest.mark.parametrize("bound", ["1000", "1000.50", "-0.005"])
def test_a_condition_on_amounts_of_entries_keeps_its_decimal(bound: str, tmp_path: Path) -> None:
    texts = {
        "policy": "policy: large\ntitle: {en: Large}\nbase_currency: CNY\nrule_sets: [limit]\n",
        "facts": f'large: {{from: payments, measure: count, where: "amount >= {bound}", type: integer}}\n',
        "limit": "decision_table: limit\nhit_policy: first\nrows:\n"
        '  - {id: A, when: {large: "> 0"}, then: {credit_limit: 1}}\notherwise: {credit_limit: 0}\n',
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    policy = load_policy(tmp_path)

    assert policy == from_canonical(canonical_text(policy))


@pytest.mark.parametrize("decimal", ['{"decimal":5}', '{"decimal":"1e3"}', '{"number":"5"}', "{}"])
def test_a_decimal_that_is_none_is_refused(decimal: str, tmp_path: Path) -> None:
    written = canonical_text(load_policy(POLICIES / NAMES[0]))
    text = written.replace('"operator":"=","value":"insolvency_notice"', f'"operator":"=","value":{decimal}')
    assert text != written
    with pytest.raises(PolicyTextError, match="canonical"):
        from_canonical(text)
