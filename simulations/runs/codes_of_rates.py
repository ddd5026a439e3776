"""Currencies for the entries of a run, such that each finds the rate that it was recorded with.

A ledger has one rate of a currency and day. In a run invoices that waited for the same release may be issued on one
day, each with the rate of the day that it was recorded on. Those that would find the rate of another one are written
in another currency, of which nothing but its rates is ever read.
"""

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Final, TypeAlias

from policy_service.domain.currencies import CODES
from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import Rate
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.runs.entries_of_customer import date_of

_EXACT: Final = Context(prec=400)
#: Days, and the place of the rate in the snapshot that is to be found on each.
Rated: TypeAlias = Sequence[tuple[int, int]]


class CodesOfRates:
    """The currencies of one ledger of a run, given out entry by entry."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._found_on: dict[tuple[int, str], int] = {}

    @property
    def rates(self) -> Sequence[Rate]:
        """The rates of all that was given out, by day and currency."""
        return [self._rate(day, code, self._found_on[day, code]) for day, code in sorted(self._found_on)]

    def currency_of(self, rate: int) -> str:
        """Return the currency that a rate of the snapshot is of."""
        return self._snapshot.words[int(self._snapshot.rates.currency[rate])]

    def code(self, rated: Rated) -> str:
        """Return the currency of entries that are of one currency: its own, unless another rate is found there.

        Where every currency has another rate on one of the days it is its own: then the sample will not agree, and
        the run is not believed.
        """
        own, base = self.currency_of(rated[0][1]), self._snapshot.currency.code
        for code in (own, *CODES):
            if code != base and all(self._found_on.get((day, code), rate) == rate for day, rate in rated):
                self._found_on.update(((day, code), rate) for day, rate in rated)
                return code
        return own

    def _rate(self, day: int, code: str, rate: int) -> Rate:
        # What is counted are minor units, of which the currency given out has more or fewer than the entry's own.
        rates, base = self._snapshot.rates, self._snapshot.currency
        ratio = _EXACT.divide(Decimal(int(rates.numerator[rate])), Decimal(int(rates.denominator[rate])))
        scale = Decimal(10) ** (currency_of(code).decimals - base.decimals)
        return Rate(date_of(day), code, _EXACT.multiply(ratio, scale))
