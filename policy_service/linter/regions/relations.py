"""Which of two formulas is at most the other, over all points or between two points of which one lies further on.

A claim such as "credit_limit never rises with avg_days_late_12m" compares two points, the earlier and the later,
that differ in the fact named and in what follows from it. `is_at_most` is sound and not complete: True is a proof,
False says nothing. Where either formula has no value (unknown), there is nothing to compare.
"""

from collections.abc import Sequence
from typing import TypeAlias

from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    And,
    Compare,
    Constant,
    Convert,
    Divide,
    Expression,
    Extreme,
    If,
    Multiply,
    Name,
    Negate,
    Not,
    Operator,
    Or,
    Pick,
    Power,
    Round,
    Rounding,
    Subtract,
    Sum,
)
from policy_service.linter.claims.situations import Relation, Situation
from policy_service.linter.regions.branching import branch_pairs
from policy_service.linter.regions.evaluation import Ranges, evaluate
from policy_service.linter.regions.signs import is_never_negative, is_never_positive, is_one_value
from policy_service.linter.regions.trees import names_in

_Factors: TypeAlias = tuple[Expression, Expression]


def is_at_most_here(left: Expression, right: Expression, ranges: Ranges) -> bool:
    """Return whether `left <= right` is proved at every one point."""
    here = Situation(ranges)
    return is_at_most(left, here, right, here)


def relation_of(expression: Expression, earlier: Situation, later: Situation) -> Relation:
    """Return how a formula moves from the earlier to the later point, as far as it can be shown."""
    if all(earlier.relation(name) is Relation.SAME for name in names_in(expression)):
        return Relation.SAME
    if expression.kind is Kind.CATEGORY and not isinstance(expression, Name):
        return Relation.UNCLEAR
    if isinstance(expression, Name):
        return earlier.relation(expression)
    if is_at_most(expression, earlier, expression, later):
        return Relation.RISES
    return Relation.FALLS if is_at_most(expression, later, expression, earlier) else Relation.UNCLEAR


def is_at_most(left: Expression, at: Situation, right: Expression, to: Situation) -> bool:
    """Return whether `left` at one point is proved at most `right` at the other (or at the same)."""
    if not at.work.spend():
        return False
    low, high = evaluate(left, at.ranges), evaluate(right, to.ranges)
    if low.high <= high.low or low.is_empty or high.is_empty:
        return True
    if low.low > high.high and not low.unknown and not high.unknown:
        return False
    if left == right and _stays(left, at, to):
        return True
    if isinstance(left, If) or isinstance(right, If):
        return _over_branches(left, at, right, to)
    return _same_shape(left, at, right, to) or _one_side(left, at, right, to)


def _stays(expression: Expression, at: Situation, to: Situation) -> bool:
    if at.is_later == to.is_later:
        return True
    if isinstance(expression, Name):
        wanted = Relation.FALLS if at.is_later else Relation.RISES
        return at.relation(expression) in (Relation.SAME, wanted) and expression.kind is not Kind.CATEGORY
    return all(at.relation(name) is Relation.SAME for name in names_in(expression))


def _over_branches(left: Expression, at: Situation, right: Expression, to: Situation) -> bool:
    apart = answers_apart(left, at, right, to)
    pairs = branch_pairs(left, at, right, to, apart)
    return all(is_at_most(one, one_at, two, two_at) for one, one_at, two, two_at in pairs)


def answers_apart(left: Expression, at: Situation, right: Expression, to: Situation) -> frozenset[tuple[bool, bool]]:
    """Return which answers one condition cannot give at the two points, because it only rises, or only falls."""
    if not isinstance(left, If) or not isinstance(right, If) or left.condition != right.condition:
        return frozenset()
    condition = left.condition
    rises = is_at_most(condition, at, condition, to)
    falls = is_at_most(condition, to, condition, at)
    return frozenset([(True, False)] * rises + [(False, True)] * falls)


