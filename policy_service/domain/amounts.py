"""Decimal text at the edges, scaled integers inside; never a float."""

import re
from decimal import Decimal
from typing import Final

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.values import LARGEST, Currency, is_representable

_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LONGEST: Final = 60


def parse_decimal(text: str, place: Place = NOWHERE) -> Decimal:
    """Return the decimal that `text` writes, exactly; L231 for anything but `-?[0-9]+(.[0-9]+)?`."""
    if len(text) > _LONGEST or not _DECIMAL.fullmatch(text):
        raise PolicyTextError(
            "L231",
            f"“{text[:_LONGEST]}” is no decimal number.",
            place=place,
            remedy="Write digits with at most one point, such as 200000.50: no separators, currency or exponent.",
        )
    return Decimal(text)


def to_scaled(decimal: Decimal, scale: int, place: Place = NOWHERE) -> int:
    """Return `decimal * scale`; L232 if that is no whole number, L209 if it is outside the plain 64-bit range.

    `scale` is a power of ten: how many steps make one unit.
    """
    if not decimal.is_finite() or decimal.adjusted() > len(str(LARGEST)):
        raise _outside(decimal, scale, place)
    if decimal.adjusted() < -_LONGEST:
        raise _inexact(decimal, scale, place)
    numerator, denominator = decimal.as_integer_ratio()
    scaled, rest = divmod(numerator * scale, denominator)
    if rest:
        raise _inexact(decimal, scale, place)
    if not is_representable(scaled):
        raise _outside(decimal, scale, place)
    return scaled


def refuse_needless_decimals(decimal: Decimal, currency: Currency, place: Place = NOWHERE) -> None:
    """Raise L232 if an amount has three decimals and its currency fewer, even if they are zeros.

    `1.000` is one yuan here and a thousand euros elsewhere: who writes it has to say which.
    """
    if decimal.as_tuple().exponent == -3 and currency.decimals < 3:
        raise _inexact(decimal, 10**currency.decimals, place)


def from_scaled(value: int, scale: int) -> str:
    """Return `value / scale` as decimal text with every decimal of the scale: 20000050, 100 -> "200000.50"."""
    sign, whole, part = "-" if value < 0 else "", abs(value) // scale, abs(value) % scale
    decimals = len(str(scale)) - 1
    return f"{sign}{whole}.{part:0{decimals}d}" if decimals else f"{sign}{whole}"


def decimal_text(decimal: Decimal) -> str:
    """Return `decimal` without exponent, needless zeros or a minus before zero: 200000.50 -> "200000.5"."""
    text = f"{decimal:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _inexact(decimal: Decimal, scale: int, place: Place) -> PolicyTextError:
    decimals = len(str(scale)) - 1
    may = f"at most {decimals} decimals" if decimals else "no decimals"
    return PolicyTextError(
        "L232",
        f"{str(decimal)[:_LONGEST]} has too many decimals.",
        place=place,
        remedy=f"Write it with {may}.",
    )


def _outside(decimal: Decimal, scale: int, place: Place) -> PolicyTextError:
    return PolicyTextError(
        "L209",
        f"{str(decimal)[:_LONGEST]} is outside the range of values.",
        place=place,
        remedy=f"The largest is {from_scaled(LARGEST, scale)}.",
    )
