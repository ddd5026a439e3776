"""Typed trees of S-FEEL: formulas, and the unary tests of a cell.

The type checker makes them from text; engines, linter and printer only read them. Every literal is
already an integer of its type, every name is resolved, every conversion is a node of its own, and the
factors by which arithmetic rescales are worked out, so that an engine needs no types to be exact:
each operation is exact in integers and then rounded once, half away from zero.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from policy_service.domain.values import Kind


class NameSource(StrEnum):
    """Where a name's value comes from."""

    FACT = "fact"
    PARAMETER = "parameter"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; a category's value is its code in the policy's vocabulary."""

    value: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Null:
    """The literal `null`: the unknown value."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, a parameter, or an output of an earlier rule set (of a standing: a fact)."""

    name: str
    source: NameSource
    kind: Kind


@dataclass(frozen=True, slots=True)
class Convert:
    """`operand * factor / divisor`, rounded once: a value read as another kind. Unlimited stays."""

    operand: "Expression"
    factor: int
    divisor: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Negate:
    """The negative; of unlimited it is unknown."""

    operand: "Expression"
    kind: Kind


@dataclass(frozen=True, slots=True)
class Add:
    """`left + right`; unlimited plus anything known is unlimited."""

    left: "Expression"
    right: "Expression"
    kind: Kind


@dataclass(frozen=True, slots=True)
class Subtract:
    """`left - right`; unlimited minus an amount is unlimited, an amount minus unlimited unknown."""

    left: "Expression"
    right: "Expression"
    kind: Kind


@dataclass(frozen=True, slots=True)
class Multiply:
    """`left * right / divisor`, rounded once; unlimited times a positive is unlimited, else unknown."""

    left: "Expression"
    right: "Expression"
    divisor: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Divide:
    """`left * factor / right`, rounded once; by zero it is unknown; an amount over unlimited is 0."""

    left: "Expression"
    right: "Expression"
    factor: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Power:
    """`base ** exponent`, exact and rounded once: `base^n / unit^(n-1)`; exponent 0 to 8."""

    base: "Expression"
    exponent: int
    unit: int
    kind: Kind


class Extreme(StrEnum):
    """Which end of several values."""

    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Pick:
    """`min(...)` or `max(...)` of one or more values of one kind; one unknown makes it unknown."""

    extreme: Extreme
    operands: tuple["Expression", ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sum:
    """`sum(...)` of one or more values of one kind, as one operation."""

    operands: tuple["Expression", ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Absolute:
    """The value without its sign."""

    operand: "Expression"
    kind: Kind


class Rounding(StrEnum):
    """`round` goes half away from zero, `floor` down, `ceiling` up."""

    ROUND = "round"
    FLOOR = "floor"
    CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class Round:
    """The nearest multiple of `unit` (in steps of the representation) in the direction of `rounding`."""

    rounding: Rounding
    operand: "Expression"
    unit: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class If:
    """`if condition then yes else no`; an unknown condition makes it unknown."""

    condition: "Condition"
    yes: "Expression"
    no: "Expression"
    kind: Kind


class Operator(StrEnum):
    """How two values of one kind compare."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


@dataclass(frozen=True, slots=True)
class Compare:
    """`left operator right`; with an unknown on either side it is unknown."""

    operator: Operator
    left: "Expression"
    right: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class IsNull:
    """`operand = null`: true or false, never unknown."""

    operand: "Expression"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Satisfies:
    """`operand in (test)`, `operand between a and b`: a cell's test inside a formula."""

    operand: "Expression"
    test: "Test"
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class And:
    """Three-valued: false if one is false, else unknown if one is unknown."""

    operands: tuple["Condition", ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Or:
    """Three-valued: true if one is true, else unknown if one is unknown."""

    operands: tuple["Condition", ...]
    kind: Kind = Kind.BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    """Three-valued: the unknown stays unknown."""

    operand: "Condition"
    kind: Kind = Kind.BOOLEAN


Expression: TypeAlias = (
    Constant | Null | Name | Convert | Negate | Add | Subtract | Multiply | Divide | Power | Pick | Sum
    | Absolute | Round | If | Compare | IsNull | Satisfies | And | Or | Not
)  # fmt: skip
#: An expression of kind boolean: Compare, IsNull, Satisfies, And, Or, Not, or a boolean Constant, Null, Name, If.
Condition: TypeAlias = Expression


@dataclass(frozen=True, slots=True)
class Anything:
    """The cell `-` or none: matches every value, the unknown too."""


@dataclass(frozen=True, slots=True)
class IsUnknown:
    """The cell `null`: matches just the unknown; never unknown itself."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The cells `5`, `A`, `< 5`, `>= limit`: the value against one end point of its kind."""

    operator: Operator
    end: Expression


@dataclass(frozen=True, slots=True)
class Interval:
    """The cell `[low..high)`: both ends must hold, three-valued."""

    low: Expression
    high: Expression
    includes_low: bool
    includes_high: bool


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The cell `A, B, > 5`: three-valued or."""

    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """The cell `not(...)`: three-valued; of an unknown value it is unknown, save `not(null)`."""

    test: "Test"


Test: TypeAlias = Anything | IsUnknown | Comparison | Interval | AnyOf | NoneOf


def name_of(expression: Expression) -> str | None:
    """Return the name that an expression consists of, if it is just a name."""
    return expression.name if isinstance(expression, Name) else None
