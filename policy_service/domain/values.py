"""The one representation of every value: a 64-bit integer, read through its type.

Money is in minor units of the policy's base currency, a number in millionths, a date in days since
1970-01-01, a whole number and a count of days as themselves, a category as its code in the policy's
vocabulary, a boolean as 0 or 1. Two integers are set aside as sentinels: `UNKNOWN`, and for money
`UNLIMITED`, which compares above every amount by being the largest integer.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

UNKNOWN: Final = -(2**63)
UNLIMITED: Final = 2**63 - 1
LARGEST: Final = UNLIMITED - 1
SMALLEST: Final = -LARGEST
MILLION: Final = 1_000_000

TRUE: Final = 1
FALSE: Final = 0


class Kind(StrEnum):
    """What an integer stands for."""

    MONEY = "money"
    NUMBER = "number"
    INTEGER = "integer"
    DAYS = "days"
    DATE = "date"
    BOOLEAN = "boolean"
    CATEGORY = "category"

    @property
    def is_numeric(self) -> bool:
        """Whether arithmetic is defined on it (dates have their own)."""
        return self in _NUMERIC

    @property
    def is_whole(self) -> bool:
        """Whether it counts whole things: an integer or days."""
        return self in _WHOLE

    @property
    def is_ordered(self) -> bool:
        """Whether `<` and intervals are defined on it."""
        return self in _NUMERIC or self is Kind.DATE


_WHOLE: Final = frozenset({Kind.INTEGER, Kind.DAYS})
_NUMERIC: Final = frozenset({Kind.MONEY, Kind.NUMBER}) | _WHOLE


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its ISO 4217 code and how many decimals its minor unit has."""

    code: str
    decimals: int


def scale(kind: Kind, currency: Currency) -> int:
    """Return how many steps of the representation make one unit (one major unit, one day, ...)."""
    if kind is Kind.MONEY:
        return int(10**currency.decimals)
    if kind is Kind.NUMBER:
        return MILLION
    return 1


def is_representable(value: int) -> bool:
    """Whether `value` is a plain value: inside 64 bits and no sentinel."""
    return SMALLEST <= value <= LARGEST
