"""The rows that an edit changes: a decision is another one only where one of them matches otherwise, or says otherwise.

Of a table or a scorecard everything but its rows has to be as it was; of any other change nothing is told here, and
every decision is asked again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import Kind
from policy_service.language.cells import Cell, Column, Output, When
from policy_service.language.feel.expressions import Expression, Name, NameSource, Test
from policy_service.language.feel.reading_names import names_in
from policy_service.language.rule_sets import DecisionTable, RuleSet, Scorecard
from simulations.runs.simulation import Candidate
from simulations.warm.likeness import is_other, values_of_parameters

Cells: TypeAlias = tuple[tuple[Column, Cell], ...]
_BAND: Final = "band "
_SCORE: Final = Column("score", Name("score", NameSource.OUTPUT, Kind.NUMBER))


@dataclass(frozen=True, slots=True)
class RowText:
    """A row: the cells by which it matches, all that it says, and the parameters that the one and the other name."""

    cells: Cells
    says: object
    dials_of_cells: frozenset[str]
    dials_of_says: frozenset[str]

    def reads(self) -> frozenset[str]:
        """Return the names behind its cells, parameters aside."""
        nodes = [node for column, cell in self.cells for node in (column.expression, cell.test)]
        return frozenset(name.name for name in _names(nodes) if name.source is not NameSource.PARAMETER)


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row before and after the edit, none where there is none; `place` is that of its rule set in the chain.

    What a row says counts where it matches; `counts_in_doubt` says whether it may where that is unknown, too, as in a
    table it does. The row `of_own_score` reads what its rule set has come to, as a band of a scorecard does.
    """

    place: int
    before: RowText | None
    now: RowText | None
    says_the_same: bool
    counts_in_doubt: bool = True
    of_own_score: bool = False


def changed_rows(old: Candidate, new: Candidate, decision_type: DecisionType) -> Sequence[ChangedRow] | None:
    """Return the rows that differ in the chain of that type, none if it differs in more than rows."""
    if old.policy.severity != new.policy.severity:
        return None
    chains = old.policy.chain(decision_type), new.policy.chain(decision_type)
    if len(chains[0]) != len(chains[1]):
        return None
    found: list[ChangedRow] = []
    for place, (before, now) in enumerate(zip(*chains, strict=True)):
        if not is_other(old, before, now, new):
            continue
        rows = _rows_that_differ(old, before, new, now, place)
        if rows is None:
            return None
        found += rows
    return found


def _rows_that_differ(
    old: Candidate, before: RuleSet, new: Candidate, now: RuleSet, place: int
) -> Sequence[ChangedRow] | None:
    if set(before.output_names) != set(now.output_names) or _frame(before) != _frame(now):
        return None
    rows, now_rows = rows_of_rule_set(before), rows_of_rule_set(now)
    if rows is None or now_rows is None or not _in_one_order(rows, now_rows):
        return None
    values, now_values = values_of_parameters(old), values_of_parameters(new)
    turned = {name for name in {*values, *now_values} if values.get(name) != now_values.get(name)}
    # What is no row may name a parameter, too.
    if _parameters(_nodes_of_frame(_frame(now))) & turned:
        return None
    found = []
    for name in sorted({*rows, *now_rows}):
        one, other = rows.get(name), now_rows.get(name)
        is_band = isinstance(now, Scorecard) and name.startswith(_BAND)
        in_doubt = isinstance(now, DecisionTable)
        if one is None or other is None:
            found.append(ChangedRow(place, one, other, False, in_doubt, is_band))
        elif one != other or (other.dials_of_cells | other.dials_of_says) & turned:
            says_the_same = one.says == other.says and not other.dials_of_says & turned
            found.append(ChangedRow(place, one, other, says_the_same, in_doubt, is_band))
    return found


def _in_one_order(rows: Mapping[str, RowText], now_rows: Mapping[str, RowText]) -> bool:
    return [name for name in rows if name in now_rows] == [name for name in now_rows if name in rows]


def _frame(rule_set: RuleSet) -> RuleSet | None:
    match rule_set:
        case DecisionTable():
            return replace(rule_set, rows=(), columns=(), claims=())
        case Scorecard():
            characteristics = tuple(replace(each, attributes=()) for each in rule_set.characteristics)
            return replace(rule_set, characteristics=characteristics, knock_outs=(), bands=(), claims=())
        case _:
            return None


def _nodes_of_frame(frame: RuleSet | None) -> Iterable[Expression | Test]:
    match frame:
        case DecisionTable():
            return [output.expression for output in frame.otherwise.outputs] if frame.otherwise else []
        case Scorecard():
            return [each.column.expression for each in frame.characteristics]
        case _:
            return []


def rows_of_rule_set(rule_set: RuleSet) -> Mapping[str, RowText] | None:
    """Return the rows of a table or a scorecard by name; none where what matches is not told by its rows alone."""
    match rule_set:
        case DecisionTable():
            columns = rule_set.columns
            found = [
                (row.id, _row(zip(columns, row.cells, strict=True), row.outputs, row.release, row.reasons))
                for row in rule_set.rows
            ]
        case Scorecard():
            found = _rows_of_scorecard(rule_set)
        case _:
            return None
    by_name = dict(found)
    # A release counts whether its row matches or not.
    return by_name if len(by_name) == len(found) and not _has_release(rule_set) else None


def _rows_of_scorecard(scorecard: Scorecard) -> list[tuple[str, RowText]]:
    attributes = [
        (f"{number} {one.id}", _row([(each.column, one.cell)], (), None, one.points))
        for number, each in enumerate(scorecard.characteristics)
        for one in each.attributes
    ]
    knock_outs = [
        (f"knock-out {one.id}", _row(one.when.cells, (), None, (one.grade, one.reasons)))
        for one in scorecard.knock_outs
    ]
    bands = [
        (f"{_BAND}{one.id}", _row([(_SCORE, one.cell)], (), None, (one.grade, one.reasons))) for one in scorecard.bands
    ]
    return [*attributes, *knock_outs, *bands]


def _has_release(rule_set: RuleSet) -> bool:
    return isinstance(rule_set, DecisionTable) and any(row.release is not None for row in rule_set.rows)


def _row(
    cells: Iterable[tuple[Column, Cell]], outputs: Sequence[Output], release: When | None, said: object
) -> RowText:
    closed = tuple(pair for pair in cells if not pair[1].is_open)
    in_cells = _parameters(node for column, cell in closed for node in (column.expression, cell.test))
    in_says = _parameters(output.expression for output in outputs)
    return RowText(closed, (tuple(outputs), release, said), frozenset(in_cells), frozenset(in_says))


def _parameters(nodes: Iterable[Expression | Test]) -> set[str]:
    return {name.name for name in _names(nodes) if name.source is NameSource.PARAMETER}


def _names(nodes: Iterable[Expression | Test]) -> set[Name]:
    return {name for node in nodes for name in names_in(node)}
