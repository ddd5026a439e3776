"""Reads formulas and cells: a recursive descent over tokens, by how tightly each operator binds."""

from decimal import Decimal
from typing import Final

from policy_service.domain.days import parse_day
from policy_service.domain.errors import Place
from policy_service.language.feel.expressions import Operator
from policy_service.language.feel.syntax import LEVEL_OF_OPERATOR, Level
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
    first_below,
)
from policy_service.language.feel.token_reader import DEEPEST, TokenReader, too_deep
from policy_service.language.feel.tokens import RESERVED, Token, TokenKind, no_date, shifted

_COMPARISONS: Final = frozenset(Operator)
_CELL_HINT: Final = " ".join(
    (
        "A cell tests its own column: a value, < 5, [1..5), a list, not(...), null or -.",
        "A formula belongs into the column, a text with other signs than letters, digits and _ into double quotes.",
    )
)


def parse_expression(text: str, place: Place) -> Syntax:
    """Read a formula; a PolicyTextError (L1...) at the very character if it is none."""
    parser = _Parser(text, place)
    syntax = parser.expression(Level.LOWEST)
    parser.expect_end()
    _refuse_deep(syntax, place)
    return syntax


def parse_test(text: str, place: Place) -> TestSyntax:
    """Read a cell; a PolicyTextError (L1...) at the very character if it is none."""
    parser = _Parser(text, place, _CELL_HINT)
    syntax = parser.cell()
    parser.expect_end()
    _refuse_deep(syntax, place)
    return syntax


