"""Exact integers of 128 bits for kernels: a high half with the sign, and a low half without one."""

from typing import TypeAlias

import numpy as np

from policy_service.domain.values import LARGEST
from simulations.columnar.compiled_functions import lean_kernel

#: High (int64) and low (uint64) half, in two's complement.
Wide: TypeAlias = tuple[int, np.uint64]

_HALF = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_NONE = np.uint64(0)
_ONE = np.uint64(1)
_TOP = np.uint64(63)
_MOST = np.uint64(LARGEST)


@lean_kernel
def widened(value: int) -> Wide:
    """Return a value of 64 bits as one of 128."""
    return np.int64(-1) if value < 0 else np.int64(0), np.uint64(value)


@lean_kernel
def magnitude(value: int) -> np.uint64:
    """Return the absolute value, which may be 2**63."""
    return np.uint64(value) if value >= 0 else _NONE - np.uint64(value)


@lean_kernel
def negated(high: int, low: np.uint64) -> Wide:
    """Return the negative."""
    flipped = ~low + _ONE
    return np.int64(~high + (np.int64(1) if low == _NONE else np.int64(0))), flipped


@lean_kernel
def plus(high: int, low: np.uint64, other_high: int, other_low: np.uint64) -> Wide:
    """Return the sum."""
    total = low + other_low
    return np.int64(high + other_high + (np.int64(1) if total < low else np.int64(0))), total


@lean_kernel
def minus(high: int, low: np.uint64, other_high: int, other_low: np.uint64) -> Wide:
    """Return the difference."""
    return np.int64(high - other_high - (np.int64(1) if low < other_low else np.int64(0))), low - other_low


@lean_kernel
def product(left: int, right: int) -> Wide:
    """Return the product of two values of 64 bits."""
    above, low = product_of_magnitudes(magnitude(left), magnitude(right))
    high = np.int64(above)
    if (left < 0) != (right < 0):
        return negated(high, low)
    return high, low


@lean_kernel
def times(high: int, low: np.uint64, factor: int) -> Wide:
    """Return the product with a value of 64 bits, which must fit into 128."""
    is_negative = (high < 0) != (factor < 0)
    if high < 0:
        high, low = negated(high, low)
    by = magnitude(factor)
    low_high, low_low = product_of_magnitudes(low, by)
    total = np.int64(np.uint64(high) * by + low_high)
    return negated(total, low_low) if is_negative else (total, low_low)


@lean_kernel
def product_of_magnitudes(one: np.uint64, other: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return the high and the low half of the product of two values without sign."""
    one_low, one_high = one & _HALF, one >> _SHIFT
    other_low, other_high = other & _HALF, other >> _SHIFT
    lowest = one_low * other_low
    middle = one_high * other_low + (lowest >> _SHIFT)
    carried = one_low * other_high + (middle & _HALF)
    low = (carried << _SHIFT) | (lowest & _HALF)
    return one_high * other_high + (middle >> _SHIFT) + (carried >> _SHIFT), low


@lean_kernel
def rounded_quotient(high: int, low: np.uint64, by_high: int, by_low: np.uint64) -> tuple[int, bool]:
    """Return the quotient rounded half away from zero, and whether it is a plain value; the divisor is positive."""
    is_negative = high < 0
    if is_negative:
        high, low = negated(high, low)
    quotient_high, quotient, rest_high, rest = _divided(np.uint64(high), low, np.uint64(by_high), by_low)
    # Twice the rest against the divisor, without overflow: the rest against what is left of the divisor.
    left = by_low - rest
    left_high = np.uint64(by_high) - rest_high - (_ONE if by_low < rest else _NONE)
    if rest_high > left_high or (rest_high == left_high and rest >= left):
        quotient += _ONE
        if quotient == _NONE:
            quotient_high += _ONE
    fits = quotient_high == _NONE and quotient <= _MOST
    if not fits:
        return np.int64(0), False
    value = np.int64(quotient)
    return (-value if is_negative else value), True


@lean_kernel
def _divided(
    high: np.uint64, low: np.uint64, by_high: np.uint64, by_low: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    if high == _NONE and by_high == _NONE:
        quotient = low // by_low
        return _NONE, quotient, _NONE, low - quotient * by_low
    quotient_high, quotient, rest_high, rest = _NONE, _NONE, _NONE, _NONE
    for bit in range(127, -1, -1):
        top = rest_high >> _TOP
        rest_high = (rest_high << _ONE) | (rest >> _TOP)
        place = np.uint64(bit & 63)
        rest = (rest << _ONE) | (((high if bit > 63 else low) >> place) & _ONE)
        if top or rest_high > by_high or (rest_high == by_high and rest >= by_low):
            borrow = _ONE if rest < by_low else _NONE
            rest = rest - by_low
            rest_high = rest_high - by_high - borrow
            if bit > 63:
                quotient_high |= _ONE << place
            else:
                quotient |= _ONE << place
    return quotient_high, quotient, rest_high, rest
