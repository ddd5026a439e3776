"""Arithmetic on values against exact fractions, and what unknown, unlimited and overflow make of it."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, LARGEST, MILLION, SMALLEST, TRUE, UNKNOWN, UNLIMITED
from policy_service.engines import arithmetic
from policy_service.language.feel.expressions import Extreme, Rounding

values = st.integers(SMALLEST, LARGEST) | st.integers(-1000, 1000) | st.sampled_from([SMALLEST, LARGEST])
scales = st.sampled_from([1, 2, 3, 7, 100, 1000, MILLION])
truths = st.sampled_from([TRUE, FALSE, UNKNOWN])


def half_away(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2)) if exact >= 0 else ceil(exact - Fraction(1, 2))


def expect(exact: Fraction | int, run: object) -> None:
    assert callable(run)
    expected = half_away(Fraction(exact))
    if SMALLEST <= expected <= LARGEST:
        assert expected == run()
    else:
        with pytest.raises(EngineFault) as fault:
            run()
        assert fault.value.code == "E001"


@given(values, values)
def test_a_sum_and_a_difference_are_exact_or_a_fault(left: int, right: int) -> None:
    expect(left + right, lambda: arithmetic.add(left, right))
    expect(left - right, lambda: arithmetic.subtract(left, right))


@given(values, values, scales)
def test_a_product_is_exact_and_rounded_once(left: int, right: int, divisor: int) -> None:
    expect(Fraction(left * right, divisor), lambda: arithmetic.multiply(left, right, divisor))


@given(values, values.filter(bool), scales)
def test_a_quotient_is_exact_and_rounded_once(left: int, right: int, factor: int) -> None:
    expect(Fraction(left * factor, right), lambda: arithmetic.divide(left, right, factor))


@given(values, scales, scales)
def test_a_conversion_is_exact_and_rounded_once(value: int, factor: int, divisor: int) -> None:
    expect(Fraction(value * factor, divisor), lambda: arithmetic.convert(value, factor, divisor))


@given(values, st.integers(0, 8), st.sampled_from([1, MILLION]))
def test_a_power_is_exact_and_rounded_once(base: int, exponent: int, unit: int) -> None:
    expect(Fraction(base, unit) ** exponent * unit, lambda: arithmetic.power(base, exponent, unit))


@given(values, scales, st.sampled_from(Rounding))
def test_rounding_goes_to_a_multiple_of_the_unit_in_its_direction(value: int, unit: int, rounding: Rounding) -> None:
    exact = Fraction(value, unit)
    multiples = {Rounding.ROUND: half_away(exact), Rounding.FLOOR: floor(exact), Rounding.CEILING: ceil(exact)}
    expect(multiples[rounding] * unit, lambda: arithmetic.round_to(rounding, value, unit))


@given(st.lists(values, min_size=1, max_size=5))
def test_only_the_end_of_a_sum_must_fit(operands: list[int]) -> None:
    expect(sum(operands), lambda: arithmetic.total(operands))


@pytest.mark.parametrize(
    ("dividend", "divisor", "expected"),
    [(5, 2, 3), (-5, 2, -3), (5, -2, -3), (-5, -2, 3), (4, 3, 1), (-4, 3, -1), (1, 2, 1), (-1, 2, -1), (0, 9, 0)],
)
def test_a_half_goes_away_from_zero(dividend: int, divisor: int, expected: int) -> None:
    assert expected == arithmetic.divide_half_away(dividend, divisor)


@given(values | st.just(UNLIMITED))
def test_whatever_meets_an_unknown_is_unknown(value: int) -> None:
    answers = {
        arithmetic.add(value, UNKNOWN),
        arithmetic.add(UNKNOWN, value),
        arithmetic.subtract(value, UNKNOWN),
        arithmetic.subtract(UNKNOWN, value),
        arithmetic.multiply(value, UNKNOWN, 1),
        arithmetic.multiply(UNKNOWN, value, 1),
        arithmetic.divide(value, UNKNOWN, 1),
        arithmetic.divide(UNKNOWN, value, 1),
        arithmetic.total([value, UNKNOWN]),
        arithmetic.pick(Extreme.MIN, [value, UNKNOWN]),
        arithmetic.pick(Extreme.MAX, [UNKNOWN, value]),
        arithmetic.power(UNKNOWN, 0, 1),
        arithmetic.convert(UNKNOWN, 1, 1),
        arithmetic.negate(UNKNOWN),
        arithmetic.absolute(UNKNOWN),
        arithmetic.round_to(Rounding.FLOOR, UNKNOWN, 100),
    }
    assert {UNKNOWN} == answers


@given(values)
def test_division_by_zero_is_unknown(value: int) -> None:
    assert arithmetic.divide(value, 0, MILLION) == UNKNOWN


@given(values, st.integers(1, LARGEST), st.integers(SMALLEST, 0))
def test_unlimited_absorbs_amounts_and_has_no_size(amount: int, positive: int, not_positive: int) -> None:
    assert arithmetic.add(UNLIMITED, amount) == UNLIMITED
    assert arithmetic.add(amount, UNLIMITED) == UNLIMITED
    assert arithmetic.subtract(UNLIMITED, amount) == UNLIMITED
    assert arithmetic.subtract(amount, UNLIMITED) == UNKNOWN
    assert arithmetic.multiply(UNLIMITED, positive, MILLION) == UNLIMITED
    assert arithmetic.multiply(positive, UNLIMITED, MILLION) == UNLIMITED
    assert arithmetic.multiply(UNLIMITED, not_positive, MILLION) == UNKNOWN
    assert arithmetic.divide(UNLIMITED, positive, MILLION) == UNLIMITED
    assert arithmetic.divide(UNLIMITED, not_positive, MILLION) == UNKNOWN
    assert arithmetic.divide(amount, UNLIMITED, MILLION) == 0
    assert arithmetic.total([amount, UNLIMITED]) == UNLIMITED
    assert arithmetic.pick(Extreme.MIN, [amount, UNLIMITED]) == amount
    assert arithmetic.pick(Extreme.MAX, [amount, UNLIMITED]) == UNLIMITED


def test_unlimited_against_itself() -> None:
    assert arithmetic.add(UNLIMITED, UNLIMITED) == UNLIMITED
    assert arithmetic.subtract(UNLIMITED, UNLIMITED) == UNKNOWN
    assert arithmetic.divide(UNLIMITED, UNLIMITED, MILLION) == UNKNOWN
    assert arithmetic.negate(UNLIMITED) == UNKNOWN
    assert arithmetic.absolute(UNLIMITED) == UNLIMITED
    assert arithmetic.convert(UNLIMITED, 100, 1) == UNLIMITED
    assert all(arithmetic.round_to(rounding, UNLIMITED, 100) == UNLIMITED for rounding in Rounding)


@given(st.lists(truths, min_size=1, max_size=4))
def test_and_is_not_or_of_the_negations(operands: list[int]) -> None:
    negated = [arithmetic.negation(operand) for operand in operands]
    assert arithmetic.negation(arithmetic.any_of(negated)) == arithmetic.all_of(operands)


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (TRUE, TRUE, TRUE, TRUE),
        (TRUE, FALSE, FALSE, TRUE),
        (FALSE, FALSE, FALSE, FALSE),
        (TRUE, UNKNOWN, UNKNOWN, TRUE),
        (FALSE, UNKNOWN, FALSE, UNKNOWN),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_and_and_or_are_three_valued(left: int, right: int, both: int, either: int) -> None:
    assert both == arithmetic.all_of([left, right]) == arithmetic.all_of([right, left])
    assert either == arithmetic.any_of([left, right]) == arithmetic.any_of([right, left])


def test_only_the_unknown_is_null() -> None:
    asked = {value: arithmetic.is_null(value) for value in (UNKNOWN, SMALLEST, 0, LARGEST, UNLIMITED)}
    assert {UNKNOWN: TRUE, SMALLEST: FALSE, 0: FALSE, LARGEST: FALSE, UNLIMITED: FALSE} == asked
