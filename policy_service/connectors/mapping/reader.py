"""Reads a mapping strictly: what is misspelt or means nothing is refused at its place, with a remedy."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from policy_service.connectors.mapping.mapping import (
    TABLE_OF_ID,
    Condition,
    ConnectorMapping,
    Feed,
    columns_of,
)
from policy_service.connectors.mapping.source_reader import read_source
from policy_service.connectors.mapping.sources import FromField, Source
from policy_service.connectors.mapping.written_reader import read_tasks, read_write_back
from policy_service.connectors.port import System
from policy_service.domain.errors import Place
from policy_service.language.yaml_text.strict_yaml import (
    YamlList,
    YamlMapping,
    YamlNode,
    YamlScalar,
    read_yaml,
    text_of_yaml_file,
)
from policy_service.language.yaml_text.yaml_reader import (
    boolean,
    choice,
    entries,
    fields,
    items,
    refuse,
    remedy_for_unknown,
    scalar,
    text,
    texts,
)
from policy_service.ledger.columns import COLUMNS, Table

#: So many characters has a mapping at most, and so many columns one of its feeds.
LONGEST_MAPPING: Final = 100_000
MOST_COLUMNS: Final = 200
_FEED_KEYS: Final = ("each", "only", "not", "unless_blank", "unless_zero", "is_on")


def load_connector_mapping(path: Path) -> ConnectorMapping:
    """Return the mapping file at `path`; the errors of `read_connector_mapping`, and those of opening it."""
    return read_connector_mapping(text_of_yaml_file(path), path.name)


def read_connector_mapping(written: str, file: str) -> ConnectorMapping:
    """Return the mapping in a text, named `file` in places.

    PolicyTextError L001 to L053 for what is no such YAML, X140 to X149 for what means nothing.
    """
    if len(written) > LONGEST_MAPPING:
        found = f"the mapping has more than {LONGEST_MAPPING:,} characters."
        refuse("X145", Place(file), found, "Leave out what is not needed, or connect the system twice.")
    node = read_yaml(written, file)
    values = fields(node, "the mapping", ("mapping", "system", "rows"), ("id_prefix", "write_back", "tasks"))
    feeds = tuple(_feed(one) for one in items(values["rows"], "rows"))
    return ConnectorMapping(
        text(values["mapping"], "mapping"),
        choice(values["system"], "system", System),
        feeds,
        _id_prefixes(values["id_prefix"]) if "id_prefix" in values else {},
        read_write_back(values["write_back"], feeds) if "write_back" in values else (),
        read_tasks(values["tasks"], feeds) if "tasks" in values else None,
    )


def _feed(node: YamlNode) -> Feed:
    values = fields(node, "rows", ("from", "to", "columns"), _FEED_KEYS)
    each = text(values["each"], "each") if "each" in values else ""
    table = choice(values["to"], "to", Table)
    columns = _columns(values["columns"], table, in_list=bool(each))
    conditions = [
        condition
        for key in ("only", "not")
        if key in values
        for condition in _conditions(values[key], key, in_list=bool(each))
    ]
    return Feed(
        text(values["from"], "from"),
        table,
        columns,
        tuple(conditions),
        each,
        _mapped(values, "unless_blank", columns),
        _mapped(values, "unless_zero", columns),
        boolean(values["is_on"], "is_on") if "is_on" in values else True,
        node.place,
    )


def _columns(node: YamlNode, table: Table, *, in_list: bool) -> Mapping[str, Source]:
    if isinstance(node, YamlList):
        texts(node, "columns")
        pairs = [(one, one) for one in node.items if isinstance(one, YamlScalar)]
    else:
        pairs = [(key, value) for key, value in entries(node, "columns")]  # type: ignore[misc]
    if len(pairs) > MOST_COLUMNS:
        found = f"{table.value} has more than {MOST_COLUMNS} columns here."
        refuse("X145", node.place, found, "Leave out what is not needed, or connect the system twice.")
    known = columns_of(table)
    columns: dict[str, Source] = {}
    for key, value in pairs:
        if key.text not in known and not COLUMNS[table].keeps_further_columns:
            found = f'{table.value} has no column "{key.text}".'
            refuse("L041", key.place, found, remedy_for_unknown(key.text, known))
        columns[key.text] = read_source(value, key.text, in_list=in_list)
    return columns


def _conditions(node: YamlNode, key: str, *, in_list: bool) -> Iterator[Condition]:
    if isinstance(node, YamlList):
        for one in node.items:
            yield _written_out(one, key, in_list=in_list)
        return
    for name, value in entries(node, key):
        yield Condition(FromField(name.text, place=name.place), _words(value, name.text), key == "not", name.place)


def _written_out(node: YamlNode, key: str, *, in_list: bool) -> Condition:
    pairs = entries(node, key)
    words = [value for name, value in pairs if name.text == "is"]
    if not words:
        refuse("L042", node.place, f'{key} lacks the key "is".', "Add is: ...")
    rest = YamlMapping(tuple((name, value) for name, value in pairs if name.text != "is"), node.place)
    return Condition(read_source(rest, key, in_list=in_list), _words(words[0], "is"), key == "not", node.place)


def _words(node: YamlNode, what: str) -> tuple[str, ...]:
    several = node.items if isinstance(node, YamlList) else (node,)
    return tuple(scalar(one, what).text for one in several)


def _mapped(values: Mapping[str, YamlNode], key: str, columns: Mapping[str, Source]) -> tuple[str, ...]:
    names = texts(values[key], key) if key in values else ()
    for name in names:
        if name not in columns:
            found = f'{key} names "{name}", for which columns has nothing.'
            refuse("X144", values[key].place, found, remedy_for_unknown(name, tuple(columns)))
    return names


def _id_prefixes(node: YamlNode) -> Mapping[Table, str]:
    tables = tuple(dict.fromkeys(TABLE_OF_ID.values()))
    if isinstance(node, YamlScalar):
        return dict.fromkeys(tables, text(node, "id_prefix"))
    values = fields(node, "id_prefix", optional=[table.value for table in tables])
    return {Table(name): text(value, f"id_prefix, {name}") for name, value in values.items()}
