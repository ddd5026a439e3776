"""Amounts in the base currency: exact rates, one rounding per amount, half away from zero."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeAlias

from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import Ledger
from policy_service.domain.errors import FactError
from policy_service.domain.values import Currency
from policy_service.facts.columns import Integers, Positions, integers
from policy_service.facts.knowledge import day_number
from policy_service.facts.rounding import divide_half_away

#: From minor units of one currency to minor units of the base currency.
ToBase: TypeAlias = Callable[[int], int]


class RateTable:
    """The rates of a ledger by currency, for looking up the latest at or before a day."""

    def __init__(self, ledger: Ledger) -> None:
        self.base: Currency = ledger.base_currency
        self._days: dict[str, list[int]] = defaultdict(list)
        self._rates: dict[str, list[Decimal]] = defaultdict(list)
        for rate in ledger.rates:
            self._days[rate.currency].append(day_number(rate.date))
            self._rates[rate.currency].append(rate.rate)

    def code_of(self, code: str) -> str:
        """Return the code; no code means the base currency."""
        return code or self.base.code

    def is_base(self, code: str) -> bool:
        """Whether that is the base currency."""
        return not code or code == self.base.code

    def to_base(self, code: str, on: dt.date, entry: str) -> ToBase:
        """Return the conversion at the latest rate at or before `on`; no code means the base currency.

        FactError F101 names `entry` if there is no such rate.
        """
        if self.is_base(code):
            return _unchanged
        position = bisect_right(self._days.get(code, []), day_number(on))
        if position == 0:
            raise FactError(
                "F101",
                f"{entry} is in {code}, for which there is no rate on or before {on.isoformat()}.",
                remedy=f"Add a row for {code} to the rates file.",
            )
        return _at_rate(self._rates[code][position - 1], currency_of(code), self.base)


def converted(amounts: Integers, of: Positions, conversions: Mapping[int, ToBase]) -> Integers:
    """Return the amounts in base currency; `conversions` hold those of entries in another one, by position."""
    if not conversions:
        return amounts
    both = zip(amounts.tolist(), of.tolist(), strict=True)
    return integers([conversions.get(position, _unchanged)(amount) for amount, position in both])


def _unchanged(amount: int) -> int:
    return amount


def _at_rate(rate: Decimal, currency: Currency, base: Currency) -> ToBase:
    numerator, denominator = rate.as_integer_ratio()
    numerator *= 10**base.decimals
    denominator *= 10**currency.decimals
    return lambda amount: divide_half_away(amount * numerator, denominator)
