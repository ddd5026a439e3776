"""Cells read as what their column means, every fault of a row collected."""

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Final

from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import Invoice, Order, Rate
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import LARGEST, Currency
from policy_service.language.definitions.dictionary import FactDictionary, FactSource
from policy_service.language.feel.value_text import read_attribute_text
from policy_service.ledger.reasons import Reason
from policy_service.ledger.report import Fault

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NO_DAY: Final = dt.date.min
_MOST_DIGITS: Final = 40
_LONGEST_SHOWN: Final = 60


@dataclass(slots=True)
class Known:
    """What earlier files established: what later rows may name. `unsound` ids stand on faulty rows.

    `first_rates` says from when on a currency has a rate; `rates` hold those that came along, in order of date.
    """

    base_currency: Currency
    declared: FactDictionary = field(default_factory=dict)
    first_rates: Mapping[str, dt.date] = field(default_factory=dict)
    rates: Mapping[str, Sequence[Rate]] = field(default_factory=dict)
    customers: Collection[str] = frozenset()
    has_orders_file: bool = False
    orders: Mapping[str, Order] = field(default_factory=dict)
    unsound_orders: Collection[str] = frozenset()
    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    unsound_invoices: Collection[str] = frozenset()


def shown(text: str) -> str:
    """Return a cell's text for a report: quoted and not too long."""
    return f'"{text}"' if len(text) <= _LONGEST_SHOWN else f'"{text[: _LONGEST_SHOWN - 3]}..."'


