"""Typed formulas and cells as text again: conversions between kinds are not shown."""

from typing import Final, assert_never

from policy_service.domain.values import Kind
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
    If,
    Interval,
    IsNull,
    IsUnknown,
    Multiply,
    Name,
    Negate,
    NoneOf,
    Not,
    Null,
    Operator,
    Or,
    Pick,
    Power,
    Round,
    Satisfies,
    Subtract,
    Sum,
    Test,
)
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Policy


def value_text(value: int, kind: Kind, policy: Policy) -> str:
    """Return a value as a policy writes it; a category that the policy does not mention is "any other"."""
    if kind is Kind.CATEGORY and value >= len(policy.vocabulary):
        return "any other"
    return write_value(value, kind, policy.currency, policy.vocabulary)


def formula_text(expression: Expression, policy: Policy) -> str:
    """Return a typed formula as text; conversions between kinds are not shown."""
    match expression:
        case Constant(value=value, kind=kind):
            return value_text(value, kind, policy)
        case Null():
            return "null"
        case Name(name=name):
            return name
        case Convert(operand=operand):
            return formula_text(operand, policy)
        case Negate(operand=operand):
            return f"-{_inner(operand, policy)}"
        case Add() | Subtract() | Multiply() | Divide():
            return f"{_inner(expression.left, policy)} {_SIGNS[type(expression)]} {_inner(expression.right, policy)}"
        case Power(base=base, exponent=exponent):
            return f"{_inner(base, policy)} ** {exponent}"
        case Pick() | Sum() | Absolute() | Round():
            return _call_text(expression, policy)
        case If(condition=condition, yes=yes, no=no):
            parts = [formula_text(each, policy) for each in (condition, yes, no)]
            return f"if {parts[0]} then {parts[1]} else {parts[2]}"
        case Compare() | IsNull() | Satisfies() | And() | Or() | Not():
            return _condition_text(expression, policy)
        case _:
            assert_never(expression)


def _call_text(call: Pick | Sum | Absolute | Round, policy: Policy) -> str:
    match call:
        case Pick(extreme=extreme, operands=operands):
            return f"{extreme}({', '.join(formula_text(each, policy) for each in operands)})"
        case Sum(operands=operands):
            return f"sum({', '.join(formula_text(each, policy) for each in operands)})"
        case Absolute(operand=operand):
            return f"abs({formula_text(operand, policy)})"
        case Round(rounding=rounding, operand=operand):
            return f"{rounding}({formula_text(operand, policy)})"
        case _:
            assert_never(call)


_SIGNS: Final = {Add: "+", Subtract: "-", Multiply: "*", Divide: "/"}


def _inner(expression: Expression, policy: Policy) -> str:
    text = formula_text(expression, policy)
    bare = expression.operand if isinstance(expression, Convert) else expression
    return text if isinstance(bare, Constant | Null | Name | Pick | Sum | Absolute | Round) else f"({text})"


def _condition_text(condition: Compare | IsNull | Satisfies | And | Or | Not, policy: Policy) -> str:
    match condition:
        case Compare(operator=operator, left=left, right=right):
            return f"{formula_text(left, policy)} {operator} {formula_text(right, policy)}"
        case IsNull(operand=operand):
            return f"{formula_text(operand, policy)} = null"
        case Satisfies(operand=operand, test=test):
            return f"{formula_text(operand, policy)} in ({test_text(test, policy)})"
        case And(operands=operands):
            return " and ".join(_inner(each, policy) for each in operands)
        case Or(operands=operands):
            return " or ".join(_inner(each, policy) for each in operands)
        case Not(operand=operand):
            return f"not({formula_text(operand, policy)})"
        case _:
            assert_never(condition)


def test_text(test: Test, policy: Policy) -> str:
    """Return a cell's test as text."""
    match test:
        case Anything():
            return "-"
        case IsUnknown():
            return "null"
        case Comparison(operator=Operator.EQUAL, end=end):
            return formula_text(end, policy)
        case Comparison(operator=operator, end=end):
            return f"{operator} {formula_text(end, policy)}"
        case Interval(low=low, high=high, includes_low=includes_low, includes_high=includes_high):
            inside = f"{formula_text(low, policy)}..{formula_text(high, policy)}"
            return f"{'[' if includes_low else '('}{inside}{']' if includes_high else ')'}"
        case AnyOf(tests=tests):
            return ", ".join(test_text(each, policy) for each in tests)
        case NoneOf(test=inner):
            return f"not({test_text(inner, policy)})"
        case _:
            assert_never(test)
