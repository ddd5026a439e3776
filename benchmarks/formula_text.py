"""Formulas and tests of a policy written in the expression language of a peer.

The peers are handed the same integers as our engines, so the factors by which arithmetic rescales and the
rounding of every operation are written out: their answers can be compared to the last unit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from benchmarks.plain_steps import NotPlain
from policy_service.domain.values import UNKNOWN
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    And,
    AnyOf,
    Anything,
    Compare,
    Comparison,
    Constant,
    Convert,
    Divide,
    Expression,
    If,
    Interval,
    IsNull,
    IsUnknown,
    Multiply,
    Name,
    NameSource,
    Negate,
    NoneOf,
    Not,
    Null,
    Operator,
    Or,
    Pick,
    Power,
    Round,
    Rounding,
    Satisfies,
    Subtract,
    Sum,
    Test,
)
from policy_service.language.feel.reading_names import names_in

#: How both peers write the comparisons.
OPERATORS: Mapping[Operator, str] = {operator: str(operator.value) for operator in Operator} | {Operator.EQUAL: "=="}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one peer writes what the peers write differently; each takes and gives texts."""

    quotient: Callable[[str, int], str]
    ratio: Callable[[str, str], str]
    floor: Callable[[str, int], str]
    extreme: Callable[[str, Sequence[str]], str]


class FormulaText:
    """Write formulas in one dialect, parameters as the constants they are."""

    def __init__(self, dialect: Dialect, parameters: Mapping[str, int]) -> None:
        self._dialect = dialect
        self._parameters = parameters

    def of(self, expression: Expression) -> str:
        """Return the expression's text; NotPlain for what the peers cannot say."""
        match expression:
            case Constant():
                return _number(expression.value)
            case Null():
                return "null"
            case Name():
                is_parameter = expression.source is NameSource.PARAMETER
                return _number(self._parameters[expression.name]) if is_parameter else expression.name
            case Compare() | IsNull() | Satisfies() | And() | Or() | Not() | If():
                return self._condition(expression)
            case _:
                return self._arithmetic(expression)

    def known(self, expression: Expression) -> str:
        """Return the expression's text, null where a fact in it is: the peers do not reckon with nulls."""
        facts = sorted(name.name for name in names_in(expression) if name.source is not NameSource.PARAMETER)
        if isinstance(expression, Name) or not facts:
            return self.of(expression)
        return " or ".join(f"{fact} == null" for fact in facts) + f" ? null : {self.of(expression)}"

    def holds(self, subject: str, test: Test) -> str:
        """Return the condition that `subject` passes the test."""
        match test:
            case Anything():
                return "true"
            case IsUnknown():
                return f"({subject} == null)"
            case Comparison():
                return f"({subject} {OPERATORS[test.operator]} {self.of(test.end)})"
            case Interval():
                above, below = (">=" if test.includes_low else ">"), ("<=" if test.includes_high else "<")
                return f"({subject} {above} {self.of(test.low)} and {subject} {below} {self.of(test.high)})"
            case AnyOf():
                # A test for null first: what follows may not be asked of a null.
                parts = sorted(test.tests, key=lambda part: not isinstance(part, IsUnknown))
                return "(" + " or ".join(self.holds(subject, part) for part in parts) + ")"
            case NoneOf():
                return f"not {self.holds(subject, test.test)}"
            case _:
                assert_never(test)

    def _condition(self, node: Compare | IsNull | Satisfies | And | Or | Not | If) -> str:
        match node:
            case Compare():
                return f"({self.of(node.left)} {OPERATORS[node.operator]} {self.of(node.right)})"
            case IsNull():
                return f"({self.of(node.operand)} == null)"
            case Satisfies():
                return self.holds(self.of(node.operand), node.test)
            case And():
                return "(" + " and ".join(map(self.of, node.operands)) + ")"
            case Or():
                return "(" + " or ".join(map(self.of, node.operands)) + ")"
            case Not():
                return f"(not {self.of(node.operand)})"
            case If():
                return f"({self.of(node.condition)} ? {self.of(node.yes)} : {self.of(node.no)})"
            case _:
                assert_never(node)

    def _arithmetic(
        self, node: Convert | Negate | Add | Subtract | Multiply | Divide | Power | Pick | Sum | Absolute | Round
    ) -> str:
        match node:
            case Add():
                return f"({self.of(node.left)} + {self.of(node.right)})"
            case Subtract():
                return f"({self.of(node.left)} - {self.of(node.right)})"
            case Sum():
                return "(" + " + ".join(map(self.of, node.operands)) + ")"
            case Negate():
                return f"(0 - {self.of(node.operand)})"
            case Multiply():
                return self._quotient(f"{self.of(node.left)} * {self.of(node.right)}", node.divisor)
            case Convert():
                return self._quotient(f"{self.of(node.operand)} * {node.factor}", node.divisor)
            case Divide():
                return self._dialect.ratio(f"{self.of(node.left)} * {node.factor}", self.of(node.right))
            case Pick():
                return self._dialect.extreme(node.extreme.value, [self.of(operand) for operand in node.operands])
            case Round() if node.rounding is Rounding.FLOOR:
                return self._dialect.floor(self.of(node.operand), node.unit)
            case Round() | Power() | Absolute():
                raise NotPlain(type(node).__name__)
            case _:
                assert_never(node)

    def _quotient(self, product: str, divisor: int) -> str:
        return f"({product})" if divisor == 1 else self._dialect.quotient(product, divisor)


def _number(value: int) -> str:
    return "null" if value == UNKNOWN else str(value) if value >= 0 else f"({value})"
