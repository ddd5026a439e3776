"""Conditions on ledger entries, `days_past_due > 15 and not disputed`: read, checked against the source, printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NoReturn, TypeAlias, assert_never

from policy_service.domain.entries import AdjustmentKind
from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.values import FALSE, TRUE, Kind
from policy_service.language.definitions.dictionary import EntryCondition, EntrySource
from policy_service.language.definitions.entry_columns import ENTRY_COLUMNS
from policy_service.language.yaml_text.yaml_reader import RESERVED_WORDS, remedy_for_unknown

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\["\\])*")
      | (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?![\w.]))
      | (?P<word>[^\W\d]\w*)
      | (?P<operator><=|>=|!=|<|>|=)
    )\s*""",
    re.VERBOSE,
)
_EPOCH: Final = date(1970, 1, 1)
_LONGEST_NUMBER: Final = 24
_GRAMMAR: Final = 'Write conditions like "days_past_due > 15 and not disputed", joined by "and".'


@dataclass(frozen=True, slots=True)
class _Token:
    sort: str
    text: str


_Literal: TypeAlias = int | str | Decimal


def parse_conditions(text: str, entries: EntrySource, place: Place) -> tuple[EntryCondition, ...]:
    """Return the conditions in `text`, all of which an entry must meet.

    L312 for a column that the source has not, L314 for text that is no condition, L315 for an operator that the
    column has not, L316 for a value that does not fit it.
    """
    return _Conditions(text, entries, place).read()


def conditions_text(conditions: Sequence[EntryCondition], entries: EntrySource) -> str:
    """Return the one text that `parse_conditions` reads back to equal conditions."""
    return " and ".join(
        _condition_text(condition, ENTRY_COLUMNS[entries][condition.column]) for condition in conditions
    )


