"""Which values a cell with constant end points matches, as sorted stretches of the representation."""

from collections.abc import Sequence
from typing import Final, TypeAlias, assert_never

from policy_service.domain.values import SMALLEST, UNLIMITED
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Interval,
    IsUnknown,
    NoneOf,
    Operator,
    Test,
)
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.trees import ends

#: Sorted, disjoint stretches of values, both ends included.
Stretches: TypeAlias = tuple[tuple[int, int], ...]
_EVERYTHING: Final[Stretches] = ((SMALLEST, UNLIMITED),)


def is_constant(test: Test, knowledge: Knowledge) -> bool:
    """Return whether every end point is a literal, or a parameter as it stands."""
    return all(knowledge.constant(end) is not None for end in ends(test))


def solution(test: Test, knowledge: Knowledge) -> Stretches:
    """Return the known values that a test with constant end points matches."""
    match test:
        case Anything():
            return _EVERYTHING
        case IsUnknown():
            return ()
        case Comparison(operator=operator, end=end):
            value = knowledge.constant(end)
            return () if value is None else _half_line(operator, value)
        case Interval(low=low, high=high, includes_low=includes_low, includes_high=includes_high):
            first, last = knowledge.constant(low), knowledge.constant(high)
            if first is None or last is None:
                return ()
            first, last = first + (not includes_low), last - (not includes_high)
            return ((first, last),) if first <= last else ()
        case AnyOf(tests=tests):
            return _merged([stretch for each in tests for stretch in solution(each, knowledge)])
        case NoneOf(test=inner):
            return _rest(solution(inner, knowledge))
        case _:
            assert_never(test)


def _half_line(operator: Operator, value: int) -> Stretches:
    match operator:
        case Operator.EQUAL:
            return ((value, value),)
        case Operator.NOT_EQUAL:
            return _rest(((value, value),))
        case Operator.LESS:
            return ((SMALLEST, value - 1),)
        case Operator.LESS_OR_EQUAL:
            return ((SMALLEST, value),)
        case Operator.GREATER:
            return ((value + 1, UNLIMITED),)
        case Operator.GREATER_OR_EQUAL:
            return ((value, UNLIMITED),)
        case _:
            assert_never(operator)


def _merged(stretches: Sequence[tuple[int, int]]) -> Stretches:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(stretches):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        elif low <= high:
            merged.append((low, high))
    return tuple(merged)


def _rest(stretches: Stretches) -> Stretches:
    rest = []
    start = SMALLEST
    for low, high in stretches:
        if start < low:
            rest.append((start, low - 1))
        start = high + 1
    if start <= UNLIMITED:
        rest.append((start, UNLIMITED))
    return tuple(rest)
