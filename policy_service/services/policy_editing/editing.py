"""Edits made in the text of a file: each changes what it names, and every other character stays as it was."""

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from policy_service.language.yaml_text.layout import Layout, ListLayout, MappingLayout, layout_of
from policy_service.language.yaml_text.strict_yaml import PlainData
from policy_service.language.yaml_text.yaml_writing import flow, key
from policy_service.services.policy_editing.edits import (
    Copy,
    Edit,
    Insert,
    Move,
    Path,
    Remove,
    Rename,
    SetReasons,
    SetValue,
    Splice,
    path_of,
)
from policy_service.services.policy_editing.refusals import not_an_edit, nothing_there, only_as_text
from policy_service.services.policy_editing.splices import (
    Unspliceable,
    added_entry,
    added_item,
    item_text,
    line_text,
    spliced,
    without_entry,
    without_item,
)

#: Conditions that say nothing once they have no cell: they go with their last one.
_CONDITIONS: Final = frozenset({"when", "release"})
_REASONS: Final = frozenset({"reason", "reasons"})


def edited(text: str, file: str, edits: Sequence[Edit]) -> str:
    """Return the text of a file with the edits made, one after the other.

    RequestError R580 for an edit that makes no sense where it is to be made, R581 for a path that leads nowhere, R582
    where the text is written so that the part cannot be changed alone; PolicyTextError for a text that is no YAML.
    """
    for together in _passes(edits):
        text = _at_once(text, file, together)
    return text


def found_at(layout: Layout, path: Path) -> Layout | None:
    """Return what stands at a path, if anything does."""
    for step in path:
        if isinstance(layout, MappingLayout):
            entry = layout.entry(str(step))
            if entry is None:
                return None
            layout = entry.value
        elif isinstance(layout, ListLayout) and isinstance(step, int) and 0 <= step < len(layout.items):
            layout = layout.items[step]
        else:
            return None
    return layout


def is_within_a_row(edit: Edit) -> bool:
    """Return whether an edit leaves every row where it stands."""
    match edit:
        case SetValue() | SetReasons():
            return True
        case Remove(path):
            return bool(path) and isinstance(path[-1], str)
        case _:
            return False


