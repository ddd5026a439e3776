"""What a cell says in each bin of its column: match, no match, or unknown."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Expression,
    Interval,
    IsUnknown,
    NoneOf,
    Operator,
    Test,
)
from policy_service.linter.regions.axes import Axis, Bin, Side
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.stretches import Stretches, is_constant, solution


@dataclass(frozen=True, slots=True)
class Answer:
    """The bins in which a cell matches, and those in which it is unknown, as masks."""

    matches: int
    unclear: int


def answer(test: Test, axis: Axis, knowledge: Knowledge) -> Answer:
    """Return in which bins of the axis the test matches, and in which it is unknown."""
    unknown = axis.unknown_bin
    on_unknown = _on_unknown(test)
    matches, unclear = (unknown if on_unknown is True else 0), (unknown if on_unknown is None else 0)
    if is_constant(test, knowledge):
        return Answer(matches | _mask(solution(test, knowledge), axis), unclear)
    for number, each in enumerate(axis.bins):
        if not each.is_unknown:
            held = _holds(test, each, axis, knowledge)
            matches |= (held is True) << number
            unclear |= (held is None) << number
    return Answer(matches, unclear)


def _mask(stretches: Stretches, axis: Axis) -> int:
    if axis.kind is Kind.CATEGORY:
        return sum(1 << number for number, low in enumerate(axis.lows) if any(a <= low <= b for a, b in stretches))
    mask = 0
    for low, high in stretches:
        first, last = bisect_left(axis.lows, low), bisect_right(axis.lows, high)
        if last > first:
            mask |= ((1 << (last - first)) - 1) << first
    return mask


def _on_unknown(test: Test) -> bool | None:
    match test:
        case Anything() | IsUnknown():
            return True
        case Comparison() | Interval():
            return None
        case AnyOf(tests=tests):
            return any_of([_on_unknown(each) for each in tests])
        case NoneOf(test=inner):
            return none_of(_on_unknown(inner))
        case _:
            assert_never(test)


def any_of(answers: Sequence[bool | None]) -> bool | None:
    """Return the three-valued or."""
    if True in answers:
        return True
    return None if None in answers else False


def none_of(held: bool | None) -> bool | None:
    """Return the three-valued not."""
    return None if held is None else not held


def _holds(test: Test, each: Bin, axis: Axis, knowledge: Knowledge) -> bool | None:
    match test:
        case Anything():
            return True
        case IsUnknown():
            return False
        case Comparison(operator=operator, end=end):
            return _compares(operator, end, each, axis, knowledge)
        case Interval(low=low, high=high, includes_low=includes_low, includes_high=includes_high):
            floor = Operator.GREATER_OR_EQUAL if includes_low else Operator.GREATER
            ceiling = Operator.LESS_OR_EQUAL if includes_high else Operator.LESS
            sides = [_compares(floor, low, each, axis, knowledge), _compares(ceiling, high, each, axis, knowledge)]
            return none_of(any_of([none_of(side) for side in sides]))
        case AnyOf(tests=tests):
            return any_of([_holds(part, each, axis, knowledge) for part in tests])
        case NoneOf(test=inner):
            return none_of(_holds(inner, each, axis, knowledge))
        case _:
            assert_never(test)


def _compares(operator: Operator, end: Expression, each: Bin, axis: Axis, knowledge: Knowledge) -> bool | None:
    constant = knowledge.constant(end)
    if constant is None:
        side = each.sides[axis.moving.index(end)]
        return None if side is Side.UNKNOWN else _fits(operator, side)
    return _fits(operator, (each.low > constant) - (each.high < constant))


def _fits(operator: Operator, side: int) -> bool:
    match operator:
        case Operator.EQUAL:
            return side == 0
        case Operator.NOT_EQUAL:
            return side != 0
        case Operator.LESS:
            return side < 0
        case Operator.LESS_OR_EQUAL:
            return side <= 0
        case Operator.GREATER:
            return side > 0
        case Operator.GREATER_OR_EQUAL:
            return side >= 0
        case _:
            assert_never(operator)
