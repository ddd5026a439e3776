"""What was read off the ledger, exact, and how it is rounded once into a fact of its declared type."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

import msgspec

from policy_service.domain.errors import FactError
from policy_service.domain.values import UNKNOWN, UNLIMITED, Currency, Kind, is_representable, scale
from policy_service.facts.columns import Collection
from policy_service.facts.rounding import divide_half_away


class Reading(msgspec.Struct, frozen=True):
    """An exact number, `numerator / denominator` in steps of `kind`, with the collections of entries behind it.

    A denominator of 0 says that the number is unknown; `is_unlimited` that it is without limit. A ratio or a
    count is of the kind integer.
    """

    numerator: int
    denominator: int = 1
    kind: Kind = Kind.INTEGER
    behind: tuple[Collection, ...] = ()
    is_unlimited: bool = False

    @property
    def is_known(self) -> bool:
        """Whether there is a number at all."""
        return self.denominator != 0


#: A number that cannot be told.
NOT_KNOWN: Final = Reading(0, 0)


def unknown_from(behind: tuple[Collection, ...]) -> Reading:
    """Return the unknown that these entries come to: a zero denominator, say."""
    return Reading(0, 0, behind=behind)


def entry_ids(behind: Sequence[Collection]) -> tuple[str, ...]:
    """Return the ids of the entries in their order; of several collections each id once."""
    if len(behind) == 1:
        return tuple(behind[0].ids.tolist())
    return tuple(dict.fromkeys(chain.from_iterable([collection.ids.tolist() for collection in behind])))


def value_of(reading: Reading, kind: Kind, currency: Currency, name: str) -> int:
    """Return the reading as a value of `kind`, rounded once, half away from zero.

    Money becomes minor units, a number millionths (of a major unit, where money was read), days and integers
    whole. FactError F104 names the fact if the value does not fit into 64 bits.
    """
    if not reading.is_known:
        return UNKNOWN
    if reading.is_unlimited:
        return UNLIMITED
    value = reading.numerator
    if reading.denominator != 1 or reading.kind is not kind:
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
