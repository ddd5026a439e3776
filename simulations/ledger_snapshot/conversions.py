"""Which rate converts an entry, and its amount in the base currency: exact, rounded once, half away from zero."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from math import gcd

import numpy as np

from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import Rate
from policy_service.domain.errors import FactError
from policy_service.domain.values import LARGEST, UNKNOWN, Currency, is_representable
from policy_service.facts.knowledge import day_number
from policy_service.facts.rounding import divide_half_away
from simulations.ledger_snapshot.columns import Column, Rates
from simulations.ledger_snapshot.errors import does_not_fit
from simulations.ledger_snapshot.words import WordList

_BASE = -1


class Conversions:
    """The rates of a ledger, numbered in order of date, then currency."""

    def __init__(self, base: Currency, rates: Iterable[Rate]) -> None:
        self._base = base
        self._rates = sorted((one for one in rates if one.currency != base.code), key=_date_and_currency)
        self._ratios = [_ratio(one, base) for one in self._rates]
        self._days: dict[str, list[int]] = defaultdict(list)
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._rates):
            self._days[one.currency].append(day_number(one.date))
            self._places[one.currency].append(place)

    def columns(self, words: WordList) -> Rates:
        """Return the rates as columns."""
        return Rates(
            words.numbers(one.currency for one in self._rates),
            np.array([ratio[0] if _fits(ratio) else UNKNOWN for ratio in self._ratios], dtype=np.int64),
            np.array([ratio[1] if _fits(ratio) else UNKNOWN for ratio in self._ratios], dtype=np.int64),
        )

    def places(self, currencies: Sequence[str], days: Column, name_of: Callable[[int], str]) -> Column:
        """Return the place of the latest rate at or before its day for each entry, -1 in the base currency.

        FactError F101 names the entry for which there is no such rate, SnapshotError S301 the one whose rate does not
        fit into 64 bits.
        """
        places = np.full(len(currencies), _BASE, dtype=np.int64)
        if set(currencies) <= {"", self._base.code}:
            return places
        for entry, code in enumerate(currencies):
            if code and code != self._base.code:
                places[entry] = self._place(code, int(days[entry]), name_of(entry))
        return places

    def in_base(self, written: Column, places: Column, name_of: Callable[[int], str]) -> Column:
        """Return the amounts in base currency; SnapshotError S301 names the one that does not fit into 64 bits."""
        foreign = (places != _BASE).nonzero()[0]
        if not len(foreign):
            return written
        amounts = written.copy()
        for entry in foreign.tolist():
            numerator, denominator = self._ratios[places[entry]]
            amount = divide_half_away(int(written[entry]) * numerator, denominator)
            if not is_representable(amount):
                raise does_not_fit(f"the amount of {name_of(entry)} in {self._base.code}")
            amounts[entry] = amount
        return amounts

    def _place(self, code: str, day: int, name: str) -> int:
        before = bisect_right(self._days.get(code, []), day)
        if before == 0:
            raise FactError(
                "F101",
                f"{name[0].upper()}{name[1:]} is in {code}, for which there is no rate at or before its day.",
                remedy=f"Add a row for {code} to the rates file.",
            )
        place = self._places[code][before - 1]
        if not _fits(self._ratios[place]):
            raise does_not_fit(f"the rate of {name}, {self._rates[place].rate} on {self._rates[place].date},")
        return place


def _date_and_currency(rate: Rate) -> tuple[date, str]:
    return rate.date, rate.currency


def _ratio(rate: Rate, base: Currency) -> tuple[int, int]:
    numerator, denominator = rate.rate.as_integer_ratio()
    numerator *= 10**base.decimals
    denominator *= 10 ** currency_of(rate.currency).decimals
    common = gcd(numerator, denominator)
    return numerator // common, denominator // common


def _fits(ratio: tuple[int, int]) -> bool:
    return max(ratio) <= LARGEST
