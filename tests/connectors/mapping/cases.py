"""The cases beside this file: a row of another system, and the rows of the ledger that it stands for."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from policy_service.connectors.mapping.mapping import ConnectorMapping
from policy_service.connectors.mapping.reader import load_connector_mapping, read_connector_mapping
from policy_service.connectors.mapping.translation import Company
from policy_service.connectors.port import Body, Json
from policy_service.language.yaml_text.strict_yaml import YamlList, YamlMapping, YamlNode, YamlScalar, read_yaml_file

SHIPPED = Path(__file__).parents[3] / "rules" / "connectors"
CASES = Path(__file__).parent / "cases"
COMPANY = Company(ZoneInfo("Asia/Shanghai"), "CNY")
_WORDS: dict[str, Json] = {"null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    mapping: ConnectorMapping
    object_name: str
    row: Body
    known: Body
    looked_up: list[str]
    left_out: str
    rows: list[tuple[str, Body]]

    def look_up(self, object_name: str, row_id: str) -> Body | None:
        rows = self.known.get(object_name)
        row = rows.get(row_id) if isinstance(rows, dict) else None
        return row if isinstance(row, dict) else None


def every_case() -> list[Case]:
    return [_case(one) for file in sorted(CASES.glob("*.yaml")) for one in _items(read_yaml_file(file))]


def shipped(name: str) -> ConnectorMapping:
    return load_connector_mapping(SHIPPED / f"{name}.yaml")


def _case(node: YamlNode) -> Case:
    assert isinstance(node, YamlMapping)
    said = {key.text: value for key, value in node.entries}
    known = {"name", "mapping", "object", "row", "known", "looked_up", "left_out", "rows"}
    assert set(said) <= known, set(said) - known
    read = {key: _json(value) for key, value in said.items()}
    written = str(read["mapping"])
    mapping = read_connector_mapping(written, "case.yaml") if "\n" in written else shipped(written)
    rows, looked_up = read.get("rows", {}), read.get("looked_up", [])
    assert isinstance(rows, dict)
    assert isinstance(looked_up, list)
    row, others = read["row"], read.get("known", {})
    assert isinstance(row, dict)
    assert isinstance(others, dict)
    expected = [(table, cells) for table, several in rows.items() for cells in several]
    left_out = str(read.get("left_out", ""))
    return Case(str(read["name"]), mapping, str(read["object"]), row, others, looked_up, left_out, expected)


def _items(node: YamlNode) -> tuple[YamlNode, ...]:
    assert isinstance(node, YamlList)
    return node.items


def _json(node: YamlNode) -> Json:
    match node:
        case YamlMapping():
            return {key.text: _json(value) for key, value in node.entries}
        case YamlList():
            return [_json(item) for item in node.items]
        case YamlScalar(text=text, is_quoted=True):
            return text
        case YamlScalar(text=text) if text in _WORDS:
            return _WORDS[text]
        case YamlScalar(text=text):
            try:
                return int(text) if text.isdigit() else float(text)
            except ValueError:
                return text
