"""Arithmetic on values in compiled code: exact in 128 bits and more, then rounded once, half away from zero.

The meaning is that of `policy_service.engines.arithmetic`, written a second time over 64-bit words. What overflows
is FAULT, an integer that no value can be: neither plain nor a sentinel.
"""

# ruff: noqa: PLR1714, SIM109 - two comparisons are the plainest code that can be compiled

from typing import Final

import numpy as np

from policy_service.domain.values import FALSE, LARGEST, SMALLEST, TRUE, UNKNOWN, UNLIMITED
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.wide import product_of_magnitudes
from simulations.columnar.wide_arithmetic import ONE, power_of_magnitude, quotient

#: Stands for a result outside the plain range; it is never handed on as a value.
FAULT: Final = UNKNOWN + 1

_LARGEST: Final = np.uint64(LARGEST)


@lean_kernel
def add(left: int, right: int) -> int:
    """Return the sum; unlimited if one of them is."""
    if left == UNKNOWN or right == UNKNOWN:
        return UNKNOWN
    if left == UNLIMITED or right == UNLIMITED:
        return UNLIMITED
    found = left + right
    if (left ^ found) & (right ^ found) < 0:
        return FAULT
    return _checked(found)


@lean_kernel
def subtract(left: int, right: int) -> int:
    """Return the difference; unlimited less an amount is unlimited, anything less unlimited unknown."""
    if left == UNKNOWN or right == UNKNOWN or right == UNLIMITED:
        return UNKNOWN
    if left == UNLIMITED:
        return UNLIMITED
    found = left - right
    if (left ^ right) & (left ^ found) < 0:
        return FAULT
    return _checked(found)


@lean_kernel
def multiply(left: int, right: int, divisor: int) -> int:
    """Return `left * right / divisor`; unlimited times a positive is unlimited, times another unknown."""
    if left == UNKNOWN or right == UNKNOWN:
        return UNKNOWN
    if left == UNLIMITED or right == UNLIMITED:
        return UNLIMITED if left > 0 and right > 0 else UNKNOWN
    return _scaled(left, right, divisor)


@lean_kernel
def divide(left: int, right: int, factor: int) -> int:
    """Return `left * factor / right`; unknown by zero, 0 for an amount over unlimited."""
    if left == UNKNOWN or right == UNKNOWN or right == 0:
        return UNKNOWN
    if left == UNLIMITED:
        return UNLIMITED if 0 < right < UNLIMITED else UNKNOWN
    if right == UNLIMITED:
        return 0
    return _scaled(left, factor, right)


@lean_kernel
def convert(value: int, factor: int, divisor: int) -> int:
    """Return `value * factor / divisor`; unlimited stays."""
    if value == UNKNOWN or value == UNLIMITED:
        return value
    return _scaled(value, factor, divisor)


@lean_kernel
def power(base: int, exponent: int, unit: int) -> int:
    """Return `base ** exponent` in steps of `1 / unit` (below 2^32), rounded once; `x ** 0` is one."""
    if base == UNKNOWN:
        return UNKNOWN
    if exponent == 0:
        return unit
    if exponent == 1:
        return _checked(base)
    if exponent == 2:
        return _scaled(base, base, unit)
    found = power_of_magnitude(_magnitude(base), exponent, np.uint64(unit))
    return _signed(found, base < 0 and exponent % 2 == 1)


@lean_kernel
def negate(value: int) -> int:
    """Return the negative; of unlimited it is unknown."""
    return UNKNOWN if value == UNKNOWN or value == UNLIMITED else -value


@lean_kernel
def absolute(value: int) -> int:
    """Return the value without its sign."""
    return -value if value < 0 and value != UNKNOWN else value


@lean_kernel
def smaller(left: int, right: int) -> int:
    """Return the smaller; unknown if one of them is."""
    return min(left, right)


@lean_kernel
def larger(left: int, right: int) -> int:
    """Return the larger; unknown if one of them is."""
    return UNKNOWN if left == UNKNOWN or right == UNKNOWN else max(left, right)


@lean_kernel
def total(values: Numbers, first: int, count: int) -> int:
    """Return the sum of `count` places of `values` as one operation: only the end result must fit."""
    high, low, is_unlimited = 0, 0, False
    for place in range(first, first + count):
        value = values[place]
        if value == UNKNOWN:
            return UNKNOWN
        is_unlimited |= value == UNLIMITED
        high += value >> 32
        low += value & 0xFFFFFFFF
    if is_unlimited:
        return UNLIMITED
    high += low >> 32
    if high < -(1 << 31) or high >= 1 << 31:
        return FAULT
    return _checked((high << 32) | (low & 0xFFFFFFFF))


@lean_kernel
def round_half_away(value: int, unit: int) -> int:
    """Return the nearest multiple of `unit`, a half going away from zero."""
    if value == UNKNOWN or value == UNLIMITED:
        return value
    size, step = _magnitude(value), np.uint64(unit)
    multiples, rest = size // step, size % step
    if rest >= step - rest:
        multiples += ONE
    return _signed(multiples * step, value < 0)


@lean_kernel
def floor(value: int, unit: int) -> int:
    """Return the next multiple of `unit` downwards."""
    return _towards(value, unit, value < 0)


@lean_kernel
def ceiling(value: int, unit: int) -> int:
    """Return the next multiple of `unit` upwards."""
    return _towards(value, unit, value > 0)


@lean_kernel
def both(left: int, right: int) -> int:
    """Return the three-valued `and`: false if one is false, else unknown if one is unknown."""
    if left == FALSE or right == FALSE:
        return FALSE
    return UNKNOWN if left == UNKNOWN or right == UNKNOWN else TRUE


@lean_kernel
def either(left: int, right: int) -> int:
    """Return the three-valued `or`: true if one is true, else unknown if one is unknown."""
    if left == TRUE or right == TRUE:
        return TRUE
    return UNKNOWN if left == UNKNOWN or right == UNKNOWN else FALSE


@lean_kernel
def negation(value: int) -> int:
    """Return the three-valued `not`: the unknown stays unknown."""
    return value if value == UNKNOWN else TRUE - value


@lean_kernel
def _checked(value: int) -> int:
    return value if SMALLEST <= value <= LARGEST else FAULT


@lean_kernel
def _magnitude(value: int) -> np.uint64:
    return np.uint64(-value if value < 0 else value)


@lean_kernel
def _signed(size: np.uint64, is_negative: bool) -> int:
    if size > _LARGEST:
        return FAULT
    value = int(np.int64(size))
    return -value if is_negative else value


@lean_kernel
def _towards(value: int, unit: int, is_away: bool) -> int:
    if value == UNKNOWN or value == UNLIMITED:
        return value
    size, step = _magnitude(value), np.uint64(unit)
    multiples, rest = size // step, size % step
    if is_away and rest:
        multiples += ONE
    return _signed(multiples * step, value < 0)


@lean_kernel
def _scaled(left: int, right: int, divisor: int) -> int:
    high, low = product_of_magnitudes(_magnitude(left), _magnitude(right))
    size = _magnitude(divisor)
    if high >= size:
        return FAULT
    found, rest = quotient(high, low, size)
    if found > _LARGEST:
        return FAULT
    if rest >= size - rest:
        found += ONE
    return _signed(found, (left < 0) ^ (right < 0) ^ (divisor < 0))
