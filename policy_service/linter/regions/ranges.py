"""Interval arithmetic over typed formulas: every value a formula can take, given what its names can be.

A range holds the plain values from `low` to `high`; unlimited is the largest integer, so a range that ends
there may be unlimited. `unknown` says that there may be no value (unknown, or a result too large to hold).
With every name fixed to one value the answer is that one value, so the same code evaluates a formula exactly.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from policy_service.domain.values import LARGEST, SMALLEST, UNKNOWN, UNLIMITED, Kind


@dataclass(frozen=True, slots=True)
class Range:
    """The values `low` to `high` (none if `low > high`), and whether the value may be missing."""

    low: int
    high: int
    unknown: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is no known value at all."""
        return self.low > self.high

    @property
    def single(self) -> int | None:
        """The one known value, if there is just one and it is never missing."""
        return self.low if self.low == self.high and not self.unknown else None

    def touches(self, other: "Range") -> bool:
        """Whether some known value lies in both."""
        return max(self.low, other.low) <= min(self.high, other.high)


MISSING: Final = Range(1, 0, unknown=True)
EITHER: Final = Range(0, 1)


def point(value: int) -> Range:
    """Return the range of one value (`UNKNOWN` included)."""
    return MISSING if value == UNKNOWN else Range(value, value)


def of_kind(kind: Kind, *, unknown: bool = True, low: int = SMALLEST) -> Range:
    """Return every value of a kind, from `low` up; money may be unlimited."""
    match kind:
        case Kind.BOOLEAN:
            return Range(0, 1, unknown)
        case Kind.CATEGORY:
            return Range(0, LARGEST, unknown)
        case Kind.MONEY:
            return Range(low, UNLIMITED, unknown)
        case _:
            return Range(low, LARGEST, unknown)


def hull(ranges: Iterable[Range]) -> Range:
    """Return the smallest range that holds them all; of none, a missing value."""
    listed = list(ranges)
    known = [each for each in listed if not each.is_empty]
    unknown = any(each.unknown for each in listed) or not listed
    if not known:
        return MISSING
    return Range(min(each.low for each in known), max(each.high for each in known), unknown)


def divided(numerator: int, denominator: int) -> int:
    """Return the quotient rounded half away from zero; the denominator is not zero."""
    quotient, rest = divmod(abs(numerator), abs(denominator))
    quotient += 2 * rest >= abs(denominator)
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


@dataclass(frozen=True, slots=True)
class Parts:
    """A range cut into its plain values, whether it may be unlimited, and whether it may be missing."""

    plain: tuple[int, int] | None
    unlimited: bool
    unknown: bool

    @property
    def may_be_positive(self) -> bool:
        """Whether some value is above zero."""
        return self.unlimited or (self.plain is not None and self.plain[1] > 0)

    @property
    def may_be_zero_or_less(self) -> bool:
        """Whether some value is zero or below."""
        return self.plain is not None and self.plain[0] <= 0


def parts(value: Range) -> Parts:
    """Return the plain values and the sentinels of a range apart."""
    high = min(value.high, LARGEST)
    return Parts((value.low, high) if value.low <= high else None, value.high == UNLIMITED, value.unknown)


def joined(plain: Iterable[int], *, unlimited: bool, unknown: bool) -> Range:
    """Return the range over some extreme plain values; what does not fit 64 bits is missing."""
    values = sorted(plain)
    if values and (values[0] < SMALLEST or values[-1] > LARGEST):
        unknown = True
        values = [values[0], values[-1]] if values[0] <= LARGEST and values[-1] >= SMALLEST else []
        values = [max(SMALLEST, min(LARGEST, each)) for each in values]
    if unlimited:
        return Range(values[0] if values else UNLIMITED, UNLIMITED, unknown)
    return Range(values[0], values[-1], unknown) if values else MISSING


def add(left: Range, right: Range) -> Range:
    """Return `left + right`; with an unlimited side it is unlimited."""
    one, two = parts(left), parts(right)
    unknown = one.unknown or two.unknown
    if left.is_empty or right.is_empty:
        return MISSING
    plain = (one.plain[0] + two.plain[0], one.plain[1] + two.plain[1]) if one.plain and two.plain else ()
    return joined(plain, unlimited=one.unlimited or two.unlimited, unknown=unknown)


