"""Writes YAML as the strict loader reads it: flow style, a text in quotes wherever plain would be refused or unsure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from policy_service.language.yaml_text.plain_scalars import refusal_of_plain_text
from policy_service.language.yaml_text.strict_yaml import PlainData

#: Letters first; then words, single blanks and signs that YAML leaves alone, full-width punctuation included.
_SAFE: Final = re.compile(r"[^\W\d_](?:[ ]?[\w.+/（），。、；：！？《》“”％-])*")
_NUMBER_OR_DAY: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_LONGEST_PLAIN: Final = 200
_LONGEST_IMPLICIT_KEY: Final = 1000


def scalar(text: str) -> str:
    """Return `text` as a scalar that reads back as the same text, plain where that is safe."""
    is_plain = _NUMBER_OR_DAY.fullmatch(text) or (_SAFE.fullmatch(text) and text != "null")
    if is_plain and len(text) <= _LONGEST_PLAIN and refusal_of_plain_text(text) is None:
        return text
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return '"' + "".join(_escaped(character) for character in text) + '"'


def key(text: str) -> str:
    """Return `text` as a key with its colon."""
    written = scalar(text)
    if not any(character.isalpha() for character in written) or written in ("true", "false"):
        written = f'"{written}"' if written[0] not in "\"'" else written
    return f"? {written} :" if len(written) > _LONGEST_IMPLICIT_KEY else f"{written}:"


def flow(data: PlainData) -> str:
    """Return `data` on one line: {key: value, ...}, [item, ...] or a scalar."""
    match data:
        case None:
            return "null"
        case bool():
            return "true" if data else "false"
        case int():
            return str(data)
        case str():
            return scalar(data)
        case list():
            return f"[{', '.join(flow(item) for item in data)}]"
        case dict():
            return "{" + ", ".join(f"{key(name)} {flow(value)}" for name, value in data.items()) + "}"


def lines(entries: Mapping[str, PlainData], one_per_line: Iterable[str] = ()) -> str:
    """Return a file: a key per line, those of `one_per_line` with a line for each of their items."""
    spread = frozenset(one_per_line)
    found: list[str] = []
    for name, value in entries.items():
        if name in spread and isinstance(value, list):
            found += [key(name), *(f"  - {flow(item)}" for item in value)]
        elif name in spread and isinstance(value, dict):
            found += [key(name), *(f"  {key(inner)} {flow(item)}" for inner, item in value.items())]
        else:
            found.append(f"{key(name)} {flow(value)}")
    return "\n".join(found) + "\n"


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"
