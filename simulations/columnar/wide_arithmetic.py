"""Quotients and powers wider than a word, of magnitudes: unsigned 64-bit numbers."""

from typing import Final

import numpy as np
import numpy.typing as npt

from simulations.columnar.compiled_functions import kernel, lean_kernel

ZERO: Final = np.uint64(0)
ONE: Final = np.uint64(1)
#: Above every plain magnitude: what a power that overflows comes to.
TOP_BIT: Final = np.uint64(1 << 63)
_HALF: Final = np.uint64(32)
_LOW_HALF: Final = np.uint64(0xFFFFFFFF)
_BASE: Final = np.uint64(1 << 32)
#: Twice the eighth power of a value has 505 bits: sixteen halves of a word.
_HALVES: Final = 16


@lean_kernel
def quotient(high: np.uint64, low: np.uint64, divisor: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return quotient and rest of two words by one above `high`: Knuth's algorithm D with digits of 32 bits."""
    if high == ZERO:
        return low // divisor, low % divisor
    shift = ZERO
    while not divisor & TOP_BIT:
        divisor <<= ONE
        shift += ONE
    if shift > ZERO:
        high = (high << shift) | (low >> (np.uint64(64) - shift))
        low <<= shift
    first, rest = _digit(high, low >> _HALF, divisor)
    second, rest = _digit(rest, low & _LOW_HALF, divisor)
    return (first << _HALF) | second, rest >> shift


@lean_kernel
def _digit(rest: np.uint64, next_digit: np.uint64, divisor: np.uint64) -> tuple[np.uint64, np.uint64]:
    upper, lower = divisor >> _HALF, divisor & _LOW_HALF
    digit, left_over = rest // upper, rest % upper
    while digit >= _BASE or digit * lower > (left_over << _HALF) + next_digit:
        digit -= ONE
        left_over += upper
        if left_over >= _BASE:
            break
    # What wraps here wraps back: the true rest is below the divisor.
    return digit, (rest << _HALF) + next_digit - digit * divisor


@kernel
def power_of_magnitude(base: np.uint64, exponent: int, unit: np.uint64) -> np.uint64:
    """Return `base ** exponent / unit ** (exponent - 1)`, rounded once, halves upwards; TOP_BIT or more if too large.

    Of twice the power p, q = floor(p / u^m) by m short divisions is exact, and (q + 1) // 2 the nearest.
    """
    halves = np.zeros(_HALVES, np.uint64)
    doubled = base << ONE
    halves[0], halves[1] = doubled & _LOW_HALF, doubled >> _HALF
    for _ in range(exponent - 1):
        _multiply_halves(halves, base)
    for _ in range(exponent - 1):
        rest = ZERO
        for place in range(_HALVES - 1, -1, -1):
            dividend = (rest << _HALF) | halves[place]
            halves[place], rest = dividend // unit, dividend % unit
    for place in range(2, _HALVES):
        if halves[place] != ZERO:
            return TOP_BIT
    found = np.uint64((halves[1] << _HALF) | halves[0])
    return (found >> ONE) + (found & ONE)


@lean_kernel
def _multiply_halves(halves: npt.NDArray[np.uint64], factor: np.uint64) -> None:
    low, high = factor & _LOW_HALF, factor >> _HALF
    carry_low, carry_high, before = ZERO, ZERO, ZERO
    for place in range(_HALVES):
        half = halves[place]
        by_low = half * low + carry_low
        carry_low = by_low >> _HALF
        by_high = before * high + (by_low & _LOW_HALF) + carry_high
        carry_high = by_high >> _HALF
        halves[place] = by_high & _LOW_HALF
        before = half
