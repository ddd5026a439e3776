"""What is said of a text that is no YAML at all, in words that lead to the mistake."""

import re
from typing import Final, NoReturn

import yaml

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError

_UNREADABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_DIGITS: Final = re.compile(r"-?[0-9]+", re.ASCII)

#: The beginning of the parser's complaint, and what most often is behind it.
_REMEDIES: Final = (
    ("mapping values are not allowed", 'Quote a text that contains ": ", and check the indentation.'),
    ("did not find expected comment or line break", 'Quote a condition that starts with ">" or "|": "> 5".'),
    ("did not find expected ',' or ']'", 'Close the list with "]"; quote an interval: "[0..30)".'),
    ("did not find expected ',' or '}'", 'Close the mapping with "}", and quote a text that contains "," or ":".'),
    (
        "block sequence entries are not allowed",
        'Quote a dash that stands alone: "-"; write "- " at the start of a line.',
    ),
    (
        "found character that cannot start any token",
        'Quote a text that starts with ">", "|", "%", "@" or "`": "> 5".',
    ),
    ("found unexpected end of stream", "Close the quotation mark that was opened."),
    ("could not find expected ':'", "Write a colon and a space behind the key; check the indentation."),
    ("did not find expected key", "Check the indentation and the quotation marks of this line and the one before."),
    ("found unknown escape character", "Write a backslash as two, or use single quotes."),
    ("found undefined tag handle", 'Quote a text that starts with "!".'),
)
#: What a Chinese keyboard types for the signs of YAML, and spaces that only look like one.
_LOOK_ALIKES: Final = {
    "：": ":", "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "“": '"', "”": '"', "＂": '"', "＃": "#",
    "－": "-", "＞": ">", "＜": "<", "\u3000": "a plain space", "\u00a0": "a plain space",
}  # fmt: skip
_LOOK_ALIKE: Final = re.compile(f"[{re.escape(''.join(_LOOK_ALIKES))}]")
_QUOTED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|(?:^|(?<=\s))#.*""")
_NEVER_CLOSED: Final = ("did not find expected ',' or", "found unexpected end of stream")
_ANY_REMEDY: Final = "Check indentation, colons, brackets and quotation marks here and in the line before."


def refuse_unreadable_characters(text: str, file: str, place: Place = NOWHERE) -> None:
    """Raise L025 at the first control character, or one that reorders or hides the text shown.

    `place` is of the value that `text` was read from; without it `text` is the whole file.
    """
    found = _UNREADABLE.search(text)
    if not found:
        return
    lines = _LINE_BREAK.split(text[: found.start()])
    raise PolicyTextError(
        "L025",
        f"the invisible character U+{ord(found.group()):04X} stands in the text.",
        place=place if place is not NOWHERE else Place(file, len(lines), len(lines[-1]) + 1),
        remedy="Delete it.",
    )


def broken_yaml(error: yaml.YAMLError, text: str, file: str) -> PolicyTextError:
    """Return the coded error for what the parser complained of: L026 for a tab, L027 for all else."""
    problem = str(getattr(error, "problem", None) or "it cannot be parsed")
    # Of what was opened and never closed, the parser complains where the text or the line ends.
    marks = ("context_mark", "problem_mark") if problem.startswith(_NEVER_CLOSED) else ("problem_mark", "context_mark")
    mark = next((mark for name in marks if (mark := getattr(error, name, None)) is not None), None)
    place = Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)
    if problem.startswith("found character") and _character_at(text, place) == "\t":
        return PolicyTextError("L026", "a tab is used for indentation.", place=place, remedy="Write spaces instead.")
    remedy = next((remedy for start, remedy in _REMEDIES if problem.startswith(start)), _ANY_REMEDY)
    context = getattr(error, "context", None)
    message = f"this is no YAML: {problem}{f' {context}' if context else ''}."
    return PolicyTextError("L027", message, place=place, remedy=remedy + look_alike(text, place))


def look_alike(text: str, place: Place) -> str:
    """Return the sentence about a sign that looks like one of YAML, in the line of `place` or the one before, or ""."""
    # The parser takes such a sign for a letter, and complains behind it, often in the next line.
    lines = _LINE_BREAK.split(text)
    for number in (place.line, place.line - 1):
        line = lines[number - 1] if 0 < number <= len(lines) else ""
        found = _LOOK_ALIKE.search(_QUOTED.sub(lambda quoted: "x" * len(quoted[0]), line))
        if found:
            sign, instead = found[0], _LOOK_ALIKES[found[0]]
            shown = f"“{sign}”" if sign.isprintable() else f"the invisible character U+{ord(sign):04X}"
            return f" In line {number}, column {found.start() + 1} stands {shown}; write {instead}."
    return ""


def _character_at(text: str, place: Place) -> str:
    lines = _LINE_BREAK.split(text)
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    return line[place.column - 1 : place.column]


def refuse_encoding(content: bytes, error: UnicodeDecodeError, file: str) -> NoReturn:
    """Raise L002 with the place of the first byte that makes no character."""
    before = content[: error.start]
    line = before.count(b"\n") + 1
    column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1
    raise PolicyTextError(
        "L002",
        f"the file is not UTF-8: byte {content[error.start]:#04x} makes no character.",
        place=Place(file, line, column),
        remedy="Save it with the encoding UTF-8.",
    ) from error


def refuse_split_value(before: str, after: str, place: Place) -> None:
    """Raise L028 if the comma between the unquoted `before` and `after` broke one value in two."""
    if before.count("(") > before.count(")"):
        message = f'the comma behind "{before}" ends the value, and a parenthesis is still open.'
        remedy = f'Put the value into double quotes: "{before}, {after}".'
        raise PolicyTextError("L028", message, place=place, remedy=remedy)
    if _DIGITS.fullmatch(before) and _DIGITS.fullmatch(after):
        message = f'the comma behind "{before}" ends the value.'
        remedy = f"Write numbers without separators: {before}{after}."
        raise PolicyTextError("L028", message, place=place, remedy=remedy)
