"""The names and formulas that the tests of the type checker read, and what they call a tree."""

from collections.abc import Callable

import pytest

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.values import MILLION, Currency, Kind
from policy_service.language.feel.checker import type_expression, type_test
from policy_service.language.feel.expressions import Constant, Convert, Expression, Name, NameSource
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
