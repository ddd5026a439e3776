"""This engine's own arithmetic on values, written apart from the interpreter's so that the two can check each other.

Operands are known, and plain unless they are unlimited; the callers in `precompute` deal with the unknown.
"""

from collections.abc import Sequence

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import LARGEST, UNKNOWN, UNLIMITED
from policy_service.language.feel.expressions import Rounding


def within_range(result: int) -> int:
    """Return `result`; EngineFault E001 if it does not fit the plain range."""
    if -LARGEST <= result <= LARGEST:
        return result
    raise EngineFault("E001", "A value computed for the rules is out of range.", remedy="Check the facts given.")


def rounded_quotient(numerator: int, denominator: int) -> int:
    """Return numerator over denominator (not 0), the half going away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator < 0:
        return -((denominator - 2 * numerator) // (2 * denominator))
    return (denominator + 2 * numerator) // (2 * denominator)


def plus(left: int, right: int) -> int:
    """Return the sum, unlimited with anything unlimited."""
    if UNLIMITED in (left, right):
        return UNLIMITED
    return within_range(left + right)


def minus(left: int, right: int) -> int:
    """Return the difference; nothing is known of what is left after the unlimited is taken away."""
    if right == UNLIMITED:
        return UNKNOWN
    return UNLIMITED if left == UNLIMITED else within_range(left - right)


def times(left: int, right: int, divisor: int) -> int:
    """Return `left * right / divisor`; the unlimited only stays so times a positive."""
    if UNLIMITED in (left, right):
        return UNLIMITED if min(left, right) > 0 else UNKNOWN
    return within_range(rounded_quotient(left * right, divisor))


def over(left: int, right: int, factor: int) -> int:
    """Return `left * factor / right`; unknown by zero, and of unlimited by other than a positive amount."""
    if right == 0:
        return UNKNOWN
    if left == UNLIMITED:
        return UNKNOWN if right < 0 or right == UNLIMITED else UNLIMITED
    return 0 if right == UNLIMITED else within_range(rounded_quotient(left * factor, right))


def to_the_power(base: int, exponent: int, unit: int) -> int:
    """Return `base` to a power of 0 to 8, in steps of one `unit`-th, rounded once."""
    if exponent == 0:
        return unit
    product = base
    for _ in range(exponent - 1):
        product *= base
    scale: int = unit ** (exponent - 1)
    return within_range(rounded_quotient(product, scale))


def rescaled(value: int, factor: int, divisor: int) -> int:
    """Return the value in another kind's steps."""
    return value if value == UNLIMITED else within_range(rounded_quotient(value * factor, divisor))


def opposite(value: int) -> int:
    """Return the negative; of the unlimited nothing is known."""
    return UNKNOWN if value == UNLIMITED else -value


def summed(values: Sequence[int]) -> int:
    """Return the total as one operation."""
    return UNLIMITED if UNLIMITED in values else within_range(sum(values))


def to_multiple(rounding: Rounding, value: int, unit: int) -> int:
    """Return the multiple of `unit` next to the value in that direction."""
    if value == UNLIMITED:
        return UNLIMITED
    match rounding:
        case Rounding.ROUND:
            return within_range(rounded_quotient(value, unit) * unit)
        case Rounding.FLOOR:
            return within_range(value - value % unit)
        case Rounding.CEILING:
            return within_range(value + -value % unit)
