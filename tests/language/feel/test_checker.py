"""The type checker: which kinds meet, what literals become, every conversion and every refusal."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.values import MILLION, UNLIMITED, Currency, Kind
from policy_service.language.feel.checker import type_condition, type_expression, type_function, type_test
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    And,
    AnyOf,
    Anything,
    Compare,
    Comparison,
    Constant,
    Convert,
    Divide,
    Expression,
    Extreme,
    If,
    Interval,
    IsNull,
    IsUnknown,
    Multiply,
    Name,
    NameSource,
    Negate,
    NoneOf,
    Not,
    Null,
    Operator,
    Or,
    Pick,
    Power,
    Round,
    Rounding,
    Satisfies,
    Subtract,
    Sum,
)
from policy_service.language.feel.expressions import Test as Cell
from policy_service.language.feel.scope import FunctionDefinition, Scope

CNY, JPY, KWD = Currency("CNY", 2), Currency("JPY", 0), Currency("KWD", 3)
VOCABULARY = ("A", "A+", "B", "exposure", "hold", "sales", "华东", "2026-01-01")
KINDS = {
    "exposure": Kind.MONEY,
    "limit": Kind.MONEY,
    "share": Kind.NUMBER,
    "count": Kind.INTEGER,
    "late": Kind.DAYS,
    "due": Kind.DATE,
    "paid": Kind.DATE,
    "stopped": Kind.BOOLEAN,
    "grade": Kind.CATEGORY,
    "等级": Kind.CATEGORY,
    "group.exposure": Kind.MONEY,
}
NAMES = {name: Name(name, NameSource.FACT, kind) for name, kind in KINDS.items()}
EXPOSURE, LIMIT, SHARE, COUNT, LATE = (NAMES[name] for name in ("exposure", "limit", "share", "count", "late"))
DUE, PAID, STOPPED, GRADE = (NAMES[name] for name in ("due", "paid", "stopped", "grade"))
FORMULAS = Place(file="formulas.yaml", line=3)


def function(name: str, text: str, **parameters: Kind) -> FunctionDefinition:
    return FunctionDefinition(name, tuple(parameters.items()), text, place=FORMULAS)


FUNCTIONS = {
    definition.name: definition
    for definition in (
        function("need", "purchases * (term + slow) / 30", purchases=Kind.MONEY, term=Kind.NUMBER, slow=Kind.DAYS),
        function("twice", "x + x", x=Kind.NUMBER),
        function("four_times", "twice(twice(x))", x=Kind.NUMBER),
        function("outside", "x + share", x=Kind.NUMBER),
        function("broken", "x +", x=Kind.NUMBER),
        function("round_about", "there(x)", x=Kind.NUMBER),
        function("there", "round_about(x)", x=Kind.NUMBER),
        function("seven", "7"),
        function("is_best", 'g = "A"', g=Kind.CATEGORY),
        *(function(f"f{n}", f"f{n - 1}(x) + f{n - 1}(x)", x=Kind.NUMBER) for n in range(1, 40)),
        function("f0", "x", x=Kind.NUMBER),
        *(function(f"d{n}", f"-(d{n - 1}(x))", x=Kind.NUMBER) for n in range(1, 200)),
        function("d0", "-(x)", x=Kind.NUMBER),
    )
}


def scope(currency: Currency = CNY) -> Scope:
    return Scope(NAMES, FUNCTIONS, currency, VOCABULARY.index)


def typed(text: str, kind: Kind | None = None, currency: Currency = CNY) -> Expression:
    return type_expression(text, scope(currency), NOWHERE, kind)


def cell(text: str, kind: Kind, currency: Currency = CNY) -> Cell:
    return type_test(text, kind, scope(currency), NOWHERE)


def refusal(attempt: Callable[[], object]) -> PolicyTextError:
    with pytest.raises(PolicyTextError) as refused:
        attempt()
    assert refused.value.remedy
    return refused.value


def money(value: int) -> Constant:
    return Constant(value, Kind.MONEY)


def number(value: int) -> Constant:
    return Constant(value, Kind.NUMBER)


def integer(value: int) -> Constant:
    return Constant(value, Kind.INTEGER)


def days(value: int) -> Constant:
    return Constant(value, Kind.DAYS)


def as_number(operand: Expression) -> Convert:
    return Convert(operand, MILLION, 1, Kind.NUMBER)


ARITHMETIC: list[tuple[str, Expression]] = [
    ("exposure + limit", Add(EXPOSURE, LIMIT, Kind.MONEY)),
    ("exposure - limit", Subtract(EXPOSURE, LIMIT, Kind.MONEY)),
    ("share + share", Add(SHARE, SHARE, Kind.NUMBER)),
    ("count + count", Add(COUNT, COUNT, Kind.INTEGER)),
    ("count + late", Add(COUNT, LATE, Kind.DAYS)),
    ("late - late", Subtract(LATE, LATE, Kind.DAYS)),
    ("late + share", Add(as_number(LATE), SHARE, Kind.NUMBER)),
    ("share - count", Subtract(SHARE, as_number(COUNT), Kind.NUMBER)),
    ("paid - due", Subtract(PAID, DUE, Kind.DAYS)),
    ("due + late", Add(DUE, LATE, Kind.DATE)),
    ("late + due", Add(LATE, DUE, Kind.DATE)),
    ("due - count", Subtract(DUE, COUNT, Kind.DATE)),
    ("due + 30", Add(DUE, days(30), Kind.DATE)),
    ("30 + due", Add(days(30), DUE, Kind.DATE)),
    ("limit * share", Multiply(LIMIT, SHARE, MILLION, Kind.MONEY)),
    ("share * limit", Multiply(SHARE, LIMIT, MILLION, Kind.MONEY)),
    ("limit * count", Multiply(LIMIT, COUNT, 1, Kind.MONEY)),
    ("limit * 2", Multiply(LIMIT, integer(2), 1, Kind.MONEY)),
    ("0.8 * limit", Multiply(number(800_000), LIMIT, MILLION, Kind.MONEY)),
    ("share * share", Multiply(SHARE, SHARE, MILLION, Kind.NUMBER)),
    ("share * late", Multiply(SHARE, LATE, 1, Kind.NUMBER)),
    ("count * count", Multiply(COUNT, COUNT, 1, Kind.INTEGER)),
    ("count * late", Multiply(COUNT, LATE, 1, Kind.DAYS)),
    ("late * 2", Multiply(LATE, integer(2), 1, Kind.DAYS)),
    ("late * 1.5", Multiply(LATE, number(1_500_000), 1, Kind.NUMBER)),
    ("limit / share", Divide(LIMIT, SHARE, MILLION, Kind.MONEY)),
    ("limit / count", Divide(LIMIT, COUNT, 1, Kind.MONEY)),
    ("limit / 12", Divide(LIMIT, integer(12), 1, Kind.MONEY)),
    ("exposure / limit", Divide(EXPOSURE, LIMIT, MILLION, Kind.NUMBER)),
    ("1000 / limit", Divide(money(100_000), LIMIT, MILLION, Kind.NUMBER)),
    ("share / share", Divide(SHARE, SHARE, MILLION, Kind.NUMBER)),
    ("share / late", Divide(SHARE, LATE, 1, Kind.NUMBER)),
    ("late / share", Divide(LATE, SHARE, MILLION**2, Kind.NUMBER)),
    ("count / late", Divide(COUNT, LATE, MILLION, Kind.NUMBER)),
    ("late / late", Divide(LATE, LATE, MILLION, Kind.NUMBER)),
    ("1 / share", Divide(integer(1), SHARE, MILLION**2, Kind.NUMBER)),
    ("share ** 2", Power(SHARE, 2, MILLION, Kind.NUMBER)),
    ("late ** 8", Power(LATE, 8, 1, Kind.INTEGER)),
    ("1.5 ** 0", Power(number(1_500_000), 0, MILLION, Kind.NUMBER)),
    ("-limit", Negate(LIMIT, Kind.MONEY)),
    ("-5", integer(-5)),
    ("-5.5", number(-5_500_000)),
    ("-0", integer(0)),
    ("--5", Negate(integer(-5), Kind.INTEGER)),
    ("exposure + 1000", Add(EXPOSURE, money(100_000), Kind.MONEY)),
    ("1000.5 - exposure", Subtract(money(100_050), EXPOSURE, Kind.MONEY)),
    ("exposure + (1 + 2)", Add(EXPOSURE, Add(money(100), money(200), Kind.MONEY), Kind.MONEY)),
    ("exposure + 2 * 3", Add(EXPOSURE, Multiply(money(200), integer(3), 1, Kind.MONEY), Kind.MONEY)),
    ("share + 1", Add(SHARE, number(MILLION), Kind.NUMBER)),
    ("late + 1", Add(LATE, days(1), Kind.DAYS)),
    ("late + 0.5", Add(as_number(LATE), number(500_000), Kind.NUMBER)),
    ("1 + 0.5", Add(number(MILLION), number(500_000), Kind.NUMBER)),
    ("min(limit, 1000)", Pick(Extreme.MIN, (LIMIT, money(100_000)), Kind.MONEY)),
    ("max(late, 0)", Pick(Extreme.MAX, (LATE, days(0)), Kind.DAYS)),
    ("max(late, count)", Pick(Extreme.MAX, (LATE, COUNT), Kind.DAYS)),
    ("max(late, 0.5)", Pick(Extreme.MAX, (as_number(LATE), number(500_000)), Kind.NUMBER)),
    ("max(due, paid)", Pick(Extreme.MAX, (DUE, PAID), Kind.DATE)),
    ("min(1, 2.5)", Pick(Extreme.MIN, (number(MILLION), number(2_500_000)), Kind.NUMBER)),
    ("sum(share, count, 1)", Sum((SHARE, as_number(COUNT), number(MILLION)), Kind.NUMBER)),
    ("sum(limit)", Sum((LIMIT,), Kind.MONEY)),
    ("abs(late)", Absolute(LATE, Kind.DAYS)),
    ("round(limit)", Round(Rounding.ROUND, LIMIT, 100, Kind.MONEY)),
    ("round(limit, -3)", Round(Rounding.ROUND, LIMIT, 100_000, Kind.MONEY)),
    ("floor(share, 2)", Round(Rounding.FLOOR, SHARE, 10_000, Kind.NUMBER)),
    ("ceiling(share, 6)", Round(Rounding.CEILING, SHARE, 1, Kind.NUMBER)),
    ("ceiling(share, 9)", Round(Rounding.CEILING, SHARE, 1, Kind.NUMBER)),
    ("round(late, -1)", Round(Rounding.ROUND, LATE, 10, Kind.DAYS)),
    ("round(late, 2)", Round(Rounding.ROUND, LATE, 1, Kind.DAYS)),
    ("days_between(due, paid)", Subtract(PAID, DUE, Kind.DAYS)),
    ("days_between(due, 1970-01-02)", Subtract(Constant(1, Kind.DATE), DUE, Kind.DAYS)),
    ("if stopped then 0 else limit", If(STOPPED, money(0), LIMIT, Kind.MONEY)),
    ("if stopped then null else limit", If(STOPPED, Null(Kind.MONEY), LIMIT, Kind.MONEY)),
    ("if stopped then 1 else 2.5", If(STOPPED, number(MILLION), number(2_500_000), Kind.NUMBER)),
    ("if stopped then late else share", If(STOPPED, as_number(LATE), SHARE, Kind.NUMBER)),
    ("if stopped then unlimited else limit", If(STOPPED, money(UNLIMITED), LIMIT, Kind.MONEY)),
    ('if stopped then "A" else grade', If(STOPPED, Constant(0, Kind.CATEGORY), GRADE, Kind.CATEGORY)),
    ("group.exposure * 2", Multiply(NAMES["group.exposure"], integer(2), 1, Kind.MONEY)),
]


@pytest.mark.parametrize(("text", "expected"), ARITHMETIC)
def test_a_formula_types_to_the_tree_of_the_rules(text: str, expected: Expression) -> None:
    assert expected == typed(text)


CONDITIONS: list[tuple[str, Expression]] = [
    ("exposure > limit", Compare(Operator.GREATER, EXPOSURE, LIMIT)),
    ("exposure > 1000.50", Compare(Operator.GREATER, EXPOSURE, money(100_050))),
    ("1000 < exposure", Compare(Operator.LESS, money(100_000), EXPOSURE)),
    ("exposure < unlimited", Compare(Operator.LESS, EXPOSURE, money(UNLIMITED))),
    ("late > count", Compare(Operator.GREATER, LATE, COUNT)),
    ("late > share", Compare(Operator.GREATER, as_number(LATE), SHARE)),
    ("late >= 2.5", Compare(Operator.GREATER_OR_EQUAL, as_number(LATE), number(2_500_000))),
    ("1 < 2.5", Compare(Operator.LESS, number(MILLION), number(2_500_000))),
    ("due <= 1970-01-11", Compare(Operator.LESS_OR_EQUAL, DUE, Constant(10, Kind.DATE))),
    ("stopped = true", Compare(Operator.EQUAL, STOPPED, Constant(1, Kind.BOOLEAN))),
    ('grade != "B"', Compare(Operator.NOT_EQUAL, GRADE, Constant(2, Kind.CATEGORY))),
    ('等级 = "华东"', Compare(Operator.EQUAL, NAMES["等级"], Constant(6, Kind.CATEGORY))),
    ("limit = null", IsNull(LIMIT)),
    ("null = limit", IsNull(LIMIT)),
    ("limit != null", Not(IsNull(LIMIT))),
    ("stopped and not(stopped)", And((STOPPED, Not(STOPPED)))),
    ("stopped or false or stopped", Or((STOPPED, Constant(0, Kind.BOOLEAN), STOPPED))),
    ("late between 1 and 5", Satisfies(LATE, Interval(days(1), days(5), True, True))),
    ("late between 0.5 and 5", Satisfies(as_number(LATE), Interval(number(500_000), number(5_000_000), True, True))),
    ("5 between late and share", Satisfies(number(5_000_000), Interval(as_number(LATE), SHARE, True, True))),
    ("late in (1..5]", Satisfies(LATE, Interval(days(1), days(5), False, True))),
    ("grade in (A, B)", Satisfies(GRADE, AnyOf(tuple(
        Comparison(Operator.EQUAL, Constant(code, Kind.CATEGORY)) for code in (0, 2)
    )))),
    ("limit in (null)", Satisfies(LIMIT, IsUnknown())),
    ("if stopped then stopped else null", If(STOPPED, STOPPED, Null(Kind.BOOLEAN), Kind.BOOLEAN)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CONDITIONS)
def test_a_condition_types_to_the_tree_of_the_rules(text: str, expected: Expression) -> None:
    assert expected == type_condition(text, scope(), NOWHERE)


ASSIGNMENTS: list[tuple[str, Kind, Expression]] = [
    ("5", Kind.MONEY, money(500)),
    ("5.50", Kind.MONEY, money(550)),
    ("-5.5", Kind.MONEY, money(-550)),
    ("unlimited", Kind.MONEY, money(UNLIMITED)),
    ("null", Kind.CATEGORY, Null(Kind.CATEGORY)),
    ("5", Kind.NUMBER, number(5_000_000)),
    ("5", Kind.DAYS, days(5)),
    ("late", Kind.INTEGER, LATE),
    ("count", Kind.DAYS, COUNT),
    ("count", Kind.NUMBER, as_number(COUNT)),
    ("share", Kind.DAYS, Convert(SHARE, 1, MILLION, Kind.DAYS)),
    ("share", Kind.INTEGER, Convert(SHARE, 1, MILLION, Kind.INTEGER)),
    ("share", Kind.MONEY, Convert(SHARE, 1, 10_000, Kind.MONEY)),
    ("count", Kind.MONEY, Convert(COUNT, 100, 1, Kind.MONEY)),
    ("5 / 2", Kind.DAYS, Convert(Divide(integer(5), integer(2), MILLION, Kind.NUMBER), 1, MILLION, Kind.DAYS)),
    ("1000 / 3", Kind.MONEY, Divide(money(100_000), integer(3), 1, Kind.MONEY)),
    ("0.5 * 1001", Kind.MONEY, Multiply(number(500_000), money(100_100), MILLION, Kind.MONEY)),
    ("2 ** 3", Kind.MONEY, Convert(Power(integer(2), 3, 1, Kind.INTEGER), 100, 1, Kind.MONEY)),
    ("if stopped then 0 else 1.5", Kind.MONEY, If(STOPPED, money(0), money(150), Kind.MONEY)),
    ("round(1.50)", Kind.MONEY, Round(Rounding.ROUND, money(150), 100, Kind.MONEY)),
    ("A", Kind.CATEGORY, Constant(0, Kind.CATEGORY)),
    ("华东", Kind.CATEGORY, Constant(6, Kind.CATEGORY)),
    ('"A+"', Kind.CATEGORY, Constant(1, Kind.CATEGORY)),
    ("grade", Kind.CATEGORY, GRADE),
    ("exposure", Kind.CATEGORY, Constant(3, Kind.CATEGORY)),
    ("if stopped then hold else grade", Kind.CATEGORY, If(STOPPED, Constant(4, Kind.CATEGORY), GRADE, Kind.CATEGORY)),
    ("limit > 0", Kind.BOOLEAN, Compare(Operator.GREATER, LIMIT, money(0))),
    ("due + 30", Kind.DATE, Add(DUE, days(30), Kind.DATE)),
]


@pytest.mark.parametrize(("text", "kind", "expected"), ASSIGNMENTS)
def test_a_value_takes_the_declared_kind(text: str, kind: Kind, expected: Expression) -> None:
    assert expected == typed(text, kind)


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


REFUSED_FORMULAS = [
    ("exposre", "L201", "exposure"),
    ("grade = A", "L201", "quotes"),
    ("mni(1, 2)", "L202", "min"),
    ("need(limit)", "L203", "purchases, term, slow"),
    ("min()", "L203", "1 or more"),
    ("abs(1, 2)", "L203", "1"),
    ("round()", "L203", "1 or 2"),
    ("limit + share", "L204", "amounts to amounts"),
    ("limit + late", "L204", "amounts to amounts"),
    ("limit * limit", "L204", "Multiply an amount by a number"),
    ("share / limit", "L204", "Divide an amount"),
    ("late * late", "L204", "Divide one"),
    ("due + paid", "L204", "Dates"),
    ("late - due", "L204", "Dates"),
    ("due * 2", "L204", "Dates"),
    ("due + share", "L204", "Dates"),
    ("due + 0.5", "L204", "Dates"),
    ("stopped + 1", "L204", "if"),
    ("grade + 1", "L204", "if"),
    ("-grade", "L204", "Negate"),
    ("-due", "L204", "Negate"),
    ("limit ** 2", "L204", "powers"),
    ("abs(grade)", "L204", "Compute"),
    ("sum(due)", "L204", "min and max"),
    ("max(grade)", "L204", "Compute"),
    ("limit > share", "L205", "amounts with amounts"),
    ("limit = late", "L205", "amounts with amounts"),
    ("stopped = 1", "L205", "true or false"),
    ('limit > "A"', "L205", "category"),
    ('due > "2026-01-01"', "L205", "without quotes"),
    ("due > 5", "L205", "date"),
    ("min(limit, share)", "L205", "one kind"),
    ("if stopped then limit else share", "L205", "one kind"),
    ("late between limit and 5", "L205", "one kind"),
    ('grade < "B"', "L206", "= and !="),
    ("stopped >= true", "L206", "= and !="),
    ('grade between "A" and "B"', "L206", "List"),
    ("days_between(due, late)", "L207", "date"),
    ("twice(limit)", "L207", "Divide the amount"),
    ("limit + 0.001", "L208", "2 decimals"),
    ("share + 0.0000001", "L208", "6 decimals"),
    ("twice(0.0000001)", "L208", "6 decimals"),
    ("count + 9223372036854775807", "L209", "largest"),
    ("limit + 92233720368547758.07", "L209", "largest"),
    ("share ** 9", "L210", "literal"),
    ("share ** -1", "L210", "literal"),
    ("share ** 1.5", "L210", "literal"),
    ("share ** count", "L210", "literal"),
    ("round(share, count)", "L210", "whole number"),
    ("round(share, 13)", "L210", "whole number"),
    ("null", "L211", "null"),
    ("null = null", "L211", "null"),
    ("late between 5 and 1", "L212", "lower end first"),
    ("stopped and 1", "L213", "comparison"),
    ("not(limit)", "L213", "comparison"),
    ("if limit then 1 else 2", "L213", "comparison"),
    ("limit > null", "L114", "= null"),
    ("late between null and 5", "L114", "null"),
    ("there(1)", "L214", "Take one"),
    ("f39(1)", "L215", "Split"),
    ("d199(1)", "L215", "Split"),
    ("outside(1)", "L201", "its own parameters"),
    ("broken(1)", "L109", "Write"),
    ("unlimited + share", "L204", "amounts"),
]


@pytest.mark.parametrize(("text", "code", "remedy"), REFUSED_FORMULAS)
def test_a_formula_without_meaning_is_refused_with_code_and_remedy(text: str, code: str, remedy: str) -> None:
    refused = refusal(lambda: typed(text))
    assert code == refused.code, refused
    assert re.search(re.escape(remedy), refused.remedy), refused


REFUSED_ASSIGNMENTS = [
    ("limit", Kind.NUMBER, "L207"),
    ("limit", Kind.DAYS, "L207"),
    ("due", Kind.DAYS, "L207"),
    ("5", Kind.DATE, "L207"),
    ("5", Kind.BOOLEAN, "L207"),
    ("5", Kind.CATEGORY, "L207"),
    ("true", Kind.CATEGORY, "L207"),
    ("grade", Kind.MONEY, "L207"),
    ("unlimited", Kind.NUMBER, "L207"),
    ("limit > 0", Kind.MONEY, "L207"),
    ("2.5", Kind.DAYS, "L208"),
    ("-2.5", Kind.INTEGER, "L208"),
    ("0.001", Kind.MONEY, "L208"),
    ("0.1234567", Kind.NUMBER, "L208"),
    ("9223372036854775807", Kind.INTEGER, "L209"),
    ("-9223372036854775808", Kind.INTEGER, "L209"),
    ("9223372036854.775807", Kind.NUMBER, "L209"),
    ("group.sales", Kind.CATEGORY, "L201"),
]


@pytest.mark.parametrize(("text", "kind", "code"), REFUSED_ASSIGNMENTS)
def test_a_value_that_does_not_fit_the_declared_kind_is_refused(text: str, kind: Kind, code: str) -> None:
    assert code == refusal(lambda: typed(text, kind)).code


REFUSED_CELLS = [
    ("< A", Kind.CATEGORY, "L206"),
    ("[A..B]", Kind.CATEGORY, "L206"),
    ("> false", Kind.BOOLEAN, "L206"),
    ("5", Kind.CATEGORY, "L205"),
    ("true", Kind.CATEGORY, "L205"),
    ("1", Kind.BOOLEAN, "L205"),
    ('"A"', Kind.MONEY, "L205"),
    ("A", Kind.MONEY, "L201"),
    ("> share", Kind.MONEY, "L205"),
    ("> late", Kind.MONEY, "L205"),
    ("> limit", Kind.NUMBER, "L205"),
    ("> limit", Kind.DAYS, "L205"),
    ("share", Kind.DAYS, "L205"),
    ("not(share)", Kind.INTEGER, "L205"),
    ("unlimited", Kind.DAYS, "L205"),
    ("> 5", Kind.DATE, "L205"),
    ("2026-01-01", Kind.DAYS, "L205"),
    ("> 2.5", Kind.DAYS, "L208"),
    ("[0..2.5]", Kind.DAYS, "L208"),
    ("0.001", Kind.MONEY, "L208"),
    ("0.0000001", Kind.NUMBER, "L208"),
    ("[30..10]", Kind.DAYS, "L212"),
    ("[10.5..-10.5]", Kind.NUMBER, "L212"),
    ("(5..5]", Kind.MONEY, "L212"),
    ("[5..5)", Kind.MONEY, "L212"),
    ("(3..4)", Kind.DAYS, "L212"),
    ("[2026-03-01..2026-02-01]", Kind.DATE, "L212"),
    ("[null..5]", Kind.DAYS, "L114"),
]


@pytest.mark.parametrize(("text", "kind", "code"), REFUSED_CELLS)
def test_a_cell_that_does_not_fit_its_column_is_refused(text: str, kind: Kind, code: str) -> None:
    refused = refusal(lambda: cell(text, kind))
    assert code == refused.code, refused


def test_an_error_names_both_kinds() -> None:
    message = refusal(lambda: typed("limit > share")).message
    assert "money" in message
    assert "number" in message


def test_an_open_interval_of_numbers_is_not_empty() -> None:
    assert Interval(number(3_000_000), number(4_000_000), False, False) == cell("(3..4)", Kind.NUMBER)


@pytest.mark.parametrize(("currency", "minor"), [(JPY, 1), (CNY, 100), (KWD, 1000)])
def test_the_decimals_of_the_currency_decide_what_a_literal_holds(currency: Currency, minor: int) -> None:
    assert money(1000 * minor) == typed("1000", Kind.MONEY, currency)
    assert Multiply(LIMIT, SHARE, MILLION, Kind.MONEY) == typed("limit * share", None, currency)
    assert Convert(SHARE, 1, MILLION // minor, Kind.MONEY) == typed("share", Kind.MONEY, currency)
    assert Round(Rounding.ROUND, LIMIT, minor, Kind.MONEY) == typed("round(limit)", None, currency)
    too_fine = "0." + "0" * currency.decimals + "1"
    assert refusal(lambda: typed(too_fine, Kind.MONEY, currency)).code == "L208"


def test_a_three_decimal_currency_holds_three_decimals() -> None:
    assert money(1_001) == typed("1.001", Kind.MONEY, KWD)


def test_a_shipped_formula_is_put_in_place_of_its_call() -> None:
    term = Add(number(30_000_000), as_number(LATE), Kind.NUMBER)
    expected = Divide(Multiply(LIMIT, term, MILLION, Kind.MONEY), integer(30), 1, Kind.MONEY)
    assert expected == typed("need(limit, 30, late)")


def test_shipped_formulas_nest() -> None:
    twice = Add(SHARE, SHARE, Kind.NUMBER)
    assert Add(twice, twice, Kind.NUMBER) == typed("four_times(share)")


def test_an_argument_is_converted_to_its_parameter() -> None:
    assert Add(as_number(COUNT), as_number(COUNT), Kind.NUMBER) == typed("twice(count)")
    assert Compare(Operator.EQUAL, GRADE, Constant(0, Kind.CATEGORY)) == typed("is_best(grade)")


def test_a_formula_without_parameters_is_called_with_empty_parentheses() -> None:
    assert integer(7) == typed("seven()")


def test_the_cycle_of_functions_is_shown() -> None:
    assert "round_about -> there -> round_about" in refusal(lambda: typed("round_about(1)")).message


def test_an_error_inside_a_function_names_function_and_file() -> None:
    refused = refusal(lambda: typed("outside(1)"))
    assert "outside" in refused.message
    assert refused.place.file == "formulas.yaml"


def test_a_function_is_checked_without_a_call() -> None:
    x = Name("x", NameSource.PARAMETER, Kind.NUMBER)
    assert Add(x, x, Kind.NUMBER) == type_function(FUNCTIONS["twice"], scope())
    assert refusal(lambda: type_function(FUNCTIONS["outside"], scope())).code == "L201"
    assert refusal(lambda: type_function(FUNCTIONS["there"], scope())).code == "L214"


def test_an_error_stands_at_the_column_of_the_fault() -> None:
    place = Place(file="standing.yaml", line=4, column=10)
    refused = refusal(lambda: type_expression("limit + exposre", scope(), place))
    assert refused.place.column == 18


WORDS = st.sampled_from(
    [*KINDS, *FUNCTIONS, "A", "1", "2.5", "(", ")", "[", "]", "..", ",", "+", "-", "*", "/", "**", "<", "=", "!=",
     "and", "or", "not(", "if", "then", "else", "between", "in", "null", "true", "unlimited", '"A"', "2026-03-01",
     "min(", "round("]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map(" ".join), st.sampled_from(Kind))
def test_any_text_is_typed_or_refused(text: str, kind: Kind) -> None:
    open_vocabulary = Scope(NAMES, FUNCTIONS, CNY, len)
    for attempt in (
        lambda: type_expression(text, open_vocabulary, NOWHERE),
        lambda: type_expression(text, open_vocabulary, NOWHERE, kind),
        lambda: type_test(text, kind, open_vocabulary, NOWHERE),
        lambda: type_condition(text, open_vocabulary, NOWHERE),
    ):
        try:
            attempt()
        except PolicyTextError as refused:
            if not refused.remedy:
                raise


def test_sixty_four_levels_of_tests_inside_formulas_do_not_overrun() -> None:
    text = "stopped"
    for _ in range(20):
        text = f"stopped in (({text}), true)"
    assert Kind.BOOLEAN is typed(text).kind
