"""Splices of a text: which characters give way to which others, so that all others stay as they are."""

import re
from collections.abc import Iterable
from typing import Final

from policy_service.language.yaml_text.layout import EntryLayout, Layout, ListLayout, MappingLayout
from policy_service.language.yaml_text.strict_yaml import PlainData
from policy_service.language.yaml_text.yaml_writing import flow, key
from policy_service.services.policy_editing.edits import Splice

#: In which order the keys of a row, a characteristic or a band are written.
_ORDER: Final = (
    *("id", "name", "fact", "grade", "weight", "when", "days_past_due", "attributes", "points", "unknown", "then"),
    *("action", "channel", "owner", "deadline_days", "effects", "reason", "reasons", "release", "approval", "note"),
)
_COMMENT: Final = re.compile(r"#[^\n]*")


class Unspliceable(Exception):
    """The way a text is written does not let one part of it be changed alone."""


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Return the text with all splices made; those at one place in the order given."""
    parts: list[str] = []
    done = 0
    for splice in sorted(splices, key=lambda each: (each.start, each.end)):
        parts += [text[done : splice.start], splice.text]
        done = max(done, splice.end)
    return "".join([*parts, text[done:]])


def difference(before: str, after: str) -> Splice:
    """Return the one splice of `before` that makes `after` of it."""
    longest = min(len(before), len(after))
    start = next((at for at in range(longest) if before[at] != after[at]), longest)
    rest = longest - start
    same = next((at for at in range(rest) if before[len(before) - 1 - at] != after[len(after) - 1 - at]), rest)
    return Splice(start, len(before) - same, after[start : len(after) - same])


def added_entry(text: str, mapping: MappingLayout, name: str, value: PlainData) -> Splice:
    """Return the splice that adds a key to a mapping, where keys of that name are written."""
    written = f"{key(name)} {flow(value)}"
    before = _entry_before(mapping, name)
    if mapping.in_braces:
        if not mapping.entries:
            return Splice(mapping.start, mapping.end, "{" + written + "}")
        if before is None:
            return _at(mapping.entries[0].key.start, f"{written}, ")
        return _at(before.end, f", {written}")
    indent = " " * _column(text, mapping.start)
    if before is None:
        return _at(mapping.entries[0].key.start, f"{written}{_newline(text)}{indent}")
    return _line_after(text, before.end, f"{indent}{written}")


def without_entry(text: str, mapping: MappingLayout, name: str) -> list[Splice]:
    """Return the splices that take a key out of a mapping."""
    spans = [(entry.key.start, entry.end) for entry in mapping.entries]
    at = [entry.name for entry in mapping.entries].index(name)
    if len(spans) == 1:
        return [Splice(mapping.start, mapping.end, "{}")]
    if mapping.in_braces:
        return _without_part(text, spans, at)
    if at == 0:
        # It may stand behind the dash of the item that it begins.
        return [Splice(spans[0][0], spans[1][0], _comments(text[spans[0][1] : spans[1][0]]))]
    return [Splice(*_lines_of(text, *spans[at]), "")]


def added_item(text: str, items: ListLayout, at: int, written: str) -> Splice:
    """Return the splice that puts an item, as it is written, into a list before the position `at`."""
    if items.in_brackets:
        if not items.items:
            return Splice(items.start, items.end, f"[{written}]")
        if at < len(items.items):
            return _at(items.items[at].start, f"{written}, ")
        return _at(items.items[-1].end, f", {written}")
    indent = " " * _column(text, items.start)
    if at == 0:
        return _at(_dash(text, items.items[0]), f"- {written}{_newline(text)}{indent}")
    return _line_after(text, items.items[at - 1].end, f"{indent}- {written}")


def without_item(text: str, items: ListLayout, at: int) -> list[Splice]:
    """Return the splices that take an item out of a list."""
    if len(items.items) == 1:
        return [Splice(items.start, items.end, "[]")]
    if items.in_brackets:
        return _without_part(text, [(item.start, item.end) for item in items.items], at)
    if at == 0:
        start, behind = _dash(text, items.items[0]), _dash(text, items.items[1])
        return [Splice(start, behind, _comments(text[items.items[0].end : behind]))]
    return [Splice(*_lines_of(text, _dash(text, items.items[at]), items.items[at].end), "")]


def item_text(text: str, item: Layout) -> str:
    """Return an item of a list as it is written."""
    return text[item.start : item.end]


def line_text(text: str, items: ListLayout, at: int) -> str:
    """Return an item of a list as it is written, with the comment behind it where it has lines of its own."""
    start, end = items.items[at].start, items.items[at].end
    last = text.find("\n", end)
    behind = text[end : last if last >= 0 else len(text)].rstrip()
    is_commented = not items.in_brackets and behind.lstrip().startswith("#")
    return text[start:end] + (behind if is_commented else "")


def _entry_before(mapping: MappingLayout, name: str) -> EntryLayout | None:
    if name not in _ORDER:
        return mapping.entries[-1] if mapping.entries else None
    rank = _ORDER.index(name)
    earlier = [entry for entry in mapping.entries if entry.name not in _ORDER or _ORDER.index(entry.name) < rank]
    return earlier[-1] if earlier else None


def _without_part(text: str, spans: list[tuple[int, int]], at: int) -> list[Splice]:
    start, end = spans[at]
    first, second = (spans[at - 1][1], start) if at else (end, spans[1][0])
    between = text[first:second]
    if "#" not in between:
        return [Splice(first, end, "") if at else Splice(start, second, "")]
    # A comment between two parts stays; of two commas one goes.
    comma = first + _COMMENT.sub(lambda found: " " * len(found[0]), between).index(",")
    return [Splice(comma, comma + 1, ""), Splice(start, end, "")]


def _comments(gap: str) -> str:
    # A comment behind the part that goes is about that part; those on lines of their own stay.
    _, _, rest = gap.partition("\n")
    return rest.lstrip() if "#" in rest else ""


def _dash(text: str, item: Layout) -> int:
    at = item.start - 1
    while at >= 0 and text[at] in " \t\r\n":
        at -= 1
    if at < 0 or text[at] != "-":
        raise Unspliceable
    return at


def _lines_of(text: str, start: int, end: int) -> tuple[int, int]:
    first = text.rfind("\n", 0, start) + 1
    if text[first:start].strip():
        raise Unspliceable
    last = text.find("\n", end)
    return (first, last + 1) if last >= 0 else (max(first - 1, 0), len(text))


def _line_after(text: str, end: int, line: str) -> Splice:
    last = text.find("\n", end)
    if last < 0:
        return _at(len(text), f"{_newline(text)}{line}")
    behind = text[end:last].strip()
    if behind and not behind.startswith("#"):
        raise Unspliceable
    return _at(last + 1, f"{line}{_newline(text)}")


def _column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _at(start: int, text: str) -> Splice:
    return Splice(start, start, text)