def _passes(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    # What is set in different rows does not move each other: it is made in one reading of the text.
    waiting = list(edits)
    while waiting:
        count = next((at for at, edit in enumerate(waiting) if not is_within_a_row(edit)), len(waiting))
        if not count:
            yield [waiting.pop(0)]
            continue
        together, later, rows = list[Edit](), list[Edit](), set[Path]()
        for edit in waiting[:count]:
            row = _row_of(edit)
            (later if row in rows else together).append(edit)
            rows.add(row)
        yield together
        waiting = later + waiting[count:]


def _row_of(edit: Edit) -> Path:
    path = path_of(edit)
    position = next((at for at, step in enumerate(path) if isinstance(step, int)), None)
    # Without a list on the way, whatever has its first key in common is changed apart.
    return path[:1] if position is None else path[: position + 1]


def _at_once(text: str, file: str, edits: Sequence[Edit]) -> str:
    layout = layout_of(text, file)
    splices: list[Splice] = []
    for edit in edits:
        try:
            splices += _splices(text, layout, edit, file)
        except Unspliceable:
            raise only_as_text(path_of(edit), file) from None
    return spliced(text, splices)


def _splices(text: str, layout: Layout, edit: Edit, file: str) -> list[Splice]:
    match edit:
        case SetValue(path, value):
            return [_set(text, layout, path, value, file)]
        case SetReasons(path, codes):
            return _set_reasons(text, layout, path, codes, file)
        case Remove(path):
            return _remove(text, layout, path, file)
        case Insert(path, at, value):
            return [_insert(text, layout, path, at, value, file)]
        case Copy(path, start, to):
            items = _list(layout, path, file)
            _refuse_outside(items, start, to, path, file)
            return [added_item(text, items, to, item_text(text, items.items[start]))]
        case Move(path, start, to):
            return _move(text, _list(layout, path, file), edit, file)
        case Rename(path, name):
            return [_rename(layout, path, name, file)]
        case Splice(start, end, _):
            if not 0 <= start <= end <= len(text):
                raise not_an_edit("it lies outside the text")
            return [edit]
        case _:
            assert_never(edit)


def _set(text: str, layout: Layout, path: Path, value: PlainData, file: str) -> Splice:
    present = found_at(layout, path)
    if present is not None:
        return Splice(present.start, present.end, flow(value))
    while path:
        *above, last = path
        parent = found_at(layout, tuple(above))
        if isinstance(parent, MappingLayout) and isinstance(last, str):
            return added_entry(text, parent, last, value)
        if parent is not None or not isinstance(last, str):
            break
        path, value = tuple(above), {last: value}
    raise nothing_there(path, file)


def _set_reasons(text: str, layout: Layout, path: Path, codes: tuple[str, ...], file: str) -> list[Splice]:
    row = found_at(layout, path)
    if not isinstance(row, MappingLayout):
        raise nothing_there(path, file)
    present = [entry for entry in row.entries if entry.name in _REASONS]
    if not codes:
        return [splice for entry in present for splice in without_entry(text, row, entry.name)]
    name = "reason" if len(codes) == 1 else "reasons"
    value: PlainData = codes[0] if len(codes) == 1 else [*codes]
    if not present:
        return [added_entry(text, row, name, value)]
    return [Splice(present[0].key.start, present[0].end, f"{name}: {flow(value)}")]


def _remove(text: str, layout: Layout, path: Path, file: str) -> list[Splice]:
    if not path or found_at(layout, path) is None:
        raise nothing_there(path, file)
    *above, last = path
    parent = found_at(layout, tuple(above))
    if isinstance(parent, ListLayout) and isinstance(last, int):
        return without_item(text, parent, last)
    if not isinstance(parent, MappingLayout):
        raise nothing_there(path, file)
    if len(parent.entries) == 1 and above and above[-1] in _CONDITIONS:
        return _remove(text, layout, tuple(above), file)
    return without_entry(text, parent, str(last))


def _insert(text: str, layout: Layout, path: Path, at: int, value: PlainData, file: str) -> Splice:
    if found_at(layout, path) is None and at == 0:
        return _set(text, layout, path, [value], file)
    items = _list(layout, path, file)
    if not 0 <= at <= len(items.items):
        raise nothing_there((*path, at), file)
    return added_item(text, items, at, flow(value))


def _move(text: str, items: ListLayout, move: Move, file: str) -> list[Splice]:
    _refuse_outside(items, move.start, move.to, move.path, file)
    if move.start == move.to:
        return []
    behind = move.to if move.to < move.start else move.to + 1
    if not 0 <= behind <= len(items.items):
        raise nothing_there((*move.path, move.to), file)
    added = added_item(text, items, behind, line_text(text, items, move.start))
    return [*without_item(text, items, move.start), added]


def _rename(layout: Layout, path: Path, name: str, file: str) -> Splice:
    parent = found_at(layout, path[:-1]) if path else None
    entry = parent.entry(str(path[-1])) if isinstance(parent, MappingLayout) else None
    if entry is None:
        raise nothing_there(path, file)
    return Splice(entry.key.start, entry.key.end, key(name).removesuffix(":"))


def _list(layout: Layout, path: Path, file: str) -> ListLayout:
    found = found_at(layout, path)
    if not isinstance(found, ListLayout):
        raise nothing_there(path, file)
    return found


def _refuse_outside(items: ListLayout, start: int, to: int, path: Path, file: str) -> None:
    for at, most in ((start, len(items.items) - 1), (to, len(items.items))):
        if not 0 <= at <= most:
            raise nothing_there((*path, at), file)
