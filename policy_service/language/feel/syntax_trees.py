"""Untyped trees of formulas and cells as the parser reads them.

Each node knows its offset in the text it came from; two trees are equal wherever they stood.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from policy_service.language.feel.expressions import Operator


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    """A decimal number without sign; 200000.50 and 200000.5 are the same one."""

    value: Decimal
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TextLiteral:
    """A quoted text: a category."""

    text: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """A calendar day."""

    day: date
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class BooleanLiteral:
    """`true` or `false`."""

    is_true: bool
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NullLiteral:
    """`null`: the unknown value."""

    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class UnlimitedLiteral:
    """`unlimited`: money without end."""

    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NameUse:
    """A bare word: a fact, a parameter, an output, or the text of a category."""

    name: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Minus:
    """`-operand`."""

    operand: "Syntax"
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` with one of `+ - * / **`."""

    operator: str
    left: "Syntax"
    right: "Syntax"
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Comparing:
    """`left operator right` with one of `= != < <= > >=`."""

    operator: Operator
    left: "Syntax"
    right: "Syntax"
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """`operand between low and high`, both ends included."""

    operand: "Syntax"
    low: "Syntax"
    high: "Syntax"
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Membership:
    """`operand in (test, test)` or `operand in [low..high)`."""

    operand: "Syntax"
    test: "TestSyntax"
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Two or more conditions joined by `and`."""

    operands: tuple["Syntax", ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Two or more conditions joined by `or`."""

    operands: tuple["Syntax", ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negation:
    """`not(operand)`."""

    operand: "Syntax"
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Conditional:
    """`if condition then yes else no`."""

    condition: "Syntax"
    yes: "Syntax"
    no: "Syntax"
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`function(argument, ...)`."""

    function: str
    arguments: tuple["Syntax", ...]
    offset: int = field(default=0, compare=False)


Syntax: TypeAlias = (
    NumberLiteral | TextLiteral | DateLiteral | BooleanLiteral | NullLiteral | UnlimitedLiteral | NameUse | Minus
    | Arithmetic | Comparing | Between | Membership | Conjunction | Disjunction | Negation | Conditional | Call
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnythingTest:
    """The cell `-`."""

    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NullTest:
    """The cell `null`."""

    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class EndTest:
    """The cells `5` and `> 5`: the value compared with an end point."""

    operator: Operator
    end: Syntax
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IntervalTest:
    """The cell `[low..high)`."""

    low: Syntax
    high: Syntax
    includes_low: bool
    includes_high: bool
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ListTest:
    """The cell `A, B`: two or more tests, none of them a list itself."""

    tests: tuple["TestSyntax", ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NotTest:
    """The cell `not(test, ...)`."""

    test: "TestSyntax"
    offset: int = field(default=0, compare=False)


TestSyntax: TypeAlias = AnythingTest | NullTest | EndTest | IntervalTest | ListTest | NotTest


def parts_of(node: Syntax | TestSyntax) -> tuple[Syntax | TestSyntax, ...]:
    """Return the nodes directly below, in the order of the text."""
    match node:
        case Minus(operand) | Negation(operand):
            return (operand,)
        case Arithmetic(_, left, right) | Comparing(_, left, right):
            return (left, right)
        case Between(operand, low, high):
            return (operand, low, high)
        case Membership(operand, test):
            return (operand, test)
        case Conjunction(operands) | Disjunction(operands) | Call(_, operands):
            return operands
        case Conditional(condition, yes, no):
            return (condition, yes, no)
        case EndTest(_, end):
            return (end,)
        case IntervalTest(low, high):
            return (low, high)
        case ListTest(tests):
            return tests
        case NotTest(test):
            return (test,)
        case _:
            return ()


def first_below(node: Syntax | TestSyntax, levels: int) -> Syntax | TestSyntax | None:
    """Return the first node that stands more than `levels` levels deep, if any does."""
    layer: tuple[Syntax | TestSyntax, ...] = (node,)
    for _ in range(levels):
        layer = tuple(part for parent in layer for part in parts_of(parent))
    return min(layer, key=lambda deep: deep.offset, default=None)
