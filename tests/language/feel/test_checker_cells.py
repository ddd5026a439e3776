"""Which test of its column a cell of a table types to."""

import pytest

from policy_service.domain.values import MILLION, UNLIMITED, Kind
from policy_service.language.feel.expressions import (
    Add,
    AnyOf,
    Anything,
    Comparison,
    Constant,
    Convert,
    Interval,
    IsUnknown,
    Multiply,
    NoneOf,
    Operator,
    Round,
    Rounding,
)
from policy_service.language.feel.expressions import Test as Cell
from tests.language.feel.checking import (
    COUNT,
    DUE,
    GRADE,
    LATE,
    LIMIT,
    SHARE,
    STOPPED,
    as_number,
    cell,
    days,
    integer,
    money,
    number,
)

CELLS: list[tuple[str, Kind, Cell]] = [
    ("-", Kind.MONEY, Anything()),
    ("null", Kind.MONEY, IsUnknown()),
    ("not(null)", Kind.MONEY, NoneOf(IsUnknown())),
    ("!= null", Kind.MONEY, NoneOf(IsUnknown())),
    ("> 1000.5", Kind.MONEY, Comparison(Operator.GREATER, money(100_050))),
    ("unlimited", Kind.MONEY, Comparison(Operator.EQUAL, money(UNLIMITED))),
    ("< unlimited", Kind.MONEY, Comparison(Operator.LESS, money(UNLIMITED))),
    ("[0..unlimited]", Kind.MONEY, Interval(money(0), money(UNLIMITED), True, True)),
    ("> limit * (1 + share)", Kind.MONEY, Comparison(
        Operator.GREATER, Multiply(LIMIT, Add(number(MILLION), SHARE, Kind.NUMBER), MILLION, Kind.MONEY)
    )),
    ("-5", Kind.DAYS, Comparison(Operator.EQUAL, days(-5))),
    ("> count", Kind.DAYS, Comparison(Operator.GREATER, COUNT)),
    ("(0..15]", Kind.DAYS, Interval(days(0), days(15), False, True)),
    ("> late", Kind.NUMBER, Comparison(Operator.GREATER, as_number(LATE))),
    ("1, 2.5", Kind.NUMBER, AnyOf((
        Comparison(Operator.EQUAL, number(MILLION)), Comparison(Operator.EQUAL, number(2_500_000))
    ))),
    ("true", Kind.BOOLEAN, Comparison(Operator.EQUAL, Constant(1, Kind.BOOLEAN))),
    ("!= stopped", Kind.BOOLEAN, Comparison(Operator.NOT_EQUAL, STOPPED)),
    ("not(true)", Kind.BOOLEAN, NoneOf(Comparison(Operator.EQUAL, Constant(1, Kind.BOOLEAN)))),
    ("A", Kind.CATEGORY, Comparison(Operator.EQUAL, Constant(0, Kind.CATEGORY))),
    ("grade", Kind.CATEGORY, Comparison(Operator.EQUAL, GRADE)),
    ('"exposure"', Kind.CATEGORY, Comparison(Operator.EQUAL, Constant(3, Kind.CATEGORY))),
    ("exposure", Kind.CATEGORY, Comparison(Operator.EQUAL, Constant(3, Kind.CATEGORY))),
    ("not(A, null)", Kind.CATEGORY, NoneOf(AnyOf((
        Comparison(Operator.EQUAL, Constant(0, Kind.CATEGORY)), IsUnknown()
    )))),
    (">= 1970-01-11", Kind.DATE, Comparison(Operator.GREATER_OR_EQUAL, Constant(10, Kind.DATE))),
    ("> due + 30", Kind.DATE, Comparison(Operator.GREATER, Add(DUE, days(30), Kind.DATE))),
    ("[5..5]", Kind.INTEGER, Interval(integer(5), integer(5), True, True)),
    ("[-5..-1]", Kind.INTEGER, Interval(integer(-5), integer(-1), True, True)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "expected"), CELLS)
def test_a_cell_types_to_the_test_of_its_column(text: str, kind: Kind, expected: Cell) -> None:
    assert expected == cell(text, kind)


@pytest.mark.parametrize(
    ("text", "operator", "rounding"),
    [
        ("> share", Operator.GREATER, Rounding.FLOOR),
        ("<= share", Operator.LESS_OR_EQUAL, Rounding.FLOOR),
        ("< share", Operator.LESS, Rounding.CEILING),
        (">= share", Operator.GREATER_OR_EQUAL, Rounding.CEILING),
    ],
)
def test_an_end_point_between_whole_numbers_moves_to_the_one_that_keeps_the_meaning(
    text: str, operator: Operator, rounding: Rounding
) -> None:
    """Of whole numbers `> 2.5` says just what `> 2` says, and `>= 2.5` what `>= 3` says."""
    end = Convert(Round(rounding, SHARE, MILLION, Kind.NUMBER), 1, MILLION, Kind.DAYS)
    assert Comparison(operator, end) == cell(text, Kind.DAYS)


def test_an_open_interval_of_numbers_is_not_empty() -> None:
    assert Interval(number(3_000_000), number(4_000_000), False, False) == cell("(3..4)", Kind.NUMBER)
