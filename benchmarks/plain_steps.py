"""A policy's chain as plain steps that every peer can take: tables of lines, a sum of points, formulas.

A decision table stays one table. A scorecard becomes a table of all its attributes of which every matching
line counts, the sum of their points, and a table of knock-outs and bands. A ladder becomes one table of
levels, triggers and releases. Left out, because the peers have no words for it: a row that failed only on
unknown cells is no doubt there but just does not match, and reasons are neither given nor ranked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, assert_never

from policy_service.domain.values import MILLION, Kind
from policy_service.language.cells import Cell, Column, Output
from policy_service.language.feel.expressions import (
    Comparison,
    Constant,
    Expression,
    IsUnknown,
    Name,
    NameSource,
    Operator,
    Test,
)
from policy_service.language.feel.reading_names import names_in
from policy_service.language.rule_sets import (
    DecisionTable,
    FormulaSet,
    HitPolicy,
    Ladder,
    Level,
    RuleSet,
    Scorecard,
    Trigger,
)

#: What an attribute says, and what the sum of them is called.
POINTS: Final = "points"
SCORE: Final = "score"
RELEASE: Final = "release "
_AGE: Final = Column("days_past_due", Name("days_past_due", NameSource.FACT, Kind.DAYS))
_SCORE: Final = Column(SCORE, Name(SCORE, NameSource.OUTPUT, Kind.NUMBER))
_ALL_COUNT: Final = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})


class NotPlain(Exception):
    """A rule set or formula for which the peers have no words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its id, the cells it tests, and what it sets."""

    id: str
    cells: tuple[tuple[Column, Cell], ...] = ()
    says: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Lines of which the first that matches counts, or all that do; `rule_set` is whose rows they are.

    `otherwise` stands where all count and none matches; of other tables it is the last line.
    """

    name: str
    rule_set: str
    lines: tuple[Line, ...]
    all_count: bool
    otherwise: Line | None = None


@dataclass(frozen=True, slots=True)
class PointsSum:
    """The sum of the points of all lines of a table that matched, as the score."""

    name: str
    table: str


@dataclass(frozen=True, slots=True)
class Formulas:
    """Named values."""

    name: str
    values: Mapping[str, Expression]


Step: TypeAlias = PlainTable | PointsSum | Formulas


def steps_of(rule_sets: Iterable[RuleSet], vocabulary: Sequence[str]) -> tuple[Step, ...]:
    """Return the steps of a chain; NotPlain for a rule set that they cannot say."""
    return tuple(step for rule_set in rule_sets for step in _steps(rule_set, vocabulary))


def reads(step: Step) -> frozenset[str]:
    """Return the names of the facts, and of what earlier steps said, that a step needs."""
    match step:
        case PlainTable():
            said = _names(value for line in step.lines for value in line.says.values())
            tested = [pair for line in step.lines for pair in line.cells]
            return said | _names(column.expression for column, _ in tested) | _names(cell.test for _, cell in tested)
        case PointsSum():
            return frozenset({step.table})
        case Formulas():
            return _names(step.values.values()) - step.values.keys()
        case _:
            assert_never(step)


def sets(step: Step) -> frozenset[str]:
    """Return the names under which later steps find what this one says."""
    match step:
        case PlainTable():
            names = frozenset(name for line in step.lines for name in line.says)
            return frozenset({step.name}) if step.all_count else names
        case PointsSum():
            return frozenset({SCORE})
        case Formulas():
            return frozenset(step.values)
        case _:
            assert_never(step)


def _names(nodes: Iterable[Expression] | Iterable[Test]) -> frozenset[str]:
    names = (name for node in nodes for name in names_in(node))
    return frozenset(name.name for name in names if name.source is not NameSource.PARAMETER)


def _steps(rule_set: RuleSet, vocabulary: Sequence[str]) -> Iterator[Step]:
    match rule_set:
        case DecisionTable():
            yield _decision_table(rule_set)
        case Scorecard():
            attributes = f"{rule_set.name}_attributes"
            yield PlainTable(attributes, rule_set.name, tuple(_attributes(rule_set)), all_count=True)
            yield PointsSum(f"{rule_set.name}_score", attributes)
            yield PlainTable(rule_set.name, rule_set.name, tuple(_grades(rule_set)), all_count=False)
        case Ladder():
            if rule_set.when:
                raise NotPlain("a ladder that stands for some customers only")
            yield PlainTable(rule_set.name, rule_set.name, tuple(_climb(rule_set, vocabulary)), all_count=True)
        case FormulaSet():
            yield Formulas(rule_set.name, _says(rule_set.values))
        case _:
            assert_never(rule_set)


def _decision_table(table: DecisionTable) -> PlainTable:
    if any(row.release for row in table.rows) or table.hit_policy is HitPolicy.PRIORITY:
        raise NotPlain("a table with releases or priorities")
    lines = [Line(row.id, tuple(zip(table.columns, row.cells, strict=True)), _says(row.outputs)) for row in table.rows]
    all_count = table.hit_policy in _ALL_COUNT
    otherwise = Line("otherwise", (), _says(table.otherwise.outputs)) if table.otherwise else None
    if otherwise and not all_count:
        return PlainTable(table.name, table.name, (*lines, otherwise), all_count)
    if otherwise and not all(isinstance(value, Constant) for value in otherwise.says.values()):
        raise NotPlain("an otherwise that computes, behind rows that all count")
    return PlainTable(table.name, table.name, tuple(lines), all_count, otherwise)


def _attributes(card: Scorecard) -> Iterator[Line]:
    for characteristic in card.characteristics:
        column, weight = characteristic.column, characteristic.weight
        for attribute in characteristic.attributes:
            yield Line(attribute.id, ((column, attribute.cell),), _points(weight, attribute.points))
        if characteristic.unknown is not None:
            cells = ((column, Cell("null", IsUnknown())),)
            yield Line(f"{column.text}.unknown", cells, _points(weight, characteristic.unknown))


def _points(weight: int, points: int) -> dict[str, Expression]:
    return {POINTS: Constant(weight * points // MILLION, Kind.NUMBER)}


def _grades(card: Scorecard) -> Iterator[Line]:
    for knock_out in card.knock_outs:
        yield Line(knock_out.id, knock_out.when.cells, {"grade": Constant(knock_out.grade, Kind.CATEGORY)})
    for band in card.bands:
        yield Line(band.id, ((_SCORE, band.cell),), {"grade": Constant(band.grade, Kind.CATEGORY)})


def _climb(ladder: Ladder, vocabulary: Sequence[str]) -> Iterator[Line]:
    for level in ladder.levels:
        reached = Cell("", Comparison(Operator.GREATER_OR_EQUAL, level.days_past_due))
        yield Line(level.id, ((_AGE, reached),), dict(_level_outputs(level, vocabulary)))
    for trigger in ladder.triggers:
        yield Line(trigger.id, trigger.when.cells)
    steps: tuple[Level | Trigger, ...] = (*ladder.levels, *ladder.triggers)
    for step in steps:
        if step.release:
            yield Line(RELEASE + step.id, step.release.cells)


def _level_outputs(level: Level, vocabulary: Sequence[str]) -> Iterator[tuple[str, Expression]]:
    texts = {"level": level.id, "action": level.action, "channel": level.channel, "owner": level.owner}
    for name, text in texts.items():
        if text:
            yield name, Constant(vocabulary.index(text), Kind.CATEGORY)
    if level.deadline_days is not None:
        yield "deadline_days", Constant(level.deadline_days, Kind.DAYS)


def _says(outputs: Iterable[Output]) -> dict[str, Expression]:
    return {output.name: output.expression for output in outputs}