class _Parser(TokenReader):
    def expression(self, level: Level) -> Syntax:
        self.deeper()
        if level is Level.LOWEST and self.sees("if"):
            syntax = self._conditional()
        else:
            syntax = self._continued(self._operand(), level)
        self.shallower()
        return syntax

    def _continued(self, left: Syntax, level: Level) -> Syntax:
        while True:
            if level <= Level.OR and self.sees("or"):
                left = Disjunction(self._joined(left, "or", Level.AND), left.offset)
            elif level <= Level.AND and self.sees("and"):
                left = Conjunction(self._joined(left, "and", Level.COMPARISON), left.offset)
            elif level <= Level.COMPARISON and self._sees_comparison():
                left = self._compared(left)
            elif (found := self._arithmetic_level()) is not None and level <= found:
                left = self._computed(left, found)
            else:
                return left

    def _joined(self, first: Syntax, word: str, level: Level) -> tuple[Syntax, ...]:
        operands = [first]
        while self.accepts(word):
            operands.append(self.expression(level))
        return tuple(operands)

    def _arithmetic_level(self) -> Level | None:
        return LEVEL_OF_OPERATOR.get(self.next.text) if self.next.kind is TokenKind.SYMBOL else None

    def _computed(self, left: Syntax, level: Level) -> Syntax:
        operator = self.advance()
        right = self.expression(level if level is Level.POWER else Level(level + 1))
        return Arithmetic(operator.text, left, right, operator.offset)

    def _sees_comparison(self) -> bool:
        return self._comparison_operator() is not None or self.sees("between") or self.sees("in")

    def _comparison_operator(self) -> Operator | None:
        token = self.next
        return Operator(token.text) if token.kind is TokenKind.SYMBOL and token.text in _COMPARISONS else None

    def _compared(self, left: Syntax) -> Syntax:
        operator, token = self._comparison_operator(), self.advance()
        if operator is not None:
            compared: Syntax = Comparing(operator, left, self.expression(Level.SUM), token.offset)
        elif token.text == "between":
            low = self.expression(Level.SUM)
            self.expect("and", "Write “x between low and high”.")
            compared = Between(left, low, self.expression(Level.SUM), token.offset)
        else:
            compared = Membership(left, self._membership_test(), token.offset)
        if self._sees_comparison():
            raise self.error(
                "L111",
                f"“{self.next.text}” follows another comparison.",
                self.next,
                "Join two comparisons by and, write “x between low and high”, or put one into parentheses.",
            )
        return compared

    def _membership_test(self) -> TestSyntax:
        start = self.next
        if self.sees("[") or self.sees("]"):
            return self._interval()
        self.expect("(", "Write “x in (1, 2, 3)” or “x in [1..3)”.")
        is_bare = self._comparison_operator() is None
        first = self._test()
        if is_bare and isinstance(first, EndTest | NullTest) and self.sees(".."):
            low = first.end if isinstance(first, EndTest) else NullLiteral(first.offset)
            return self._interval_from(low, includes_low=False, offset=start.offset)
        tests = self._tests_after(first)
        self.expect(")", "Close the parenthesis of in (...).")
        return tests

    def _operand(self) -> Syntax:
        token = self.next
        if token.kind is TokenKind.NUMBER:
            return NumberLiteral(Decimal(self.advance().text), token.offset)
        if token.kind is TokenKind.TEXT:
            return TextLiteral(self.advance().text, token.offset)
        if token.kind is TokenKind.DATE:
            return self._day(self.advance())
        if token.kind is TokenKind.WORD:
            return self._word()
        if self.accepts("("):
            inner = self.expression(Level.LOWEST)
            self.expect(")", "Close the parenthesis.")
            return inner
        if self.accepts("-"):
            return self._minus(token)
        raise self.unexpected("a value", "Write a number, a name, a date, a text in double quotes or a formula.")

    def _minus(self, sign: Token) -> Syntax:
        operand = self.expression(Level.PRIMARY)
        if self.sees("**"):
            message = "A minus before a power can be read in two ways."
            raise self.error("L113", message, sign, "Write (-a) ** n or -(a ** n).")
        return Minus(operand, sign.offset)

    def _word(self) -> Syntax:
        token = self.advance()
        match token.text:
            case "true" | "false":
                return BooleanLiteral(token.text == "true", token.offset)
            case "null":
                return NullLiteral(token.offset)
            case "unlimited":
                return UnlimitedLiteral(token.offset)
            case "not":
                self.expect("(", "Write not(...).")
                negation = Negation(self.expression(Level.LOWEST), token.offset)
                self.expect(")", "Close the parenthesis of not(...).")
                return negation
            case word if word in RESERVED:
                raise self.error(
                    "L112",
                    f"“{word}” is a word of the language and cannot stand here.",
                    token,
                    "Put “if … then … else …” inside an operation into parentheses, and a text in double quotes.",
                )
        if self.sees("("):
            return self._date_call(token) if token.text == "date" else self._call(token)
        return NameUse(token.text, token.offset)

    def _date_call(self, token: Token) -> Syntax:
        self.advance()
        day = self.next
        if day.kind not in (TokenKind.TEXT, TokenKind.DATE):
            raise self.unexpected("a date", 'Write date("2026-03-01").')
        self.advance()
        self.expect(")", 'Write date("2026-03-01").')
        return self._day(Token(TokenKind.DATE, day.text, token.offset))

    def _day(self, token: Token) -> DateLiteral:
        day = parse_day(token.text)
        if day is None:
            raise no_date(token.text[:40], shifted(self._place, token.offset))
        return DateLiteral(day, token.offset)

    def _call(self, function: Token) -> Syntax:
        self.advance()
        arguments = []
        if not self.sees(")"):
            arguments.append(self.expression(Level.LOWEST))
            while self.accepts(","):
                arguments.append(self.expression(Level.LOWEST))
        self.expect(")", f"Close the parenthesis of {function.text}(...), its arguments parted by commas.")
        return Call(function.text, tuple(arguments), function.offset)

    def _conditional(self) -> Syntax:
        start = self.advance()
        condition = self.expression(Level.LOWEST)
        self.expect("then", "Write “if condition then value else value”.")
        yes = self.expression(Level.LOWEST)
        self.expect("else", "Write “if condition then value else value”: the else is always needed.")
        return Conditional(condition, yes, self.expression(Level.LOWEST), start.offset)

    def cell(self) -> TestSyntax:
        if self.sees("-") and self.sees_last():
            return AnythingTest(self.advance().offset)
        return self._tests_after(self._test())

    def _tests_after(self, first: TestSyntax) -> TestSyntax:
        tests = [first]
        while self.accepts(","):
            tests.append(self._test())
        return ListTest(tuple(tests), first.offset) if len(tests) > 1 else first

    def _test(self) -> TestSyntax:
        start = self.next
        operator = self._comparison_operator()
        if operator is not None:
            self.advance()
            return self._end_test(operator, self.expression(Level.SUM), start)
        if self.sees("not") and self.sees("(", ahead=1):
            return self._not_test()
        if self.sees("[") or self.sees("]"):
            return self._interval()
        if not self.accepts("("):
            return self._end_test(Operator.EQUAL, self.expression(Level.SUM), start)
        inner = self.expression(Level.LOWEST)
        if self.sees(".."):
            return self._interval_from(inner, includes_low=False, offset=start.offset)
        self.expect(")", "Close the parenthesis, or write an interval like (1..5].")
        return self._end_test(Operator.EQUAL, self._continued(inner, Level.SUM), start)

    def _not_test(self) -> TestSyntax:
        self.deeper()
        start = self.advance()
        self.advance()
        test = self._tests_after(self._test())
        self.shallower()
        self.expect(")", "Close the parenthesis of not(...).")
        return NotTest(test, start.offset)

    def _end_test(self, operator: Operator, end: Syntax, start: Token) -> TestSyntax:
        if not isinstance(end, NullLiteral):
            return EndTest(operator, end, start.offset)
        if operator is Operator.EQUAL:
            return NullTest(start.offset)
        if operator is Operator.NOT_EQUAL:
            return NotTest(NullTest(start.offset), start.offset)
        raise self.error(
            "L114",
            f"“{operator} null” compares with the unknown.",
            start,
            "Write null for the unknown, not(null) for the known.",
        )

    def _interval(self) -> TestSyntax:
        bracket = self.advance()
        return self._interval_from(self.expression(Level.SUM), bracket.text == "[", bracket.offset)

    def _interval_from(self, low: Syntax, includes_low: bool, offset: int) -> TestSyntax:
        self.expect("..", "Write an interval like [1..5), with two points between its ends.")
        high = self.expression(Level.SUM)
        if not (self.sees("]") or self.sees(")") or self.sees("[")):
            raise self.unexpected("the end of the interval", "Close the interval: ] includes its end, ) does not.")
        return IntervalTest(low, high, includes_low, self.advance().text == "]", offset)


def _refuse_deep(syntax: Syntax | TestSyntax, place: Place) -> None:
    if deep := first_below(syntax, DEEPEST):
        raise too_deep(shifted(place, deep.offset))
