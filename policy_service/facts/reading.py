"""What was read off the ledger, exact, and how it is rounded once into a fact of its declared type."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.errors import FactError
from policy_service.domain.values import UNKNOWN, UNLIMITED, Currency, Kind, is_representable, scale
from policy_service.facts.rounding import divide_half_away


@dataclass(frozen=True, slots=True)
class Reading:
    """An exact number, `numerator / denominator` in steps of `kind`, with the ids of the entries behind it.

    A denominator of 0 says that the number is unknown; `is_unlimited` that it is without limit. A ratio or a
    count is of the kind integer.
    """

    numerator: int
    denominator: int = 1
    kind: Kind = Kind.INTEGER
    entries: tuple[str, ...] = ()
    is_unlimited: bool = False

    @property
    def is_known(self) -> bool:
        """Whether there is a number at all."""
        return self.denominator != 0


#: A number that cannot be told.
NOT_KNOWN: Final = Reading(0, 0)


def unknown_from(entries: tuple[str, ...]) -> Reading:
    """Return the unknown that these entries come to: a zero denominator, say."""
    return Reading(0, 0, entries=entries)


def value_of(reading: Reading, kind: Kind, currency: Currency, name: str) -> int:
    """Return the reading as a value of `kind`, rounded once, half away from zero.

    Money becomes minor units, a number millionths (of a major unit, where money was read), days and integers
    whole. FactError F104 names the fact if the value does not fit into 64 bits.
    """
    if not reading.is_known:
        return UNKNOWN
    if reading.is_unlimited:
        return UNLIMITED
    numerator = reading.numerator * scale(kind, currency)
    denominator = reading.denominator * scale(reading.kind, currency)
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    value = divide_half_away(numerator, denominator)
    if not is_representable(value):
        raise FactError(
            "F104",
            f"The fact {name} comes to {value}, which is outside the range of values.",
            remedy="Look for an amount of the ledger that is many digits too long.",
        )
    return value


def together(readings: Sequence[Reading], combine: Callable[[Sequence[int]], int]) -> Reading:
    """Return what `combine` makes of whole readings of one kind, with all entries behind them."""
    entries = tuple(dict.fromkeys(entry for reading in readings for entry in reading.entries))
    return Reading(combine([reading.numerator for reading in readings]), 1, readings[0].kind, entries)
