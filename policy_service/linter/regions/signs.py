"""What is known of the sign of a formula at a point, and whether two are one value."""

from policy_service.language.feel.expressions import Expression
from policy_service.linter.claims.situations import Relation, Situation
from policy_service.linter.regions.evaluation import evaluate
from policy_service.linter.regions.trees import names_in


def is_never_negative(expression: Expression, at: Situation) -> bool:
    """Return whether no value that the formula can have at the point lies below zero."""
    value = evaluate(expression, at.ranges)
    return value.is_empty or value.low >= 0


def is_never_positive(expression: Expression, at: Situation) -> bool:
    """Return whether no value that the formula can have at the point lies above zero."""
    value = evaluate(expression, at.ranges)
    return value.is_empty or value.high <= 0


def is_one_value(one: Expression, at: Situation, other: Expression, to: Situation) -> bool:
    """Return whether two formulas, each at its point, are shown to have the same value where both have one."""
    if one == other and all(at.relation(name) is Relation.SAME for name in names_in(one)):
        return True
    low, high = evaluate(one, at.ranges), evaluate(other, to.ranges)
    return low.low == low.high == high.low == high.high
