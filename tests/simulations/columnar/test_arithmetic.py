"""Compiled arithmetic gives what the reference gives, over all values and at every edge."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, LARGEST, MILLION, SMALLEST, TRUE, UNKNOWN, UNLIMITED
from policy_service.engines import arithmetic as reference
from policy_service.language.feel.expressions import Extreme, Rounding
from simulations.columnar import arithmetic

EDGES = (UNKNOWN, UNLIMITED, LARGEST, SMALLEST, LARGEST - 1, SMALLEST + 1, 0, 1, -1, 2**32, 2**32 - 1, -(2**32), 2**62)
values = st.sampled_from(EDGES) | st.integers(SMALLEST, LARGEST) | st.integers(-3_000_000, 3_000_000)
scales = st.sampled_from([1, 2, 3, 7, 100, 1_000, MILLION, 10**14, 2**62 + 3])
units = st.sampled_from([1, 2, 10, 100, 1_000, MILLION, 2**32 - 1])
truths = st.sampled_from([TRUE, FALSE, UNKNOWN])
examples = settings(deadline=None, max_examples=300)


def expected(run: Callable[[], int]) -> int:
    try:
        return run()
    except EngineFault:
        return arithmetic.FAULT


@given(values, values)
@example(LARGEST, LARGEST)
@example(SMALLEST, SMALLEST)
@example(SMALLEST, LARGEST)
@examples
def test_sums_and_differences(left: int, right: int) -> None:
    assert expected(lambda: reference.add(left, right)) == arithmetic.add(left, right)
    assert expected(lambda: reference.subtract(left, right)) == arithmetic.subtract(left, right)


@given(values, values, scales)
@example(LARGEST, LARGEST, LARGEST)
@example(LARGEST, LARGEST, 1)
@example(SMALLEST, LARGEST, LARGEST)
@example(2**32 + 1, 2**32 - 1, 2)
@examples
def test_products_are_exact_in_128_bits_and_rounded_once(left: int, right: int, divisor: int) -> None:
    assert expected(lambda: reference.multiply(left, right, divisor)) == arithmetic.multiply(left, right, divisor)


@given(values, values, scales)
@example(LARGEST, 1, MILLION)
@example(1, UNLIMITED, MILLION)
@example(UNLIMITED, -1, 1)
@examples
def test_quotients_are_exact_in_128_bits_and_rounded_once(left: int, right: int, factor: int) -> None:
    assert expected(lambda: reference.divide(left, right, factor)) == arithmetic.divide(left, right, factor)


@given(values, scales, scales)
@examples
def test_conversions(value: int, factor: int, divisor: int) -> None:
    assert expected(lambda: reference.convert(value, factor, divisor)) == arithmetic.convert(value, factor, divisor)


@given(values | st.integers(-50_000_000, 50_000_000), st.integers(0, 8), units)
@example(LARGEST, 8, 1)
@example(SMALLEST, 7, 2**32 - 1)
@example(UNLIMITED, 1, 1)
@examples
def test_powers_are_exact_and_rounded_once(base: int, exponent: int, unit: int) -> None:
    assert expected(lambda: reference.power(base, exponent, unit)) == arithmetic.power(base, exponent, unit)


@given(values, scales)
@examples
def test_roundings(value: int, unit: int) -> None:
    for rounding, compiled in (
        (Rounding.ROUND, arithmetic.round_half_away),
        (Rounding.FLOOR, arithmetic.floor),
        (Rounding.CEILING, arithmetic.ceiling),
    ):
        assert expected(lambda rounding=rounding: reference.round_to(rounding, value, unit)) == compiled(value, unit)


@given(values, values)
@examples
def test_signs_and_extremes(one: int, other: int) -> None:
    assert reference.negate(one) == arithmetic.negate(one)
    assert reference.absolute(one) == arithmetic.absolute(one)
    assert reference.pick(Extreme.MIN, [one, other]) == arithmetic.smaller(one, other)
    assert reference.pick(Extreme.MAX, [one, other]) == arithmetic.larger(one, other)


@given(st.lists(values, min_size=1, max_size=6))
@example([LARGEST, LARGEST, SMALLEST, SMALLEST, 5])
@examples
def test_only_the_end_of_a_total_must_fit(several: list[int]) -> None:
    found = arithmetic.total(np.array([7, *several], np.int64), 1, len(several))
    assert expected(lambda: reference.total(several)) == found


@pytest.mark.parametrize("one", [TRUE, FALSE, UNKNOWN])
@pytest.mark.parametrize("other", [TRUE, FALSE, UNKNOWN])
def test_logic_is_three_valued(one: int, other: int) -> None:
    assert reference.all_of([one, other]) == arithmetic.both(one, other)
    assert reference.any_of([one, other]) == arithmetic.either(one, other)
    assert reference.negation(one) == arithmetic.negation(one)
