"""Formulas and conditions made ready to run: each node becomes a closure, or at once its constant value.

A parameter is a constant of the run, so whatever hangs on constants alone is worked out on preparation
(unless it overflows, which is a fault of the decision, not of the policy's loading). `And`, `Or` and the
lists take all their operands before they answer: only `If` leaves something out, the branch not chosen.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias, assert_never

from policy_service.domain.decisions import Value, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, TRUE, UNKNOWN, Kind
from policy_service.engines import arithmetic
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    And,
    AnyOf,
    Anything,
    Compare,
    Comparison,
    Condition,
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
    Satisfies,
    Subtract,
    Sum,
    Test,
)

#: A formula ready to run over the values of one evaluation.
Formula: TypeAlias = Callable[[Values], Value]
#: A formula, or the value it always has.
Prepared: TypeAlias = Formula | Value
Parameters: TypeAlias = Mapping[str, Value]
_Ready: TypeAlias = Callable[[Expression], Prepared]
#: Stands for a value that was worked out already; no name can be written so.
VALUE: Final = "?"


def prepare(expression: Expression, parameters: Parameters) -> Prepared:
    """Return the expression ready to run with these values of the parameters (KeyError if one lacks)."""

    def ready(operand: Expression) -> Prepared:
        return prepare(operand, parameters)

    match expression:
        case Constant():
            return expression.value
        case Null():
            return UNKNOWN
        case Name():
            return parameters[expression.name] if expression.source is NameSource.PARAMETER else _read(expression.name)
        case Convert() | Negate() | Absolute() | Round() | Power():
            return _prepare_unary(expression, ready)
        case Add() | Subtract() | Multiply() | Divide() | Sum() | Pick():
            return _prepare_arithmetic(expression, ready)
        case _:
            return _prepare_condition(expression, ready)


def condition_on(operand: Expression, test: Test) -> Condition:
    """Return what a cell says of its column's value, written as a condition: the meaning of every test."""
    match test:
        case Anything():
            return Constant(TRUE, Kind.BOOLEAN)
        case IsUnknown():
            return IsNull(operand)
        case Comparison():
            return Compare(test.operator, operand, test.end)
        case Interval():
            above = Operator.GREATER_OR_EQUAL if test.includes_low else Operator.GREATER
            below = Operator.LESS_OR_EQUAL if test.includes_high else Operator.LESS
            return And((Compare(above, operand, test.low), Compare(below, operand, test.high)))
        case AnyOf():
            return Or(tuple(condition_on(operand, part) for part in test.tests))
        case NoneOf():
            return Not(condition_on(operand, test.test))
        case _:
            assert_never(test)


def the_value(kind: Kind) -> Name:
    """Return the name under which a test finds the value it is about, where that is not a name itself."""
    return Name(VALUE, NameSource.FACT, kind)


def run(prepared: Prepared, values: Values) -> Value:
    """Return the value of a prepared formula."""
    return prepared if isinstance(prepared, int) else prepared(values)


def as_formula(prepared: Prepared) -> Formula:
    """Return a prepared formula in the form that is called."""
    if isinstance(prepared, int):
        return lambda _: prepared
    return prepared


def comparison(operator: Operator) -> Callable[[Value, Value], Value]:
    """Return the three-valued comparison of two values; with an unknown one it is unknown."""
    holds = arithmetic.COMPARISONS[operator]

    def compare(left: Value, right: Value) -> Value:
        if UNKNOWN in (left, right):
            return UNKNOWN
        return TRUE if holds(left, right) else FALSE

    return compare


def _prepare_unary(node: Convert | Negate | Absolute | Round | Power, ready: _Ready) -> Prepared:
    match node:
        case Convert():
            return _unary(lambda value: arithmetic.convert(value, node.factor, node.divisor), ready(node.operand))
        case Negate():
            return _unary(arithmetic.negate, ready(node.operand))
        case Absolute():
            return _unary(arithmetic.absolute, ready(node.operand))
        case Round():
            return _unary(lambda value: arithmetic.round_to(node.rounding, value, node.unit), ready(node.operand))
        case Power():
            return _unary(lambda value: arithmetic.power(value, node.exponent, node.unit), ready(node.base))
        case _:
            assert_never(node)


