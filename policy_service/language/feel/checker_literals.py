"""Formulas made of literals alone: they take the kind that their surroundings need."""

from decimal import Decimal
from typing import Final

from policy_service.domain.amounts import decimal_text, refuse_needless_decimals, to_scaled
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import Kind, scale
from policy_service.language.feel.checker_context import Context
from policy_service.language.feel.expressions import Constant
from policy_service.language.feel.syntax_trees import (
    Arithmetic,
    Call,
    Conditional,
    Minus,
    NullLiteral,
    NumberLiteral,
    Syntax,
)

#: Functions whose result has the kind of their arguments.
OF_ONE_KIND: Final = frozenset({"min", "max", "sum"})
ROUNDINGS: Final = frozenset({"round", "floor", "ceiling"})


def is_literal(node: Syntax) -> bool:
    """Whether `node` is made of numbers and nulls alone, so that its kind is still open."""
    match node:
        case NumberLiteral() | NullLiteral():
            return True
        case Minus(operand):
            return is_literal(operand)
        case Arithmetic(_, left, right):
            return is_literal(left) and is_literal(right)
        case Conditional(_, yes, no):
            return is_literal(yes) and is_literal(no)
        case Call(function, arguments) if function in OF_ONE_KIND:
            return all(is_literal(argument) for argument in arguments)
        case Call(function, arguments) if function in ROUNDINGS or function == "abs":
            return bool(arguments) and is_literal(arguments[0])
        case _:
            return False


def kind_of_literals(node: Syntax, wanted: Kind | None) -> Kind | None:
    """Return the kind that literals take where `wanted` is needed; none for a lone null where nothing is."""
    natural = _natural_kind(node)
    if natural is None or wanted is None:
        return wanted if natural is None else natural
    if wanted.is_whole:
        return Kind.NUMBER if natural is Kind.NUMBER else wanted
    return wanted if wanted.is_numeric else natural


def literal(value: Decimal, kind: Kind, node: Syntax, context: Context) -> Constant:
    """Return the constant; L208 for decimals that `kind` does not hold, L209 outside the range."""
    try:
        if kind is Kind.MONEY:
            refuse_needless_decimals(value, context.scope.currency)
        return Constant(to_scaled(value, scale(kind, context.scope.currency)), kind)
    except PolicyTextError as error:
        code = "L208" if error.code == "L232" else error.code
        of_kind = f"{context.scope.currency.code} amount" if kind is Kind.MONEY else kind.value
        raise context.error(code, f"As {of_kind}: {error.message}", node, error.remedy) from error


def plain_number(node: Syntax) -> Decimal | None:
    """Return the signed number that `node` writes, if it is just that."""
    match node:
        case NumberLiteral(value):
            return value
        case Minus(NumberLiteral(value)):
            return value.copy_negate()
        case _:
            return None


def whole_literal(node: Syntax, smallest: int, largest: int) -> int | None:
    """Return the whole number that `node` writes, if it is just that and within the bounds."""
    value = plain_number(node)
    if value is None or not smallest <= value <= largest or value != int(value):
        return None
    return int(value)


def shown(value: Decimal) -> str:
    """Return a literal as messages quote it."""
    return decimal_text(value)[:40]


def _natural_kind(node: Syntax) -> Kind | None:
    match node:
        case NumberLiteral(value):
            return Kind.INTEGER if value == value.to_integral_value() else Kind.NUMBER
        case Minus(operand):
            return _natural_kind(operand)
        case Arithmetic("/", _, _):
            return Kind.NUMBER
        case Arithmetic("*", left, right):
            whole = _natural_kind(left) is Kind.INTEGER and _natural_kind(right) is Kind.INTEGER
            return Kind.INTEGER if whole else Kind.NUMBER
        case Arithmetic("**", left, _):
            return _natural_kind(left) or Kind.NUMBER
        case Arithmetic(_, left, right) | Conditional(_, left, right):
            return _wider(_natural_kind(left), _natural_kind(right))
        case Call(function, arguments):
            return _natural_of_call(function, arguments)
        case _:
            return None


def _natural_of_call(function: str, arguments: tuple[Syntax, ...]) -> Kind | None:
    widest: Kind | None = None
    for argument in arguments if function in OF_ONE_KIND else arguments[:1]:
        widest = _wider(widest, _natural_kind(argument))
    return widest


def _wider(one: Kind | None, other: Kind | None) -> Kind | None:
    if one is None or other is None:
        return one or other
    return Kind.NUMBER if Kind.NUMBER in (one, other) else Kind.INTEGER
