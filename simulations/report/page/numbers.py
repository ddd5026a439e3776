"""Figures as people read them: amounts with the currency's decimals, thousands apart, a sign before a difference."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, assert_never

from policy_service.domain.amounts import from_scaled
from policy_service.domain.values import Currency, Kind, scale

_POINTS = {"en": "points", "zh": "个百分点"}
#: The same, behind a figure of a table.
_POINTS_IN_SHORT = {"en": "pp", "zh": "百分点"}
_DAYS = {"en": "days", "zh": "天"}
#: A share that would be written as nothing, though it is something.
_LEAST_SHARE = "< 0.1\u00a0%"


class Unit(StrEnum):
    """What a figure counts. A share is a fraction of one, a per cent one of a hundred; both are shown in per cent."""

    MONEY = "money"
    COUNT = "count"
    DAYS = "days"
    SHARE = "share"
    PERCENT = "percent"
    INDEX = "index"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Writes figures in one currency and language ("en" or "zh")."""

    currency: Currency
    language: str

    def money(self, amount: int, *, signed: bool = False) -> str:
        """Return an amount of minor units: 123456 -> "1,234.56"."""
        return _signed(f"{Decimal(from_scaled(amount, scale(Kind.MONEY, self.currency))):,}", signed=signed)

    def count(self, number: int, *, signed: bool = False) -> str:
        """Return a whole number: 1234 -> "1,234"."""
        return _signed(f"{number:,}", signed=signed)

    def share(self, part: int | float, of: int | float) -> str:
        """Return one number as a share of another in per cent; nothing of nothing, never 0.0 of something."""
        if not of:
            return ""
        written = f"{100 * part / of:.1f}\u00a0%"
        return written if is_seen(written) or not part else _LEAST_SHARE

    def figure(self, unit: Unit, value: Any) -> str:
        """Return a figure."""
        match unit:
            case Unit.MONEY:
                return self.money(value)
            case Unit.COUNT:
                return self.count(value)
            case Unit.DAYS:
                return f"{value:,.1f}"
            case Unit.SHARE:
                return f"{100 * value:,.2f}\u00a0%"
            case Unit.PERCENT:
                return f"{value:,.2f}\u00a0%"
            case Unit.INDEX:
                return f"{value:,.0f}"
            case Unit.DATE:
                return str(value)
            case _:
                assert_never(unit)

    def difference(self, unit: Unit, value: Any) -> str:
        """Return a difference with its sign: of dates in days, of figures in per cent in points, not in per cent."""
        if unit is Unit.DATE:
            return self.count(value, signed=True)
        written = self.figure(unit, value)
        if unit in (Unit.SHARE, Unit.PERCENT):
            written = f"{written.removesuffix('%')}{_POINTS_IN_SHORT[self.language]}"
        return _signed(written, signed=True)

    def by(self, unit: Unit, value: Any) -> str:
        """Return how large a difference is, as a sentence says it."""
        size = abs(value)
        match unit:
            case Unit.MONEY:
                return f"{self.money(size)}\u00a0{self.currency.code}"
            case Unit.DAYS:
                return f"{size:,.1f}\u00a0{_DAYS[self.language]}"
            case Unit.DATE:
                return f"{size:,}\u00a0{_DAYS[self.language]}"
            case Unit.SHARE:
                return f"{100 * size:,.2f}\u00a0{_POINTS[self.language]}"
            case Unit.PERCENT:
                return f"{size:,.2f}\u00a0{_POINTS[self.language]}"
            case Unit.COUNT | Unit.INDEX:
                return self.figure(unit, size)
            case _:
                assert_never(unit)


def is_seen(written: str) -> bool:
    """Return whether a figure is more than nothing as it is written."""
    return any(digit in written for digit in "123456789")


def _signed(written: str, *, signed: bool) -> str:
    if not is_seen(written):
        # What rounds to nothing has no sign.
        return written.removeprefix("-")
    return f"+{written}" if signed and not written.startswith("-") else written
