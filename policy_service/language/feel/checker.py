"""The front door of the type checker: text and scope in, a typed tree out, or one error with place and remedy."""

from dataclasses import replace

from policy_service.domain.errors import Place
from policy_service.domain.values import Kind
from policy_service.language.feel.checker_calls import assigned, bodies_of
from policy_service.language.feel.checker_context import Binding, Context
from policy_service.language.feel.checker_expressions import typed_condition, typed_node
from policy_service.language.feel.checker_tests import typed_test
from policy_service.language.feel.expressions import Condition, Expression, Name, NameSource, Test
from policy_service.language.feel.parser import parse_expression, parse_test
from policy_service.language.feel.scope import FunctionDefinition, Scope
from policy_service.language.feel.syntax_trees import Syntax, TestSyntax


def type_expression(text: str, scope: Scope, place: Place, kind: Kind | None = None) -> Expression:
    """Return the formula typed, as a value of the declared `kind` (none: of the kind it comes to).

    Where a category is declared, a bare word that names no category is the text of one.
    """
    syntax = parse_expression(text, place)
    context = _context(syntax, scope, place)
    return context.typed(syntax) if kind is None else assigned(syntax, kind, context)


def type_condition(text: str, scope: Scope, place: Place) -> Condition:
    """Return the formula typed; L213 if it is no condition."""
    syntax = parse_expression(text, place)
    return typed_condition(syntax, _context(syntax, scope, place))


def type_test(text: str, column_kind: Kind, scope: Scope, place: Place) -> Test:
    """Return the cell typed for a column of `column_kind`; integers and days stand for each other."""
    syntax = parse_test(text, place)
    return typed_test(syntax, column_kind, _context(syntax, scope, place))


def type_function(definition: FunctionDefinition, scope: Scope) -> Expression:
    """Return the body of a shipped formula typed, its parameters as names; an error if no call of it can work."""
    syntax = parse_expression(definition.text, definition.place)
    parameters = {
        name: Binding(Name(name, NameSource.PARAMETER, kind), nodes=1, depth=1) for name, kind in definition.parameters
    }
    context = _context(syntax, scope, definition.place)
    return replace(context, bindings=parameters, calls=(definition.name,)).typed(syntax)


def _context(syntax: Syntax | TestSyntax, scope: Scope, place: Place) -> Context:
    return Context(scope, place, typed_node, bodies_of(syntax, scope))
