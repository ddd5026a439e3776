"""The typing rules of arithmetic over typed operands: which kinds meet, what they make, how it is rescaled."""

from math import gcd

from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import Currency, Kind, scale
from policy_service.language.feel.checker_context import Context
from policy_service.language.feel.expressions import Add, Convert, Divide, Expression, Multiply, Subtract
from policy_service.language.feel.syntax import expression_text
from policy_service.language.feel.syntax_trees import Arithmetic, Syntax


def common_kind(one: Kind, other: Kind) -> Kind | None:
    """Return the kind that both can be read as without loss, if there is one."""
    if one is other:
        return one
    if one.is_whole and other.is_whole:
        return Kind.DAYS
    if {one, other} <= {Kind.NUMBER, Kind.INTEGER, Kind.DAYS}:
        return Kind.NUMBER
    return None


def converted(expression: Expression, kind: Kind, currency: Currency) -> Expression:
    """Return `expression` read as `kind`; an integer and days are the same integers and need no node."""
    if expression.kind is kind or (expression.kind.is_whole and kind.is_whole):
        return expression
    factor, divisor = scale(kind, currency), scale(expression.kind, currency)
    shared = gcd(factor, divisor)
    return Convert(expression, factor // shared, divisor // shared, kind)


def added(node: Arithmetic, left: Expression, right: Expression, context: Context) -> Expression:
    """Return the sum or difference: of one kind, dates and whole days, or L204."""
    kinds = left.kind, right.kind
    currency = context.scope.currency
    if node.operator == "-":
        if kinds == (Kind.DATE, Kind.DATE):
            return Subtract(left, right, Kind.DAYS)
        if left.kind is Kind.DATE and right.kind.is_whole:
            return Subtract(left, right, Kind.DATE)
    elif Kind.DATE in kinds and (left.kind.is_whole or right.kind.is_whole):
        return Add(left, right, Kind.DATE)
    kind = common_kind(*kinds)
    if kind is None or not kind.is_numeric:
        raise _unmixable(node, left, right, context)
    made = Add if node.operator == "+" else Subtract
    return made(converted(left, kind, currency), converted(right, kind, currency), kind)


def multiplied(node: Arithmetic, left: Expression, right: Expression, context: Context) -> Expression:
    """Return the product: money by a number, numbers, whole numbers; else L204."""
    kind = _kind_of_product(left.kind, right.kind)
    if kind is None:
        raise _unmixable(node, left, right, context)
    currency = context.scope.currency
    divisor = scale(left.kind, currency) * scale(right.kind, currency) // scale(kind, currency)
    return Multiply(left, right, divisor, kind)


def divided(node: Arithmetic, left: Expression, right: Expression, context: Context) -> Expression:
    """Return the quotient: money by a number is money, everything else a number; else L204."""
    kind = _kind_of_quotient(left.kind, right.kind)
    if kind is None:
        raise _unmixable(node, left, right, context)
    currency = context.scope.currency
    factor = scale(kind, currency) * scale(right.kind, currency) // scale(left.kind, currency)
    return Divide(left, right, factor, kind)


def brief(node: Syntax) -> str:
    """Return the text of `node` as messages quote it."""
    text = expression_text(node)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _kind_of_product(left: Kind, right: Kind) -> Kind | None:
    if not (left.is_numeric and right.is_numeric):
        return None
    if Kind.MONEY in (left, right):
        return Kind.MONEY if left is not right else None
    if Kind.NUMBER in (left, right):
        return Kind.NUMBER
    if Kind.DAYS in (left, right):
        return Kind.DAYS if left is not right else None
    return Kind.INTEGER


def _kind_of_quotient(left: Kind, right: Kind) -> Kind | None:
    if not (left.is_numeric and right.is_numeric):
        return None
    if left is Kind.MONEY:
        return Kind.NUMBER if right is Kind.MONEY else Kind.MONEY
    return Kind.NUMBER if right is not Kind.MONEY else None


def _unmixable(node: Arithmetic, left: Expression, right: Expression, context: Context) -> PolicyTextError:
    return context.error(
        "L204",
        f"“{brief(node)}” mixes {left.kind} ({brief(node.left)}) with {right.kind} ({brief(node.right)}); "
        f"“{node.operator}” is not defined on them.",
        node,
        _remedy(node.operator, left.kind, right.kind),
    )


def _remedy(operator: str, left: Kind, right: Kind) -> str:
    kinds = {left, right}
    if kinds & {Kind.BOOLEAN, Kind.CATEGORY}:
        return "Compute with numbers, amounts and dates; choose by “if … then … else …”."
    if Kind.DATE in kinds:
        return "Dates take whole days added or taken away, and one date less another gives days."
    if kinds == {Kind.MONEY} and operator == "*":
        return "Multiply an amount by a number, or divide one of the amounts by an amount first."
    if kinds == {Kind.DAYS}:
        return "Divide one of them by days first, or make one an integer."
    if operator == "/":
        return "Divide an amount by an amount (a number) or by a number (an amount)."
    return "Add amounts to amounts: multiply the number by an amount, or declare it as money."
