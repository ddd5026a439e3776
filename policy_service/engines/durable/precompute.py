"""Formulas made ready: what the rules need is computed before, for durable-rules is handed no arithmetic.

A formula becomes a nest of closures over the values of the decision; parameters are constants of an
engine and stand in the closures as such.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, assert_never

from policy_service.domain.decisions import Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.values import UNKNOWN
from policy_service.engines.durable import exact
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
    Satisfies,
    Subtract,
    Sum,
    Test,
)
from policy_service.language.feel.reading_names import names_in

#: Gives a formula's value from the values of the decision.
Reader: TypeAlias = Callable[[Values], int]
#: Says of a value, among the values of the decision, whether a test holds.
_Judge: TypeAlias = Callable[[int, Values], int]
Parameters: TypeAlias = Mapping[str, int]

#: Whether the comparison holds where left minus right is 0, positive, and (at index -1) negative.
HOLDS_BY_SIGN: Final[Mapping[Operator, tuple[bool, bool, bool]]] = {
    Operator.EQUAL: (True, False, False),
    Operator.NOT_EQUAL: (False, True, True),
    Operator.LESS: (False, False, True),
    Operator.LESS_OR_EQUAL: (True, False, True),
    Operator.GREATER: (False, True, False),
    Operator.GREATER_OR_EQUAL: (True, True, False),
}


def reader(expression: Expression, parameters: Parameters) -> Reader:
    """Return the formula ready to read its value from any decision's values.

    The reader raises EngineFault where a result overflows; KeyError comes here for an unknown parameter.
    """
    match expression:
        case Constant():
            return _always(expression.value)
        case Null():
            return _always(UNKNOWN)
        case Name():
            if expression.source is NameSource.PARAMETER:
                return _always(parameters[expression.name])
            return _fact(expression.name)
        case Add() | Subtract() | Multiply() | Divide() | Compare():
            left, right = reader(expression.left, parameters), reader(expression.right, parameters)
            return _of_two(_binary(expression), left, right)
        case Convert() | Negate() | Absolute() | Round():
            return _of_one(_unary(expression), reader(expression.operand, parameters))
        case Power():
            power = expression
            return _of_one(lambda x: exact.to_the_power(x, power.exponent, power.unit), reader(power.base, parameters))
        case Sum() | Pick():
            return _of_many(_gather(expression), [reader(operand, parameters) for operand in expression.operands])
        case _:
            return _condition_reader(expression, parameters)


def constant(expression: Expression, parameters: Parameters) -> int | None:
    """Return the value of a formula without facts; None if it reads one, or overflows."""
    if fact_names(expression):
        return None
    try:
        return reader(expression, parameters)({})
    except EngineFault:
        return None


def fact_names(node: Expression | Test) -> frozenset[str]:
    """Return the names of all facts and earlier outputs that a formula or test reads."""
    return frozenset(name.name for name in names_in(node) if name.source is not NameSource.PARAMETER)


def _condition_reader(condition: If | IsNull | Satisfies | And | Or | Not, parameters: Parameters) -> Reader:
    match condition:
        case And() | Or():
            readers = [reader(operand, parameters) for operand in condition.operands]
            return _three_valued(readers, decisive=1 if isinstance(condition, Or) else 0)
        case Not():
            return _of_one(lambda truth: 1 - truth, reader(condition.operand, parameters))
        case IsNull():
            return _is_unknown(reader(condition.operand, parameters))
        case If():
            branches = (reader(condition.no, parameters), reader(condition.yes, parameters))
            return _choice(reader(condition.condition, parameters), branches)
        case Satisfies():
            return _satisfied(reader(condition.operand, parameters), _judge(condition.test, parameters))
        case _:
            assert_never(condition)


def _always(value: int) -> Reader:
    return lambda _: value


def _fact(name: str) -> Reader:
    return lambda values: values.get(name, UNKNOWN)


def _of_one(operation: Callable[[int], int], operand: Reader) -> Reader:
    def read(values: Values) -> int:
        value = operand(values)
        return UNKNOWN if value == UNKNOWN else operation(value)

    return read


def _of_two(operation: Callable[[int, int], int], left: Reader, right: Reader) -> Reader:
    def read(values: Values) -> int:
        first, second = left(values), right(values)
        return UNKNOWN if UNKNOWN in (first, second) else operation(first, second)

    return read


def _of_many(operation: Callable[[list[int]], int], operands: list[Reader]) -> Reader:
    def read(values: Values) -> int:
        found = [operand(values) for operand in operands]
        return UNKNOWN if UNKNOWN in found else operation(found)

    return read


def _three_valued(operands: list[Reader], decisive: int) -> Reader:
    def read(values: Values) -> int:
        found = [operand(values) for operand in operands]
        if decisive in found:
            return decisive
        return UNKNOWN if UNKNOWN in found else 1 - decisive

    return read


def _is_unknown(operand: Reader) -> Reader:
    return lambda values: int(operand(values) == UNKNOWN)


def _choice(condition: Reader, branches: tuple[Reader, Reader]) -> Reader:
    def read(values: Values) -> int:
        truth = condition(values)
        if truth == UNKNOWN:
            return UNKNOWN
        if truth not in (0, 1):
            raise EngineFault("E002", f"A condition came to {truth}, neither true nor false.")
        return branches[truth](values)

    return read


def _binary(node: Add | Subtract | Multiply | Divide | Compare) -> Callable[[int, int], int]:
    match node:
        case Add():
            return exact.plus
        case Subtract():
            return exact.minus
        case Multiply():
            divisor = node.divisor
            return lambda left, right: exact.times(left, right, divisor)
        case Divide():
            factor = node.factor
            return lambda left, right: exact.over(left, right, factor)
        case Compare():
            holds = HOLDS_BY_SIGN[node.operator]
            return lambda left, right: int(holds[(left > right) - (left < right)])
        case _:
            assert_never(node)


def _unary(node: Convert | Negate | Absolute | Round) -> Callable[[int], int]:
    match node:
        case Convert():
            factor, divisor = node.factor, node.divisor
            return lambda value: exact.rescaled(value, factor, divisor)
        case Negate():
            return exact.opposite
        case Absolute():
            return abs
        case Round():
            rounding, unit = node.rounding, node.unit
            return lambda value: exact.to_multiple(rounding, value, unit)
        case _:
            assert_never(node)


def _gather(node: Sum | Pick) -> Callable[[list[int]], int]:
    if isinstance(node, Sum):
        return exact.summed
    return min if node.extreme is Extreme.MIN else max


def _satisfied(operand: Reader, judge: _Judge) -> Reader:
    return lambda values: judge(operand(values), values)


def _judge(test: Test, parameters: Parameters) -> _Judge:
    match test:
        case Anything():
            return lambda _, __: 1
        case IsUnknown():
            return lambda value, _: int(value == UNKNOWN)
        case Comparison():
            return _compared(HOLDS_BY_SIGN[test.operator], reader(test.end, parameters))
        case Interval():
            return _judged_together([_judge(side, parameters) for side in sides(test)], decisive=0)
        case AnyOf():
            return _judged_together([_judge(part, parameters) for part in test.tests], decisive=1)
        case NoneOf():
            return _opposite(_judge(test.test, parameters))
        case _:
            assert_never(test)


def _compared(holds: tuple[bool, bool, bool], end: Reader) -> _Judge:
    def judge(value: int, values: Values) -> int:
        bound = end(values)
        return UNKNOWN if UNKNOWN in (value, bound) else int(holds[(value > bound) - (value < bound)])

    return judge


def _judged_together(judges: list[_Judge], decisive: int) -> _Judge:
    def judge(value: int, values: Values) -> int:
        found = [one(value, values) for one in judges]
        if decisive in found:
            return decisive
        return UNKNOWN if UNKNOWN in found else 1 - decisive

    return judge


def _opposite(judged: _Judge) -> _Judge:
    def judge(value: int, values: Values) -> int:
        truth = judged(value, values)
        return truth if truth == UNKNOWN else 1 - truth

    return judge


def sides(interval: Interval) -> tuple[Comparison, Comparison]:
    """Return the two comparisons that an interval is."""
    above = Operator.GREATER_OR_EQUAL if interval.includes_low else Operator.GREATER
    below = Operator.LESS_OR_EQUAL if interval.includes_high else Operator.LESS
    return Comparison(above, interval.low), Comparison(below, interval.high)
