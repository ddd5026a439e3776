"""Types calls: the built-in functions, and shipped formulas, which are put in place of their call."""

from collections.abc import Mapping
from dataclasses import replace

from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import Kind, scale
from policy_service.language.feel.checker_arithmetic import brief, common_kind, converted
from policy_service.language.feel.checker_context import Context, bound, nearest
from policy_service.language.feel.checker_literals import (
    OF_ONE_KIND,
    ROUNDINGS,
    is_literal,
    kind_of_literals,
    plain_number,
    shown,
    whole_literal,
)
from policy_service.language.feel.expressions import (
    Absolute,
    Expression,
    Extreme,
    Pick,
    Round,
    Rounding,
    Subtract,
    Sum,
)
from policy_service.language.feel.parser import parse_expression
from policy_service.language.feel.scope import FunctionDefinition, Scope
from policy_service.language.feel.syntax_trees import Call, Syntax, TestSyntax, UnlimitedLiteral, parts_of

BUILT_IN_FUNCTIONS = frozenset({"abs", "days_between"}) | OF_ONE_KIND | ROUNDINGS
_MOST_DIGITS = 12


def typed_call(call: Call, context: Context, wanted: Kind | None) -> Expression:
    """Return a call typed; L202 for an unknown function, L203 for a wrong number of arguments."""
    function = call.function
    if function in OF_ONE_KIND:
        return _over_several(call, context, wanted)
    if function in ROUNDINGS:
        return _rounded(call, context, wanted)
    if function == "abs":
        _expect_arguments(call, 1, 1, context)
        operand = _numeric(call.arguments[0], context, wanted)
        return Absolute(operand, operand.kind)
    if function == "days_between":
        _expect_arguments(call, 2, 2, context)
        start, end = (assigned(argument, Kind.DATE, context) for argument in call.arguments)
        return Subtract(end, start, Kind.DAYS)
    definition = context.scope.functions.get(function)
    if definition is None:
        known = dict.fromkeys(BUILT_IN_FUNCTIONS | set(context.scope.functions))
        raise context.error(
            "L202",
            f"There is no function {function}.",
            call,
            f"{_meant_by(function) or nearest(function, known)}The functions are {', '.join(sorted(known)[:40])}.",
        )
    return _written_out(call, definition, context)


def _meant_by(function: str) -> str:
    return "Write “if condition then value else value”. " if function.lower() in ("if", "iif", "wenn") else ""


def bodies_of(syntax: Syntax | TestSyntax, scope: Scope) -> Mapping[str, Syntax]:
    """Return the parsed text of every shipped formula that `syntax` calls, through others too."""
    bodies: dict[str, Syntax] = {}
    waiting = [syntax]
    while waiting:
        node = waiting.pop()
        waiting.extend(parts_of(node))
        if isinstance(node, Call) and node.function in scope.functions and node.function not in bodies:
            definition = scope.functions[node.function]
            bodies[node.function] = parse_expression(definition.text, definition.place)
            waiting.append(bodies[node.function])
    return bodies


def of_one_kind(
    nodes: tuple[Syntax, ...], context: Context, wanted: Kind | None
) -> tuple[tuple[Expression, ...], Kind]:
    """Return `nodes` typed and read as the one kind they share, and that kind; L205 if they share none."""
    firm = {index: context.typed(node, wanted) for index, node in enumerate(nodes) if not is_literal(node)}
    target: Kind | None = None
    for index, expression in firm.items():
        target = _shared(nodes[index], target, expression.kind, context)
    needed = target or wanted
    for index, node in enumerate(nodes):
        open_kind = None if index in firm else kind_of_literals(node, needed)
        target = target if open_kind is None else _shared(node, target, open_kind, context)
    typed = [firm[index] if index in firm else context.typed(node, target) for index, node in enumerate(nodes)]
    kind = target or typed[0].kind
    return tuple(converted(each, kind, context.scope.currency) for each in typed), kind


def assigned(node: Syntax, kind: Kind, context: Context) -> Expression:
    """Return `node` as a value of the declared `kind`; L207 if it cannot be read as one, L208 if it loses decimals.

    Numbers and whole numbers become each other (rounded half away from zero) and amounts in major units.
    """
    expression = context.typed(node, kind)
    if expression.kind is kind or (expression.kind.is_whole and kind.is_whole):
        return expression
    number = plain_number(node)
    if kind.is_whole and expression.kind is Kind.NUMBER and number is not None:
        raise context.error("L208", f"{shown(number)} is not whole, as {kind} are.", node, "Write a whole number.")
    countable = expression.kind is Kind.NUMBER or expression.kind.is_whole
    if countable and kind.is_numeric:
        return converted(expression, kind, context.scope.currency)
    raise context.error(
        "L207",
        f"{kind.value.capitalize()} is wanted, but {brief(node)} is of kind {expression.kind}.",
        node,
        _remedy(node, expression.kind, kind),
    )