def _prepare_arithmetic(node: Add | Subtract | Multiply | Divide | Sum | Pick, ready: _Ready) -> Prepared:
    match node:
        case Add():
            return _binary(arithmetic.add, ready(node.left), ready(node.right))
        case Subtract():
            return _binary(arithmetic.subtract, ready(node.left), ready(node.right))
        case Multiply():
            multiply = partial(arithmetic.multiply, divisor=node.divisor)
            return _binary(multiply, ready(node.left), ready(node.right))
        case Divide():
            divide = partial(arithmetic.divide, factor=node.factor)
            return _binary(divide, ready(node.left), ready(node.right))
        case Sum():
            return _of_all(arithmetic.total, [ready(operand) for operand in node.operands])
        case Pick():
            pick = partial(arithmetic.pick, node.extreme)
            return _of_all(pick, [ready(operand) for operand in node.operands])
        case _:
            assert_never(node)


def _prepare_condition(condition: If | Compare | IsNull | Satisfies | And | Or | Not, ready: _Ready) -> Prepared:
    match condition:
        case Compare():
            return _binary(comparison(condition.operator), ready(condition.left), ready(condition.right))
        case IsNull():
            return _unary(arithmetic.is_null, ready(condition.operand))
        case Satisfies():
            return _satisfies(condition, ready)
        case And():
            return _of_all(arithmetic.all_of, [ready(operand) for operand in condition.operands])
        case Or():
            return _of_all(arithmetic.any_of, [ready(operand) for operand in condition.operands])
        case Not():
            return _unary(arithmetic.negation, ready(condition.operand))
        case If():
            return _choice(ready(condition.condition), ready(condition.yes), ready(condition.no))
        case _:
            assert_never(condition)


def _satisfies(condition: Satisfies, ready: _Ready) -> Prepared:
    if isinstance(condition.operand, Name | Constant | Null):
        return ready(condition_on(condition.operand, condition.test))
    operand, test = ready(condition.operand), ready(condition_on(the_value(condition.operand.kind), condition.test))
    return lambda values: run(test, {**values, VALUE: run(operand, values)})


def _read(name: str) -> Formula:
    return lambda values: values.get(name, UNKNOWN)


def _unary(operation: Callable[[Value], Value], operand: Prepared) -> Prepared:
    if not isinstance(operand, int):
        return lambda values: operation(operand(values))
    return _worked_out(lambda: operation(operand))


def _binary(operation: Callable[[Value, Value], Value], left: Prepared, right: Prepared) -> Prepared:
    match left, right:
        case int(), int():
            return _worked_out(lambda: operation(left, right))
        case int(), _:
            second = as_formula(right)
            return lambda values: operation(left, second(values))
        case _, int():
            first = as_formula(left)
            return lambda values: operation(first(values), right)
        case _:
            first, second = as_formula(left), as_formula(right)
            return lambda values: operation(first(values), second(values))


def _of_all(operation: Callable[[Sequence[Value]], Value], operands: Sequence[Prepared]) -> Prepared:
    if all(isinstance(operand, int) for operand in operands):
        constants = [operand for operand in operands if isinstance(operand, int)]
        return _worked_out(lambda: operation(constants))
    formulas = [as_formula(operand) for operand in operands]
    return lambda values: operation([formula(values) for formula in formulas])


def _choice(condition: Prepared, yes: Prepared, no: Prepared) -> Prepared:
    chosen = {TRUE: yes, FALSE: no, UNKNOWN: UNKNOWN}
    if isinstance(condition, int):
        return chosen[condition]
    return lambda values: run(chosen[condition(values)], values)


def _worked_out(operation: Callable[[], Value]) -> Prepared:
    try:
        return operation()
    except EngineFault:
        return lambda _: operation()
