"""Walks over typed trees: the nodes below a node, and the names that a formula or a cell reads."""

from typing import assert_never

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
    Or,
    Pick,
    Power,
    Round,
    Satisfies,
    Subtract,
    Sum,
    Test,
)


def children(node: Expression | Test) -> tuple[Expression | Test, ...]:
    """Return the nodes directly below `node`, in the order of its text."""
    match node:
        case Constant() | Null() | Name() | Anything() | IsUnknown():
            return ()
        case Convert(operand) | Negate(operand) | Absolute(operand) | Not(operand) | IsNull(operand):
            return (operand,)
        case Power(operand) | Round(_, operand):
            return (operand,)
        case Add(left, right) | Subtract(left, right) | Multiply(left, right) | Divide(left, right):
            return (left, right)
        case Compare(_, left, right):
            return (left, right)
        case Pick(_, operands) | Sum(operands) | And(operands) | Or(operands):
            return operands
        case If(condition, yes, no):
            return (condition, yes, no)
        case Satisfies(operand, test):
            return (operand, test)
        case _:
            return _test_children(node)


def names_in(node: Expression | Test) -> frozenset[Name]:
    """Return every fact, parameter and output that `node` reads."""
    found, waiting = set[Name](), [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Name):
            found.add(one)
        else:
            waiting.extend(children(one))
    return frozenset(found)


def size_and_depth(node: Expression | Test) -> tuple[int, int]:
    """Return how many nodes `node` has, itself included, and in how many levels."""
    nodes, levels, layer = 0, 0, [node]
    while layer:
        nodes, levels = nodes + len(layer), levels + 1
        layer = [child for parent in layer for child in children(parent)]
    return nodes, levels


def _test_children(test: Comparison | Interval | AnyOf | NoneOf) -> tuple[Expression | Test, ...]:
    match test:
        case Comparison(_, end):
            return (end,)
        case Interval(low, high):
            return (low, high)
        case AnyOf(tests):
            return tests
        case NoneOf(negated):
            return (negated,)
        case _:
            assert_never(test)
