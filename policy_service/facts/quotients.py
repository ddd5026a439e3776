"""Quotients of exact integers, rounded once; or why there is none."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from policy_service.facts.rounding import divide_half_away


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a figure cannot be computed."""

    text: str


Ratio: TypeAlias = float | Missing


def ratio(numerator: int, denominator: int, without: str) -> Ratio:
    """Return the quotient as the nearest binary64, or `without` as the reason if the denominator is not positive."""
    return numerator / denominator if denominator > 0 else Missing(without)


def money(exact: Fraction) -> int:
    """Return an exact amount as whole minor units, a half rounded away from zero."""
    return divide_half_away(exact.numerator, exact.denominator)
