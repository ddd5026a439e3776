"""The type checker: which kinds meet, what literals become, every conversion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import NOWHERE, PolicyTextError
from policy_service.domain.values import MILLION, UNLIMITED, Currency, Kind
from policy_service.language.feel.checker import type_condition, type_expression, type_test
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    And,
    AnyOf,
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
    Negate,
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
from policy_service.language.feel.scope import Scope
from tests.language.feel.checking import (
    CNY,
    COUNT,
    DUE,
    EXPOSURE,
    FUNCTIONS,
    GRADE,
    JPY,
    KINDS,
    KWD,
    LATE,
    LIMIT,
    NAMES,
    PAID,
    SHARE,
    STOPPED,
    as_number,
    days,
    integer,
    money,
    number,
    refusal,
    scope,
    typed,
)

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
