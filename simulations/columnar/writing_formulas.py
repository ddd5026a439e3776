"""Writes formulas as instructions; what hangs on constants alone is worked out at once."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final, assert_never

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, TRUE, UNKNOWN, UNLIMITED
from policy_service.engines.arithmetic import total
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
    Test,
)
from simulations.columnar import layout
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.constants import worked_out
from simulations.columnar.writer import Writer

OPERATIONS: Final[Mapping[Operator, int]] = MappingProxyType(
    {
        Operator.EQUAL: layout.EQUAL,
        Operator.NOT_EQUAL: layout.NOT_EQUAL,
        Operator.LESS: layout.LESS,
        Operator.LESS_OR_EQUAL: layout.LESS_OR_EQUAL,
        Operator.GREATER: layout.GREATER,
        Operator.GREATER_OR_EQUAL: layout.GREATER_OR_EQUAL,
    }
)
_ROUNDINGS: Final[Mapping[Rounding, int]] = MappingProxyType(
    {Rounding.ROUND: layout.ROUND, Rounding.FLOOR: layout.FLOOR, Rounding.CEILING: layout.CEILING}
)
_LARGEST_UNIT_OF_A_POWER: Final = 2**32 - 1


def write(writer: Writer, expression: Expression) -> int:  # noqa: C901, PLR0912 - one case for each node
    """Write the instructions of a formula and return the operand of its result; UnsupportedCondition E020."""
    match expression:
        case Constant():
            return writer.constant(expression.value)
        case Null():
            return writer.constant(UNKNOWN)
        case Name():
            if expression.source is NameSource.PARAMETER:
                return writer.constant(writer.parameters[expression.name])
            return writer.slots[expression.name]
        case If():
            return _write_choice(writer, expression)
        case Sum():
            return _write_sum(writer, [write(writer, operand) for operand in expression.operands])
        case Pick(extreme, operands):
            operation = layout.SMALLER if extreme is Extreme.MIN else layout.LARGER
            return _write_each(writer, operation, [write(writer, operand) for operand in operands])
        case And(operands):
            truth = writer.constant(TRUE)
            return _write_each(writer, layout.BOTH, [truth, *(write(writer, operand) for operand in operands)])
        case Or(operands):
            falsehood = writer.constant(FALSE)
            return _write_each(writer, layout.EITHER, [falsehood, *(write(writer, operand) for operand in operands)])
        case Satisfies(operand, test):
            return write_test(writer, write(writer, operand), test)
        case Convert() | Negate() | Absolute() | Round() | Power() | Not() | IsNull():
            return _write_unary(writer, expression)
        case Add() | Subtract() | Multiply() | Divide() | Compare():
            return _write_binary(writer, expression)
        case _:
            assert_never(expression)


def write_test(writer: Writer, operand: int, test: Test) -> int:
    """Write what a cell says of an operand as instructions, and return the operand of its verdict."""
    match test:
        case Anything():
            return writer.constant(TRUE)
        case IsUnknown():
            return _emit(writer, layout.IS_NULL, operand)
        case Comparison(operator, end):
            return _emit(writer, OPERATIONS[operator], operand, write(writer, end))
        case Interval():
            above = layout.GREATER_OR_EQUAL if test.includes_low else layout.GREATER
            below = layout.LESS_OR_EQUAL if test.includes_high else layout.LESS
            low = _emit(writer, above, operand, write(writer, test.low))
            return _emit(writer, layout.BOTH, low, _emit(writer, below, operand, write(writer, test.high)))
        case AnyOf(tests):
            parts = [write_test(writer, operand, part) for part in tests]
            return _write_each(writer, layout.EITHER, [writer.constant(FALSE), *parts])
        case NoneOf(negated):
            return _emit(writer, layout.NOT, write_test(writer, operand, negated))
        case _:
            assert_never(test)


def _write_unary(writer: Writer, node: Convert | Negate | Absolute | Round | Power | Not | IsNull) -> int:
    match node:
        case Convert():
            _expect_words(writer, node.factor, node.divisor)
            return _emit(writer, layout.CONVERT, write(writer, node.operand), node.factor, node.divisor)
        case Negate():
            return _emit(writer, layout.NEGATE, write(writer, node.operand))
        case Absolute():
            return _emit(writer, layout.ABSOLUTE, write(writer, node.operand))
        case Round():
            _expect_words(writer, node.unit)
            return _emit(writer, _ROUNDINGS[node.rounding], write(writer, node.operand), node.unit)
        case Power():
            if not 0 <= node.exponent <= 8 or not 0 < node.unit <= _LARGEST_UNIT_OF_A_POWER:
                raise writer.unsupported(f"a power of {node.exponent} in steps of 1/{node.unit}")
            return _emit(writer, layout.POWER, write(writer, node.base), node.exponent, node.unit)
        case Not():
            return _emit(writer, layout.NOT, write(writer, node.operand))
        case IsNull():
            return _emit(writer, layout.IS_NULL, write(writer, node.operand))
        case _:
            assert_never(node)


def _write_binary(writer: Writer, node: Add | Subtract | Multiply | Divide | Compare) -> int:
    left, right = write(writer, node.left), write(writer, node.right)
    match node:
        case Add():
            return _emit(writer, layout.ADD, left, right)
        case Subtract():
            return _emit(writer, layout.SUBTRACT, left, right)
        case Multiply():
            _expect_words(writer, node.divisor)
            return _emit(writer, layout.MULTIPLY, left, right, node.divisor)
        case Divide():
            _expect_words(writer, node.factor)
            return _emit(writer, layout.DIVIDE, left, right, node.factor)
        case Compare():
            return _emit(writer, OPERATIONS[node.operator], left, right)
        case _:
            assert_never(node)


def _write_each(writer: Writer, operation: int, operands: Sequence[int]) -> int:
    found = operands[0]
    for operand in operands[1:]:
        found = _emit(writer, operation, found, operand)
    return found


def _write_sum(writer: Writer, operands: Sequence[int]) -> int:
    if len(operands) <= 2:
        return _write_each(writer, layout.ADD, operands)
    constants = [value for value in map(writer.value_of_constant, operands) if value is not None]
    if len(constants) == len(operands):
        with suppress(EngineFault):
            return writer.constant(total(constants))
    first = writer.new_place(len(operands))
    for number, operand in enumerate(operands):
        _instruct(writer, layout.COPY, first + number, operand)
    return _instruct(writer, layout.TOTAL, writer.new_place(), first, len(operands))


def _write_choice(writer: Writer, choice: If) -> int:
    condition = write(writer, choice.condition)
    known = writer.value_of_constant(condition)
    if known is not None:
        branches: dict[int, Callable[[], int]] = {
            TRUE: lambda: write(writer, choice.yes),
            FALSE: lambda: write(writer, choice.no),
            UNKNOWN: lambda: writer.constant(UNKNOWN),
        }
        return branches[known]()
    to = writer.new_place()
    branch = len(writer.code)
    _instruct(writer, layout.BRANCH, to, condition)
    _instruct(writer, layout.COPY, to, write(writer, choice.yes))
    jump = len(writer.code)
    _instruct(writer, layout.JUMP, 0, 0)
    writer.code[branch][3] = _next_instruction(writer)
    _instruct(writer, layout.COPY, to, write(writer, choice.no))
    writer.code[branch][4] = writer.code[jump][3] = _next_instruction(writer)
    return to


def _next_instruction(writer: Writer) -> int:
    return len(writer.code) * layout.INSTRUCTION_SIZE


def _emit(writer: Writer, operation: int, first: int, second: int = 0, third: int = 0) -> int:
    found = _worked_out(writer, operation, first, second, third)
    # A constant that overflows is a fault of the decision that computes it, not of the policy.
    if found is not None and found != FAULT:
        return writer.constant(found)
    return _instruct(writer, operation, writer.new_place(), first, second, third)


def _worked_out(writer: Writer, operation: int, first: int, second: int, third: int) -> int | None:
    left = writer.value_of_constant(first)
    if left is None:
        return None
    if operation < layout.ADD:
        return int(worked_out(operation, left, second, third))
    right = writer.value_of_constant(second)
    return None if right is None else int(worked_out(operation, left, right, third))


def _instruct(writer: Writer, operation: int, to: int, first: int, second: int = 0, third: int = 0) -> int:
    writer.code.append([operation, to, first, second, third])
    return to


def _expect_words(writer: Writer, *factors: int) -> None:
    for factor in factors:
        if not 0 < factor <= UNLIMITED:
            raise writer.unsupported(f"a conversion by {factor}")
