"""Typed access to the tree that `strict_yaml` returns; every error says what was found and what is expected."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NoReturn, TypeVar, assert_never

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.language.definitions.dictionary import Title
from policy_service.language.feel.tokens import TokenKind, tokens_of
from policy_service.language.yaml_text.strict_yaml import YamlList, YamlMapping, YamlNode, YamlScalar

Choice = TypeVar("Choice", bound=StrEnum)

_WHOLE: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DECIMAL: Final = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LONGEST_SHOWN: Final = 60

#: Words of the policy language, which no fact, parameter, rule set or output may be called.
RESERVED_WORDS: Final = frozenset(
    (
        *("and", "or", "not", "if", "then", "else", "between", "in", "null", "true", "false", "unlimited"),
        *("min", "max", "sum", "abs", "round", "floor", "ceiling", "days_between", "otherwise"),
    )
)


def found(node: YamlNode) -> str:
    """Return what `node` is, in words, for the "was found" half of a message."""
    match node:
        case YamlScalar(text="null", is_quoted=False):
            return "null"
        case YamlScalar():
            shown = node.text if len(node.text) <= _LONGEST_SHOWN else node.text[: _LONGEST_SHOWN - 3] + "..."
            return f'"{shown}"'
        case YamlMapping():
            return "a mapping"
        case YamlList():
            return "a list"
    assert_never(node)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the one of `known` that `word` most likely was meant to be, or "" if none is near."""
    close = difflib.get_close_matches(word[:_LONGEST_SHOWN], list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def remedy_for_unknown(word: str, known: Collection[str]) -> str:
    """Return what to write instead of the unknown `word`: the nearest of `known`, or all of them."""
    if near := nearest(word, known):
        return f'Did you mean "{near}"?'
    return f"Known are: {', '.join(known)}." if known else ""


def entries(node: YamlNode, what: str) -> tuple[tuple[YamlScalar, YamlNode], ...]:
    """Return the keys and values of the mapping `node`; L040 if it is none. `what` names it in the message."""
    if not isinstance(node, YamlMapping):
        _refuse("L040", node, what, "a mapping of names to values", "Write it as {key: value}.")
    return node.entries


def fields(
    node: YamlNode, what: str, required: Collection[str] = (), optional: Collection[str] = ()
) -> Mapping[str, YamlNode]:
    """Return the values of the mapping `node` by key: all of `required`, and any of `optional`.

    L040 if it is no mapping, L041 for any other key (with the nearest known one), L042 for a required
    key that is missing.
    """
    values = dict[str, YamlNode]()
    known = (*required, *optional)
    for key, value in entries(node, what):
        if key.text not in known:
            raise PolicyTextError(
                "L041",
                f'{what} has no key "{key.text}".',
                place=key.place,
                remedy=remedy_for_unknown(key.text, known),
            )
        values[key.text] = value
    for key_text in required:
        if key_text not in values:
            raise PolicyTextError(
                "L042", f'{what} lacks the key "{key_text}".', place=node.place, remedy=f"Add {key_text}: ..."
            )
    return values


def items(node: YamlNode, what: str) -> tuple[YamlNode, ...]:
    """Return the items of the list `node`; L043 if it is none."""
    if not isinstance(node, YamlList):
        _refuse("L043", node, what, "a list", "Write it as [first, second], or one per line with a dash.")
    return node.items


def scalar(node: YamlNode, what: str) -> YamlScalar:
    """Return the single value `node`, null included; L044 if it is a list or a mapping."""
    if not isinstance(node, YamlScalar):
        _refuse("L044", node, what, "a single value", "Write one number or text; quote a text that starts with [ or {.")
    return node


def is_null(node: YamlNode) -> bool:
    """Whether `node` is the unquoted word null."""
    return isinstance(node, YamlScalar) and node.is_null


def text(node: YamlNode, what: str) -> str:
    """Return the text of a single value, not empty and not null; L044 or L045 otherwise."""
    value = scalar(node, what)
    if value.is_null or not value.text.strip():
        _refuse("L045", node, what, "a text", "Write the text, or leave the key out.")
    return value.text


def texts(node: YamlNode, what: str) -> tuple[str, ...]:
    """Return the texts of a list; L043 to L045 otherwise, L053 for a text that stands twice."""
    found_texts = dict[str, None]()
    for item in items(node, what):
        value = text(item, what)
        if value in found_texts:
            raise PolicyTextError(
                "L053", f'{what} names "{value}" twice.', place=item.place, remedy="Delete one of the two."
            )
        found_texts[value] = None
    return tuple(found_texts)


def name(node: YamlNode, what: str) -> str:
    """Return a name that formulas can use: letters, digits and _, not beginning with a digit, no word of the language.

    L046 otherwise.
    """
    value = text(node, what)
    if not _is_one_word(value):
        _refuse("L046", node, what, "a name", "Use letters, digits and _, and begin with a letter.")
    if value in RESERVED_WORDS:
        _refuse("L046", node, what, "a name", f'"{value}" is a word of the policy language; choose another.')
    return value


def _is_one_word(value: str) -> bool:
    try:
        word, *rest = tokens_of(value, NOWHERE)
    except PolicyTextError:
        return False
    return word.kind is TokenKind.WORD and word.text == value and "." not in value and len(rest) == 1


def whole(node: YamlNode, what: str, least: int | None = None, most: int | None = None) -> int:
    """Return a whole number from `least` to `most`; L047 if it is none, L048 if it is outside."""
    value = scalar(node, what)
    if value.is_quoted or not _WHOLE.fullmatch(value.text):
        _refuse("L047", node, what, "a whole number", "Write digits only, without quotes: 30.")
    number = int(value.text)
    if (least is not None and number < least) or (most is not None and number > most):
        bounds = [f"at least {least}"] if least is not None else []
        bounds += [f"at most {most}"] if most is not None else []
        _refuse("L048", node, what, f"a whole number of {' and '.join(bounds)}", "Correct the number.")
    return number


def decimal(node: YamlNode, what: str) -> Decimal:
    """Return a decimal number exactly as written; L049 if it is none."""
    value = scalar(node, what)
    if value.is_quoted or not _DECIMAL.fullmatch(value.text):
        _refuse("L049", node, what, "a number", "Write digits with at most one point, without quotes: 200000.50.")
    return Decimal(value.text)


def boolean(node: YamlNode, what: str) -> bool:
    """Return true or false; L050 for all else."""
    value = scalar(node, what)
    if value.is_quoted or value.text not in ("true", "false"):
        _refuse("L050", node, what, "true or false", "Write true or false, without quotes.")
    return value.text == "true"


def day(node: YamlNode, what: str) -> date:
    """Return a calendar day written as 2026-03-01; L051 if it is none."""
    value = scalar(node, what)
    try:
        return date.fromisoformat(value.text if _DAY.fullmatch(value.text) else "")
    except ValueError:
        _refuse("L051", node, what, "a day", "Write year, month and day of the calendar: 2026-03-01.")


def choice(node: YamlNode, what: str, choices: type[Choice]) -> Choice:
    """Return the member of `choices` that is written; L052 with the nearest one otherwise."""
    value = text(node, what)
    try:
        return choices(value)
    except ValueError:
        known = [member.value for member in choices]
        _refuse("L052", node, what, f"one of {', '.join(known)}", remedy_for_unknown(value, known))


def title(node: YamlNode, what: str = "title") -> Title:
    """Return wording in English and Chinese from {en: ..., zh: ...}, of which one may be missing."""
    wording = fields(node, what, optional=("en", "zh"))
    if not wording:
        _refuse("L045", node, what, "a wording", "Write {en: ..., zh: ...}.")
    return Title(**{language: text(value, f"{what} ({language})") for language, value in wording.items()})


def _refuse(code: str, node: YamlNode, what: str, expected: str, remedy: str) -> NoReturn:
    raise PolicyTextError(
        code, f"{what} is {found(node)}, where {expected} is expected.", place=node.place, remedy=remedy
    )


def refuse(code: str, place: Place, message: str, remedy: str) -> NoReturn:
    """Raise the PolicyTextError that these make."""
    raise PolicyTextError(code, message, place=place, remedy=remedy)
