"""What a condition or a cell that holds says about the names it tests."""

from collections.abc import Iterable
from typing import Final

from policy_service.domain.values import FALSE, TRUE
from policy_service.language.feel.expressions import (
    And,
    AnyOf,
    Anything,
    Compare,
    Comparison,
    Expression,
    Interval,
    IsNull,
    Name,
    Not,
    Operator,
    Or,
    Satisfies,
    Test,
)
from policy_service.linter.regions.evaluation import Ranges, evaluate
from policy_service.linter.regions.ranges import MISSING, Range, hull, point

_OPPOSITE: Final = {
    Operator.EQUAL: Operator.NOT_EQUAL,
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.LESS: Operator.GREATER_OR_EQUAL,
    Operator.GREATER_OR_EQUAL: Operator.LESS,
    Operator.GREATER: Operator.LESS_OR_EQUAL,
    Operator.LESS_OR_EQUAL: Operator.GREATER,
}
_MIRRORED: Final = {
    Operator.EQUAL: Operator.EQUAL,
    Operator.NOT_EQUAL: Operator.NOT_EQUAL,
    Operator.LESS: Operator.GREATER,
    Operator.GREATER: Operator.LESS,
    Operator.LESS_OR_EQUAL: Operator.GREATER_OR_EQUAL,
    Operator.GREATER_OR_EQUAL: Operator.LESS_OR_EQUAL,
}


def narrowed(condition: Expression, ranges: Ranges, *, holds: bool) -> Ranges | None:
    """Return the ranges where the condition holds (or fails); None where it cannot."""
    value = evaluate(condition, ranges)
    if value.is_empty or (holds and value.high == 0) or (not holds and value.low == 1):
        return None
    match condition:
        case And(operands=operands) if holds:
            return _all(operands, ranges, holds=True)
        case Or(operands=operands) if not holds:
            return _all(operands, ranges, holds=False)
        case And(operands=operands) | Or(operands=operands):
            return _one_of(operands, ranges, holds=holds)
        case Not(operand=operand):
            return narrowed(operand, ranges, holds=not holds)
        case Satisfies(operand=Name() as name, test=test) if holds:
            return narrowed_by_cell(name, test, ranges)
        case Name():
            return {**ranges, condition: point(TRUE if holds else FALSE)}
        case IsNull(operand=Name() as name):
            known = evaluate(name, ranges)
            return {**ranges, name: MISSING if holds else Range(known.low, known.high)}
        case Compare(operator=operator, left=left, right=right):
            operator = operator if holds else _OPPOSITE[operator]
            found = _one(left, operator, right, ranges)
            return None if found is None else _one(right, _MIRRORED[operator], left, found)
        case _:
            return ranges


def narrowed_by_cell(name: Expression, test: Test, ranges: Ranges) -> Ranges | None:
    """Return the ranges where the cell matches; None where it cannot. Only a plain name is narrowed."""
    if not isinstance(name, Name) or isinstance(test, Anything):
        return ranges
    value = evaluate(name, ranges)
    found = _fitting(value, test, ranges)
    return None if found.is_empty and not found.unknown else {**ranges, name: found}


def _all(conditions: Iterable[Expression], ranges: Ranges, *, holds: bool) -> Ranges | None:
    found: Ranges | None = ranges
    for each in conditions:
        found = narrowed(each, found, holds=holds) if found is not None else None
    return found


def _one_of(conditions: Iterable[Expression], ranges: Ranges, *, holds: bool) -> Ranges | None:
    found = [each for condition in conditions if (each := narrowed(condition, ranges, holds=holds)) is not None]
    return found[0] if len(found) == 1 else ranges


def _one(name: Expression, operator: Operator, end: Expression, ranges: Ranges) -> Ranges | None:
    return narrowed_by_cell(name, Comparison(operator, end), ranges)


def _fitting(value: Range, test: Test, ranges: Ranges) -> Range:
    match test:
        case Comparison(operator=operator, end=end):
            return _bounded(value, operator, evaluate(end, ranges))
        case Interval(low=low, high=high, includes_low=includes_low, includes_high=includes_high):
            floor = Operator.GREATER_OR_EQUAL if includes_low else Operator.GREATER
            ceiling = Operator.LESS_OR_EQUAL if includes_high else Operator.LESS
            return _bounded(_bounded(value, floor, evaluate(low, ranges)), ceiling, evaluate(high, ranges))
        case AnyOf(tests=tests):
            found = [_fitting(value, each, ranges) for each in tests]
            return hull([each for each in found if not each.is_empty or each.unknown] or [Range(1, 0)])
        case _:
            return value


def _bounded(value: Range, operator: Operator, end: Range) -> Range:
    if end.is_empty:
        return Range(1, 0)
    match operator:
        case Operator.EQUAL:
            return Range(max(value.low, end.low), min(value.high, end.high))
        case Operator.LESS:
            return Range(value.low, min(value.high, end.high - 1))
        case Operator.LESS_OR_EQUAL:
            return Range(value.low, min(value.high, end.high))
        case Operator.GREATER:
            return Range(max(value.low, end.low + 1), value.high)
        case Operator.GREATER_OR_EQUAL:
            return Range(max(value.low, end.low), value.high)
        case _:
            return Range(value.low, value.high)
