"""Walks over typed trees."""

from policy_service.domain.errors import NOWHERE
from policy_service.domain.values import Currency, Kind
from policy_service.language.feel.checker import type_expression, type_test
from policy_service.language.feel.expressions import Comparison, Constant, Name, NameSource, Operator
from policy_service.language.feel.reading_names import children, names_in, size_and_depth
from policy_service.language.feel.scope import Scope

A = Name("a", NameSource.FACT, Kind.NUMBER)
B = Name("b", NameSource.PARAMETER, Kind.NUMBER)
C = Name("c", NameSource.OUTPUT, Kind.BOOLEAN)
SCOPE = Scope({name.name: name for name in (A, B, C)}, {}, Currency("CNY", 2), len)


def test_every_name_that_a_formula_reads_is_found() -> None:
    text = (
        "if c and not(a = null) or a in (1, not(b), [b..9], null) then min(a, abs(-b)) * round(2) / 3 - b ** 2 "
        "else sum(1, 2) + 1"
    )
    assert {A, B, C} == names_in(type_expression(text, SCOPE, NOWHERE))


def test_every_name_that_a_cell_reads_is_found() -> None:
    assert {A, B} == names_in(type_test("[a..b), not(> 5)", Kind.NUMBER, SCOPE, NOWHERE))


def test_open_cells_read_nothing() -> None:
    assert frozenset() == names_in(type_test("-", Kind.NUMBER, SCOPE, NOWHERE))
    assert frozenset() == names_in(type_test("null", Kind.NUMBER, SCOPE, NOWHERE))


def test_children_stand_in_the_order_of_the_text() -> None:
    assert children(type_expression("a - b", SCOPE, NOWHERE)) == (A, B)
    assert children(A) == ()
    five = Constant(5_000_000, Kind.NUMBER)
    assert (five,) == children(Comparison(Operator.LESS, five))


def test_size_and_depth_count_every_node() -> None:
    assert size_and_depth(A) == (1, 1)
    assert size_and_depth(type_expression("a * b + a", SCOPE, NOWHERE)) == (5, 3)
