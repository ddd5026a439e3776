"""What can be done to a file of a policy: a value set, taken out, put in, moved, copied or renamed at a path."""

from dataclasses import dataclass
from typing import TypeAlias

from policy_service.language.yaml_text.strict_yaml import PlainData

#: Keys of mappings and positions (from 0) in lists, from the top of a file down to a value.
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class SetValue:
    """Write a value at the path, over the present one or as a new key; mappings on the way are made."""

    path: Path
    value: PlainData


@dataclass(frozen=True, slots=True)
class SetReasons:
    """Let the row at the path give these reasons: one under `reason`, several under `reasons`, none without a key."""

    path: Path
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """Take out what stands at the path; a condition that loses its last cell goes with it."""

    path: Path


@dataclass(frozen=True, slots=True)
class Insert:
    """Put a value into the list at the path, before what stands at the position `at`."""

    path: Path
    at: int
    value: PlainData


@dataclass(frozen=True, slots=True)
class Move:
    """Let an item of the list at the path stand at another position."""

    path: Path
    start: int
    to: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Put what stands at `start` in the list at the path a second time, as it is written, before the position `to`."""

    path: Path
    start: int
    to: int


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the last key of the path another name."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Splice:
    """Put a text in place of the characters from `start` to before `end`, as taking an edit back does."""

    start: int
    end: int
    text: str


Edit: TypeAlias = SetValue | SetReasons | Remove | Insert | Move | Copy | Rename | Splice


def path_of(edit: Edit) -> Path:
    """Return where an edit is made; of a splice the top of the file."""
    return () if isinstance(edit, Splice) else edit.path
