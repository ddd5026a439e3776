"""Formulas of one fact that go one way whatever its sign: shown, and not shown where they do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    And,
    Compare,
    Constant,
    Convert,
    Divide,
    Expression,
    Extreme,
    If,
    IsNull,
    Multiply,
    Name,
    Negate,
    Not,
    Operator,
    Or,
    Pick,
    Round,
    Rounding,
    Subtract,
)
from policy_service.linter.claims.situations import Relation, Situation
from policy_service.linter.regions.evaluation import evaluate
from policy_service.linter.regions.ranges import Range, of_kind, point
from policy_service.linter.regions.relations import relation_of
from policy_service.linter.work import Work
from tests.examples import examples
from tests.linter.building import fact, number

MONEY, PLAIN = Kind.MONEY, Kind.NUMBER
X, FLAG = fact("worth", MONEY), fact("flag", Kind.BOOLEAN)
SHARE = Constant(750_000, PLAIN)
MINUS = Constant(-750_000, PLAIN)
MILLION = 1_000_000
HUNDRED = number(100_00, MONEY)


def times(factor: Expression, amount: Expression = X) -> Expression:
    return Multiply(factor, amount, MILLION, MONEY)


def over(divisor: Expression, amount: Expression = X) -> Expression:
    return Divide(amount, divisor, MILLION, MONEY)


def relation(formula: Expression, low: int | None = None, moves: Relation = Relation.RISES) -> Relation:
    ranges = {X: of_kind(MONEY, unknown=False) if low is None else of_kind(MONEY, unknown=False, low=low)}
    earlier = Situation(ranges, moves={X: moves})
    return relation_of(formula, earlier, Situation(ranges, is_later=True, moves={X: moves}))


RISING = {
    "0.75 * x": times(SHARE),
    "x * 0.75": Multiply(X, SHARE, MILLION, MONEY),
    "x / 0.75": over(SHARE),
    "x + 100": Add(X, HUNDRED, MONEY),
    "x - 100": Subtract(X, HUNDRED, MONEY),
    "0.75 * x + x / 0.75": Add(times(SHARE), over(SHARE), MONEY),
    "-(-0.75 * x)": Negate(times(MINUS), MONEY),
    "100 - (-0.75) * x": Subtract(HUNDRED, times(MINUS), MONEY),
    "(-0.75) * -x": times(MINUS, Negate(X, MONEY)),
    "min(0.75 * x, 100)": Pick(Extreme.MIN, (times(SHARE), HUNDRED), MONEY),
    "max(x - 100, 0.75 * x, 0)": Pick(
        Extreme.MAX, (Subtract(X, HUNDRED, MONEY), times(SHARE), number(0, MONEY)), MONEY
    ),
    "round(0.75 * x)": Round(Rounding.ROUND, times(SHARE), 100, MONEY),
    "floor(0.75 * x)": Round(Rounding.FLOOR, times(SHARE), 100, MONEY),
    "ceiling(0.75 * x)": Round(Rounding.CEILING, times(SHARE), 100, MONEY),
    "0.75 * x in other units": Convert(times(SHARE), 1, 100, Kind.INTEGER),
    "if x > 100 and x > 0 then 1 else 0": If(
        And((Compare(Operator.GREATER, X, HUNDRED), Compare(Operator.GREATER, X, number(0, MONEY)))),
        number(1, MONEY),
        number(0, MONEY),
        MONEY,
    ),
    "not(x < 100)": Not(Compare(Operator.LESS, X, HUNDRED)),
}
FALLING = {
    "-0.75 * x": times(MINUS),
    "x / -0.75": over(MINUS),
    "100 - 0.75 * x": Subtract(HUNDRED, times(SHARE), MONEY),
}


@pytest.mark.parametrize("formula", RISING.values(), ids=RISING.keys())
def test_it_rises_with_an_amount_that_may_be_negative(formula: Expression) -> None:
    assert Relation.RISES is relation(formula)
    assert Relation.FALLS is relation(formula, moves=Relation.FALLS)


@pytest.mark.parametrize("formula", FALLING.values(), ids=FALLING.keys())
def test_it_falls_as_the_amount_rises(formula: Expression) -> None:
    assert Relation.FALLS is relation(formula)


def test_a_value_without_its_sign_rises_only_where_it_has_none() -> None:
    assert Relation.RISES is relation(Absolute(X, MONEY), low=0)
    assert Relation.UNCLEAR is relation(Absolute(X, MONEY))


def test_a_product_with_a_fact_that_may_be_negative_is_unclear() -> None:
    other = fact("factor", PLAIN)
    ranges = {X: of_kind(MONEY), other: Range(-1, 10)}
    earlier = Situation(ranges, moves={X: Relation.RISES})
    later = Situation(ranges, is_later=True, moves={X: Relation.RISES})
    assert Relation.UNCLEAR is relation_of(times(other), earlier, later)
    positive = {X: of_kind(MONEY), other: Range(0, 10)}
    assert Relation.RISES is relation_of(times(other), earlier.narrowed_to(positive), later.narrowed_to(positive))


def test_either_of_two_unknowns_leaves_the_other_where_one_is_known() -> None:
    """`if x = null or y = null then 0 else ...` takes its first branch only where y is unknown, if x is known."""
    years = fact("years")
    ranges = {X: Range(0, 100), years: Range(0, 90, unknown=True)}
    formula = If(
        Or((IsNull(X), IsNull(years))),
        number(0),
        If(Compare(Operator.GREATER, X, number(50, MONEY)), years, number(0), Kind.INTEGER),
        Kind.INTEGER,
    )
    earlier = Situation(ranges, moves={X: Relation.RISES})
    assert Relation.RISES is relation_of(formula, earlier, Situation(ranges, is_later=True, moves={X: Relation.RISES}))


def test_without_work_left_nothing_is_shown() -> None:
    ranges = {X: of_kind(MONEY)}
    spent = Situation(ranges, moves={X: Relation.RISES}, work=Work(0))
    assert Relation.UNCLEAR is relation_of(times(SHARE), spent, Situation(ranges, is_later=True, work=Work(0)))
    assert spent.work.is_over


numbers = st.integers(-8, 8)
leaves = st.one_of(st.just(X), st.builds(lambda each: number(each, MONEY), numbers))
factors = st.builds(lambda each: Constant(each * 250_000, PLAIN), numbers)


def larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(times, factors, inner),
        st.builds(over, factors, inner),
        st.builds(lambda one, two: Add(one, two, MONEY), inner, inner),
        st.builds(lambda one, two: Subtract(one, two, MONEY), inner, inner),
        st.builds(lambda way, one, two: Pick(way, (one, two), MONEY), st.sampled_from(Extreme), inner, inner),
        st.builds(lambda way, one: Round(way, one, 3, MONEY), st.sampled_from(Rounding), inner),
        st.builds(lambda one: Absolute(one, MONEY), inner),
        st.builds(
            lambda way, one, two, yes, no: If(Compare(way, one, two), yes, no, MONEY),
            st.sampled_from(Operator),
            inner,
            inner,
            inner,
            inner,
        ),
    )


@settings(max_examples=examples(300), deadline=None)
@given(st.recursive(leaves, larger, max_leaves=8))
def test_what_is_shown_holds_at_every_pair_of_amounts(formula: Expression) -> None:
    shown = relation(formula)
    if shown is Relation.UNCLEAR:
        return
    values = [_at(formula, X, value) for value in range(-20, 21)]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=shown is Relation.FALLS) or shown is Relation.SAME


def _at(formula: Expression, name: Name, value: int) -> int | None:
    return evaluate(formula, {name: point(value)}).single
