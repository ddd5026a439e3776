"""Every piece of YAML in the documents is read as a user's file would be."""

import re
from pathlib import Path

import pytest

from policy_service.connectors.mapping.reader import load_connector_mapping
from policy_service.domain.findings import Severity
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.language.files.cases import load_cases
from policy_service.language.files.override_file import load_overrides
from policy_service.language.load import load_policy
from policy_service.language.yaml_text.strict_yaml import YamlList, YamlMapping, read_yaml
from policy_service.ledger.mapping import load_mapping
from policy_service.linter.lint import lint
from tests.docs.documents import DOCS, ROOT, RULES, Block, blocks, every_document

_TUTORIALS = DOCS / "tutorial"
_PIECES = [block for path in every_document() if _TUTORIALS not in path.parents for block in blocks(path, "yaml")]
_KINDS = ("decision_table", "scorecard", "formula", "ladder")
#: The dials that the pieces turn.
_POLICY = """
policy: piece
base_currency: CNY
parameters:
  tolerance: {{value: 0.05, type: number}}
  materiality: {{value: 500, type: money}}
  hold_after_days: {{value: 15, type: days}}
  standard_period: {{value: 30, type: days}}
rule_sets: [{name}]
"""


def _keys(block: Block) -> set[str]:
    node = read_yaml(block.text, "piece.yaml")
    if isinstance(node, YamlList):
        node = node.items[0]
    return {key.text for key, _ in node.entries} if isinstance(node, YamlMapping) else set()


def _rule_sets() -> list[Block]:
    return [block for block in _PIECES if _keys(block) & set(_KINDS)]


def _with_key(key: str) -> list[Block]:
    return [block for block in _PIECES if key in _keys(block)]


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _place(block: Block) -> str:
    return block.place


@pytest.mark.parametrize("block", _PIECES, ids=_place)
def test_a_piece_is_strict_yaml(block: Block) -> None:
    assert read_yaml(block.text, block.place)


@pytest.mark.parametrize("block", _rule_sets(), ids=_place)
def test_a_rule_set_loads_and_the_linter_finds_no_error_in_it(block: Block, tmp_path: Path) -> None:
    name = re.search(rf"^(?:{'|'.join(_KINDS)}): (\w+)$", block.text, re.MULTILINE)
    assert name
    _write(tmp_path, "policy.yaml", _POLICY.format(name=name[1]))
    _write(tmp_path, f"{name[1]}.yaml", block.text)
    findings = lint(load_policy(tmp_path, load_dictionary(RULES)))
    assert [] == [finding.message for finding in findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("name", ["facts.yaml", "reasons.yaml", "formulas.yaml"])
def test_a_piece_of_the_dictionary_loads(name: str, tmp_path: Path) -> None:
    pieces = [block for block in _PIECES if block.text.startswith(f"# {name}\n")]
    assert pieces
    for block in pieces:
        _write(tmp_path, name, block.text)
        assert load_dictionary(tmp_path)


@pytest.mark.parametrize("block", _with_key("expect"), ids=_place)
def test_a_piece_of_cases_loads(block: Block, tmp_path: Path) -> None:
    assert load_cases(_write(tmp_path, "cases.yaml", block.text))


@pytest.mark.parametrize("block", _with_key("expires_on"), ids=_place)
def test_a_piece_of_overrides_loads(block: Block, tmp_path: Path) -> None:
    assert load_overrides(_write(tmp_path, "overrides.yaml", block.text))


@pytest.mark.parametrize("block", _with_key("mapping"), ids=_place)
def test_a_mapping_loads(block: Block, tmp_path: Path) -> None:
    file = _write(tmp_path, "mapping.yaml", block.text)
    # A mapping of another system's rows names the system.
    assert load_connector_mapping(file) if "\nsystem:" in block.text else load_mapping(file)


def test_each_hit_policy_has_its_table() -> None:
    tables = [block.text for block in blocks(ROOT / "docs/how-to/write-a-decision-table.md", "yaml")]
    shown = {found[1] for table in tables if (found := re.search(r"^hit_policy: (\w+)", table, re.MULTILINE))}
    assert {"unique", "any", "first", "priority", "rule_order", "output_order", "collect"} == shown
