"""A comparison covers exactly the bins whose values satisfy it."""

import operator

from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.values import LARGEST, SMALLEST, UNKNOWN, UNLIMITED
from policy_service.engines.durable.bins import ABOVE, BELOW, EQUAL, Says, ValueBins, bits, cuts_for, sign_of, sign_says
from policy_service.language.feel.expressions import Operator

PYTHON = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
}
ENDS = st.one_of(st.integers(-5, 5), st.sampled_from([SMALLEST, LARGEST, UNLIMITED]))
COMPARISONS = st.lists(st.tuples(st.sampled_from(tuple(Operator)), ENDS), min_size=1, max_size=6)
VALUES = st.one_of(st.integers(-7, 7), st.sampled_from([SMALLEST, SMALLEST + 1, LARGEST - 1, LARGEST, UNLIMITED]))


@given(COMPARISONS, VALUES)
def test_a_bin_is_covered_just_if_its_values_satisfy_the_comparison(
    comparisons: list[tuple[Operator, int]], value: int
) -> None:
    bins = ValueBins(cuts_for(comparisons))
    for comparison, end in comparisons:
        says = bins.compared(comparison, end)
        assert bool(says.yes >> bins.bin_of(value) & 1) == PYTHON[comparison](value, end)
        assert says.maybe == says.yes | 1


@given(COMPARISONS)
def test_the_unknown_value_has_a_bin_of_its_own(comparisons: list[tuple[Operator, int]]) -> None:
    bins = ValueBins(cuts_for(comparisons))
    assert bins.bin_of(UNKNOWN) == 0
    assert not any(bins.compared(*comparison).yes & 1 for comparison in comparisons)


def test_an_unknown_end_says_maybe_to_every_value() -> None:
    bins = ValueBins((10,))
    assert bins.compared(Operator.LESS, UNKNOWN) == Says(0, 0b111)


@given(VALUES, VALUES, st.sampled_from(tuple(Operator)))
def test_a_sign_is_covered_just_if_the_two_sides_compare_so(value: int, end: int, comparison: Operator) -> None:
    assert bool(sign_says(comparison).yes >> sign_of(value, end) & 1) == PYTHON[comparison](value, end)


def test_the_sign_of_a_difference_with_an_unknown_is_unknown() -> None:
    assert [sign_of(UNKNOWN, 1), sign_of(1, UNKNOWN)] == [0, 0]
    assert [sign_of(1, 2), sign_of(2, 2), sign_of(3, 2)] == [BELOW, EQUAL, ABOVE]


def test_not_swaps_yes_and_no_and_leaves_maybe() -> None:
    assert Says(0b0010, 0b0011).negated(0b1111) == Says(0b1100, 0b1101)


@given(st.sets(st.integers(0, 300)))
def test_bits_are_the_members_of_a_set(members: set[int]) -> None:
    assert list(bits(sum(1 << member for member in members))) == sorted(members)
