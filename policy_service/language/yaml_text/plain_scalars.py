"""Unquoted values that YAML 1.1 reads as something else than what is written; each is refused."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an unquoted value is refused, and what to write instead."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class _Trap:
    code: str
    pattern: re.Pattern[str]
    reading: str
    remedy: str


def _trap(code: str, pattern: str, reading: str, remedy: str) -> _Trap:
    return _Trap(code, re.compile(rf"(?:{pattern})\Z", re.ASCII), reading, remedy)


_TRAPS: Final = (
    _trap(
        "L015",
        r"(?i:yes|no|on|off)|True|TRUE|False|FALSE|[tT][rR][uU][eE](?<!true)|[fF][aA][lL][sS][eE](?<!false)",
        "a yes or no",
        'Write true or false, or quote it as a text: "{text}".',
    ),
    _trap("L016", r"~|(?!null)[nN][uU][lL][lL]", "nothing", 'Write null, or quote it as a text: "{text}".'),
    _trap(
        "L017", r"[-+]?[0-9][0-9_]*(?::[0-9]{1,2})+(?:\.[0-9_]*)?", "a number to the base of 60", 'Quote it: "{text}".'
    ),
    _trap(
        "L018",
        r"[-+]?0[0-9_]+|[-+]?0[oO][0-7_]+|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[bB][01_]+",
        "a number to another base than ten",
        'Write a plain number without the leading 0, or quote it as a text: "{text}".',
    ),
    _trap(
        "L019",
        r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "a binary number with an exponent, an infinity or no number",
        'Write the number out, like 1000; for no limit write unlimited; or quote it as a text: "{text}".',
    ),
    _trap(
        "L020",
        r"[-+]?[0-9]+_[0-9_]*\.?[0-9_]*|[-+]?[0-9]+\.[0-9_]*_[0-9_]*|\+[0-9.]+|-?\.[0-9]+|-?[0-9]+\.|-?00*[0-9]+\.[0-9]*",
        "a number",
        'Write digits with at most one point between them, like 1000.50 or 0.5, or quote it as a text: "{text}".',
    ),
    _trap(
        "L021",
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*",
        "an instant",
        'Write the day alone, like 2026-03-01, or quote it as a text: "{text}".',
    ),
)
_FIRST_CHARACTERS: Final = frozenset("yYnNoOtTfF~+-.0123456789_")
_EMPTY: Final = Refusal("L024", "a value is missing.", "Write the value, or null if it is unknown.")


def refusal_of_plain_text(text: str) -> Refusal | None:
    """Return why the unquoted `text` is refused, or None if YAML leaves its meaning alone."""
    if not text:
        return _EMPTY
    if text[0] not in _FIRST_CHARACTERS or len(text) > 200:
        return None
    for trap in _TRAPS:
        if trap.pattern.match(text):
            message = f"{text} is not quoted, and YAML would read it as {trap.reading}."
            return Refusal(trap.code, message, trap.remedy.format(text=text))
    return None
