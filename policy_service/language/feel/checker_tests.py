"""Types the tests of a cell against the kind of its column."""

from typing import assert_never

from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import MILLION, UNLIMITED, Kind
from policy_service.language.feel.checker_arithmetic import brief, converted
from policy_service.language.feel.checker_context import Context
from policy_service.language.feel.checker_literals import plain_number, shown
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Constant,
    Expression,
    Interval,
    IsUnknown,
    Negate,
    NoneOf,
    Null,
    Operator,
    Round,
    Rounding,
    Test,
)
from policy_service.language.feel.syntax_trees import (
    AnythingTest,
    EndTest,
    IntervalTest,
    ListTest,
    NotTest,
    NullTest,
    Syntax,
    TestSyntax,
)

#: `days > 2.5` holds just where `days > 2`: how an end point between whole numbers moves to one.
_TO_WHOLE = {
    Operator.GREATER: Rounding.FLOOR,
    Operator.LESS_OR_EQUAL: Rounding.FLOOR,
    Operator.LESS: Rounding.CEILING,
    Operator.GREATER_OR_EQUAL: Rounding.CEILING,
}


def typed_test(test: TestSyntax, kind: Kind, context: Context) -> Test:
    """Return `test` typed for a column of `kind`."""
    context.spend(test, nodes=1, depth=1)
    context.allowance.depth += 1
    typed = _typed(test, kind, context)
    context.allowance.depth -= 1
    return typed


def _typed(test: TestSyntax, kind: Kind, context: Context) -> Test:
    match test:
        case AnythingTest():
            return Anything()
        case NullTest():
            return IsUnknown()
        case EndTest(operator, end):
            return _comparison(test, operator, end, kind, context)
        case IntervalTest():
            return _interval(test, kind, context)
        case ListTest(tests):
            return AnyOf(tuple(typed_test(each, kind, context) for each in tests))
        case NotTest(negated):
            return NoneOf(typed_test(negated, kind, context))
        case _:
            assert_never(test)


def interval_between(test: IntervalTest, low: Expression, high: Expression, kind: Kind, context: Context) -> Interval:
    """Return the interval between typed ends; L206 for kinds without order, L212 if nothing can lie in it."""
    _refuse_unordered("an interval", kind, test, context)
    for node, end in ((test.low, low), (test.high, high)):
        if isinstance(end, Null):
            raise _null_end(node, context)
    lowest, highest = _constant(low), _constant(high)
    if lowest is not None and highest is not None:
        if lowest > highest:
            raise context.error(
                "L212",
                f"The interval runs from {brief(test.low)} down to {brief(test.high)}.",
                test,
                "Write the lower end first.",
            )
        if lowest + (not test.includes_low) > highest - (not test.includes_high):
            raise context.error(
                "L212",
                f"No value of kind {kind} lies between {brief(test.low)} and {brief(test.high)}, the ends left out.",
                test,
                "Include an end by a square bracket, or widen the interval.",
            )
    return Interval(low, high, test.includes_low, test.includes_high)


def _interval(test: IntervalTest, kind: Kind, context: Context) -> Interval:
    _refuse_unordered("an interval", kind, test, context)
    above = Operator.GREATER_OR_EQUAL if test.includes_low else Operator.GREATER
    below = Operator.LESS_OR_EQUAL if test.includes_high else Operator.LESS
    low, high = _end(test.low, above, kind, context), _end(test.high, below, kind, context)
    return interval_between(test, low, high, kind, context)


def _comparison(test: EndTest, operator: Operator, end: Syntax, kind: Kind, context: Context) -> Comparison:
    if operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
        _refuse_unordered(f"“{operator}”", kind, test, context)
    return Comparison(operator, _end(end, operator, kind, context))


def _refuse_unordered(found: str, kind: Kind, test: TestSyntax, context: Context) -> None:
    if not kind.is_ordered:
        remedy = "List the values, as in A, B." if kind is Kind.CATEGORY else "Write true or false."
        raise context.error("L206", f"The column is a {kind}, which has no order for {found}.", test, remedy)


def _end(node: Syntax, operator: Operator, kind: Kind, context: Context) -> Expression:
    end = context.typed(node, kind)
    if isinstance(end, Null):
        raise _null_end(node, context)
    if end.kind is kind or (end.kind.is_whole and kind.is_whole):
        return end
    if kind is Kind.NUMBER and end.kind.is_whole:
        return converted(end, kind, context.scope.currency)
    number = plain_number(node)
    if kind.is_whole and end.kind is Kind.NUMBER and number is not None:
        raise context.error(
            "L208", f"{shown(number)} is not whole, as the {kind} of the column are.", node, "Write a whole number."
        )
    if kind.is_whole and end.kind is Kind.NUMBER and operator in _TO_WHOLE:
        return converted(Round(_TO_WHOLE[operator], end, MILLION, Kind.NUMBER), kind, context.scope.currency)
    raise context.error(
        "L205",
        f"The column is of kind {kind}, but {brief(node)} is of kind {end.kind}.",
        node,
        remedy_for_comparison(kind, end.kind),
    )


def remedy_for_comparison(one: Kind, other: Kind) -> str:
    """Return what to do about a comparison of two kinds that do not compare."""
    kinds = {one, other}
    if Kind.MONEY in kinds and kinds & {Kind.NUMBER, Kind.INTEGER, Kind.DAYS}:
        return "Compare amounts with amounts: multiply the number by an amount, or declare it as money."
    if kinds == {Kind.DATE, Kind.CATEGORY}:
        return "Write dates without quotes, as 2026-03-01."
    if Kind.DATE in kinds:
        return "Compare a date with a date, or the days between two dates with a number."
    if Kind.CATEGORY in kinds:
        return "Compare a category with a text in double quotes or with a category."
    if Kind.BOOLEAN in kinds:
        return "Compare a boolean with true or false."
    return "Use < and > on both sides of it instead of =, or declare both as one kind."


def _null_end(node: Syntax, context: Context) -> PolicyTextError:
    return context.error("L114", "null is no end point.", node, "Write the cell null for the unknown.")


def _constant(end: Expression) -> int | None:
    match end:
        case Constant(value):
            return value
        case Negate(Constant(value)) if value != UNLIMITED:
            return -value
        case _:
            return None
