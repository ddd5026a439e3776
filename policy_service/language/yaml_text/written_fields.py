"""The keys of one mapping of a rule set file, read with every problem kept instead of the first raised."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from policy_service.domain.amounts import to_scaled
from policy_service.domain.errors import Place
from policy_service.domain.values import MILLION
from policy_service.language.definitions.dictionary import Title
from policy_service.language.files.drafts import ThenDraft, WhenDraft, Written
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlList, YamlNode, YamlScalar
from policy_service.language.yaml_text.yaml_reader import remedy_for_unknown

Value = TypeVar("Value")

_ID: Final = re.compile(r"\w[\w.+-]*")


class Fields:
    """A mapping's values by key; an unknown or missing key is kept as a problem, and reading goes on.

    PolicyTextError L040 if `node` is no mapping.
    """

    def __init__(
        self,
        node: YamlNode,
        what: str,
        problems: Problems,
        required: Collection[str] = (),
        optional: Collection[str] = (),
    ) -> None:
        self.place = node.place
        self._what = what
        self._problems = problems
        self._values: dict[str, YamlNode] = {}
        self._entries = yaml_reader.entries(node, what)
        known = (*required, *optional)
        for key, value in self._entries:
            if key.text in known:
                self._values[key.text] = value
            else:
                remedy = remedy_for_unknown(key.text, known)
                problems.report("L041", f'{what} has no key "{key.text}".', key.place, remedy)
        for key_text in required:
            if key_text not in self._values:
                message = f'{what} lacks the key "{key_text}".'
                problems.report("L042", message, node.place, f"Add {key_text}: ...")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def place_of(self, key: str) -> Place:
        """Return where the value of `key` stands, or else the mapping."""
        return self._values[key].place if key in self._values else self.place

    def read(self, key: str, reader: Callable[[YamlNode, str], Value], default: Value) -> Value:
        """Return what `reader` makes of the key's value; `default` if it is absent or refused."""
        node = self._values.get(key)
        if node is None:
            return default
        with self._problems.collecting():
            return reader(node, f"{self._what}, {key}")
        return default

    def text(self, key: str) -> str:
        """Return a text, "" if it is absent."""
        return self.read(key, yaml_reader.text, "")

    def title(self) -> Title:
        """Return the wording of the key `title`."""
        return self.read("title", yaml_reader.title, Title())

    def written(self, key: str) -> Written:
        """Return the text of a single value with its place."""
        return self.read(key, written, Written("", self.place, is_missing=True))

    def cell(self, key: str) -> Written:
        """Return a cell: a single value, or a list of tests."""
        return self.read(key, cell, Written("", self.place, is_missing=True))

    def items(self, key: str, reader: Callable[[YamlNode], Value]) -> tuple[Value, ...]:
        """Return what `reader` makes of each item of a list; items that it refuses are left out."""
        found = [self._problems.attempt(partial(reader, node)) for node in self.nodes(key)]
        return tuple(item for item in found if item is not None)

    def nodes(self, key: str) -> tuple[YamlNode, ...]:
        """Return the items of a list as they stand."""
        nothing: tuple[YamlNode, ...] = ()
        return self.read(key, yaml_reader.items, nothing)

    def entries(self, key: str) -> tuple[tuple[YamlScalar, YamlNode], ...]:
        """Return the keys and values of a mapping as they stand."""
        nothing: tuple[tuple[YamlScalar, YamlNode], ...] = ()
        return self.read(key, yaml_reader.entries, nothing)

    def named(self, key: str, reader: Callable[[YamlScalar, YamlNode], Value]) -> tuple[Value, ...]:
        """Return what `reader` makes of each key of a mapping with its value; those it refuses are left out."""
        found = [self._problems.attempt(partial(reader, name, value)) for name, value in self.entries(key)]
        return tuple(item for item in found if item is not None)

    def pairs(self, key: str, reader: Callable[[YamlNode, str], Written]) -> tuple[tuple[Written, Written], ...]:
        """Return the keys of a mapping with their values as texts, sorted by key; refused ones are left out."""
        return self._pairs(self.entries(key), reader)

    def pairs_of_all(self, reader: Callable[[YamlNode, str], Written]) -> tuple[tuple[Written, Written], ...]:
        """Return all keys but the reasons with their values as texts, sorted by key."""
        entries = ((key, value) for key, value in self._entries if key.text not in ("reason", "reasons"))
        return self._pairs(entries, reader)

    def _pairs(
        self, entries: Iterable[tuple[YamlScalar, YamlNode]], reader: Callable[[YamlNode, str], Written]
    ) -> tuple[tuple[Written, Written], ...]:
        found = []
        for name, value in entries:
            with self._problems.collecting():
                found.append((Written(name.text, name.place), reader(value, f"{self._what}, {name.text}")))
        return tuple(sorted(found, key=lambda pair: pair[0].text))

    def when(self, key: str) -> WhenDraft:
        """Return columns with their cells, sorted by column."""
        return self.pairs(key, cell)

    def then(self, key: str) -> ThenDraft:
        """Return outputs with their values, sorted by output."""
        return self.pairs(key, written)

    def reasons(self) -> tuple[Written, ...]:
        """Return the codes of `reason` or `reasons`."""
        if "reason" in self and "reasons" in self:
            message = f"{self._what} has both a reason and reasons."
            self._problems.report("L413", message, self.place_of("reason"), "Write all of them under reasons: [...].")
        if "reason" in self:
            return (self.written("reason"),)
        return self.read("reasons", _codes, ())


