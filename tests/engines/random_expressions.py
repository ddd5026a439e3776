"""Random typed formulas and tests over a fixed set of facts and parameters, for `random_policies`."""

import random

from policy_service.domain.values import LARGEST, SMALLEST, UNKNOWN, UNLIMITED, Kind
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
    Extreme,
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

Random = random.Random

VOCABULARY = tuple(
    sorted({"approve", "hold", "prepay", "refer", "decline", "A", "B", "C", "钢铁", "L0", "L1", "L2", "L3", "L4", "L5",
            "L6", "L7", "L8", "remind", "demand", "email", "letter", "sales", "finance"})
)  # fmt: skip
FACTS = {
    "limit_wanted": Kind.MONEY,
    "overdue": Kind.MONEY,
    "utilised": Kind.NUMBER,
    "orders": Kind.INTEGER,
    "promises_broken": Kind.INTEGER,
    "days_past_due": Kind.DAYS,
    "since": Kind.DATE,
    "is_stopped": Kind.BOOLEAN,
    "grade": Kind.CATEGORY,
    "industry": Kind.CATEGORY,
}
PARAMETERS = {
    "materiality": (Kind.MONEY, 10_000),
    "no_limit": (Kind.MONEY, UNLIMITED),
    "tolerance": (Kind.NUMBER, 50_000),
    "most_orders": (Kind.INTEGER, 3),
    "hold_after": (Kind.DAYS, 15),
    "cutover": (Kind.DATE, 20_000),
}
MARKS = {
    Kind.MONEY: (0, 1, 100, 5_000, 10_000, 20_000, 1_000_000),
    Kind.NUMBER: (0, 1, 50_000, 500_000, 1_000_000, 2_500_000),
    Kind.INTEGER: (0, 1, 2, 3, 5, 10),
    Kind.DAYS: (-3, 0, 5, 10, 15, 30, 45),
    Kind.DATE: (0, 19_000, 20_000, 20_001),
    Kind.BOOLEAN: (0, 1),
    Kind.CATEGORY: tuple(range(len(VOCABULARY))),
}
ORDERED = (Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL)
EQUALS = (Operator.EQUAL, Operator.NOT_EQUAL)
WHOLE = Kind.INTEGER


def value_of(source: Random, kind: Kind, unknown: float) -> int:
    """Return a value: unknown with that probability, else on a mark, beside one, or now and then extreme."""
    if source.random() < unknown:
        return UNKNOWN
    mark = source.choice(MARKS[kind])
    if kind is Kind.BOOLEAN:
        return mark
    if kind is Kind.CATEGORY:
        return mark if source.random() < 0.9 else len(VOCABULARY) + source.randrange(3)
    if source.random() < 0.02:
        return source.choice((LARGEST, SMALLEST, LARGEST - 1, 10**15))
    if kind is Kind.MONEY and source.random() < 0.03:
        return UNLIMITED
    return mark + source.choice((-1, 0, 0, 0, 1))


def random_expression(source: Random, kind: Kind, depth: int = 2) -> Expression:
    """Return a formula of that kind, at most `depth` operations deep."""
    if depth <= 0 or source.random() < 0.35:
        return _leaf(source, kind)
    if source.random() < 0.15:
        return If(
            random_condition(source, depth - 1),
            random_expression(source, kind, depth - 1),
            random_expression(source, kind, depth - 1),
            kind,
        )
    match kind:
        case Kind.MONEY | Kind.NUMBER | Kind.INTEGER | Kind.DAYS:
            return _arithmetic(source, kind, depth - 1)
        case Kind.DATE:
            return Add(_of(source, Kind.DATE, depth), _of(source, WHOLE, depth), Kind.DATE)
        case Kind.BOOLEAN:
            return random_condition(source, depth - 1)
        case Kind.CATEGORY:
            return _leaf(source, kind)


def random_condition(source: Random, depth: int) -> Expression:
    """Return a formula of kind boolean."""
    if depth <= 0:
        kind = source.choice((Kind.MONEY, WHOLE, Kind.CATEGORY))
        return Compare(_operator(source, kind), _leaf(source, kind), _leaf(source, kind))
    operands = tuple(random_condition(source, depth - 1) for _ in range(source.randint(1, 3)))
    kind = source.choice(tuple(Kind))
    match source.randrange(6):
        case 0:
            return And(operands)
        case 1:
            return Or(operands)
        case 2:
            return Not(operands[0])
        case 3:
            return IsNull(_of(source, kind, depth))
        case 4:
            return Satisfies(_of(source, kind, depth), random_test(source, kind, 1))
        case _:
            return Compare(_operator(source, kind), _of(source, kind, depth), _of(source, kind, depth))


