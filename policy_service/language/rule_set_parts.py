"""Walks a rule set: every formula and every test in it, with where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from policy_service.domain.errors import Place
from policy_service.language.cells import Cell, Column, Output, When
from policy_service.language.feel.expressions import Expression, Test
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard


@dataclass(frozen=True, slots=True)
class ColumnPart:
    """A cell under its column; of a band the column is none."""

    row: str
    column: Column | None
    cell: Cell
    place: Place


@dataclass(frozen=True, slots=True)
class OutputPart:
    """An output that a row sets."""

    row: str
    output: Output
    place: Place


@dataclass(frozen=True, slots=True)
class FormulaPart:
    """A formula that stands alone: the column of a characteristic, the day of a level."""

    row: str
    expression: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class ReasonPart:
    """A reason that a row gives."""

    row: str
    code: str
    place: Place


Part = ColumnPart | OutputPart | FormulaPart | ReasonPart


def parts_of_rule_set(rule_set: RuleSet) -> Iterator[Part]:
    """Yield every cell that is not open, every output, other formula and reason, in the order of the rows."""
    match rule_set:
        case DecisionTable():
            yield from _of_table(rule_set)
        case Scorecard():
            yield from _of_scorecard(rule_set)
        case FormulaSet():
            for value in rule_set.values:
                yield OutputPart(value.name, value, rule_set.place)
        case Ladder():
            yield from _of_ladder(rule_set)
        case _:
            assert_never(rule_set)


def expressions_of(rule_set: RuleSet) -> Iterator[Expression | Test]:
    """Yield every formula and every test of a rule set; a table's columns once each."""
    for part in parts_of_rule_set(rule_set):
        match part:
            case ColumnPart(_, column, cell):
                if column:
                    yield column.expression
                yield cell.test
            case OutputPart(_, output):
                yield output.expression
            case FormulaPart(_, expression):
                yield expression
            case ReasonPart():
                continue
            case _:
                assert_never(part)


def _of_table(table: DecisionTable) -> Iterator[Part]:
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if not cell.is_open:
                yield ColumnPart(row.id, column, cell, cell.place)
        yield from _of_row(row.id, row.outputs, row.release, row.reasons, row.place)
    if table.otherwise:
        yield from _of_row("otherwise", table.otherwise.outputs, None, table.otherwise.reasons, table.otherwise.place)


def _of_scorecard(scorecard: Scorecard) -> Iterator[Part]:
    for each in scorecard.characteristics:
        yield FormulaPart("", each.column.expression, each.place)
        for attribute in each.attributes:
            yield ColumnPart(attribute.id, each.column, attribute.cell, attribute.place)
    for knock_out in scorecard.knock_outs:
        yield from _of_row(knock_out.id, (), knock_out.when, knock_out.reasons, knock_out.place)
    for band in scorecard.bands:
        yield ColumnPart(band.id, None, band.cell, band.place)
        yield from _of_row(band.id, (), None, band.reasons, band.place)


def _of_ladder(ladder: Ladder) -> Iterator[Part]:
    yield from _of_row("", (), ladder.when, (), ladder.place)
    for level in ladder.levels:
        yield FormulaPart(level.id, level.days_past_due, level.place)
        yield from _of_row(level.id, level.effects, level.release, level.reasons, level.place)
    for trigger in ladder.triggers:
        yield from _of_row(trigger.id, (), trigger.when, (), trigger.place)
        yield from _of_row(trigger.id, trigger.effects, trigger.release, trigger.reasons, trigger.place)


def _of_row(
    row: str, outputs: tuple[Output, ...], when: When | None, reasons: tuple[str, ...], place: Place
) -> Iterator[Part]:
    for column, cell in when.cells if when else ():
        yield ColumnPart(row, column, cell, cell.place)
    for output in outputs:
        yield OutputPart(row, output, place)
    for code in reasons:
        yield ReasonPart(row, code, place)
