"""The one normal text of formulas and cells: least parentheses, and reading it back gives the same tree."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final, assert_never

from policy_service.domain.amounts import decimal_text
from policy_service.language.feel.expressions import Operator
from policy_service.language.feel.syntax_trees import (
    AnythingTest,
    Arithmetic,
    Between,
    BooleanLiteral,
    Call,
    Comparing,
    Conditional,
    Conjunction,
    DateLiteral,
    Disjunction,
    EndTest,
    IntervalTest,
    ListTest,
    Membership,
    Minus,
    NameUse,
    Negation,
    NotTest,
    NullLiteral,
    NullTest,
    NumberLiteral,
    Syntax,
    TestSyntax,
    TextLiteral,
    UnlimitedLiteral,
)

__all__ = ["LEVEL_OF_OPERATOR", "Level", "Syntax", "TestSyntax", "expression_text", "quoted", "test_text"]


class Level(IntEnum):
    """How tightly a construct binds; what binds looser than its surroundings stands in parentheses."""

    LOWEST = 0
    OR = 1
    AND = 2
    COMPARISON = 3
    SUM = 4
    PRODUCT = 5
    SIGN = 6
    POWER = 7
    PRIMARY = 8


LEVEL_OF_OPERATOR: Final = {
    "+": Level.SUM,
    "-": Level.SUM,
    "*": Level.PRODUCT,
    "/": Level.PRODUCT,
    "**": Level.POWER,
}


def expression_text(syntax: Syntax) -> str:
    """Return the normal text of a formula."""
    match syntax:
        case Minus(operand):
            return f"-{_within(operand, Level.SIGN if isinstance(operand, Minus) else Level.PRIMARY)}"
        case Arithmetic(operator, left, right):
            return _arithmetic_text(operator, left, right)
        case Comparing(operator, left, right):
            return f"{_within(left, Level.SUM)} {operator} {_within(right, Level.SUM)}"
        case Between(operand, low, high):
            return f"{_within(operand, Level.SUM)} between {_within(low, Level.SUM)} and {_within(high, Level.SUM)}"
        case Membership(operand, test):
            among = test_text(test) if isinstance(test, IntervalTest) else f"({test_text(test)})"
            return f"{_within(operand, Level.SUM)} in {among}"
        case Conjunction(operands):
            return " and ".join(_within(operand, Level.COMPARISON) for operand in operands)
        case Disjunction(operands):
            return " or ".join(_within(operand, Level.AND) for operand in operands)
        case Negation(operand):
            return f"not({expression_text(operand)})"
        case Conditional(condition, yes, no):
            return f"if {expression_text(condition)} then {expression_text(yes)} else {expression_text(no)}"
        case Call(function, arguments):
            return f"{function}({_joined(expression_text(argument) for argument in arguments)})"
        case _:
            return _leaf_text(syntax)


def test_text(syntax: TestSyntax) -> str:
    """Return the normal text of a cell."""
    match syntax:
        case AnythingTest():
            return "-"
        case NullTest():
            return "null"
        case EndTest(operator, end):
            return _end_text(operator, _within(end, Level.SUM))
        case IntervalTest(low, high, includes_low, includes_high):
            left, right = "[" if includes_low else "(", "]" if includes_high else ")"
            return f"{left}{_low_text(low)}..{_within(high, Level.SUM)}{right}"
        case ListTest(tests):
            return _joined(test_text(test) for test in tests)
        case NotTest(test):
            return f"not({test_text(test)})"
        case _:
            assert_never(syntax)


def quoted(text: str) -> str:
    """Return `text` as a literal of the language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _leaf_text(
    leaf: NumberLiteral | TextLiteral | DateLiteral | BooleanLiteral | NullLiteral | UnlimitedLiteral | NameUse,
) -> str:
    match leaf:
        case NumberLiteral(value):
            return decimal_text(value)
        case TextLiteral(text):
            return quoted(text)
        case DateLiteral(day):
            return day.isoformat()
        case BooleanLiteral(is_true):
            return "true" if is_true else "false"
        case NullLiteral():
            return "null"
        case UnlimitedLiteral():
            return "unlimited"
        case NameUse(name):
            return name
        case _:
            assert_never(leaf)


def _arithmetic_text(operator: str, left: Syntax, right: Syntax) -> str:
    level = LEVEL_OF_OPERATOR[operator]
    if level is Level.POWER:
        return f"{_within(left, Level.PRIMARY)} ** {_within(right, Level.SIGN)}"
    return f"{_within(left, level)} {operator} {_within(right, Level(level + 1))}"


def _end_text(operator: Operator, end: str) -> str:
    # A bare `not(` would open a negated test.
    is_bare = operator is Operator.EQUAL and not end.startswith("not(")
    return end if is_bare else f"{operator} {end}"


def _low_text(low: Syntax) -> str:
    text = _within(low, Level.SUM)
    # As above: after `x in (` a bare `not(` would open a negated test.
    return f"({text})" if text.startswith("not(") else text


def _within(syntax: Syntax, level: Level) -> str:
    text = expression_text(syntax)
    return text if _level(syntax) >= level else f"({text})"


def _level(syntax: Syntax) -> Level:
    match syntax:
        case Conditional():
            return Level.LOWEST
        case Disjunction():
            return Level.OR
        case Conjunction():
            return Level.AND
        case Comparing() | Between() | Membership():
            return Level.COMPARISON
        case Arithmetic(operator):
            return LEVEL_OF_OPERATOR[operator]
        case Minus():
            return Level.SIGN
        case _:
            return Level.PRIMARY


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
