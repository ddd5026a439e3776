"""The branches of `if` that two formulas can take at two points, each with what is known in it."""

from collections.abc import Collection, Iterator
from typing import TypeAlias

from policy_service.language.feel.expressions import Expression, If
from policy_service.linter.claims.situations import Relation, Situation, contradicts
from policy_service.linter.regions.narrowing import narrowed
from policy_service.linter.regions.trees import names_in

#: A branch of each of two formulas, each with its point.
BranchPair: TypeAlias = tuple[Expression, Situation, Expression, Situation]


def branch_pairs(
    left: Expression,
    at: Situation,
    right: Expression,
    to: Situation,
    apart: Collection[tuple[bool, bool]] = (),
) -> Iterator[BranchPair]:
    """Yield the branches that the two formulas can take together, each with what is known in it.

    `apart` are the answers of the two conditions that cannot be given together.
    """
    is_same = _same_condition(left, right, at, to)
    for one, one_at, choice in branches(left, at):
        for two, two_at, other in branches(right, to):
            if (is_same and choice != other) or (choice, other) in apart:
                continue
            if not contradicts(one_at, two_at):
                yield one, one_at, two, two_at


def branches(expression: Expression, at: Situation) -> Iterator[tuple[Expression, Situation, bool | None]]:
    """Yield the branches of an `if` that can be taken, with what is known there and whether the condition holds."""
    if not isinstance(expression, If):
        yield expression, at, None
        return
    for holds, branch in ((True, expression.yes), (False, expression.no)):
        ranges = narrowed(expression.condition, at.ranges, holds=holds)
        if ranges is not None:
            yield branch, at.narrowed_to(ranges), holds


def _same_condition(left: Expression, right: Expression, at: Situation, to: Situation) -> bool:
    if not isinstance(left, If) or not isinstance(right, If) or left.condition != right.condition:
        return False
    return at.is_later == to.is_later or all(at.relation(name) is Relation.SAME for name in names_in(left.condition))