def decimal_text(number: Decimal) -> str:
    """Return an exact decimal without exponent and without zeros at its end."""
    text = format(number if number else abs(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def refuse_column(column: str, entries: EntrySource, place: Place) -> NoReturn:
    """Raise L312: the entries have no such column."""
    raise PolicyTextError(
        "L312",
        f'{entries.value} have no column "{column}".',
        place=place,
        remedy=remedy_for_unknown(column, ENTRY_COLUMNS[entries]),
    )


def _condition_text(condition: EntryCondition, kind: Kind) -> str:
    if kind is Kind.BOOLEAN:
        return condition.column if condition.value == TRUE else f"not {condition.column}"
    return f"{condition.column} {condition.operator} {condition.parameter or _literal_text(condition.value, kind)}"


def _literal_text(value: _Literal | None, kind: Kind) -> str:
    match value:
        case None:
            return ""
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case Decimal():
            return decimal_text(value)
        case int():
            return (_EPOCH + timedelta(days=value)).isoformat() if kind is Kind.DATE else str(value)
    assert_never(value)


class _Conditions:
    def __init__(self, text: str, entries: EntrySource, place: Place) -> None:
        self._text = text
        self._entries = entries
        self._place = place
        self._tokens = self._split()
        self._next = 0

    def read(self) -> tuple[EntryCondition, ...]:
        conditions = [self._condition()]
        while (token := self._take()) is not None:
            if token.text != "and":
                self._refuse_joint(token)
            conditions.append(self._condition())
        return tuple(conditions)

    def _split(self) -> tuple[_Token, ...]:
        tokens = list[_Token]()
        position = 0
        while position < len(self._text):
            match = _TOKEN.match(self._text, position)
            if match is None or match.lastgroup is None:
                self._refuse(f'"{self._text[position : position + 20].strip()}" is no part of a condition.', _GRAMMAR)
            tokens.append(_Token(match.lastgroup, match[match.lastgroup]))
            position = match.end()
        return tuple(tokens)

    def _take(self) -> _Token | None:
        if self._next == len(self._tokens):
            return None
        self._next += 1
        return self._tokens[self._next - 1]

    def _condition(self) -> EntryCondition:
        token = self._take()
        is_negated = token is not None and token.text == "not"
        if is_negated:
            token = self._take()
        if token is None:
            self._refuse("a condition is missing.", _GRAMMAR)
        if token.sort != "word" or token.text in RESERVED_WORDS:
            self._refuse(f"{token.text} stands where a column is expected.", _GRAMMAR)
        kind = ENTRY_COLUMNS[self._entries].get(token.text)
        if kind is None:
            refuse_column(token.text, self._entries, self._place)
        following = self._tokens[self._next] if self._next < len(self._tokens) else None
        if is_negated or following is None or following.sort != "operator":
            return self._claim(token.text, kind, not is_negated)
        self._next += 1
        return self._comparison(token.text, kind, following.text)

    def _claim(self, column: str, kind: Kind, is_true: bool) -> EntryCondition:
        if kind is not Kind.BOOLEAN:
            self._refuse(
                f"{column} is not yes or no, so it is no condition by itself.", f'Compare it: "{column} = ...".'
            )
        return EntryCondition(column, "=", TRUE if is_true else FALSE)

    def _comparison(self, column: str, kind: Kind, operator: str) -> EntryCondition:
        token = self._take()
        if token is None or token.sort == "operator":
            after = f" {token.text}" if token else ""
            self._refuse(f'nothing to compare with follows "{column} {operator}{after}".', _GRAMMAR)
        if kind is Kind.BOOLEAN:
            return self._boolean(column, operator, token)
        if kind is Kind.CATEGORY and not self._reads_number(column, operator, token):
            return self._text_comparison(column, operator, token)
        if token.sort == "word" and token.text not in RESERVED_WORDS:
            return EntryCondition(column, operator, parameter=token.text)
        return EntryCondition(column, operator, self._literal(column, kind, token))

    def _reads_number(self, column: str, operator: str, token: _Token) -> bool:
        is_of_event = self._entries is EntrySource.EVENTS and column == "value"
        return is_of_event and (token.sort == "number" or (token.sort == "word" and operator not in ("=", "!=")))

    def _boolean(self, column: str, operator: str, token: _Token) -> EntryCondition:
        self._require_equality(column, operator)
        if token.text not in ("true", "false") or token.sort != "word":
            self._refuse_value(column, token, "true or false")
        return EntryCondition(column, "=", TRUE if (token.text == "true") == (operator == "=") else FALSE)

    def _text_comparison(self, column: str, operator: str, token: _Token) -> EntryCondition:
        self._require_equality(column, operator)
        if token.sort not in ("text", "word") or (token.sort == "word" and token.text in RESERVED_WORDS):
            self._refuse_value(column, token, 'a text in quotes, like "write_off"')
        value = token.text
        if token.sort == "text":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        kinds = [kind.value for kind in AdjustmentKind]
        if self._entries is EntrySource.ADJUSTMENTS and value not in kinds:
            raise PolicyTextError(
                "L316",
                f'no adjustment is of kind "{value}".',
                place=self._place,
                remedy=remedy_for_unknown(value, kinds),
            )
        return EntryCondition(column, operator, value)

    def _literal(self, column: str, kind: Kind, token: _Token) -> _Literal:
        if kind is Kind.DATE and token.sort == "day":
            try:
                return (date.fromisoformat(token.text) - _EPOCH).days
            except ValueError:
                self._refuse_value(column, token, "a day of the calendar, like 2026-03-01, or a parameter")
        if kind is Kind.DATE:
            self._refuse_value(column, token, "a day like 2026-03-01, or a parameter")
        if token.sort != "number" or len(token.text) > _LONGEST_NUMBER:
            self._refuse_value(column, token, "a number or a parameter")
        if kind is not Kind.DAYS:
            return Decimal(decimal_text(Decimal(token.text)))
        if "." in token.text or len(token.text) > 10:
            self._refuse_value(column, token, "a whole number of days or a parameter")
        return int(token.text)

    def _require_equality(self, column: str, operator: str) -> None:
        if operator not in ("=", "!="):
            raise PolicyTextError(
                "L315",
                f'{column} has no order, so "{operator}" does not apply.',
                place=self._place,
                remedy="Compare it with = or !=.",
            )

    def _refuse_value(self, column: str, token: _Token, expected: str) -> NoReturn:
        raise PolicyTextError(
            "L316",
            f"{column} is compared with {token.text}.",
            place=self._place,
            remedy=f"Compare it with {expected}.",
        )

    def _refuse_joint(self, token: _Token) -> NoReturn:
        if token.text == "or":
            self._refuse('conditions are joined by "or".', 'Only "and" joins them; declare one fact for each side.')
        self._refuse(f'{token.text} stands where "and" or the end is expected.', _GRAMMAR)

    def _refuse(self, message: str, remedy: str) -> NoReturn:
        raise PolicyTextError("L314", message, place=self._place, remedy=remedy)
