"""What is computed before the rules run, by arithmetic of this engine's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import LARGEST, MILLION, SMALLEST, UNKNOWN, UNLIMITED, Kind
from policy_service.engines import arithmetic
from policy_service.engines.durable import exact
from policy_service.engines.durable.precompute import constant, fact_names, reader
from policy_service.language.feel.expressions import (
    Add,
    Compare,
    Constant,
    Expression,
    If,
    Multiply,
    Name,
    NameSource,
    Operator,
    Rounding,
)

FACT = Name("sales", NameSource.FACT, Kind.MONEY)
DIAL = Name("factor", NameSource.PARAMETER, Kind.NUMBER)
VALUES = st.one_of(st.integers(-1_000, 1_000), st.integers(SMALLEST, LARGEST), st.just(UNLIMITED))
PLAIN = st.one_of(st.integers(-1_000, 1_000), st.integers(SMALLEST, LARGEST))


def money(value: int) -> Expression:
    return Constant(value, Kind.MONEY)


def test_a_fact_times_a_parameter_rounds_once_half_away_from_zero() -> None:
    read = reader(Multiply(FACT, DIAL, MILLION, Kind.MONEY), {"factor": 500_000})
    assert [read({"sales": sales}) for sales in (3, -3, 1, 0)] == [2, -2, 1, 0]


def test_an_absent_fact_is_unknown() -> None:
    assert reader(Add(FACT, money(1), Kind.MONEY), {})({}) == UNKNOWN


def test_only_the_chosen_branch_is_computed() -> None:
    overflow = Add(money(LARGEST), FACT, Kind.MONEY)
    read = reader(If(Compare(Operator.GREATER, FACT, money(10)), overflow, FACT, Kind.MONEY), {})
    assert read({"sales": 10}) == 10
    assert read({}) == UNKNOWN
    with pytest.raises(EngineFault) as fault:
        read({"sales": 11})
    assert fault.value.code == "E001"


def test_what_reads_no_fact_is_constant() -> None:
    assert constant(Multiply(money(10), DIAL, MILLION, Kind.MONEY), {"factor": 2 * MILLION}) == 20


def test_what_reads_a_fact_or_overflows_is_not_constant() -> None:
    assert constant(FACT, {}) is None
    assert constant(Add(money(LARGEST), money(1), Kind.MONEY), {}) is None


def test_parameters_are_no_facts() -> None:
    assert fact_names(Multiply(FACT, DIAL, MILLION, Kind.MONEY)) == {"sales"}


@given(VALUES, VALUES, st.integers(1, 10**9))
def test_both_arithmetics_agree_on_two_operands(left: int, right: int, factor: int) -> None:
    assert outcome(exact.plus, left, right) == outcome(arithmetic.add, left, right)
    assert outcome(exact.minus, left, right) == outcome(arithmetic.subtract, left, right)
    assert outcome(exact.times, left, right, factor) == outcome(arithmetic.multiply, left, right, factor)
    assert outcome(exact.over, left, right, factor) == outcome(arithmetic.divide, left, right, factor)


@given(VALUES, PLAIN, st.integers(1, 10**9), st.integers(0, 8), st.sampled_from(tuple(Rounding)))
def test_both_arithmetics_agree_on_one_operand(
    value: int, plain: int, factor: int, exponent: int, rounding: Rounding
) -> None:
    assert outcome(exact.opposite, value) == outcome(arithmetic.negate, value)
    assert outcome(exact.rescaled, value, factor, MILLION) == outcome(arithmetic.convert, value, factor, MILLION)
    assert outcome(exact.to_multiple, rounding, value, factor) == outcome(arithmetic.round_to, rounding, value, factor)
    assert outcome(exact.to_the_power, plain, exponent, MILLION) == outcome(arithmetic.power, plain, exponent, MILLION)


def outcome(operation: object, *operands: object) -> object:
    try:
        return operation(*operands)  # type: ignore[operator]
    except EngineFault as fault:
        return fault.code
