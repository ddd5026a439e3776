"""Amounts in base currency are exact, however many digits the product has."""

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from simulations.accounting.conversion import in_base

LARGE = 2**62


@given(st.integers(0, LARGE), st.integers(1, LARGE), st.integers(1, LARGE))
def test_a_product_is_rounded_once_half_away_from_zero(amount: int, numerator: int, denominator: int) -> None:
    expected = int(Fraction(amount * numerator, denominator) + Fraction(1, 2))
    assume(expected <= LARGE)
    assert expected == in_base(amount, numerator, denominator)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_so_is_a_small_one(amount: int, numerator: int, denominator: int) -> None:
    assert int(Fraction(amount * numerator, denominator) + Fraction(1, 2)) == in_base(amount, numerator, denominator)


def test_the_base_currency_stays_as_it_is() -> None:
    assert in_base(LARGE, 0, 1) == LARGE