def _remedy(node: Syntax, found: Kind, wanted: Kind) -> str:
    if isinstance(node, UnlimitedLiteral):
        return "Only money is unlimited; write null for a value that is not set."
    if found is Kind.MONEY and wanted.is_numeric:
        return "Divide the amount by an amount to have a number, or declare the value as money."
    if wanted is Kind.CATEGORY:
        return "Write the text, in double quotes if it is no plain word."
    if wanted is Kind.BOOLEAN:
        return "Write true, false or a comparison."
    if wanted is Kind.DATE:
        return "Write a date as 2026-03-01, or a date plus days."
    return f"Write a formula that gives {wanted}, or declare the value as {found}."


def _written_out(call: Call, definition: FunctionDefinition, context: Context) -> Expression:
    if definition.name in context.calls:
        cycle = " -> ".join((*context.calls[context.calls.index(definition.name) :], definition.name))
        raise context.error(
            "L214", f"The function {definition.name} calls itself: {cycle}.", call, "Take one of the calls out."
        )
    count = len(definition.parameters)
    _expect_arguments(call, count, count, context, ", ".join(name for name, _ in definition.parameters))
    bindings = {
        name: bound(assigned(argument, kind, context))
        for (name, kind), argument in zip(definition.parameters, call.arguments, strict=True)
    }
    inside = replace(context, place=definition.place, bindings=bindings, calls=(*context.calls, definition.name))
    return inside.typed(context.bodies[definition.name])


def _over_several(call: Call, context: Context, wanted: Kind | None) -> Expression:
    _expect_arguments(call, 1, None, context)
    operands, kind = of_one_kind(call.arguments, context, wanted)
    if not (kind.is_numeric or (kind is Kind.DATE and call.function != "sum")):
        raise _not_numeric(call, kind, context)
    if call.function == "sum":
        return Sum(operands, kind)
    return Pick(Extreme(call.function), operands, kind)


def _rounded(call: Call, context: Context, wanted: Kind | None) -> Expression:
    _expect_arguments(call, 1, 2, context)
    digits: int | None = 0
    if len(call.arguments) == 2:
        digits = whole_literal(call.arguments[1], -_MOST_DIGITS, _MOST_DIGITS)
    if digits is None:
        raise context.error(
            "L210",
            f"{brief(call.arguments[1])} is no number of digits.",
            call.arguments[1],
            f"Write a whole number from -{_MOST_DIGITS} to {_MOST_DIGITS}: 2 for two decimals, -3 for thousands.",
        )
    operand = _numeric(call.arguments[0], context, wanted)
    step = scale(operand.kind, context.scope.currency)
    unit = step * 10**-digits if digits < 0 else max(1, step // 10**digits)
    return Round(Rounding(call.function), operand, unit, operand.kind)


def _numeric(node: Syntax, context: Context, wanted: Kind | None) -> Expression:
    operand = context.typed(node, wanted)
    if not operand.kind.is_numeric:
        raise _not_numeric(node, operand.kind, context)
    return operand


def _not_numeric(node: Syntax, kind: Kind, context: Context) -> PolicyTextError:
    return context.error(
        "L204",
        f"{brief(node)} computes with {kind}.",
        node,
        "Compute with numbers, amounts and whole numbers; of dates only min and max.",
    )


def _shared(node: Syntax, one: Kind | None, other: Kind, context: Context) -> Kind:
    shared = other if one is None else common_kind(one, other)
    if shared is None:
        raise context.error(
            "L205",
            f"{brief(node)} is of kind {other}, the values beside it of kind {one}.",
            node,
            "Give all of them one kind.",
        )
    return shared


def _expect_arguments(call: Call, least: int, most: int | None, context: Context, names: str = "") -> None:
    found = len(call.arguments)
    if found < least or (most is not None and found > most):
        wanted = f"{least} or more" if most is None else str(least) if least == most else f"{least} or {most}"
        listed = f": {names}" if names else ""
        raise context.error(
            "L203",
            f"{call.function}(...) has {found} arguments.",
            call,
            f"Give it {wanted}{listed}.",
        )
