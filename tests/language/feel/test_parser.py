"""Formulas and cells as trees: what binds tighter, what is refused, and that printing loses nothing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.language.feel.expressions import Operator
from policy_service.language.feel.parser import parse_expression, parse_test
from policy_service.language.feel.syntax import expression_text
from policy_service.language.feel.syntax import test_text as text_of_test
from policy_service.language.feel.syntax_trees import (
    AnythingTest,
    Arithmetic,
    Between,
    BooleanLiteral,
    Call,
    Comparing,
    Conditional,
    Conjunction,
    DateLiteral,
    Disjunction,
    EndTest,
    IntervalTest,
    ListTest,
    Membership,
    Minus,
    NameUse,
    Negation,
    NotTest,
    NullLiteral,
    NullTest,
    NumberLiteral,
    Syntax,
    TextLiteral,
    UnlimitedLiteral,
)
from policy_service.language.feel.syntax_trees import (
    TestSyntax as Cell,
)
from policy_service.language.feel.token_reader import DEEPEST

WORDS = ("a", "limit_2", "group.exposure", "等级", "é", "groups", "date", "min")
PRIMARIES = st.one_of(
    st.decimals(min_value=0, max_value=10**12, places=7).map(NumberLiteral),
    st.integers(min_value=0, max_value=10**20).map(lambda number: NumberLiteral(Decimal(number))),
    st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=5).map(TextLiteral),
    st.dates().map(DateLiteral),
    st.booleans().map(BooleanLiteral),
    st.just(NullLiteral()),
    st.just(UnlimitedLiteral()),
    st.sampled_from(WORDS).map(NameUse),
)
OPERATORS = st.sampled_from(Operator)


def larger_expressions(inner: st.SearchStrategy[Syntax]) -> st.SearchStrategy[Syntax]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        inner.map(Minus),
        st.builds(Arithmetic, st.sampled_from(("+", "-", "*", "/", "**")), inner, inner),
        st.builds(Comparing, OPERATORS, inner, inner),
        st.builds(Between, inner, inner, inner),
        several.map(Conjunction),
        several.map(Disjunction),
        inner.map(Negation),
        st.builds(Conditional, inner, inner, inner),
        st.builds(Call, st.sampled_from(("min", "f", "days_between")), st.lists(inner, max_size=3).map(tuple)),
        st.builds(Membership, inner, cells(inner)),
    )


def is_end(test: EndTest) -> bool:
    """Of null there are tests of their own."""
    return not isinstance(test.end, NullLiteral)


def cells(end: st.SearchStrategy[Syntax]) -> st.SearchStrategy[Cell]:
    simple: st.SearchStrategy[Cell] = st.one_of(
        st.just(NullTest()),
        st.builds(EndTest, OPERATORS, end).filter(is_end),
        st.builds(IntervalTest, end, end, st.booleans(), st.booleans()),
    )
    negated = st.one_of(simple, st.lists(simple, min_size=2, max_size=3).map(tuple).map(ListTest)).map(NotTest)
    one = st.one_of(simple, negated)
    return st.one_of(one, st.lists(one, min_size=2, max_size=3).map(tuple).map(ListTest))


EXPRESSIONS = st.recursive(PRIMARIES, larger_expressions, max_leaves=12)
CELLS = st.one_of(st.just(AnythingTest()), cells(EXPRESSIONS))


@given(EXPRESSIONS)
def test_reading_the_text_of_a_formula_gives_the_formula(syntax: Syntax) -> None:
    assert syntax == parse_expression(expression_text(syntax), NOWHERE)


@given(CELLS)
def test_reading_the_text_of_a_cell_gives_the_cell(syntax: Cell) -> None:
    assert syntax == parse_test(text_of_test(syntax), NOWHERE)


SIGNS = st.sampled_from(
    [
        "a",
        "b",
        "1",
        "2.5",
        "(",
        ")",
        "[",
        "]",
        "..",
        ",",
        "-",
        "+",
        "*",
        "/",
        "**",
        "<",
        "<=",
        "=",
        "!=",
        "and",
        "or",
        "not",
        "not(",
        "if",
        "then",
        "else",
        "between",
        "in",
        "null",
        "true",
        '"x"',
        "2026-03-01",
        "f(",
        "unlimited",
        "date(",
        "]",
        "[",
        "０",
        "“",
        "group.",
        ".",
        "%",
    ]
)


def outcome_of(text: str, parse: Callable[[str, Place], Syntax | Cell]) -> Syntax | Cell | PolicyTextError:
    try:
        return parse(text, NOWHERE)
    except PolicyTextError as refused:
        return refused


TEXTS = st.one_of(st.text(), st.lists(SIGNS, max_size=25).map(" ".join), st.lists(SIGNS, max_size=25).map("".join))


@given(TEXTS, st.sampled_from(((parse_expression, expression_text), (parse_test, text_of_test))))
def test_any_text_is_read_or_refused_with_code_and_remedy(
    text: str, reading: tuple[Callable[[str, Place], Syntax | Cell], Callable[[Syntax | Cell], str]]
) -> None:
    """Nothing but a coded error ever comes out, and what is read prints to a text that reads the same."""
    parse, write = reading
    found = outcome_of(text, parse)
    if isinstance(found, PolicyTextError):
        assert found.code.startswith("L1")
        assert found.message
        assert found.remedy
    else:
        assert found == parse(write(found), NOWHERE)
        assert write(found) == write(parse(write(found), NOWHERE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1+2*3", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("(1-2)-3", "1 - 2 - 3"),
        ("a/(b/c)", "a / (b / c)"),
        ("(a/b)/c", "a / b / c"),
        ("a**(b**c)", "a ** b ** c"),
        ("(a**b)**c", "(a ** b) ** c"),
        ("a*(-b)", "a * -b"),
        ("-(a*b)", "-(a * b)"),
        ("(-a)*b", "-a * b"),
        ("- - a", "--a"),
        ("(-a)**2", "(-a) ** 2"),
        ("-(a**2)", "-(a ** 2)"),
        ("(a and b) or c", "a and b or c"),
        ("a and (b or c)", "a and (b or c)"),
        ("(a = b) and (c < d)", "a = b and c < d"),
        ("(a = b) = c", "(a = b) = c"),
        ("x between (1) and (2+3) and y", "x between 1 and 2 + 3 and y"),
        ("if (a) then (b) else (c + 1)", "if a then b else c + 1"),
        ("(if a then b else c) + 1", "(if a then b else c) + 1"),
        ("if a then b else (if c then d else e)", "if a then b else if c then d else e"),
        ("x in ([1..2])", "x in [1..2]"),
        ("x in ]1..2[", "x in (1..2)"),
        ("x in (1..2]", "x in (1..2]"),
        ("x in ((1+2)..4)", "x in (1 + 2..4)"),
        ("x in (> 5, null, 3)", "x in (> 5, null, 3)"),
        ("x in (= 3)", "x in (3)"),
        ("200000.50", "200000.5"),
        ("100.00", "100"),
        ("0.10", "0.1"),
        ('date("2026-03-01")', "2026-03-01"),
        ("round(x , -3)", "round(x, -3)"),
    ],
)
def test_a_formula_has_one_normal_text(text: str, expected: str) -> None:
    assert expected == expression_text(parse_expression(text, NOWHERE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" - ", "-"),
        ("-5", "-5"),
        ("= 5", "5"),
        ("null", "null"),
        ("= null", "null"),
        ("!= null", "not(null)"),
        ("<5", "< 5"),
        ("[0..15]", "[0..15]"),
        ("(0..15]", "(0..15]"),
        ("]0..15[", "(0..15)"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("((1+2)..9)", "(1 + 2..9)"),
        ("A,B,  >= 3", "A, B, >= 3"),
        ("not( A , null )", "not(A, null)"),
        ("= not(a)", "= not(a)"),
        ("> hold_after_days * (1 + tolerance)", "> hold_after_days * (1 + tolerance)"),
        ("[2026-01-01..2026-12-31]", "[2026-01-01..2026-12-31]"),
        ('"A+"', '"A+"'),
        ("良好, 一般", "良好, 一般"),
        ("unlimited", "unlimited"),
    ],
)
def test_a_cell_has_one_normal_text(text: str, expected: str) -> None:
    assert expected == text_of_test(parse_test(text, NOWHERE))


def test_a_power_of_a_power_is_read_from_the_right() -> None:
    two, a = NumberLiteral(Decimal(2)), NameUse("a")
    assert Arithmetic("**", a, Arithmetic("**", two, two)) == parse_expression("a ** 2 ** 2", NOWHERE)


def test_a_date_is_read_with_and_without_its_function() -> None:
    assert DateLiteral(date(2026, 3, 1)) == parse_expression("2026-03-01", NOWHERE)
    assert DateLiteral(date(2026, 3, 1)) == parse_expression('date("2026-03-01")', NOWHERE)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "L104"),
        ('date("20260301")', "L104"),
        ('date("2026-W09-7")', "L104"),
        ("date(5)", "L106"),
        ("a b", "L106"),
        ("1 + ) 2", "L106"),
        ("f(a b)", "L106"),
        ("x in 5", "L106"),
        ("[1..5]", "L106"),
        ("not a", "L106"),
        ("if a then b", "L109"),
        ("", "L109"),
        ("a +", "L109"),
        ("(a", "L109"),
        ("a < b < c", "L111"),
        ("a = b between 1 and 2", "L111"),
        ("a in (1) in (2)", "L111"),
        ("1 + if a then b else c", "L112"),
        ("then", "L112"),
        ("a and and b", "L112"),
        ("-a ** 2", "L113"),
        ("2 ** -a ** 2", "L113"),
        ("x in (< null)", "L114"),
    ],
)
def test_a_malformed_formula_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(PolicyTextError) as refused:
        parse_expression(text, NOWHERE)
    assert code == refused.value.code
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "L109"),
        ("   ", "L109"),
        ("A,", "L109"),
        (",A", "L106"),
        ("-, 5", "L106"),
        ("> 5 and < 6", "L106"),
        ("exposure > 5", "L106"),
        ("> 5 > 6", "L106"),
        ("[1..5", "L109"),
        ("[1, 5]", "L106"),
        ("[1..5}", "L101"),
        ("not()", "L106"),
        ("not(5", "L109"),
        ("> null", "L114"),
        ("A+", "L109"),
        ("A B", "L106"),
        ("in", "L112"),
        ("> if a then b else c", "L112"),
    ],
)
def test_a_malformed_cell_is_refused_with_its_code(text: str, code: str) -> None:
    """A bad cell never becomes one that does not match."""
    with pytest.raises(PolicyTextError) as refused:
        parse_test(text, NOWHERE)
    assert code == refused.value.code
    assert refused.value.remedy


def test_a_cell_that_should_be_a_text_is_told_to_be_quoted() -> None:
    with pytest.raises(PolicyTextError, match="double quotes"):
        parse_test("A+", NOWHERE)


def test_an_error_names_row_cell_and_the_very_column() -> None:
    place = Place(file="standing.yaml", line=12, column=30, row="S10", cell="credit_limit")
    with pytest.raises(PolicyTextError) as refused:
        parse_expression("limit + ", place)
    assert str(refused.value) == (
        "standing.yaml line 12, column 38 row S10 cell credit_limit: The text ends where a value should stand. "
        "Write a number, a name, a date, a text in double quotes or a formula. [L109]"
    )


@pytest.mark.parametrize(
    "deep",
    [
        lambda levels: "(" * levels + "1" + ")" * levels,
        lambda levels: "-" * levels + "1",
        lambda levels: "not(" * levels + "a" + ")" * levels,
        lambda levels: "f(" * levels + "a" + ")" * levels,
        lambda levels: "if a then b else " * levels + "c",
        lambda levels: "a in ((" * levels + "a" + "))" * levels,
        lambda levels: " + ".join(["a"] * levels),
        lambda levels: " ** ".join(["a"] * levels),
    ],
)
def test_a_text_that_nests_too_deep_is_refused_not_overrun(deep: object) -> None:
    assert callable(deep)
    for levels in (DEEPEST + 1, 500):
        with pytest.raises(PolicyTextError) as refused:
            parse_expression(deep(levels), NOWHERE)
        assert refused.value.code in ("L107", "L108")


def test_a_cell_that_nests_too_deep_is_refused() -> None:
    with pytest.raises(PolicyTextError) as refused:
        parse_test("not(" * 500 + "1" + ")" * 500, NOWHERE)
    assert refused.value.code == "L108"


def test_a_list_of_many_values_is_not_deep() -> None:
    assert isinstance(parse_test(", ".join(["A"] * 1000), NOWHERE), ListTest)
