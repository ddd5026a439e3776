"""What stands inside formulas and tests: their parts and the names they read."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from policy_service.language.cells import Output, When
from policy_service.language.feel import reading_names
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Expression,
    Interval,
    IsUnknown,
    Name,
    NameSource,
    NoneOf,
    Test,
)
from policy_service.language.feel.reading_names import children
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard


def ends(test: Test) -> tuple[Expression, ...]:
    """Return the end points of a test, in the order written."""
    match test:
        case Anything() | IsUnknown():
            return ()
        case Comparison(end=end):
            return (end,)
        case Interval(low=low, high=high):
            return (low, high)
        case AnyOf(tests=tests):
            return tuple(end for each in tests for end in ends(each))
        case NoneOf(test=inner):
            return ends(inner)
        case _:
            assert_never(test)


def parts_of(node: Expression | Test) -> Iterator[Expression | Test]:
    """Yield the formula or test and every one inside it, from the outside in."""
    yield node
    for child in children(node):
        yield from parts_of(child)


def names_in(*nodes: Expression | Test) -> frozenset[Name]:
    """Return every name that the formulas and tests read."""
    return frozenset(name for node in nodes for name in reading_names.names_in(node))


def reads_a_parameter(*nodes: Expression | Test) -> bool:
    """Return whether a dial moves the value of the formulas, or the bounds of the tests."""
    return any(name.source is NameSource.PARAMETER for name in names_in(*nodes))


def formulas_of(rule_set: RuleSet) -> Iterator[Expression]:
    """Yield every formula a rule set contains: columns, end points of cells, outputs, releases."""
    match rule_set:
        case DecisionTable():
            yield from _of_table(rule_set)
        case Scorecard():
            yield from _of_scorecard(rule_set)
        case FormulaSet(values=values):
            yield from _of_outputs(values)
        case Ladder():
            yield from _of_ladder(rule_set)
        case _:
            assert_never(rule_set)


def formulas_in_when(when: When | None) -> Iterator[Expression]:
    """Yield the columns and end points of a conjunction of cells."""
    for column, cell in when.cells if when else ():
        yield column.expression
        yield from ends(cell.test)


def _of_outputs(outputs: Iterable[Output]) -> Iterator[Expression]:
    for output in outputs:
        yield output.expression


def _of_table(table: DecisionTable) -> Iterator[Expression]:
    for column in table.columns:
        yield column.expression
    for row in table.rows:
        for cell in row.cells:
            yield from ends(cell.test)
        yield from _of_outputs(row.outputs)
        yield from formulas_in_when(row.release)
    if table.otherwise:
        yield from _of_outputs(table.otherwise.outputs)


def _of_scorecard(scorecard: Scorecard) -> Iterator[Expression]:
    for characteristic in scorecard.characteristics:
        yield characteristic.column.expression
        for attribute in characteristic.attributes:
            yield from ends(attribute.cell.test)
    for knock_out in scorecard.knock_outs:
        yield from formulas_in_when(knock_out.when)
    for band in scorecard.bands:
        yield from ends(band.cell.test)


def _of_ladder(ladder: Ladder) -> Iterator[Expression]:
    yield from formulas_in_when(ladder.when)
    for level in ladder.levels:
        yield level.days_past_due
        yield from _of_outputs(level.effects)
        yield from formulas_in_when(level.release)
    for trigger in ladder.triggers:
        yield from formulas_in_when(trigger.when)
        yield from _of_outputs(trigger.effects)
        yield from formulas_in_when(trigger.release)