def subtract(left: Range, right: Range) -> Range:
    """Return `left - right`; minus unlimited is missing."""
    one, two = parts(left), parts(right)
    if left.is_empty or right.is_empty:
        return MISSING
    unknown = one.unknown or two.unknown or two.unlimited
    plain = (one.plain[0] - two.plain[1], one.plain[1] - two.plain[0]) if one.plain and two.plain else ()
    return joined(plain, unlimited=one.unlimited and two.plain is not None, unknown=unknown)


def multiply(left: Range, right: Range, divisor: int) -> Range:
    """Return `left * right / divisor`; unlimited times zero or less is missing."""
    one, two = parts(left), parts(right)
    if left.is_empty or right.is_empty:
        return MISSING
    plain = [divided(a * b, divisor) for a in one.plain for b in two.plain] if one.plain and two.plain else []
    unlimited = (one.unlimited and two.may_be_positive) or (two.unlimited and one.may_be_positive)
    unknown = (one.unlimited and two.may_be_zero_or_less) or (two.unlimited and one.may_be_zero_or_less)
    return joined(plain, unlimited=unlimited, unknown=unknown or one.unknown or two.unknown)


def divide(left: Range, right: Range, factor: int) -> Range:
    """Return `left * factor / right`; by zero it is missing, an amount over unlimited is 0."""
    one, two = parts(left), parts(right)
    if left.is_empty or right.is_empty:
        return MISSING
    plain = []
    for low, high in _signed(two.plain):
        plain += [divided(a * factor, b) for a in one.plain or () for b in (low, high)]
    if two.unlimited and one.plain:
        plain.append(0)
    may_be_positive = two.plain is not None and two.plain[1] > 0
    unknown = (two.plain is not None and two.plain[0] <= 0 <= two.plain[1]) or (
        one.unlimited and (two.may_be_zero_or_less or two.unlimited)
    )
    return joined(plain, unlimited=one.unlimited and may_be_positive, unknown=unknown or one.unknown or two.unknown)


def _signed(plain: tuple[int, int] | None) -> Iterable[tuple[int, int]]:
    if plain is None:
        return
    low, high = plain
    if high > 0:
        yield max(low, 1), high
    if low < 0:
        yield low, min(high, -1)


def power(base: Range, exponent: int, unit: int) -> Range:
    """Return `base ** exponent`, rounded once."""
    one = parts(base)
    if base.is_empty:
        return MISSING
    if exponent == 0:
        return Range(unit, unit, base.unknown)
    ends = set(one.plain or ())
    if one.plain and one.plain[0] < 0 < one.plain[1]:
        ends.add(0)
    plain = [divided(each**exponent, int(unit ** (exponent - 1))) for each in ends]
    return joined(plain, unlimited=one.unlimited, unknown=base.unknown)


def negate(value: Range) -> Range:
    """Return the negative; of unlimited it is missing."""
    one = parts(value)
    plain = (-one.plain[1], -one.plain[0]) if one.plain else ()
    return joined(plain, unlimited=False, unknown=value.unknown or one.unlimited)


def absolute(value: Range) -> Range:
    """Return the value without its sign."""
    one = parts(value)
    if one.plain is None:
        return value
    low, high = one.plain
    ends = {abs(low), abs(high)} | ({0} if low < 0 < high else set())
    return joined(ends, unlimited=one.unlimited, unknown=value.unknown)


def carried(value: Range, step: Callable[[int], int]) -> Range:
    """Return the range after a rising step on plain values; unlimited stays."""
    one = parts(value)
    plain = (step(one.plain[0]), step(one.plain[1])) if one.plain else ()
    return joined(plain, unlimited=one.unlimited, unknown=value.unknown)


def truth(*, may_hold: bool, may_fail: bool, unknown: bool) -> Range:
    """Return the range of a condition."""
    if may_hold or may_fail:
        return Range(0 if may_fail else 1, 1 if may_hold else 0, unknown)
    return MISSING
