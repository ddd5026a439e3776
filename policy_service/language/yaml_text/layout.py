"""Where everything in a YAML text stands, to the character: what lets one value be written anew and no other."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.language.yaml_text.strict_yaml import read_yaml

_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class ScalarLayout:
    """A single value, from its first to behind its last character."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EntryLayout:
    """A key of a mapping with its value; `name` is the key without quotes."""

    name: str
    key: ScalarLayout
    value: "Layout"

    @property
    def end(self) -> int:
        """Behind its last character."""
        return self.value.end


@dataclass(frozen=True, slots=True)
class MappingLayout:
    """Keys and values in the order of the text, between braces if it is `in_braces`, else a line for each."""

    start: int
    end: int
    in_braces: bool
    entries: tuple[EntryLayout, ...]

    def entry(self, name: str) -> EntryLayout | None:
        """Return the entry of that key, if there is one."""
        return next((entry for entry in self.entries if entry.name == name), None)


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Values in the order of the text, between brackets if it is `in_brackets`, else each behind a dash."""

    start: int
    end: int
    in_brackets: bool
    items: tuple["Layout", ...]


Layout: TypeAlias = ScalarLayout | MappingLayout | ListLayout


def layout_of(text: str, file: str) -> Layout:
    """Return where everything in the one document of `text` stands; PolicyTextError where it is no YAML at all.

    What else `read_yaml` refuses is let through, so that it can be mended.
    """
    return _layout(composed(text, file), text, 1 if text.startswith("\ufeff") else 0)


def composed(text: str, file: str) -> yaml.Node:
    """Return the tree of the one document in `text` as the parser has it; its errors are those of `layout_of`."""
    try:
        node = yaml.compose(text.removeprefix("\ufeff"), Loader=_LOADER)
    except (yaml.YAMLError, RecursionError):
        node = None
    if node is None:
        read_yaml(text, file)
        raise PolicyTextError("L013", "the file holds nothing.", place=Place(file, 1), remedy="Fill it.")
    return node


def _layout(node: yaml.Node, text: str, ahead: int) -> Layout:
    start, end = node.start_mark.index + ahead, node.end_mark.index + ahead
    if isinstance(node, yaml.MappingNode):
        entries = _entries(node, text, ahead)
        return MappingLayout(start, _end(node, end, entries), bool(node.flow_style), entries)
    if isinstance(node, yaml.SequenceNode):
        items = tuple(_layout(item, text, ahead) for item in node.value)
        return ListLayout(start, _end(node, end, items), bool(node.flow_style), items)
    # A block of text is said to end where the next line begins.
    return ScalarLayout(start, start + len(text[start:end].rstrip()))


def _entries(node: yaml.MappingNode, text: str, ahead: int) -> tuple[EntryLayout, ...]:
    found: list[EntryLayout] = []
    for key, value in node.value:
        spot = _layout(key, text, ahead)
        if value.start_mark.index == value.end_mark.index == key.end_mark.index and found:
            # In {en: Distributor, open account} the words behind the comma belong to the value before.
            before = found[-1]
            found[-1] = EntryLayout(before.name, before.key, ScalarLayout(before.value.start, spot.end))
            continue
        found.append(EntryLayout(key.value, ScalarLayout(spot.start, spot.end), _layout(value, text, ahead)))
    return tuple(found)


def _end(node: yaml.CollectionNode, end: int, parts: tuple[EntryLayout, ...] | tuple[Layout, ...]) -> int:
    # What has neither braces nor brackets is said to end where the next thing begins.
    return end if node.flow_style or not parts else parts[-1].end
