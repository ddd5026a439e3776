"""What is asked of a stand-in and what it answers, before and after HTTP."""

import json
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from policy_service.sample_crms.table import Row

JSON: Final = "application/json;charset=UTF-8"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; names of headers are in small letters. `shapes` are the faults that change what an answer holds."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = field(repr=False)
    shapes: dict[str, Row] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        """Say what the body is, without its parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def form(self) -> dict[str, str]:
        """Return the fields of a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def document(self) -> Row | None:
        """Return the JSON object that was sent; none if something else was."""
        if self.content_type != "application/json":
            return None
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; it is held back for `delay` seconds."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


class Refusal(Exception):
    """A request that is refused as the protocol says."""

    def __init__(self, answer: Answer, reason: str) -> None:
        super().__init__(reason)
        self.answer = answer
        self.reason = reason


def answer(status: int, document: object, delay: float = 0.0) -> Answer:
    """Return an answer with a JSON document."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": JSON}, delay)


def part(document: Row, name: str) -> Row:
    """Return the object under a name; an empty one if there is none."""
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def parts(document: Row, name: str) -> list[Row] | None:
    """Return the objects in the array under a name; none if it is no array of objects."""
    found = document.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return None
    return found


def texts(document: Row, name: str) -> list[str] | None:
    """Return the texts in the array under a name; none if it is no array of texts."""
    found = document.get(name)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        return None
    return found


def word(document: Row, name: str) -> str:
    """Return the text under a name; an empty one if there is no text."""
    found = document.get(name)
    return found if isinstance(found, str) else ""


def whole(document: Row, name: str, default: int) -> int:
    """Return the whole number under a name; ValueError if there is something else."""
    found = document.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int):
        raise ValueError(name)
    return found
