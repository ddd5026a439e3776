"""Formulas that ship, where they are called: put in place of the call, and checked without one."""

from policy_service.domain.values import MILLION, Kind
from policy_service.language.feel.checker import type_function
from policy_service.language.feel.expressions import (
    Add,
    Compare,
    Constant,
    Divide,
    Multiply,
    Name,
    NameSource,
    Operator,
)
from tests.language.feel.checking import (
    COUNT,
    FUNCTIONS,
    GRADE,
    LATE,
    LIMIT,
    SHARE,
    as_number,
    integer,
    number,
    refusal,
    scope,
    typed,
)


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
