"""COQL: a query in text, read into conditions. What the text of the protocol does not name is refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from policy_service.sample_crms.crm.errors import exceeded, refusal
from policy_service.sample_crms.speaking import Refusal

MOST_ROWS: Final = 2_000
MOST_IN_ALL: Final = 100_000
DEFAULT_ROWS: Final = 200
OPERATORS: Final = frozenset({"=", "!=", "<", ">", "<=", ">=", "in", "not in", "like", "is null", "is not null"})
_TOKEN: Final = re.compile(r"\s*('(?:[^'\\]|\\.)*'|[A-Za-z_$][\w$.]*|-?\d+(?:\.\d+)?|!=|<=|>=|[=<>(),])")
_TYPE: Final = re.compile(r"'.*'|-?\d.*|true|false", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A column compared with values as they are written."""

    column: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions of which all hold, or one."""

    is_all: bool
    parts: tuple["Condition", ...]


Condition: TypeAlias = Comparison | Joined


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read; `order` are columns, each with whether it descends."""

    columns: tuple[str, ...]
    module: str
    where: Condition
    order: tuple[tuple[str, bool], ...]
    offset: int
    count: int


def parse(text: str) -> Query:
    """Return what a query asks; Refusal SYNTAX_ERROR or LIMIT_EXCEEDED."""
    return _Reader(text).query()


def _syntax(**details: object) -> Refusal:
    return refusal(400, "SYNTAX_ERROR", "syntax error in the query", details)


class _Reader:
    def __init__(self, text: str) -> None:
        self._words = _words(text)
        self._next = 0

    def query(self) -> Query:
        self._must("select")
        columns = [self._name()]
        while self._take(","):
            columns.append(self._name())
        self._must("from")
        module = self._name()
        if not self._take("where"):
            raise _syntax(clause="where")
        where = self._either()
        order = self._order()
        offset, count = self._limit()
        if self._next < len(self._words):
            raise _syntax(line=1, column=self._next, near=self._words[self._next])
        if count > MOST_ROWS or offset + count > MOST_IN_ALL:
            raise exceeded("more rows than a query gives", limit=MOST_ROWS if count > MOST_ROWS else MOST_IN_ALL)
        return Query(tuple(columns), module, where, order, offset, count)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if not self._take("order"):
            return ()
        self._must("by")
        made = [self._direction()]
        while self._take(","):
            made.append(self._direction())
        return tuple(made)

    def _direction(self) -> tuple[str, bool]:
        column = self._name()
        descends = self._take("desc")
        if not descends:
            self._take("asc")
        return column, descends

    def _limit(self) -> tuple[int, int]:
        if not self._take("limit"):
            return 0, DEFAULT_ROWS
        first = self._number()
        if self._take(","):
            return first, self._number()
        return (self._number(), first) if self._take("offset") else (0, first)

    def _either(self) -> Condition:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Joined(False, tuple(parts))

    def _all(self) -> Condition:
        parts = [self._single()]
        while self._take("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else Joined(True, tuple(parts))

    def _single(self) -> Condition:
        if self._take("("):
            inner = self._either()
            self._must(")")
            return inner
        column = self._name()
        operator = self._operator()
        if operator in {"in", "not in"}:
            self._must("(")
            values = [self._value()]
            while self._take(","):
                values.append(self._value())
            self._must(")")
            return Comparison(column, operator, tuple(values))
        if operator.startswith("is "):
            return Comparison(column, operator, ())
        if operator == "between":
            least = self._value()
            self._must("and")
            return Joined(True, (Comparison(column, ">=", (least,)), Comparison(column, "<=", (self._value(),))))
        return Comparison(column, operator, (self._value(),))

    def _operator(self) -> str:
        word = self._word().lower()
        if word == "is":
            return "is not null" if self._take("not") and self._must("null") else self._null()
        if word == "not":
            self._must("in")
            return "not in"
        if word not in OPERATORS | {"between"}:
            raise _syntax(line=1, column=self._next, near=word)
        return word

    def _null(self) -> str:
        self._must("null")
        return "is null"

    def _name(self) -> str:
        word = self._word()
        if not re.match(r"[A-Za-z_$]", word):
            raise _syntax(line=1, column=self._next, near=word)
        return word

    def _value(self) -> str:
        word = self._word()
        if not _TYPE.fullmatch(word):
            raise _syntax(line=1, column=self._next, near=word)
        return word

    def _number(self) -> int:
        word = self._word()
        if not word.isdigit():
            raise _syntax(clause="limit")
        return int(word)

    def _word(self) -> str:
        if self._next >= len(self._words):
            raise _syntax(line=1, column=self._next, near="end of the query")
        self._next += 1
        return self._words[self._next - 1]

    def _take(self, word: str) -> bool:
        if self._next < len(self._words) and self._words[self._next].lower() == word:
            self._next += 1
            return True
        return False

    def _must(self, word: str) -> bool:
        if not self._take(word):
            near = self._words[self._next] if self._next < len(self._words) else "end of the query"
            raise _syntax(line=1, column=self._next, near=near)
        return True


def _words(text: str) -> Sequence[str]:
    words, place = [], 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            raise _syntax(line=1, column=place, near=text[place : place + 20])
        words.append(found.group(1))
        place = found.end()
    return words
