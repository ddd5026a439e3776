"""Random rule sets of every kind, for `random_policies`."""

from collections.abc import Callable
from random import Random

from policy_service.domain.values import MILLION, Kind
from policy_service.language.cells import Cell, Column, Output, When
from policy_service.language.feel.expressions import (
    Anything,
    Comparison,
    Constant,
    Expression,
    If,
    Interval,
    Name,
    NameSource,
    Operator,
    Test,
)
from policy_service.language.rule_sets import (
    Aggregation,
    Attribute,
    Band,
    Characteristic,
    DecisionTable,
    FormulaSet,
    HitPolicy,
    KnockOut,
    Ladder,
    LadderMode,
    Level,
    Otherwise,
    Priority,
    Row,
    RuleSet,
    Scorecard,
    Trigger,
    WhenUnknown,
)
from tests.engines.random_expressions import FACTS, MARKS, VOCABULARY, random_condition, random_expression, random_test

REASONS = ("WEAK", "LATE", "NEW")
OUTCOMES = ("approve", "hold", "prepay", "refer", "decline")


def random_table(source: Random, name: str, size: int, hit_policy: HitPolicy) -> DecisionTable:
    """Return a table of `size` rows; half of them decide an outcome."""
    columns = tuple(_column(source) for _ in range(source.randint(1, 4)))
    decides = source.random() < 0.5
    rows = tuple(
        Row(
            f"R{place}",
            tuple(_cell(source, column) for column in columns),
            _outputs(source, decides=decides),
            _reasons(source),
            release=_when(source) if source.random() < 0.1 else None,
        )
        for place in range(size)
    )
    return DecisionTable(
        name,
        hit_policy,
        columns,
        rows,
        otherwise=Otherwise(_outputs(source, decides=decides), _reasons(source)) if source.random() < 0.4 else None,
        aggregation=source.choice(tuple(Aggregation)),
        priority=_priority(source) if source.random() < 0.8 else None,
        when_unknown=_when_unknown(source),
    )


def random_scorecard(source: Random, name: str, size: int) -> Scorecard:
    """Return a scorecard of up to `size` attributes per characteristic."""
    characteristics = tuple(_characteristic(source, size) for _ in range(source.randint(1, 4)))
    knock_outs = tuple(
        KnockOut(f"K{place}", _when(source), VOCABULARY.index(source.choice("ABC")), _reasons(source))
        for place in range(source.randint(0, 3))
    )
    middle, top = sorted(source.sample(range(200), 2))
    bands = (
        ("C", Cell("", _below(middle))),
        ("B", Cell("", _between(middle, top))),
        ("A", Cell("", _from(top)) if source.random() < 0.8 else Cell("", random_test(source, Kind.NUMBER))),
    )
    return Scorecard(
        name,
        characteristics,
        knock_outs,
        tuple(Band(f"band.{grade}", VOCABULARY.index(grade), cell, _reasons(source)) for grade, cell in bands),
        when_unknown=_when_unknown(source),
    )


def random_ladder(source: Random, name: str, size: int) -> Ladder:
    """Return a ladder of `size` levels and some triggers."""
    levels = tuple(
        Level(
            f"L{place}",
            Constant(source.choice(MARKS[Kind.DAYS]), Kind.DAYS)
            if source.random() < 0.7
            else random_expression(source, Kind.DAYS, 1),
            "",
            source.choice(("remind", "demand")),
            source.choice(("", "email", "letter")),
            source.choice(("", "sales", "finance")),
            source.choice((None, 3)),
            release=_when(source) if source.random() < 0.3 else None,
            reasons=_reasons(source),
        )
        for place in range(size)
    )
    triggers = tuple(
        Trigger(f"T{place}", _when(source), "demand", release=_when(source), reasons=_reasons(source))
        for place in range(source.randint(0, 3))
    )
    when = _when(source) if source.random() < 0.4 else None
    return Ladder(name, source.choice(tuple(LadderMode)), levels, triggers, when, _when_unknown(source))


def random_formulas(source: Random, name: str, size: int) -> FormulaSet:
    """Return `size` named formulas, some of which read those above them."""
    values: list[Output] = []
    for place in range(size):
        kind = source.choice((Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN, Kind.DATE))
        expression = random_expression(source, kind, 3)
        above = [value for value in values if value.kind is kind]
        if above and source.random() < 0.5:
            read = Name(source.choice(above).name, NameSource.OUTPUT, kind)
            expression = If(random_condition(source, 1), read, expression, kind)
        values.append(Output(f"value_{place}", kind, "", expression))
    return FormulaSet(name, tuple(values))