def random_test(source: Random, kind: Kind, depth: int = 2) -> Test:
    """Return a cell's test for a column of that kind; ends are mostly constant."""
    chance = source.random()
    if chance < 0.08:
        return IsUnknown()
    if chance < 0.16 and depth:
        return NoneOf(random_test(source, kind, depth - 1))
    if chance < 0.32 and depth:
        return AnyOf(tuple(random_test(source, kind, depth - 1) for _ in range(source.randint(1, 3))))
    if chance < 0.34:
        return Anything()
    if chance < 0.6 and _is_ordered(kind):
        low, high = random_end(source, kind), random_end(source, kind)
        if isinstance(low, Constant) and isinstance(high, Constant) and low.value > high.value:
            low, high = high, low
        return Interval(low, high, source.random() < 0.5, source.random() < 0.5)
    return Comparison(_operator(source, kind), random_end(source, kind))


def random_end(source: Random, kind: Kind) -> Expression:
    """Return an end point: most often a constant, else a parameter, a fact, or a small formula."""
    chance = source.random()
    if chance < 0.75:
        return Constant(source.choice(MARKS[kind]), kind)
    return random_expression(source, kind, 0 if chance < 0.93 else 1)


def _leaf(source: Random, kind: Kind) -> Expression:
    names: list[Expression] = [Name(name, NameSource.FACT, of) for name, of in FACTS.items() if of is kind]
    names += [Name(name, NameSource.PARAMETER, of) for name, (of, _) in PARAMETERS.items() if of is kind]
    if names and source.random() < 0.6:
        return source.choice(names)
    if source.random() < 0.04:
        return Null(kind)
    if kind is Kind.MONEY and source.random() < 0.04:
        return Constant(UNLIMITED, kind)
    if source.random() < 0.02 and kind not in (Kind.BOOLEAN, Kind.CATEGORY):
        return Constant(source.choice((LARGEST, SMALLEST)), kind)
    return Constant(source.choice(MARKS[kind]), kind)


def _arithmetic(source: Random, kind: Kind, depth: int) -> Expression:
    one = _of(source, kind, depth)
    operands = tuple(_of(source, kind, depth) for _ in range(source.randint(1, 3)))
    match source.randrange(10):
        case 0:
            return Add(one, operands[0], kind)
        case 1:
            return Subtract(one, operands[0], kind)
        case 2:
            return Negate(one, kind)
        case 3:
            return Sum(operands, kind)
        case 4:
            return Pick(source.choice(tuple(Extreme)), operands, kind)
        case 5:
            return Absolute(one, kind)
        case 6:
            return Round(source.choice(tuple(Rounding)), one, source.choice((1, 10, 100, 1_000_000)), kind)
        case 7:
            return _product(source, kind, depth)
        case 8:
            return _quotient(source, kind, depth)
        case _:
            return _rescaled(source, kind, depth)


def _product(source: Random, kind: Kind, depth: int) -> Expression:
    if kind in (Kind.MONEY, Kind.NUMBER):
        return Multiply(_of(source, kind, depth), _of(source, Kind.NUMBER, depth), 1_000_000, kind)
    return Multiply(_of(source, kind, depth), _of(source, WHOLE, depth), 1, kind)


def _quotient(source: Random, kind: Kind, depth: int) -> Expression:
    if kind is Kind.MONEY:
        return Divide(_of(source, kind, depth), _of(source, Kind.NUMBER, depth), 1_000_000, kind)
    if kind is Kind.NUMBER:
        of = source.choice((Kind.MONEY, WHOLE, Kind.NUMBER))
        return Divide(_of(source, of, depth), _of(source, of, depth), 1_000_000, kind)
    return Subtract(_of(source, Kind.DATE, depth), _of(source, Kind.DATE, depth), kind)


def _rescaled(source: Random, kind: Kind, depth: int) -> Expression:
    if kind is Kind.NUMBER and source.random() < 0.5:
        return Power(_of(source, kind, depth), source.randint(0, 8), 1_000_000, kind)
    if kind is Kind.NUMBER:
        return Convert(_of(source, WHOLE, depth), 1_000_000, 1, kind)
    if kind is Kind.MONEY:
        return Convert(_of(source, Kind.NUMBER, depth), 100, 1_000_000, kind)
    return Convert(_of(source, Kind.NUMBER, depth), 1, 1_000_000, kind)


def _of(source: Random, kind: Kind, depth: int) -> Expression:
    return random_expression(source, kind, depth)


def _operator(source: Random, kind: Kind) -> Operator:
    return source.choice((*ORDERED, *EQUALS) if _is_ordered(kind) else EQUALS)


def _is_ordered(kind: Kind) -> bool:
    return kind not in (Kind.BOOLEAN, Kind.CATEGORY)
