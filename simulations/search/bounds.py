"""Numbers in cells as dials: a bound of a row becomes a parameter, so that it can be turned like one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from policy_service.domain.values import UNKNOWN, UNLIMITED, Kind
from policy_service.language.cells import Cell, Column
from policy_service.language.feel.expressions import (
    AnyOf,
    Comparison,
    Constant,
    Expression,
    Interval,
    Name,
    NameSource,
    NoneOf,
    Test,
)
from policy_service.language.policy import Parameter, Policy
from policy_service.language.rule_sets import DecisionTable, RuleSet, Scorecard
from simulations.search.errors import unknown_bound

#: The parameter that a bound becomes; no policy can name one so.
DIAL: Final = "the bound"
#: A number as a cell writes it; the two points of an interval are none of it.
_NUMBER: Final = re.compile(r"(?<!\w)(?<!\d\.)-?[0-9]+(?:\.[0-9]+)?(?!\w)")
_KINDS: Final = (Kind.INTEGER, Kind.DAYS, Kind.NUMBER, Kind.MONEY)


@dataclass(frozen=True, slots=True)
class Bound:
    """A number of a cell: `place` counts the numbers of the cell from 0, `path` leads to the cell in its file."""

    rule_set: str
    row: str
    column: str
    place: int
    value: int
    kind: Kind
    text: str
    path: tuple[str | int, ...]

    @property
    def name(self) -> str:
        """What it is called among the bounds of its policy."""
        return f"{self.rule_set}/{self.row}/{self.column}/{self.place}"

    @property
    def around(self) -> tuple[str, str]:
        """What stands before and after the number in its cell."""
        found = list(_NUMBER.finditer(self.text))[self.place]
        return self.text[: found.start()], self.text[found.end() :]


def bounds_of(rule_set: RuleSet) -> Iterator[Bound]:
    """Yield every number in a cell of a table or a scorecard that can be turned, in the order of the rows."""
    for row, column, cell, path in _cells(rule_set):
        constants = [end for end in _ends(cell.test) if _can_be_turned(end)]
        if len(constants) != len(_NUMBER.findall(cell.text)):
            # Where a cell calculates, it is not told which number is which.
            continue
        for place, constant in enumerate(constants):
            yield Bound(rule_set.name, row, column.text, place, constant.value, constant.kind, cell.text, path)


def bound_named(policy: Policy, name: str) -> Bound:
    """Return the bound of that name; RequestError R546 if the policy has none."""
    for rule_set in policy.rule_sets:
        for bound in bounds_of(rule_set):
            if bound.name == name:
                return bound
    raise unknown_bound(name, policy.id)


def path_of(policy: Policy, rule_set: str, row: str, column: str) -> tuple[str | int, ...]:
    """Return where a cell stands in the file of its rule set; empty of one that is in no table and no scorecard."""
    named = [one for one in policy.rule_sets if one.name == rule_set]
    for name, found, _, path in (cell for one in named for cell in _cells(one)):
        if (name, found.text) == (row, column):
            return path
    return ()


def column_of(policy: Policy, bound: Bound) -> Expression | None:
    """Return what the cell of a bound is asked about; none of a band, which is asked about the score."""
    rule_set = policy.rule_set(bound.rule_set)
    cells = ((row, column) for row, column, _, _ in _cells(rule_set))
    found = next(column for row, column in cells if (row, column.text) == (bound.row, bound.column))
    return None if found is _SCORE else found.expression


def with_dial(policy: Policy, bound: Bound, parameter: Parameter) -> Policy:
    """Return the policy that reads the parameter, which is added to it, in the place of the bound."""
    rule_set = policy.rule_set(bound.rule_set)
    name = Name(parameter.name, NameSource.PARAMETER, bound.kind)
    turned = _with(rule_set, bound, name)
    return replace(
        policy,
        parameters={**policy.parameters, parameter.name: parameter},
        rule_sets=tuple(turned if one is rule_set else one for one in policy.rule_sets),
    )


_SCORE: Final = Column("score", Name("score", NameSource.OUTPUT, Kind.NUMBER))


def _cells(rule_set: RuleSet) -> Iterator[tuple[str, Column, Cell, tuple[str | int, ...]]]:
    match rule_set:
        case DecisionTable():
            for at, row in enumerate(rule_set.rows):
                for column, cell in zip(rule_set.columns, row.cells, strict=True):
                    yield row.id, column, cell, ("rows", at, "when", column.text)
        case Scorecard():
            for number, each in enumerate(rule_set.characteristics):
                for at, one in enumerate(each.attributes):
                    yield one.id, each.column, one.cell, ("characteristics", number, "attributes", at, "when")
            for at, band in enumerate(rule_set.bands):
                yield band.id, _SCORE, band.cell, ("bands", at, "when")
        case _:
            return


def _with(rule_set: RuleSet, bound: Bound, name: Name) -> RuleSet:
    match rule_set:
        case DecisionTable():
            column = [one.text for one in rule_set.columns].index(bound.column)
            rows = [
                replace(row, cells=tuple(_cell(c, bound, name) if n == column else c for n, c in enumerate(row.cells)))
                if row.id == bound.row
                else row
                for row in rule_set.rows
            ]
            return replace(rule_set, rows=tuple(rows))
        case Scorecard():
            characteristics = [
                replace(
                    each,
                    attributes=tuple(
                        replace(one, cell=_cell(one.cell, bound, name))
                        if (one.id, each.column.text) == (bound.row, bound.column)
                        else one
                        for one in each.attributes
                    ),
                )
                for each in rule_set.characteristics
            ]
            bands = [
                replace(band, cell=_cell(band.cell, bound, name))
                if (band.id, _SCORE.text) == (bound.row, bound.column)
                else band
                for band in rule_set.bands
            ]
            return replace(rule_set, characteristics=tuple(characteristics), bands=tuple(bands))
        case _:
            return rule_set


def _cell(cell: Cell, bound: Bound, name: Name) -> Cell:
    counted = {"place": 0}
    return replace(cell, test=_test(cell.test, bound, name, counted))


def _test(test: Test, bound: Bound, name: Name, counted: dict[str, int]) -> Test:
    match test:
        case Comparison(end=end):
            return replace(test, end=_end(end, bound, name, counted))
        case Interval(low=low, high=high):
            first = _end(low, bound, name, counted)
            return replace(test, low=first, high=_end(high, bound, name, counted))
        case AnyOf(tests=tests):
            return replace(test, tests=tuple(_test(one, bound, name, counted) for one in tests))
        case NoneOf(test=inner):
            return replace(test, test=_test(inner, bound, name, counted))
        case _:
            return test


def _end(end: Expression, bound: Bound, name: Name, counted: dict[str, int]) -> Expression:
    if not _can_be_turned(end):
        return end
    counted["place"] += 1
    return name if counted["place"] == bound.place + 1 else end


def _ends(test: Test) -> Iterator[Constant]:
    match test:
        case Comparison(end=Constant() as end):
            yield end
        case Interval(low=low, high=high):
            yield from (end for end in (low, high) if isinstance(end, Constant))
        case AnyOf(tests=tests):
            for one in tests:
                yield from _ends(one)
        case NoneOf(test=inner):
            yield from _ends(inner)
        case _:
            return


def _can_be_turned(end: Expression) -> bool:
    return isinstance(end, Constant) and end.kind in _KINDS and end.value not in (UNKNOWN, UNLIMITED)
