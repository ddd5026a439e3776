"""YAML read strictly: every text stays as written, and whatever YAML would change on its own is refused.

The text is read from the parser's events, below the layer that merges aliases, applies tags and guesses
types; what comes back is a tree of mappings, lists and scalars, each with its line and column.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NoReturn, Protocol, TypeAlias

import yaml

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.language.yaml_text.plain_scalars import refusal_of_plain_text
from policy_service.language.yaml_text.yaml_complaints import (
    broken_yaml,
    look_alike,
    refuse_encoding,
    refuse_split_value,
    refuse_unreadable_characters,
)

LARGEST_TEXT: Final = 4 * 1024 * 1024
DEEPEST_NESTING: Final = 32
MOST_NODES: Final = 500_000

_NO_NAMES: Final = frozenset({"null", "true", "false"})
_LANGUAGES: Final = frozenset({"en", "zh"})
_BLOCK_SCALAR_HEADER: Final = re.compile(r"[|>][-+]?(?:$|[ \r\n])")


@dataclass(frozen=True, slots=True)
class YamlScalar:
    """A single value exactly as written; `is_quoted` also of a `|` or `>` block, which is text as well."""

    text: str
    is_quoted: bool = False
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def is_null(self) -> bool:
        """Whether it is the unquoted word null."""
        return self.text == "null" and not self.is_quoted


@dataclass(frozen=True, slots=True)
class YamlMapping:
    """Keys with their values, in the order of the file; no key twice."""

    entries: tuple[tuple[YamlScalar, "YamlNode"], ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class YamlList:
    """Values in the order of the file."""

    items: tuple["YamlNode", ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


YamlNode: TypeAlias = YamlScalar | YamlMapping | YamlList
PlainData: TypeAlias = str | int | bool | list["PlainData"] | dict[str, "PlainData"] | None


def read_yaml(text: str, file: str) -> YamlNode:
    """Return the one document in `text`; PolicyTextError L001 to L029 with the place for all else.

    A byte order mark at the start is skipped. `file` is only named in places.
    """
    if len(text) > LARGEST_TEXT or len(text.encode("utf-8", "replace")) > LARGEST_TEXT:
        raise PolicyTextError(
            "L003", "the file is larger than 4 MB.", place=Place(file), remedy="Split it into several files."
        )
    text = text.removeprefix("\ufeff")
    refuse_unreadable_characters(text, file)
    return _Reading(text, file).document()


def read_yaml_file(path: Path, file: str = "") -> YamlNode:
    """Return the one document in the UTF-8 file at `path`, named `file` (else by its name) in places.

    The codes of `text_of_yaml_file`, and everything that `read_yaml` refuses.
    """
    return read_yaml(text_of_yaml_file(path, file), file or path.name)


def text_of_yaml_file(path: Path, file: str = "") -> str:
    """Return the text at `path`, if too large as much as tells so; L001 if it cannot be opened, L002 if not UTF-8."""
    file = file or path.name
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST_TEXT + 4)
    except OSError as error:
        found = f"the file cannot be opened ({error.strerror or error})."
        raise PolicyTextError("L001", found, place=Place(file), remedy="Put it there, or correct its name.") from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(content) > LARGEST_TEXT:
            return content.decode("utf-8", "replace")
        refuse_encoding(content, error, file)


def yaml_node(data: PlainData, file: str = "") -> YamlNode:
    """Return the tree that `data` stands for, as if it had been written with every text quoted."""
    place = Place(file)
    match data:
        case None:
            return YamlScalar("null", place=place)
        case bool():
            return YamlScalar("true" if data else "false", place=place)
        case int():
            return YamlScalar(str(data), place=place)
        case str():
            return YamlScalar(data, is_quoted=True, place=place)
        case list():
            return YamlList(tuple(yaml_node(item, file) for item in data), place)
        case dict():
            pairs = ((YamlScalar(key, True, place), yaml_node(value, file)) for key, value in data.items())
            return YamlMapping(tuple(pairs), place)


class _Mark(Protocol):
    index: int
    line: int


class _Reading:
    """One pass over the events of one text."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._lines: list[str] | None = None
        self._nodes = 0
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.Loader))

    def document(self) -> YamlNode:
        try:
            node = self._first_document()
            self._next()
            after = self._next()
        except yaml.YAMLError as error:
            raise broken_yaml(error, self._text, self._file) from None
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse("L012", after, "a second document begins.", "Keep one document per file: delete the ---.")
        return node

    def _first_document(self) -> YamlNode:
        self._next()
        start = self._next()
        if not isinstance(start, yaml.DocumentStartEvent):
            self._refuse_empty()
        if start.version or start.tags:
            self._refuse("L014", start, "a YAML directive is written.", "Delete the line that starts with %.")
        first = self._next()
        if isinstance(first, yaml.ScalarEvent) and not first.value and not first.style:
            self._refuse_empty()
        return self._node(first, 0)

    def _next(self) -> yaml.Event:
        return next(self._events)

    def _node(self, event: yaml.Event, depth: int) -> YamlNode:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse("L004", event, f"more than {MOST_NODES:,} values stand here.", "Split the file.")
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_anchor_and_tag(event)
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            remedy = 'Write the value out; quote a text that starts with "*".'
            self._refuse("L010", event, f"the alias *{event.anchor} is written.", remedy)
        if not isinstance(event, yaml.CollectionStartEvent):
            self._refuse("L027", event, "this is no YAML: a value is expected.", "Check the brackets.")
        return self._collection(event, depth)

    def _collection(self, event: yaml.CollectionStartEvent, depth: int) -> YamlMapping | YamlList:
        self._refuse_anchor_and_tag(event)
        if depth >= DEEPEST_NESTING:
            message = f"values are nested deeper than {DEEPEST_NESTING} levels."
            self._refuse("L005", event, message, "Write it in fewer levels.")
        place = self._place(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return YamlList(tuple(self._items(depth + 1)), place)
        return YamlMapping(tuple(self._entries(depth + 1)), place)

    def _items(self, depth: int) -> Iterator[YamlNode]:
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            yield self._node(event, depth)

    def _entries(self, depth: int) -> Iterator[tuple[YamlScalar, YamlNode]]:
        first_lines = dict[str, int]()
        entry: tuple[YamlScalar, YamlNode] | None = None
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if entry and isinstance(event, yaml.ScalarEvent) and not event.style:
                self._refuse_split(entry[1], event)
            key = self._key(event, depth)
            if line := first_lines.get(key.text):
                message = f'the key "{key.text}" stands twice; first in line {line}.'
                self._refuse("L006", event, message, "Delete one of the two, or rename it.")
            first_lines[key.text] = key.place.line
            value = self._next()
            if entry and isinstance(entry[1], YamlScalar) and _is_rest_of_wording(event, value, entry[0], entry[1]):
                entry = (entry[0], replace(entry[1], text=f"{entry[1].text}, {key.text}"))
                continue
            if entry:
                yield entry
            entry = (key, self._node(value, depth))
        if entry:
            yield entry

    def _refuse_split(self, before: YamlNode, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        if isinstance(before, YamlScalar) and not before.is_quoted and before.place.line == place.line:
            refuse_split_value(before.text, event.value, place)

    def _key(self, event: yaml.Event, depth: int) -> YamlScalar:
        if isinstance(event, yaml.ScalarEvent) and not event.style:
            if event.value == "<<":
                self._refuse("L009", event, "the merge key << is written.", "Write the merged keys out.")
            if event.value in _NO_NAMES or not any(character.isalpha() for character in event.value):
                message = f"the key {event.value} is no name." if event.value else "a key is empty."
                self._refuse("L008", event, message, "Write a name before the colon, or quote the key if it is meant.")
        key = self._node(event, depth)
        if not isinstance(key, YamlScalar):
            remedy = 'Write a name; quote a key that starts with "[" or "{".'
            self._refuse("L007", event, "a list or a mapping is used as a key.", remedy)
        return key

    def _scalar(self, event: yaml.ScalarEvent) -> YamlScalar:
        place = self._place(event)
        runs_on = _line_of(event.start_mark) != _line_of(event.end_mark)
        if not event.style:
            if runs_on:
                remedy = (
                    'Quote it, an interval like "[0..30)" too, or look for a missing colon or dash in the line below.'
                )
                seen = look_alike(self._text, place)
                self._refuse("L022", event, "an unquoted text runs over several lines.", remedy + seen)
            if refusal := refusal_of_plain_text(event.value):
                seen = "" if event.value else look_alike(self._text, place)
                self._refuse(refusal.code, event, refusal.message, refusal.remedy + seen)
            return YamlScalar(event.value, False, place)
        if event.style in "|>":
            self._refuse_odd_block(event)
        elif runs_on or "\\" in self._line(place.line):
            refuse_unreadable_characters(event.value, self._file, place)
        return YamlScalar(event.value, True, place)

    def _refuse_odd_block(self, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        header = self._line(place.line)[place.column - 1 :]
        if not _BLOCK_SCALAR_HEADER.match(header) or not event.value.strip():
            message = f'"{header[:2].strip()}" begins a block of text here, and the block is empty or oddly indented.'
            self._refuse("L023", event, message, 'Quote a condition that starts with ">" or "|": "> 5".')

    def _refuse_anchor_and_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            remedy = 'Delete it; quote a text that starts with "&".'
            self._refuse("L010", event, f"the anchor &{event.anchor} is written.", remedy)
        if event.tag is not None:
            remedy = 'Delete it; quote a text that starts with "!".'
            self._refuse("L011", event, f"the tag {event.tag} is written.", remedy)

    def _refuse_empty(self) -> NoReturn:
        remedy = "Fill it, or write {} for a file without entries."
        raise PolicyTextError("L013", "the file holds nothing.", place=Place(self._file, 1), remedy=remedy)

    def _line(self, number: int) -> str:
        if self._lines is None:
            self._lines = re.split(r"\r\n|\r|\n", self._text)
        return self._lines[number - 1] if number <= len(self._lines) else ""

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self._file) if mark is None else Place(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, code: str, event: yaml.Event, message: str, remedy: str) -> NoReturn:
        raise PolicyTextError(code, message, place=self._place(event), remedy=remedy)


def _is_rest_of_wording(key: yaml.Event, value: yaml.Event, language: YamlScalar, wording: YamlScalar) -> bool:
    # YAML takes the words behind a comma in {en: Distributor, open account} for a key without a value.
    is_left_out = isinstance(value, yaml.ScalarEvent) and not value.value and not value.style
    is_plain = isinstance(key, yaml.ScalarEvent) and not key.style and not wording.is_quoted
    is_without_colon = _offset(value.start_mark) == _offset(key.end_mark)
    is_behind = _line_of(key.start_mark) + 1 == language.place.line
    return is_left_out and is_plain and is_without_colon and is_behind and language.text in _LANGUAGES


def _offset(mark: _Mark | None) -> int:
    return 0 if mark is None else mark.index


def _line_of(mark: _Mark | None) -> int:
    return 0 if mark is None else mark.line
