"""Types formulas: resolves names, gives literals the kind they need, and works out every conversion."""

from typing import Final, assert_never

from policy_service.domain.days import day_number
from policy_service.domain.values import FALSE, MILLION, TRUE, UNLIMITED, Kind
from policy_service.language.feel.checker_arithmetic import (
    added,
    brief,
    common_kind,
    converted,
    divided,
    multiplied,
)
from policy_service.language.feel.checker_calls import of_one_kind, typed_call
from policy_service.language.feel.checker_context import Context, meant_as_word, nearest
from policy_service.language.feel.checker_literals import (
    is_literal,
    kind_of_literals,
    literal,
    plain_number,
    whole_literal,
)
from policy_service.language.feel.checker_tests import interval_between, remedy_for_comparison, typed_test
from policy_service.language.feel.expressions import (
    And,
    Compare,
    Constant,
    Expression,
    If,
    IsNull,
    Negate,
    Not,
    Null,
    Operator,
    Or,
    Power,
    Satisfies,
)
from policy_service.language.feel.syntax_trees import (
    Arithmetic,
    Between,
    BooleanLiteral,
    Call,
    Comparing,
    Conditional,
    Conjunction,
    DateLiteral,
    Disjunction,
    IntervalTest,
    Membership,
    Minus,
    NameUse,
    Negation,
    NullLiteral,
    NumberLiteral,
    Syntax,
    TextLiteral,
    UnlimitedLiteral,
)

_HIGHEST_POWER: Final = 8


def typed_node(node: Syntax, context: Context, wanted: Kind | None) -> Expression:
    """Return `node` typed; literals that nothing else decides take the kind `wanted`."""
    match node:
        case NumberLiteral() | NullLiteral():
            return _open_literal(node, context, wanted)
        case TextLiteral(text):
            return Constant(context.scope.code_of(text), Kind.CATEGORY)
        case DateLiteral(day):
            return Constant(day_number(day), Kind.DATE)
        case BooleanLiteral(is_true):
            return Constant(TRUE if is_true else FALSE, Kind.BOOLEAN)
        case UnlimitedLiteral():
            return Constant(UNLIMITED, Kind.MONEY)
        case NameUse():
            return _resolved(node, context, wanted)
        case Minus():
            return _negative(node, context, wanted)
        case Arithmetic():
            return _computed(node, context, wanted)
        case Conditional():
            (yes, no), kind = of_one_kind((node.yes, node.no), context, wanted)
            return If(typed_condition(node.condition, context), yes, no, kind)
        case Call():
            return typed_call(node, context, wanted)
        case _:
            return _typed_test_of_values(node, context)


def typed_condition(node: Syntax, context: Context) -> Expression:
    """Return `node` typed as a condition; L213 if it is none."""
    condition = context.typed(node, Kind.BOOLEAN)
    if condition.kind is not Kind.BOOLEAN:
        raise context.error(
            "L213",
            f"A condition is wanted, but {brief(node)} is of kind {condition.kind}.",
            node,
            "Write a comparison such as “exposure > 0”, or a boolean fact.",
        )
    return condition


def _typed_test_of_values(
    node: Comparing | Between | Membership | Conjunction | Disjunction | Negation, context: Context
) -> Expression:
    match node:
        case Comparing():
            return _compared(node, context)
        case Between():
            return _between(node, context)
        case Membership(operand, test):
            value = context.typed(operand)
            return Satisfies(value, typed_test(test, value.kind, context))
        case Conjunction(operands):
            return And(tuple(typed_condition(operand, context) for operand in operands))
        case Disjunction(operands):
            return Or(tuple(typed_condition(operand, context) for operand in operands))
        case Negation(operand):
            return Not(typed_condition(operand, context))
        case _:
            assert_never(node)


def _open_literal(node: NumberLiteral | NullLiteral, context: Context, wanted: Kind | None) -> Expression:
    kind = kind_of_literals(node, wanted)
    if kind is None:
        raise context.error(
            "L211", "Nothing here tells what kind of value null is.", node, "Write “x = null”, or declare the type."
        )
    return Null(kind) if isinstance(node, NullLiteral) else literal(node.value, kind, node, context)


def _resolved(node: NameUse, context: Context, wanted: Kind | None) -> Expression:
    known = context.scope.names if context.bindings is None else context.bindings
    binding = context.bindings.get(node.name) if context.bindings is not None else None
    if binding is not None:
        context.spend(node, binding.nodes, binding.depth)
        return binding.expression
    name = context.scope.names.get(node.name) if context.bindings is None else None
    if wanted is Kind.CATEGORY and "." not in node.name and (name is None or name.kind is not Kind.CATEGORY):
        return Constant(context.scope.code_of(node.name), Kind.CATEGORY)
    if name is not None:
        return name
    where = "A function reads its own parameters only." if context.bindings is not None else ""
    raise context.error(
        "L201",
        f"{node.name} is no fact, parameter or earlier output.",
        node,
        meant_as_word(node.name)
        or f"{nearest(node.name, known)}{where or 'Declare it in facts.yaml, or put a text in double quotes.'}",
    )


def _negative(node: Minus, context: Context, wanted: Kind | None) -> Expression:
    number = plain_number(node)
    if number is not None:
        return literal(number, kind_of_literals(node, wanted) or Kind.NUMBER, node, context)
    operand = context.typed(node.operand, wanted)
    if not operand.kind.is_numeric:
        raise context.error(
            "L204", f"“{brief(node)}” is the negative of a {operand.kind}.", node, "Negate numbers and amounts only."
        )
    return Negate(operand, operand.kind)