def _same_shape(left: Expression, at: Situation, right: Expression, to: Situation) -> bool:
    match left, right:
        case Add(), Add():
            return (is_at_most(left.left, at, right.left, to) and is_at_most(left.right, at, right.right, to)) or (
                is_at_most(left.left, at, right.right, to) and is_at_most(left.right, at, right.left, to)
            )
        case Subtract(), Subtract():
            return is_at_most(left.left, at, right.left, to) and is_at_most(right.right, to, left.right, at)
        case Multiply(), Multiply():
            return _multiples(left, at, right, to) or (
                left.divisor == right.divisor
                and any(
                    _scaled((left.left, left.right), at, others, to)
                    or _scaled((left.right, left.left), at, others, to)
                    or _products((left.left, left.right), at, others, to)
                    for others in _either_way(right)
                )
            )
        case Divide(), Divide():
            return left.factor == right.factor and (
                _quotients(left, at, right, to) or _scaled((left.left, left.right), at, (right.left, right.right), to)
            )
        case Sum(), Sum():
            return _pairwise(left.operands, at, right.operands, to)
        case _:
            return _same_step(left, at, right, to) or _same_condition_shape(left, at, right, to)


def _same_step(left: Expression, at: Situation, right: Expression, to: Situation) -> bool:
    match left, right:
        case Negate(), Negate():
            return is_at_most(right.operand, to, left.operand, at)
        case Convert(), Convert():
            return (left.factor, left.divisor) == (right.factor, right.divisor) and is_at_most(
                left.operand, at, right.operand, to
            )
        case Round(), Round():
            return (left.unit, left.rounding) == (right.unit, right.rounding) and is_at_most(
                left.operand, at, right.operand, to
            )
        case Absolute(), Absolute():
            return (is_never_negative(left.operand, at) and is_at_most(left.operand, at, right.operand, to)) or (
                is_never_positive(left.operand, at) and is_at_most(right.operand, to, left.operand, at)
            )
        case Power(), Power():
            return (
                (left.exponent, left.unit) == (right.exponent, right.unit)
                and is_never_negative(left.base, at)
                and is_at_most(left.base, at, right.base, to)
            )
        case _:
            return False


def _same_condition_shape(left: Expression, at: Situation, right: Expression, to: Situation) -> bool:
    match left, right:
        case Compare(), Compare():
            return left.operator is right.operator and _comparisons(left, at, right, to)
        case And(), And():
            return _pairwise(left.operands, at, right.operands, to)
        case Or(), Or():
            return _pairwise(left.operands, at, right.operands, to)
        case Not(), Not():
            return is_at_most(right.operand, to, left.operand, at)
        case _:
            return False


def _pairwise(left: Sequence[Expression], at: Situation, right: Sequence[Expression], to: Situation) -> bool:
    return len(left) == len(right) and all(is_at_most(one, at, two, to) for one, two in zip(left, right, strict=True))


def _products(factors: _Factors, at: Situation, others: _Factors, to: Situation) -> bool:
    # a*b <= c*b <= c*d, or a*b <= a*d <= c*d, over factors that are never negative.
    (a, b), (c, d) = factors, others
    if not (is_at_most(a, at, c, to) and is_at_most(b, at, d, to)):
        return False
    return (is_never_negative(b, at) and is_never_negative(c, to)) or (
        is_never_negative(a, at) and is_never_negative(d, to)
    )


def _scaled(factors: _Factors, at: Situation, others: _Factors, to: Situation) -> bool:
    # a*b <= c*b and a/b <= c/b whatever the signs of a and c, where b is one value, at both points the same.
    (a, b), (c, d) = factors, others
    if not is_one_value(b, at, d, to):
        return False
    return (is_never_negative(b, at) and is_at_most(a, at, c, to)) or (
        is_never_positive(b, at) and is_at_most(c, to, a, at)
    )


