"""Arithmetic on values: exact in integers, then rounded once, half away from zero.

Every operation takes and returns values as `domain.values` defines them. An unknown operand makes the
result unknown; unlimited behaves as an amount above all others whose size says nothing. A result outside
the plain range is an `EngineFault` (E001), never a wrap.
"""

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt, ne

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, LARGEST, SMALLEST, TRUE, UNKNOWN, UNLIMITED
from policy_service.language.feel.expressions import Extreme, Operator, Rounding


def checked(value: int) -> int:
    """Return `value` if it is a plain one; EngineFault E001 if it overflows."""
    if SMALLEST <= value <= LARGEST:
        return value
    raise EngineFault(
        "E001",
        "A result is too large to be held exactly.",
        remedy="Check the amounts that were given, and the factors of the formula.",
    )


def divide_half_away(dividend: int, divisor: int) -> int:
    """Return the nearest integer to the quotient, a half going away from zero; `divisor` is not 0."""
    quotient, remainder = divmod(abs(dividend), abs(divisor))
    if 2 * remainder >= abs(divisor):
        quotient += 1
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def add(left: int, right: int) -> int:
    """Return the sum; unlimited if one of them is."""
    if UNKNOWN in (left, right):
        return UNKNOWN
    if UNLIMITED in (left, right):
        return UNLIMITED
    return checked(left + right)


def subtract(left: int, right: int) -> int:
    """Return the difference; unlimited less an amount is unlimited, anything less unlimited unknown."""
    if left == UNKNOWN or right in (UNKNOWN, UNLIMITED):
        return UNKNOWN
    if left == UNLIMITED:
        return UNLIMITED
    return checked(left - right)


def multiply(left: int, right: int, divisor: int) -> int:
    """Return `left * right / divisor`; unlimited times a positive is unlimited, times another unknown."""
    if UNKNOWN in (left, right):
        return UNKNOWN
    if UNLIMITED in (left, right):
        return UNLIMITED if left > 0 and right > 0 else UNKNOWN
    return checked(divide_half_away(left * right, divisor))


def divide(left: int, right: int, factor: int) -> int:
    """Return `left * factor / right`; unknown by zero, 0 for an amount over unlimited."""
    if left == UNKNOWN or right in (UNKNOWN, 0):
        return UNKNOWN
    if left == UNLIMITED:
        return UNLIMITED if 0 < right < UNLIMITED else UNKNOWN
    if right == UNLIMITED:
        return 0
    return checked(divide_half_away(left * factor, right))


def power(base: int, exponent: int, unit: int) -> int:
    """Return `base ** exponent` of a value in steps of `1 / unit`, rounded once; `x ** 0` is one."""
    if base == UNKNOWN:
        return UNKNOWN
    if exponent == 0:
        return unit
    return checked(divide_half_away(base**exponent, unit ** (exponent - 1)))


def convert(value: int, factor: int, divisor: int) -> int:
    """Return `value * factor / divisor`; unlimited stays."""
    if value in (UNKNOWN, UNLIMITED):
        return value
    return checked(divide_half_away(value * factor, divisor))


def negate(value: int) -> int:
    """Return the negative; of unlimited it is unknown."""
    return UNKNOWN if value in (UNKNOWN, UNLIMITED) else -value


def absolute(value: int) -> int:
    """Return the value without its sign."""
    return value if value == UNKNOWN else abs(value)


def total(values: Sequence[int]) -> int:
    """Return the sum as one operation: only the end result must fit."""
    if UNKNOWN in values:
        return UNKNOWN
    if UNLIMITED in values:
        return UNLIMITED
    return checked(sum(values))


def pick(extreme: Extreme, values: Sequence[int]) -> int:
    """Return the smallest or the largest; unknown if one of them is."""
    if UNKNOWN in values:
        return UNKNOWN
    return min(values) if extreme is Extreme.MIN else max(values)


def round_to(rounding: Rounding, value: int, unit: int) -> int:
    """Return the nearest multiple of `unit` steps: half away from zero, downwards or upwards."""
    if value in (UNKNOWN, UNLIMITED):
        return value
    match rounding:
        case Rounding.ROUND:
            multiples = divide_half_away(value, unit)
        case Rounding.FLOOR:
            multiples = value // unit
        case Rounding.CEILING:
            multiples = -(-value // unit)
    return checked(multiples * unit)


COMPARISONS: dict[Operator, Callable[[int, int], bool]] = {
    Operator.EQUAL: eq,
    Operator.NOT_EQUAL: ne,
    Operator.LESS: lt,
    Operator.LESS_OR_EQUAL: le,
    Operator.GREATER: gt,
    Operator.GREATER_OR_EQUAL: ge,
}


def is_null(value: int) -> int:
    """Return true for the unknown, false for all else."""
    return TRUE if value == UNKNOWN else FALSE


def all_of(values: Sequence[int]) -> int:
    """Return the three-valued `and`: false if one is false, else unknown if one is unknown."""
    if FALSE in values:
        return FALSE
    return UNKNOWN if UNKNOWN in values else TRUE


def any_of(values: Sequence[int]) -> int:
    """Return the three-valued `or`: true if one is true, else unknown if one is unknown."""
    if TRUE in values:
        return TRUE
    return UNKNOWN if UNKNOWN in values else FALSE


def negation(value: int) -> int:
    """Return the three-valued `not`: the unknown stays unknown."""
    return value if value == UNKNOWN else TRUE - value
