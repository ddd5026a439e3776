"""The types of columns: what is kept of each kind of value, the same on both databases.

SQLite takes a text of any length and returns floats for decimals, PostgreSQL refuses NUL characters: so
texts are checked here, before either database sees them, and no column holds a decimal or a float.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, TypeAlias

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Dialect, Integer, LargeBinary, String, Text
from sqlalchemy.orm import MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

from policy_service.domain.lengths import LONGEST_IDENTIFIER, LONGEST_LINE, LONGEST_WORD
from policy_service.storage.errors import StorageError

#: A lone half of a UTF-16 pair: no database stores it.
_NOT_STORABLE: Final = re.compile("[\0\ud800-\udfff]")


class Words(TypeDecorator[str]):
    """A text of at most `length` characters; StorageError S212 for one that is longer or cannot be stored."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.most = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text as it is, once it is known to fit."""
        if value is not None:
            self.check((value,))
        return value

    def check(self, texts: Sequence[str]) -> None:
        """Return if every one of the texts fits."""
        self.check_length(max(texts, key=len))
        check_characters(texts)

    def check_length(self, text: str) -> None:
        """Return if the text is not too long."""
        if len(text) > self.most:
            raise _not_storable(f"“{text[:40]}...” has {len(text)} characters", f"at most {self.most}")


class LongWords(TypeDecorator[str]):
    """A text of any length; StorageError S212 for one that cannot be stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text as it is, once it is known to be storable."""
        if value is not None:
            self.check((value,))
        return value

    def check(self, texts: Sequence[str]) -> None:
        """Return if every one of the texts can be stored."""
        check_characters(texts)


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    """Return the constraint that a column holds one of these words; it is named after the column."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=column)


def check_characters(texts: Iterable[str]) -> None:
    """Return if every one of the texts can be stored."""
    if _NOT_STORABLE.search("".join(texts)):
        raise _not_storable("A text holds a character that is none", "a text without NUL and halves of surrogate pairs")


def _not_storable(found: str, may: str) -> StorageError:
    return StorageError("S212", f"{found}; a database takes {may}.", remedy="Shorten or clean it.")


_HOLDS: Final = "holds"


def _column(kind: Any, holds: str, **more: Any) -> MappedColumn[Any]:
    return mapped_column(kind, info={_HOLDS: holds}, **more)


#: An id that another system gives: a customer, an invoice, an order, a request.
Identifier: TypeAlias = Annotated[
    str, _column(Words(LONGEST_IDENTIFIER), f"id, at most {LONGEST_IDENTIFIER} characters")
]
#: An id that this service gives.
OwnId: TypeAlias = Annotated[str, _column(Words(40), "id of this service, at most 40 characters")]
#: One word of a few: a state, a kind, a role.
Word: TypeAlias = Annotated[str, _column(Words(LONGEST_WORD), f"word, at most {LONGEST_WORD} characters")]
#: A name or a line.
Line: TypeAlias = Annotated[str, _column(Words(LONGEST_LINE), f"line, at most {LONGEST_LINE} characters")]
#: A text of any length, most often JSON.
LongText: TypeAlias = Annotated[str, _column(LongWords(), "text")]
#: SHA-256 or HMAC-SHA-256.
Hash: TypeAlias = Annotated[str, _column(Words(64), "64 hexadecimal digits")]
#: SQLite drops time zones; an integer has none to lose.
Instant: TypeAlias = Annotated[int, _column(BigInteger, "instant: microseconds since 1970-01-01 UTC")]
#: Of the currency beside it, else of the base currency.
Money: TypeAlias = Annotated[int, _column(BigInteger, "amount in minor units")]
#: A count, or a number in an order.
Whole: TypeAlias = Annotated[int, _column(BigInteger, "whole number")]
#: A business date, in the company's time zone.
Day: TypeAlias = Annotated[dt.date, _column(Date, "day")]
#: A claim that holds or does not.
Claim: TypeAlias = Annotated[bool, _column(Boolean, "yes or no")]
#: Bytes exactly as they are.
Exact: TypeAlias = Annotated[bytes, _column(LargeBinary, "bytes")]
#: Given by the database in the order of storing.
RowNumber: TypeAlias = Annotated[
    int,
    _column(BigInteger().with_variant(Integer, "sqlite"), "number of the row", primary_key=True, autoincrement=True),
]
#: Counted up by each change of the row.
Revision: TypeAlias = Annotated[int, _column(BigInteger, "revision, counted up by each change")]


def holds(column: Column[Any]) -> str:
    """Return what a column holds, in words."""
    said: str = column.info[_HOLDS]
    return said
