"""Integers of 128 bits in the kernel are those of Python."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.values import LARGEST, SMALLEST
from policy_service.engines.arithmetic import divide_half_away
from simulations.columnar.wide import plus, product, rounded_quotient, times, widened

_VALUES = st.integers(SMALLEST, LARGEST) | st.integers(-1000, 1000)


def _typed(wide: tuple[int, int]) -> tuple[np.int64, np.uint64]:
    return np.int64(wide[0]), np.uint64(wide[1])


def _sum_of(one: int, other: int, third: int) -> tuple[int, int]:
    return plus(*_typed(product(one, other)), *_typed(widened(third)))


def _whole(high: int, low: np.uint64) -> int:
    return (int(high) << 64) + int(low)


@settings(deadline=None)
@given(_VALUES, _VALUES, _VALUES, st.integers(-1000, 1000))
def test_sums_and_products_are_exact(one: int, other: int, third: int, factor: int) -> None:
    """One product plus another, times a small factor."""
    total = _sum_of(one, other, third)
    assert _whole(*total) == one * other + third
    assert _whole(*times(*_typed(widened(third)), factor)) == third * factor


@settings(deadline=None)
@given(_VALUES, _VALUES, _VALUES, st.integers(1, LARGEST), st.integers(1, 1000))
def test_quotients_are_rounded_half_away_from_zero(one: int, other: int, third: int, by: int, also: int) -> None:
    """By a divisor of 64 bits or more; what is no plain value is told."""
    divisor = by * also
    expected = divide_half_away(one * other + third, divisor)
    value, fits = rounded_quotient(*_typed(_sum_of(one, other, third)), *_typed(product(by, also)))
    assert fits == (-LARGEST <= expected <= LARGEST)
    assert not fits or value == expected