class RowReading:
    """Reads the cells of one row after another; a faulty cell adds to `faults` and gives a stand-in.

    The stand-ins are never used: whoever reads a row drops it when `faults` is not empty.
    """

    def __init__(self, known: Known) -> None:
        self.known = known
        self.faults: list[Fault] = []
        self._days: dict[str, dt.date] = {}
        self._currencies: dict[str, Currency | None] = {"": known.base_currency}

    def fault(self, column: str, reason: Reason, found: str) -> None:
        """Keep a fault of the row."""
        self.faults.append(Fault(column, reason, found))

    def lengths(self, cells: Sequence[str], bounds: Sequence[tuple[int, str, int]]) -> None:
        """Keep a fault of every cell that is too long; a bound is the cell's place, its column and the most."""
        for place, column, most in bounds:
            if len(cells[place]) > most:
                found = f"{column} has {len(cells[place])} characters, at most {most} are kept: {shown(cells[place])}"
                self.fault(column, Reason.TOO_LONG, found)

    def required(self, column: str, text: str) -> str:
        """Return a text that must be filled."""
        if not text or text.isspace():
            self.fault(column, Reason.EMPTY, f"{column} is empty")
        return text

    def word(self, column: str, text: str, words: Collection[str]) -> str:
        """Return a text that must be one of `words`."""
        if text not in words:
            known = ", ".join(word for word in words if word)
            self.fault(column, Reason.UNKNOWN_WORD, f"{column} is {shown(text)}, not one of {known}")
        return text

    def day(self, column: str, text: str) -> dt.date:
        """Return the day that must stand there."""
        return self._days.get(text) or self._new_day(column, text)

    def optional_day(self, column: str, text: str) -> dt.date | None:
        """Return the day, or None for an empty cell."""
        return self.day(column, text) if text else None

    def whole(self, column: str, text: str) -> int:
        """Return a count of days."""
        if text.isascii() and text.isdigit() and len(text) <= 9:
            return int(text)
        self.fault(column, Reason.NO_WHOLE_NUMBER, f"{column} is {shown(text)}")
        return 0

    def currency(self, column: str, text: str) -> Currency | None:
        """Return the currency, the base currency for an empty cell; None after keeping the fault."""
        if text not in self._currencies:
            self._currencies[text] = _currency_or_none(text)
        currency = self._currencies[text]
        if currency is None:
            self.fault(column, Reason.NO_CURRENCY, f"{column} is {shown(text)}")
        return currency

    def rated_currency(self, column: str, text: str, day: dt.date) -> Currency | None:
        """Return the currency, which must be the base currency or have a rate at or before `day`."""
        currency = self.currency(column, text)
        if currency is None or currency.code == self.known.base_currency.code or day is _NO_DAY:
            return currency
        first = self.known.first_rates.get(currency.code)
        if first is None or first > day:
            self.fault(column, Reason.NO_RATE, f"no rate of {currency.code} at or before {day}")
        return currency

    def amount(self, column: str, text: str, currency: Currency | None, least: int = 1) -> int:
        """Return an amount in minor units, at least `least`.

        Where the currency is not known only its form is checked, and equal amounts give equal stand-ins.
        """
        whole, point, fraction = text.partition(".")
        if not (text.isascii() and whole.isdigit() and (fraction.isdigit() or not point)):
            return self._no_cell(column, text, Reason.NO_AMOUNT)
        if currency is None:
            return int(whole[:_MOST_DIGITS] + fraction[:_MOST_DIGITS].ljust(_MOST_DIGITS, "0"))
        if len(fraction) > currency.decimals:
            found = f"{column} is {shown(text)}; {currency.code} has {currency.decimals} decimals"
            self.fault(column, Reason.TOO_MANY_DECIMALS, found)
            return 0
        if len(text) > _MOST_DIGITS:
            whole = whole.lstrip("0")
        minor = int(whole + fraction.ljust(currency.decimals, "0")) if len(whole) <= _MOST_DIGITS else LARGEST + 1
        if minor < least:
            self.fault(column, Reason.NOT_POSITIVE, f"{column} is {shown(text)}")
        elif minor > LARGEST:
            self.fault(column, Reason.TOO_LARGE, f"{column} is {shown(text)}")
        return minor

    def rated_amount(self, column: str, text: str, currency: Currency | None, day: dt.date) -> int:
        """Return an amount in minor units that fits in the base currency too, at the latest rate by `day`."""
        minor = self.amount(column, text, currency)
        if currency is None or minor > LARGEST or currency.code not in self.known.rates:
            return minor
        rates = self.known.rates[currency.code]
        place = bisect_right(rates, day, key=attrgetter("date"))
        if place and not _fits(minor, rates[place - 1].rate, currency, self.known.base_currency):
            base = self.known.base_currency.code
            found = (
                f"{column} is {shown(text)} {currency.code}, too large in {base} at the rate of {rates[place - 1].date}"
            )
            self.fault(column, Reason.TOO_LARGE, found)
        return minor

    def customer_fact(self, column: str, text: str) -> str:
        """Return a further cell of the customer file, which must be a value of the fact declared by its name."""
        fact = self.known.declared.get(column)
        if fact is None or fact.source is not FactSource.CUSTOMER:
            return text
        if fact.values and text not in fact.values:
            known = ", ".join(fact.values)
            self.fault(column, Reason.NO_VALUE_OF_FACT, f"{column} is {shown(text)}, not one of {known}")
            return text
        try:
            read_attribute_text(text.strip(), fact.kind, self.known.base_currency)
        except PolicyTextError:
            self.fault(column, Reason.NO_VALUE_OF_FACT, f"{column} is {shown(text)}, not of the type {fact.kind}")
        return text

    def customer(self, column: str, text: str) -> str:
        """Return the id of a customer that must be known."""
        if text not in self.known.customers and self.required(column, text):
            self.fault(column, Reason.UNKNOWN_CUSTOMER, f"{column} is {shown(text)}")
        return text

    def invoice(self, column: str, text: str) -> Invoice | None:
        """Return the invoice that must be known; None if its row is faulty, or after keeping the fault."""
        invoice = self.known.invoices.get(text)
        if invoice is None and text not in self.known.unsound_invoices and self.required(column, text):
            self.fault(column, Reason.UNKNOWN_INVOICE, f"{column} is {shown(text)}")
        return invoice

    def _new_day(self, column: str, text: str) -> dt.date:
        if _DAY.fullmatch(text):
            try:
                day = self._days[text] = dt.date.fromisoformat(text)
                return day
            except ValueError:
                pass
        self._no_cell(column, text, Reason.NO_DATE)
        return _NO_DAY

    def _no_cell(self, column: str, text: str, reason: Reason) -> int:
        if text:
            self.fault(column, reason, f"{column} is {shown(text)}")
        else:
            self.fault(column, Reason.EMPTY, f"{column} is empty")
        return 0


def _fits(minor: int, rate: Decimal, currency: Currency, base: Currency) -> bool:
    numerator, denominator = rate.as_integer_ratio()
    in_base: int = minor * numerator * 10**base.decimals
    unit: int = denominator * 10**currency.decimals
    # Half a unit more than the largest would round up.
    return 2 * in_base < (2 * LARGEST + 1) * unit


def _currency_or_none(code: str) -> Currency | None:
    try:
        return currency_of(code)
    except PolicyTextError:
        return None