def _table_of(hit_policy: HitPolicy) -> Callable[[Random, str, int], RuleSet]:
    return lambda source, name, size: random_table(source, name, size, hit_policy)


BUILDERS: dict[str, Callable[[Random, str, int], RuleSet]] = {
    **{hit_policy.value: _table_of(hit_policy) for hit_policy in HitPolicy},
    "scorecard": random_scorecard,
    "ladder": random_ladder,
    "formula": random_formulas,
}


def _column(source: Random) -> Column:
    if source.random() < 0.8:
        name = source.choice(tuple(FACTS))
        return Column(name, Name(name, NameSource.FACT, FACTS[name]))
    kind = source.choice((Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.DATE, Kind.BOOLEAN))
    return Column("formula", random_expression(source, kind, 2))


def _cell(source: Random, column: Column) -> Cell:
    return Cell("", Anything() if source.random() < 0.25 else random_test(source, column.expression.kind))


def _when(source: Random) -> When:
    columns = [_column(source) for _ in range(source.randint(1, 3))]
    return When(tuple((column, _cell(source, column)) for column in columns))


def _outputs(source: Random, *, decides: bool) -> tuple[Output, ...]:
    outputs = []
    if decides and source.random() < 0.8:
        outputs.append(Output("outcome", Kind.CATEGORY, "", _outcome(source)))
    if source.random() < 0.7:
        outputs.append(Output("limit", Kind.MONEY, "", _said(source, Kind.MONEY)))
    if source.random() < 0.3:
        outputs.append(Output("share", Kind.NUMBER, "", _said(source, Kind.NUMBER)))
    return tuple(outputs)


def _said(source: Random, kind: Kind) -> Expression:
    return Constant(source.choice(MARKS[kind]), kind) if source.random() < 0.6 else random_expression(source, kind, 2)


def _outcome(source: Random) -> Expression:
    one, other = (Constant(VOCABULARY.index(source.choice(OUTCOMES)), Kind.CATEGORY) for _ in range(2))
    return one if source.random() < 0.85 else If(random_condition(source, 1), one, other, Kind.CATEGORY)


def _priority(source: Random) -> Priority:
    if source.random() < 0.5:
        return Priority("limit", tuple(source.sample(MARKS[Kind.MONEY], 3)))
    return Priority(source.choice(("limit", "share")), descending=source.random() < 0.5)


def _reasons(source: Random) -> tuple[str, ...]:
    return tuple(source.sample(REASONS, source.choice((0, 1, 1, 2))))


def _when_unknown(source: Random) -> WhenUnknown:
    return WhenUnknown.SKIP if source.random() < 0.25 else WhenUnknown.REFER


def _characteristic(source: Random, size: int) -> Characteristic:
    column = _column(source)
    points = source.sample(range(-10 * MILLION, 90 * MILLION), size)
    attributes = tuple(
        Attribute(f"{column.text}.{place}", _attribute_cell(source, column, place, size), earned)
        for place, earned in enumerate(points)
    )
    unknown = 15 * MILLION if source.random() < 0.5 else None
    return Characteristic(column, source.choice((MILLION, 500_000)), attributes, unknown)


def _attribute_cell(source: Random, column: Column, place: int, size: int) -> Cell:
    kind = column.expression.kind
    if kind in (Kind.BOOLEAN, Kind.CATEGORY) or source.random() < 0.2:
        return Cell("", random_test(source, kind))
    marks = MARKS[kind]
    low, high = marks[min(place, len(marks) - 1)], marks[min(place + 1, len(marks) - 1)]
    if place == 0:
        return Cell("", _less(high, kind))
    return Cell("", _at_least(low, kind) if place == size - 1 else _range(low, high, kind))


def _below(points: int) -> Test:
    return _less(points * MILLION, Kind.NUMBER)


def _from(points: int) -> Test:
    return _at_least(points * MILLION, Kind.NUMBER)


def _between(low: int, high: int) -> Test:
    return _range(low * MILLION, high * MILLION, Kind.NUMBER)


def _less(end: int, kind: Kind) -> Test:
    return Comparison(Operator.LESS, Constant(end, kind))


def _at_least(end: int, kind: Kind) -> Test:
    return Comparison(Operator.GREATER_OR_EQUAL, Constant(end, kind))


def _range(low: int, high: int, kind: Kind) -> Test:
    return Interval(Constant(low, kind), Constant(high, kind), includes_low=True, includes_high=False)
