"""The words and signs of a formula or cell, each with its offset; what is no sign of the language is refused."""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from policy_service.domain.errors import Place, PolicyTextError

LONGEST_TEXT: Final = 4_000
RESERVED: Final = frozenset(
    {"and", "or", "not", "if", "then", "else", "between", "in", "true", "false", "null", "unlimited"}
)


class TokenKind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    WORD = "word"
    SYMBOL = "symbol"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `text` is what it stands for (of a quoted text: without quotes)."""

    kind: TokenKind
    text: str
    offset: int


_SPACE: Final = re.compile(r"[ \t\r\n]+")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SYMBOL: Final = re.compile(r"\*\*|\.\.|<=|>=|!=|[-+*/<>=()\[\],]")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
#: Days as they are written elsewhere: 01.03.2026, 3/1/2026, 2026/3/1, 2026-3-1, 2026年3月1日.
_OTHER_DATE: Final = re.compile(
    r"[0-9]{1,2}(?:\.[0-9]{1,2}\.|/[0-9]{1,2}/|-[0-9]{1,2}-)(?:19|20)[0-9]{2}(?![0-9])"
    r"|(?:19|20)[0-9]{2}(?:\.[0-9]{1,2}\.|/[0-9]{1,2}/|-[0-9]{1,2}-)[0-9]{1,2}(?![0-9])"
    r"|(?:19|20)[0-9]{2}年[0-9]{1,2}月(?:[0-9]{1,2}[日号])?"
)
#: Thousands set apart by points or apostrophes; a single group behind a point is a decimal.
_OTHER_THOUSANDS: Final = re.compile(
    r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:['’][0-9]{3})+"
)
_SEPARATED_THOUSANDS: Final = re.compile(r",[0-9]{3}(?![0-9-])")
_WRITE_INSTEAD: Final = {
    "==": "=", "<>": "!=", "=>": ">=", "=<": "<=", "&&": "and", "||": "or", "^": "**", "&": "and", "|": "or",
    "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "…": "..",
    "“": '"', "”": '"', "‘": '"', "’": '"', "'": '"', "「": '"', "」": '"', "、": ",", "。": ".",
    "\u3000": "a plain space", "\u00a0": "a plain space", "!": "not(...)",
    "%": "the share as a number, 0.05 for five in a hundred",
    ".": "0.5 for a number, .. for an interval", "{": "(", "}": ")", ";": ",", "@": 'date("2026-03-01")',
}  # fmt: skip


def shifted(place: Place, offset: int) -> Place:
    """Return the place of a character `offset` characters into the text that begins at `place`."""
    return replace(place, column=max(place.column, 1) + offset)


def tokens_of(text: str, place: Place) -> tuple[Token, ...]:
    """Split `text` into tokens, the last of them the end; L101 to L105 and L107 for what cannot be read."""
    if len(text) > LONGEST_TEXT:
        raise PolicyTextError(
            "L107",
            f"The text has {len(text)} characters; {LONGEST_TEXT} are allowed.",
            place=place,
            remedy="Split it into named values of a formula rule set, or into rows.",
        )
    tokens: list[Token] = []
    offset = 0
    while True:
        space = _SPACE.match(text, offset)
        offset = space.end() if space else offset
        if offset == len(text):
            return (*tokens, Token(TokenKind.END, "", offset))
        token, offset = _next_token(text, offset, place)
        tokens.append(token)


def is_letter(character: str) -> bool:
    """Whether a name may begin with it: a letter of any script, or `_`."""
    return character == "_" or unicodedata.category(character).startswith("L")


def _next_token(text: str, offset: int, place: Place) -> tuple[Token, int]:
    first = text[offset]
    if first == '"':
        return _text_token(text, offset, place)
    if "0" <= first <= "9":
        return _number_token(text, offset, place)
    if is_letter(first):
        return _word_token(text, offset, place)
    if text[offset : offset + 2] not in _WRITE_INSTEAD and (symbol := _SYMBOL.match(text, offset)):
        return Token(TokenKind.SYMBOL, symbol.group(), offset), symbol.end()
    raise _strange(text, offset, place)


def _text_token(text: str, offset: int, place: Place) -> tuple[Token, int]:
    quoted = _QUOTED.match(text, offset)
    if quoted is None:
        raise PolicyTextError(
            "L103",
            f"The text that begins with {text[offset : offset + 20]} has no end, or holds a \\ that escapes nothing.",
            place=shifted(place, offset),
            remedy='Close it with ", and write \\" for a quote and \\\\ for a backslash inside it.',
        )
    content = re.sub(r"\\(.)", r"\1", quoted.group(1))
    for index, character in enumerate(content):
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            raise PolicyTextError(
                "L103",
                f"A quoted text holds the invisible character U+{ord(character):04X}.",
                place=shifted(place, offset + 1 + index),
                remedy="Take it out.",
            )
    return Token(TokenKind.TEXT, content, offset), quoted.end()


def _number_token(text: str, offset: int, place: Place) -> tuple[Token, int]:
    if day := _DATE.match(text, offset):
        _refuse_tail(text, offset, day.end(), place)
        return Token(TokenKind.DATE, day.group(), offset), day.end()
    _refuse_other_ways(text, offset, place)
    end = next(_NUMBER.finditer(text, offset)).end()
    if text[offset] == "0" and "0" <= text[offset + 1 : offset + 2] <= "9":
        raise bad_number(text[offset:end], "begins with a needless 0", shifted(place, offset))
    if _SEPARATED_THOUSANDS.match(text, end):
        raise bad_number(text[offset : end + 4], "may be one number or a list of two", shifted(place, offset))
    if text.startswith(".", end) and not text.startswith("..", end):
        raise bad_number(text[offset : end + 2], "has a point without the digits it needs", shifted(place, offset))
    _refuse_tail(text, offset, end, place)
    return Token(TokenKind.NUMBER, text[offset:end], offset), end


def _refuse_other_ways(text: str, offset: int, place: Place) -> None:
    if day := _OTHER_DATE.match(text, offset):
        raise no_date(day.group(), shifted(place, offset))
    if number := _OTHER_THOUSANDS.match(text, offset):
        raise bad_number(number.group(), "has separators", shifted(place, offset))


def _refuse_tail(text: str, offset: int, end: int, place: Place) -> None:
    if end < len(text) and (is_letter(text[end]) or text[end].isnumeric()):
        found = re.match(r"[\w.:]+", text[end:])
        raise bad_number(
            text[offset:end] + (found.group()[:20] if found else ""), "runs into a word", shifted(place, offset)
        )


def _word_token(text: str, offset: int, place: Place) -> tuple[Token, int]:
    end = _end_of_word(text, offset)
    if text[offset:end] == "group" and text[end : end + 1] == "." and is_letter(text[end + 1 : end + 2] or " "):
        end = _end_of_word(text, end + 1)
    word = text[offset:end]
    plain = unicodedata.normalize("NFKC", word)
    if plain != word:
        raise PolicyTextError(
            "L101",
            f"“{word}” is written with full-width or composed characters.",
            place=shifted(place, offset),
            remedy=f"Write “{plain}”.",
        )
    if text.startswith(".", end) and not text.startswith("..", end):
        raise PolicyTextError(
            "L105",
            f"“{word}.” asks for a part of {word}; facts have no parts.",
            place=shifted(place, offset),
            remedy="Write the name of a declared fact; only the prefix group. (as in group.exposure) has a point.",
        )
    return Token(TokenKind.WORD, word, offset), end


def _end_of_word(text: str, offset: int) -> int:
    end = offset
    while end < len(text) and (
        is_letter(text[end]) or "0" <= text[end] <= "9" or unicodedata.category(text[end]) in {"Mn", "Mc"}
    ):
        end += 1
    return end


def no_date(found: str, place: Place) -> PolicyTextError:
    """Return the error of a text that is meant as a day and is none of the calendar."""
    return PolicyTextError(
        "L104",
        f"“{found}” is no date.",
        place=place,
        remedy="Write year-month-day of a day that exists, such as 2026-03-01.",
    )


def bad_number(found: str, fault: str, place: Place) -> PolicyTextError:
    """Return the error of a number that is written in another way than the language's."""
    return PolicyTextError(
        "L102",
        f"“{found}” {fault}.",
        place=place,
        remedy="Write numbers like 1200.5: digits, one point, no separators or exponents; put a space after the comma "
        "of a list; put a text that begins with a digit in double quotes.",
    )


def _strange(text: str, offset: int, place: Place) -> PolicyTextError:
    pair, single = text[offset : offset + 2], text[offset]
    found = pair if pair in _WRITE_INSTEAD else single
    instead = _WRITE_INSTEAD.get(found) or _plain_form(single)
    remedy = f"Write {instead}." if instead else "Put a text in double quotes, or take it out."
    shown = f"“{found}”" if found.isprintable() else f"The invisible character U+{ord(single):04X}"
    return PolicyTextError(
        "L101", f"{shown} is no sign of the policy language.", place=shifted(place, offset), remedy=remedy
    )


def _plain_form(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain != character and plain.isascii() and plain.isprintable() and plain.strip() else ""
