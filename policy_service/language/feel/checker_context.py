"""Where the type checker stands: scope, place, the function being put in, and how much of its allowance is left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, TypeAlias

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import Expression
from policy_service.language.feel.reading_names import size_and_depth
from policy_service.language.feel.scope import Scope
from policy_service.language.feel.syntax_trees import Syntax, TestSyntax
from policy_service.language.feel.tokens import shifted

DEEPEST: Final = 100
MOST_NODES: Final = 20_000


_MEANT: Final = {
    **dict.fromkeys(("unknown", "none", "nil", "na", "empty", "blank", "未知", "空"), "null"),
    **{word: word for word in ("unlimited", "true", "false")},
    **dict.fromkeys(("unbegrenzt", "infinite", "infinity", "无限", "无限额", "不限"), "unlimited"),
}


@dataclass(frozen=True, slots=True)
class Binding:
    """What a parameter of a function stands for in one call, and how large that is."""

    expression: Expression
    nodes: int
    depth: int


@dataclass(slots=True)
class Allowance:
    """How many nodes a formula may still come to, and how deep the checker stands in it."""

    nodes: int = MOST_NODES
    depth: int = 0


Typing: TypeAlias = Callable[[Syntax, "Context", Kind | None], Expression]


@dataclass(frozen=True, slots=True)
class Context:
    """`bodies` are the parsed texts of the functions called; `bindings` is set inside one, `calls` are those around.

    `type_node` types any formula: the modules of the checker reach each other through it.
    """

    scope: Scope
    place: Place
    type_node: Typing
    bodies: Mapping[str, Syntax]
    bindings: Mapping[str, Binding] | None = None
    calls: tuple[str, ...] = ()
    allowance: Allowance = field(default_factory=Allowance)

    def typed(self, node: Syntax, wanted: Kind | None = None) -> Expression:
        """Return `node` typed; `wanted` is the kind that literals take where nothing else decides."""
        self.spend(node, nodes=1, depth=1)
        self.allowance.depth += 1
        expression = self.type_node(node, self, wanted)
        self.allowance.depth -= 1
        return expression

    def spend(self, node: Syntax | TestSyntax, nodes: int, depth: int) -> None:
        """Take nodes from the allowance; L215 if that or the depth is used up."""
        self.allowance.nodes -= nodes
        if self.allowance.nodes < 0 or self.allowance.depth + depth > DEEPEST:
            raise self.error(
                "L215",
                f"With its functions written out the formula is larger than {MOST_NODES} parts or {DEEPEST} levels.",
                node,
                "Split it into named values of a formula rule set.",
            )

    def error(self, code: str, message: str, node: Syntax | TestSyntax, remedy: str) -> PolicyTextError:
        """Return the error for what stands at `node`; inside a function it names the function."""
        inside = f"In the function {self.calls[-1]}: " if self.calls else ""
        return PolicyTextError(code, inside + message, place=shifted(self.place, node.offset), remedy=remedy)


def bound(expression: Expression) -> Binding:
    """Return what stands for a parameter, weighed."""
    nodes, depth = size_and_depth(expression)
    return Binding(expression, nodes, depth)


def meant_as_word(name: str) -> str:
    """Return the remedy for a word of the language in other letters or of another language, or nothing."""
    word = _MEANT.get(name.lower())
    if word == "null":
        return "Write null for a value that is not known."
    return f"Write {word}, in small letters." if word else ""


def nearest(name: str, names: Mapping[str, object]) -> str:
    """Return "Did you mean …? " for the known name most like `name`, or nothing."""
    lower = name.lower()
    near = [lower] if lower != name and lower in names else get_close_matches(name, names, n=1)
    return f"Did you mean {near[0]}? " if near else ""
