"""A change as a page asks for it, read from JSON: of which file at which revision, and edit by edit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policy_service.language.yaml_text.strict_yaml import DEEPEST_NESTING, PlainData
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
)
from policy_service.services.policy_editing.refusals import not_an_edit

#: Of one change: as many cells as a large table has in a few columns.
MOST_EDITS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Change:
    """Edits of one file of a version whose reader saw `revision`.

    `is_confirmed`: a version that was handed in may become a draft again by it.
    """

    revision: int
    file: str
    edits: tuple[Edit, ...]
    is_confirmed: bool = False


def read_change(asked: object) -> Change:
    """Return the change that a JSON body asks for; RequestError R580 for one that says none."""
    body = _mapping(asked, "a change")
    edits = body.get("edits")
    if not isinstance(edits, list) or not 0 < len(edits) <= MOST_EDITS:
        raise not_an_edit(f"1 to {MOST_EDITS} edits make a change")
    read = tuple(_edit(edit) for edit in edits)
    return Change(_whole(body, "revision"), _text(body, "file"), read, body.get("confirmed") is True)


def _edit(asked: object) -> Edit:
    body = _mapping(asked, "an edit")
    reader = _READERS.get(str(body.get("do")))
    if reader is None:
        raise not_an_edit(f"do is one of {', '.join(_READERS)}")
    return reader(body)


def read_path(body: Mapping[str, Any]) -> Path:
    """Return the path that a JSON body names; RequestError R580 for what is none."""
    path = body.get("path")
    is_one = isinstance(path, list) and len(path) <= DEEPEST_NESTING
    if not is_one or not all(isinstance(step, str) or _is_position(step) for step in path or ()):
        raise not_an_edit("a path is a list of keys and positions")
    return tuple(path or ())


def _value(value: object, depth: int = 0) -> PlainData:
    if depth > DEEPEST_NESTING:
        raise not_an_edit("a value is nested too deep")
    match value:
        case None | bool() | int() | str():
            return value
        case list():
            return [_value(item, depth + 1) for item in value]
        case dict():
            return {str(name): _value(item, depth + 1) for name, item in value.items()}
        case _:
            raise not_an_edit('a number with decimals is written as text, like "0.05"')


def _mapping(asked: object, what: str) -> Mapping[str, Any]:
    if not isinstance(asked, dict):
        raise not_an_edit(f"{what} is an object")
    return asked


def _whole(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if not _is_position(value):
        raise not_an_edit(f"{name} is a whole number")
    return int(value or 0)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise not_an_edit(f"{name} is a text")
    return value


def _codes(body: Mapping[str, Any]) -> tuple[str, ...]:
    value = body.get("value")
    if not isinstance(value, list) or not all(isinstance(code, str) and code for code in value):
        raise not_an_edit("reasons are a list of codes")
    return tuple(value)


def _is_position(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Edit]]] = {
    "set": lambda body: SetValue(read_path(body), _value(body.get("value"))),
    "reasons": lambda body: SetReasons(read_path(body), _codes(body)),
    "remove": lambda body: Remove(read_path(body)),
    "insert": lambda body: Insert(read_path(body), _whole(body, "at"), _value(body.get("value"))),
    "move": lambda body: Move(read_path(body), _whole(body, "from"), _whole(body, "to")),
    "copy": lambda body: Copy(read_path(body), _whole(body, "from"), _whole(body, "to")),
    "rename": lambda body: Rename(read_path(body), _text(body, "name")),
    "splice": lambda body: Splice(_whole(body, "start"), _whole(body, "end"), _text(body, "text")),
}