def _multiples(left: Multiply, at: Situation, right: Multiply, to: Situation) -> bool:
    # The shares may be written in other units (2 and 1.5), so they are compared with their divisors.
    for base, share in _either_way(left):
        for other, larger in _either_way(right):
            low, high = evaluate(share, at.ranges), evaluate(larger, to.ranges)
            if (
                low.low >= 0
                and low.high * right.divisor <= high.low * left.divisor
                and base.kind is other.kind
                and is_never_negative(other, to)
                and is_at_most(base, at, other, to)
            ):
                return True
    return False


def _quotients(left: Divide, at: Situation, right: Divide, to: Situation) -> bool:
    # By zero there is no value, so that a divisor which is never negative is as good as a positive one.
    return (
        is_never_negative(right.right, to)
        and is_never_negative(right.left, to)
        and is_at_most(left.left, at, right.left, to)
        and is_at_most(right.right, to, left.right, at)
    )


def _comparisons(left: Compare, at: Situation, right: Compare, to: Situation) -> bool:
    if left.operator in (Operator.GREATER, Operator.GREATER_OR_EQUAL):
        return is_at_most(left.left, at, right.left, to) and is_at_most(right.right, to, left.right, at)
    if left.operator in (Operator.LESS, Operator.LESS_OR_EQUAL):
        return is_at_most(right.left, to, left.left, at) and is_at_most(left.right, at, right.right, to)
    return False


def _one_side(left: Expression, at: Situation, right: Expression, to: Situation) -> bool:
    match left:
        case Pick(extreme=Extreme.MIN, operands=operands) if any(is_at_most(one, at, right, to) for one in operands):
            return True
        case Pick(extreme=Extreme.MAX, operands=operands):
            return all(is_at_most(one, at, right, to) for one in operands)
        case Subtract() if is_never_negative(left.right, at) and is_at_most(left.left, at, right, to):
            return True
        case Add() if any(
            is_never_positive(one, at) and is_at_most(other, at, right, to)
            for one, other in ((left.left, left.right), (left.right, left.left))
        ):
            return True
        case Round(rounding=Rounding.FLOOR) if is_at_most(left.operand, at, right, to):
            return True
        case Multiply() if any(_shrinks(pair, left.divisor, at, right, to) for pair in _either_way(left)):
            return True
        case _:
            return _other_side(left, at, right, to)


def _other_side(left: Expression, at: Situation, right: Expression, to: Situation) -> bool:
    match right:
        case Pick(extreme=Extreme.MIN, operands=operands):
            return all(is_at_most(left, at, one, to) for one in operands)
        case Pick(extreme=Extreme.MAX, operands=operands):
            return any(is_at_most(left, at, one, to) for one in operands)
        case Add():
            return (is_never_negative(right.right, to) and is_at_most(left, at, right.left, to)) or (
                is_never_negative(right.left, to) and is_at_most(left, at, right.right, to)
            )
        case Subtract():
            return is_never_positive(right.right, to) and is_at_most(left, at, right.left, to)
        case Round(rounding=Rounding.CEILING):
            return is_at_most(left, at, right.operand, to)
        case Multiply():
            return any(_grows(pair, right.divisor, to, left, at) for pair in _either_way(right))
        case _:
            return False


def _either_way(product: Multiply) -> tuple[_Factors, _Factors]:
    return (product.left, product.right), (product.right, product.left)


def _shrinks(factors: _Factors, divisor: int, at: Situation, right: Expression, to: Situation) -> bool:
    base, share = factors
    if base.kind is not right.kind:
        return False
    value = evaluate(share, at.ranges)
    is_a_share = value.low >= 0 and value.high <= divisor
    return is_a_share and is_never_negative(base, at) and is_at_most(base, at, right, to)


def _grows(factors: _Factors, divisor: int, to: Situation, left: Expression, at: Situation) -> bool:
    base, share = factors
    if base.kind is not left.kind or isinstance(base, Constant):
        return False
    value = evaluate(share, to.ranges)
    return value.low >= divisor and is_never_negative(base, to) and is_at_most(left, at, base, to)