def _computed(node: Arithmetic, context: Context, wanted: Kind | None) -> Expression:
    if node.operator in ("+", "-"):
        return _sum(node, context, wanted)
    if node.operator == "**":
        result: Expression = _power(node, context)
    else:
        left, right = _factors(node, context, wanted)
        result = (multiplied if node.operator == "*" else divided)(node, left, right, context)
    kind = kind_of_literals(node, wanted) if is_literal(node) else None
    return result if kind is None else converted(result, kind, context.scope.currency)


def _factors(node: Arithmetic, context: Context, wanted: Kind | None) -> tuple[Expression, Expression]:
    left_kind, right_kind = _own_kind(node.left), _own_kind(node.right)
    if is_literal(node) and wanted is Kind.MONEY:
        # One whole literal of an amount is the amount, so that it is rounded once, to the minor unit.
        if left_kind is Kind.INTEGER:
            left_kind = Kind.MONEY
        elif node.operator == "*" and right_kind is Kind.INTEGER:
            right_kind = Kind.MONEY
    if not is_literal(node.left) or is_literal(node.right):
        return context.typed(node.left, left_kind), context.typed(node.right, right_kind)
    right = context.typed(node.right)
    # A literal over an amount can only be an amount: their quotient is a number.
    is_amount = node.operator == "/" and right.kind is Kind.MONEY
    return context.typed(node.left, Kind.MONEY if is_amount else left_kind), right


def _own_kind(node: Syntax) -> Kind | None:
    return (kind_of_literals(node, None) or Kind.NUMBER) if is_literal(node) else None


def _sum(node: Arithmetic, context: Context, wanted: Kind | None) -> Expression:
    if is_literal(node):
        (left, right), _ = of_one_kind((node.left, node.right), context, wanted)
        return added(node, left, right, context)
    left, right = _pair(node.left, node.right, context, beside_date=Kind.DAYS)
    return added(node, left, right, context)


def _pair(
    left: Syntax, right: Syntax, context: Context, beside_date: Kind = Kind.DATE
) -> tuple[Expression, Expression]:
    if is_literal(left) and is_literal(right):
        (one, other), _ = of_one_kind((left, right), context, None)
        return one, other
    if is_literal(left):
        firm = context.typed(right)
        return context.typed(left, beside_date if firm.kind is Kind.DATE else firm.kind), firm
    firm = context.typed(left)
    if not is_literal(right):
        return firm, context.typed(right)
    return firm, context.typed(right, beside_date if firm.kind is Kind.DATE else firm.kind)


def _power(node: Arithmetic, context: Context) -> Expression:
    exponent = whole_literal(node.right, 0, _HIGHEST_POWER)
    if exponent is None:
        raise context.error(
            "L210",
            f"The exponent {brief(node.right)} is no whole number from 0 to {_HIGHEST_POWER}.",
            node.right,
            "Write it as a literal, as in growth ** 2.",
        )
    base = context.typed(node.left, _own_kind(node.left))
    if base.kind is Kind.NUMBER:
        return Power(base, exponent, MILLION, Kind.NUMBER)
    if base.kind.is_whole:
        return Power(base, exponent, 1, Kind.INTEGER)
    raise context.error(
        "L204", f"“{brief(node)}” is a power of {base.kind}.", node, "Take powers of numbers and whole numbers."
    )


def _compared(node: Comparing, context: Context) -> Expression:
    for null, other in ((node.right, node.left), (node.left, node.right)):
        if isinstance(null, NullLiteral):
            return _null_test(node, other, context)
    left, right = _pair(node.left, node.right, context)
    kind = _comparable(node, left.kind, right.kind, context)
    if node.operator not in (Operator.EQUAL, Operator.NOT_EQUAL) and not kind.is_ordered:
        remedy = "Compare categories by = and !=." if kind is Kind.CATEGORY else "Compare booleans by = and !=."
        raise context.error("L206", f"“{brief(node)}” orders values of kind {kind}, which have no order.", node, remedy)
    currency = context.scope.currency
    return Compare(node.operator, converted(left, kind, currency), converted(right, kind, currency))


def _comparable(node: Syntax, left: Kind, right: Kind, context: Context) -> Kind:
    kind = common_kind(left, right)
    if kind is None:
        raise context.error(
            "L205", f"“{brief(node)}” compares {left} with {right}.", node, remedy_for_comparison(left, right)
        )
    return kind


def _null_test(node: Comparing, other: Syntax, context: Context) -> Expression:
    if node.operator not in (Operator.EQUAL, Operator.NOT_EQUAL):
        raise context.error(
            "L114", f"“{brief(node)}” compares with the unknown.", node, "Write “x = null” or “x != null”."
        )
    is_null = IsNull(context.typed(other))
    return is_null if node.operator is Operator.EQUAL else Not(is_null)


def _between(node: Between, context: Context) -> Expression:
    (value, low, high), kind = of_one_kind((node.operand, node.low, node.high), context, None)
    ends = IntervalTest(node.low, node.high, includes_low=True, includes_high=True, offset=node.offset)
    return Satisfies(value, interval_between(ends, low, high, kind, context))