def written(node: YamlNode, what: str) -> Written:
    """Return the text of a single value with its place; L044 or L045 otherwise."""
    scalar = yaml_reader.scalar(node, what)
    return Written(scalar.text if scalar.is_null else yaml_reader.text(node, what), node.place)


def cell(node: YamlNode, what: str) -> Written:
    """Return a cell's text: a single value as it stands, a list of tests with commas between them."""
    if not isinstance(node, YamlList):
        return written(node, what)
    tests = [written(item, what).text for item in node.items]
    if len(tests) == 1 and ".." in tests[0] and tests[0][0] not in "[](" and not tests[0].endswith(("]", ")", "[")):
        # YAML takes an interval that includes both ends, [0..5], for a list of one value.
        return Written(f"[{tests[0]}]", node.place)
    if not tests:
        remedy = 'Write at least one test, or "-" for any value.'
        yaml_reader.refuse("L411", node.place, f"{what} is an empty list.", remedy)
    return Written(", ".join(tests), node.place)


def row_id(node: YamlNode, what: str) -> str:
    """Return an id: letters, digits and . _ + - without spaces; L412 otherwise."""
    text = yaml_reader.scalar(node, what).text
    if not _ID.fullmatch(text) or text == "otherwise":
        remedy = "Write letters, digits and . _ + - without spaces, like L20; not otherwise."
        yaml_reader.refuse("L412", node.place, f'{what} is "{text}", which is no id.', remedy)
    return text


def millionths(node: YamlNode, what: str) -> int:
    """Return a number with at most six decimals in millionths; L049 if it is none, L209 or L232 if it does not fit."""
    return to_scaled(yaml_reader.decimal(node, what), MILLION, node.place)


def _codes(node: YamlNode, what: str) -> tuple[Written, ...]:
    yaml_reader.texts(node, what)
    return tuple(written(item, what) for item in yaml_reader.items(node, what))


def claims(fields: Fields) -> tuple[Written, ...]:
    """Return the sentences of the key `claims`."""
    return fields.read("claims", _codes, ())


def report_duplicate_ids(problems: Problems, ids: Iterable[tuple[str, Place]]) -> None:
    """Keep a problem for every id that stands a second time."""
    seen: dict[str, Place] = {}
    for text, place in ids:
        if text in seen:
            message = f"the id {text} stands twice; first in line {seen[text].line}."
            problems.report("L417", message, replace(place, row=text), "Give one of the two another id.")
        elif text:
            seen[text] = place
