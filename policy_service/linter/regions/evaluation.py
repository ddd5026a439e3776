"""The range of a typed formula or test, given the range of every name it reads."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, assert_never

from policy_service.domain.values import TRUE
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
    Test,
)
from policy_service.linter.regions.ranges import (
    MISSING,
    Range,
    absolute,
    add,
    carried,
    divide,
    divided,
    hull,
    multiply,
    negate,
    of_kind,
    point,
    power,
    subtract,
    truth,
)

Ranges: TypeAlias = Mapping[Name, Range]


def evaluate(expression: Expression, ranges: Ranges) -> Range:
    """Return every value the formula can take; a name that `ranges` lacks can be anything of its kind."""
    match expression:
        case Constant(value=value):
            return point(value)
        case Null():
            return MISSING
        case Name(kind=kind):
            return ranges.get(expression) or of_kind(kind)
        case Compare() | IsNull() | Satisfies() | And() | Or() | Not():
            return _condition(expression, ranges)
        case If(condition=condition, yes=yes, no=no):
            return _choice(evaluate(condition, ranges), yes, no, ranges)
        case _:
            return _number(expression, ranges)


def _number(
    expression: Convert | Negate | Add | Subtract | Multiply | Divide | Power | Pick | Sum | Absolute | Round,
    ranges: Ranges,
) -> Range:
    match expression:
        case Convert(operand=operand, factor=factor, divisor=divisor):
            return carried(evaluate(operand, ranges), lambda value: divided(value * factor, divisor))
        case Negate(operand=operand):
            return negate(evaluate(operand, ranges))
        case Add(left=left, right=right):
            return add(evaluate(left, ranges), evaluate(right, ranges))
        case Subtract(left=left, right=right):
            return subtract(evaluate(left, ranges), evaluate(right, ranges))
        case Multiply(left=left, right=right, divisor=divisor):
            return multiply(evaluate(left, ranges), evaluate(right, ranges), divisor)
        case Divide(left=left, right=right, factor=factor):
            return divide(evaluate(left, ranges), evaluate(right, ranges), factor)
        case Power(base=base, exponent=exponent, unit=unit):
            return power(evaluate(base, ranges), exponent, unit)
        case Pick(extreme=extreme, operands=operands):
            return _picked(extreme, [evaluate(each, ranges) for each in operands])
        case Sum(operands=operands):
            return _summed([evaluate(each, ranges) for each in operands])
        case Absolute(operand=operand):
            return absolute(evaluate(operand, ranges))
        case Round(rounding=rounding, operand=operand, unit=unit):
            return carried(evaluate(operand, ranges), lambda value: rounded(rounding, value, unit))
        case _:
            assert_never(expression)


def rounded(rounding: Rounding, value: int, unit: int) -> int:
    """Return the multiple of `unit` that `value` is rounded to."""
    match rounding:
        case Rounding.ROUND:
            return divided(value, unit) * unit
        case Rounding.FLOOR:
            return value // unit * unit
        case Rounding.CEILING:
            return -(-value // unit) * unit
        case _:
            assert_never(rounding)


def _picked(extreme: Extreme, values: Sequence[Range]) -> Range:
    if any(value.is_empty for value in values):
        return MISSING
    pick = min if extreme is Extreme.MIN else max
    unknown = any(value.unknown for value in values)
    return Range(pick(value.low for value in values), pick(value.high for value in values), unknown)


def _summed(values: Sequence[Range]) -> Range:
    if any(value.is_empty for value in values):
        return MISSING
    total = values[0]
    for value in values[1:]:
        total = add(total, value)
    return total


def _choice(condition: Range, yes: Expression, no: Expression, ranges: Ranges) -> Range:
    chosen = []
    if condition.high >= TRUE and not condition.is_empty:
        chosen.append(evaluate(yes, ranges))
    if condition.low < TRUE and not condition.is_empty:
        chosen.append(evaluate(no, ranges))
    if condition.unknown:
        chosen.append(MISSING)
    return hull(chosen)


def _condition(condition: Compare | IsNull | Satisfies | And | Or | Not, ranges: Ranges) -> Range:
    match condition:
        case Compare(operator=operator, left=left, right=right):
            return compared(operator, evaluate(left, ranges), evaluate(right, ranges))
        case IsNull(operand=operand):
            return _missing(evaluate(operand, ranges))
        case Satisfies(operand=operand, test=test):
            return satisfied(test, evaluate(operand, ranges), ranges)
        case And(operands=operands):
            return both([evaluate(each, ranges) for each in operands])
        case Or(operands=operands):
            return opposite(both([opposite(evaluate(each, ranges)) for each in operands]))
        case Not(operand=operand):
            return opposite(evaluate(operand, ranges))
        case _:
            assert_never(condition)


def _missing(value: Range) -> Range:
    return truth(may_hold=value.unknown, may_fail=not value.is_empty, unknown=False)


def compared(operator: Operator, left: Range, right: Range) -> Range:
    """Return whether the comparison can hold, fail, or be unknown, the two sides being independent."""
    if left.is_empty or right.is_empty:
        return MISSING
    unknown = left.unknown or right.unknown
    match operator:
        case Operator.LESS:
            may_hold, may_fail = left.low < right.high, left.high >= right.low
        case Operator.LESS_OR_EQUAL:
            may_hold, may_fail = left.low <= right.high, left.high > right.low
        case Operator.GREATER:
            may_hold, may_fail = left.high > right.low, left.low <= right.high
        case Operator.GREATER_OR_EQUAL:
            may_hold, may_fail = left.high >= right.low, left.low < right.high
        case Operator.EQUAL:
            may_hold, may_fail = left.touches(right), not left.low == left.high == right.low == right.high
        case Operator.NOT_EQUAL:
            may_hold, may_fail = not left.low == left.high == right.low == right.high, left.touches(right)
        case _:
            assert_never(operator)
    return truth(may_hold=may_hold, may_fail=may_fail, unknown=unknown)


def both(conditions: Sequence[Range]) -> Range:
    """Return the three-valued and of independent conditions."""
    known = [each for each in conditions if not each.is_empty]
    may_fail = any(each.low == 0 for each in known)
    must_fail = any(each.high == 0 and not each.unknown for each in known)
    if must_fail:
        return Range(0, 0)
    may_hold = len(known) == len(conditions) and all(each.high == 1 for each in known)
    return truth(may_hold=may_hold, may_fail=may_fail, unknown=any(each.unknown for each in conditions))


def opposite(condition: Range) -> Range:
    """Return the three-valued not."""
    return condition if condition.is_empty else Range(1 - condition.high, 1 - condition.low, condition.unknown)


def satisfied(test: Test, value: Range, ranges: Ranges) -> Range:
    """Return whether a cell's test of `value` can match, fail, or be unknown."""
    match test:
        case Anything():
            return Range(1, 1)
        case IsUnknown():
            return _missing(value)
        case Comparison(operator=operator, end=end):
            return compared(operator, value, evaluate(end, ranges))
        case Interval(low=low, high=high, includes_low=includes_low, includes_high=includes_high):
            floor = Operator.GREATER_OR_EQUAL if includes_low else Operator.GREATER
            ceiling = Operator.LESS_OR_EQUAL if includes_high else Operator.LESS
            return both(
                [
                    compared(floor, value, evaluate(low, ranges)),
                    compared(ceiling, value, evaluate(high, ranges)),
                ]
            )
        case AnyOf(tests=tests):
            return opposite(both([opposite(satisfied(each, value, ranges)) for each in tests]))
        case NoneOf(test=inner):
            return opposite(satisfied(inner, value, ranges))
        case _:
            assert_never(test)
