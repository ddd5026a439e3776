"""Single values as people write and read them: in cases, parameters, requests and explanations."""

import re
from collections.abc import Callable, Sequence
from typing import Final, assert_never

from policy_service.domain.amounts import from_scaled, parse_decimal, to_scaled
from policy_service.domain.days import day_number, day_of, parse_day
from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.values import FALSE, TRUE, UNKNOWN, UNLIMITED, Currency, Kind, scale
from policy_service.language.feel.syntax import quoted

_ESCAPED: Final = re.compile(r'\\(["\\])')
_WORDS_FOR_UNKNOWN: Final = frozenset({"unknown", "null", "none"})


def read_value(text: str, kind: Kind, currency: Currency, code_of: Callable[[str], int], place: Place = NOWHERE) -> int:
    """Return the value that `text` writes; L233 or an error of `amounts` if it writes none of `kind`.

    `unknown`, `null` and `none` are unknown, for money `unlimited` is unlimited; a category whose text is
    one of these words stands in double quotes.
    """
    if text in _WORDS_FOR_UNKNOWN:
        return UNKNOWN
    match kind:
        case Kind.MONEY | Kind.NUMBER | Kind.INTEGER | Kind.DAYS:
            if kind is Kind.MONEY and text == "unlimited":
                return UNLIMITED
            return to_scaled(parse_decimal(text, place), scale(kind, currency), place)
        case Kind.DATE:
            return _day(text, place)
        case Kind.BOOLEAN:
            if text not in ("true", "false"):
                raise _unreadable(text, kind, "Write true, false or unknown.", place)
            return TRUE if text == "true" else FALSE
        case Kind.CATEGORY:
            return code_of(_category(text, place))
        case _:
            assert_never(kind)


def read_attribute_text(text: str, kind: Kind, currency: Currency, place: Place = NOWHERE) -> int:
    """Return the value of a cell of the customer file: unknown for an empty one, and for every category.

    A category is a text whose code only a policy knows; true and false may be written in capitals. L233 or an
    error of `amounts` for a text that is no value of `kind`.
    """
    if not text or kind is Kind.CATEGORY:
        return UNKNOWN
    written = text.lower() if kind is Kind.BOOLEAN else text
    return read_value(written, kind, currency, lambda _: UNKNOWN, place)


def write_value(value: int, kind: Kind, currency: Currency, vocabulary: Sequence[str]) -> str:
    """Return the text that `read_value` reads as `value`: amounts with all decimals, numbers with those they need."""
    if value == UNKNOWN:
        return "unknown"
    match kind:
        case Kind.MONEY:
            return "unlimited" if value == UNLIMITED else from_scaled(value, scale(kind, currency))
        case Kind.NUMBER:
            return from_scaled(value, scale(kind, currency)).rstrip("0").rstrip(".")
        case Kind.INTEGER | Kind.DAYS:
            return str(value)
        case Kind.DATE:
            return _day_text(value)
        case Kind.BOOLEAN:
            return "true" if value == TRUE else "false"
        case Kind.CATEGORY:
            return _category_text(value, vocabulary)
        case _:
            assert_never(kind)


def _day(text: str, place: Place) -> int:
    day = parse_day(text)
    if day is None:
        raise _unreadable(text, Kind.DATE, "Write year-month-day of a day that exists, such as 2026-03-01.", place)
    return day_number(day)


def _day_text(number: int) -> str:
    day = day_of(number)
    # A formula may leave the calendar; its trace still has to be written.
    return f"{number} days from 1970-01-01" if day is None else day.isoformat()


def _category(text: str, place: Place) -> str:
    is_quoted = len(text) >= 2 and text[0] == text[-1] == '"'
    content = _ESCAPED.sub(r"\1", text[1:-1]) if is_quoted else text
    if not content.strip():
        raise _unreadable(text, Kind.CATEGORY, "Write its text, or unknown.", place)
    return content


def _category_text(code: int, vocabulary: Sequence[str]) -> str:
    if not 0 <= code < len(vocabulary):
        raise PolicyTextError(
            "L234",
            f"{code} is the code of no category; the vocabulary has {len(vocabulary)} texts.",
            remedy="Read the value with the vocabulary of the decision that it comes from.",
        )
    text = vocabulary[code]
    return quoted(text) if text in _WORDS_FOR_UNKNOWN or text.startswith('"') else text


def _unreadable(text: str, kind: Kind, remedy: str, place: Place) -> PolicyTextError:
    return PolicyTextError("L233", f"“{text[:60]}” is no {kind}.", place=place, remedy=remedy)
