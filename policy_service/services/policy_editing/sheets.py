"""Rule sets as spreadsheets: the cells of tables and scorecards as they are written, each with where it stands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from policy_service.domain.errors import PolicyTextError
from policy_service.language.yaml_text.layout import composed
from policy_service.language.yaml_text.strict_yaml import YamlMapping, YamlScalar, read_yaml
from policy_service.services.policy_editing.edits import Path

#: The kinds of rule sets, as the first key of a file names them.
KINDS: Final = ("decision_table", "scorecard", "formula", "ladder")
_REASONS: Final = ("reason", "reasons")
#: Reasons stand in the row itself, under one of two keys.
_OF_REASONS: Final[Path] = ()
_KIND: Final = re.compile(rf"^({'|'.join(KINDS)}):", re.MULTILINE)
_TITLE: Final = re.compile(r"^title:.*$", re.MULTILINE)
_HIT_POLICY: Final = re.compile(r"^hit_policy: *(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: what it is (`id`, `when`, `then`, `reasons`, `note`, ...), its name, and where its cells are in a row.

    `is_of_group`: its cells are of the group that a row belongs to, as the weight of a characteristic is.
    """

    kind: str
    name: str
    path: Path
    is_of_group: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: where it stands in the file, its cells column by column (empty where it says nothing), and its group."""

    at: Path
    cells: tuple[str, ...]
    group: Path = ()
    is_first: bool = True
    is_otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of one kind under the same columns; `path` is that of the list they stand in."""

    part: str
    path: Path
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rule set as its file says it, its titles by language; only tables and scorecards have `grids`."""

    name: str
    file: str
    kind: str
    grids: tuple[Grid, ...] = ()
    hit_policy: str = ""
    titles: tuple[tuple[str, str], ...] = ()


def sheet_of(name: str, file: str, text: str) -> Sheet:
    """Return a rule set as a spreadsheet; PolicyTextError if its text is no YAML."""
    node = composed(text, file)
    kind = next((each for each in KINDS if _value(node, each) is not None), "")
    grids: tuple[Grid, ...] = ()
    if kind == "decision_table":
        grids = (_table(node),)
    elif kind == "scorecard":
        grids = (_characteristics(node), _knock_outs(node), _bands(node))
    return Sheet(name, file, kind, grids, _text(_value(node, "hit_policy")))


def head_of(text: str, file: str) -> Sheet:
    """Return what kind of rule set a text holds, its titles and its hit policy, as far as they can be seen.

    The rows of a large table are not read for it.
    """
    kind, title, hit_policy = (pattern.search(text) for pattern in (_KIND, _TITLE, _HIT_POLICY))
    try:
        titles = _titles(title[0], file) if title else ()
    except PolicyTextError:
        titles = ()
    name = file.removesuffix(".yaml")
    return Sheet(name, file, kind[1] if kind else "", (), hit_policy[1] if hit_policy else "", titles)


def as_data(sheet: Sheet) -> dict[str, object]:
    """Return a spreadsheet as JSON has it."""
    return {
        "name": sheet.name,
        "file": sheet.file,
        "kind": sheet.kind,
        "hit_policy": sheet.hit_policy,
        "grids": [
            {
                "part": grid.part,
                "path": list(grid.path),
                "columns": [
                    {
                        "kind": each.kind,
                        "name": each.name,
                        "path": list(each.path),
                        "of_group": each.is_of_group,
                        "note": each.note,
                    }
                    for each in grid.columns
                ],
                "rows": [_row_data(row) for row in grid.rows],
            }
            for grid in sheet.grids
        ],
    }


def _titles(line: str, file: str) -> tuple[tuple[str, str], ...]:
    node = read_yaml(line, file)
    title = node.entries[0][1] if isinstance(node, YamlMapping) else node
    entries = title.entries if isinstance(title, YamlMapping) else ()
    return tuple((key.text, value.text) for key, value in entries if isinstance(value, YamlScalar))


def _row_data(row: SheetRow) -> dict[str, object]:
    return {
        "at": list(row.at),
        "cells": list(row.cells),
        **({"group": list(row.group), "first": row.is_first} if row.group else {}),
        **({"otherwise": True} if row.is_otherwise else {}),
    }


def _table(node: Node) -> Grid:
    rows, otherwise = _items(_value(node, "rows")), _value(node, "otherwise")
    outputs = _names(rows, "then", [key for key, _ in _entries(otherwise) if key not in _REASONS])
    columns = (
        SheetColumn("id", "id", ("id",)),
        *(SheetColumn("when", name, ("when", name)) for name in _names(rows, "when")),
        *(SheetColumn("then", name, ("then", name)) for name in outputs),
        SheetColumn("reasons", "reasons", _OF_REASONS),
        *(SheetColumn("release", name, ("release", name)) for name in _names(rows, "release")),
        SheetColumn("note", "note", ("note",)),
    )
    notes = {name: _text(note) for name, note in _entries(_value(node, "column_notes"))}
    columns = tuple(replace(column, note=notes.get(column.name, "")) for column in columns)
    found = [SheetRow(("rows", at), _cells(row, columns)) for at, row in enumerate(rows)]
    cells = tuple(_otherwise_cell(otherwise, column) for column in columns)
    found.append(SheetRow(("otherwise",), cells, is_otherwise=True))
    return Grid("rows", ("rows",), columns, tuple(found))


def _otherwise_cell(otherwise: Node | None, column: SheetColumn) -> str:
    match column.kind:
        case "id":
            return "otherwise"
        case "then":
            return _text(_value(otherwise, column.name))
        case "reasons":
            return _reasons(otherwise)
        case _:
            return ""


def _characteristics(node: Node) -> Grid:
    columns = (
        SheetColumn("fact", "fact", ("fact",), is_of_group=True),
        SheetColumn("number", "weight", ("weight",), is_of_group=True),
        SheetColumn("when", "when", ("when",)),
        SheetColumn("then", "points", ("points",)),
        SheetColumn("number", "unknown", ("unknown",), is_of_group=True),
    )
    groups = enumerate(_items(_value(node, "characteristics")))
    rows = [row for at, each in groups for row in _attributes(("characteristics", at), each, columns)]
    return Grid("characteristics", ("characteristics",), columns, tuple(rows))


def _knock_outs(node: Node) -> Grid:
    rows = _items(_value(node, "knock_outs"))
    columns = (
        SheetColumn("id", "id", ("id",)),
        *(SheetColumn("when", name, ("when", name)) for name in _names(rows, "when")),
        SheetColumn("then", "grade", ("grade",)),
        SheetColumn("reasons", "reasons", _OF_REASONS),
    )
    return _plain_grid("knock_outs", rows, columns)


def _bands(node: Node) -> Grid:
    columns = (
        SheetColumn("when", "score", ("when",)),
        SheetColumn("then", "grade", ("grade",)),
        SheetColumn("reasons", "reasons", _OF_REASONS),
    )
    return _plain_grid("bands", _items(_value(node, "bands")), columns)


def _attributes(at: Path, each: Node, columns: Sequence[SheetColumn]) -> Iterable[SheetRow]:
    of_group = _cells(each, columns)
    for number, attribute in enumerate(_items(_value(each, "attributes"))):
        own = _cells(attribute, columns)
        cells = tuple(
            (head if not number else "") if column.is_of_group else cell
            for column, head, cell in zip(columns, of_group, own, strict=True)
        )
        yield SheetRow((*at, "attributes", number), cells, at, is_first=not number)


def _plain_grid(part: str, rows: Sequence[Node], columns: tuple[SheetColumn, ...]) -> Grid:
    found = tuple(SheetRow((part, at), _cells(row, columns)) for at, row in enumerate(rows))
    return Grid(part, (part,), columns, found)


def _cells(row: Node, columns: Sequence[SheetColumn]) -> tuple[str, ...]:
    said: dict[Path, str] = {}
    for name, value in _entries(row):
        if isinstance(value, MappingNode):
            said.update(((name, inner), _text(cell)) for inner, cell in _entries(value))
        else:
            said[_OF_REASONS if name in _REASONS else (name,)] = _text(value)
    return tuple(said.get(column.path, "") for column in columns)


def _reasons(row: Node | None) -> str:
    return next((_text(value) for key, value in _entries(row) if key in _REASONS), "")


def _names(rows: Sequence[Node], key: str, more: Sequence[str] = ()) -> list[str]:
    found = dict.fromkeys(name for row in rows for name, _ in _entries(_value(row, key)))
    return list(found | dict.fromkeys(more))


def _entries(node: Node | None) -> list[tuple[str, Node]]:
    return [(key.value, value) for key, value in node.value] if isinstance(node, MappingNode) else []


def _items(node: Node | None) -> list[Node]:
    return node.value if isinstance(node, SequenceNode) else []


def _value(node: Node | None, key: str) -> Node | None:
    return next((value for name, value in _entries(node) if name == key), None)


def _text(node: Node | None) -> str:
    match node:
        case ScalarNode():
            return str(node.value)
        case SequenceNode():
            text = ", ".join(_text(item) for item in node.value)
            # YAML takes an interval that includes both ends, [0..5], for a list of one value.
            return f"[{text}]" if ".." in text and text[0] not in "[](" and text[-1] not in "])[" else text
        case _:
            return ""
