"""Rows traced: what each cell says of given values; what is the same for all values is made ready once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from policy_service.domain.decisions import Value, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, TRUE, UNKNOWN, Kind
from policy_service.engines.conditions import Cells, ends
from policy_service.engines.formulas import (
    VALUE,
    Formula,
    Parameters,
    Prepared,
    as_formula,
    comparison,
    condition_on,
    prepare,
    run,
    the_value,
)
from policy_service.engines.near_misses import NearMiss, ValueText, nearest_match, sentence
from policy_service.language.cells import Cell, Column
from policy_service.language.feel.expressions import Comparison, Expression


class Verdict(StrEnum):
    """What a cell or a row says of the values; a fault is an overflow on the way."""

    MATCH = "match"
    NO = "no"
    UNKNOWN = "unknown"
    FAULT = "fault"


_VERDICTS: Final = {TRUE: Verdict.MATCH, FALSE: Verdict.NO, UNKNOWN: Verdict.UNKNOWN}
#: What of its cells makes a row's verdict, the first of these that one of them says.
_ORDER: Final = (Verdict.FAULT, Verdict.NO, Verdict.UNKNOWN)
#: The value of a formula, none if it overflows.
_Found: TypeAlias = Value | None


class CellTrace(msgspec.Struct, frozen=True):
    """One cell: its column's value, its end points' values in the order of its text, and what it says."""

    column: str
    cell: str
    kind: Kind
    verdict: Verdict
    value: Value
    ends: tuple[Value, ...]


class RowTrace(msgspec.Struct, frozen=True):
    """One row, knock-out, attribute, band or trigger with its cells; open cells are left out."""

    row: str
    verdict: Verdict
    cells: tuple[CellTrace, ...]


@dataclass(frozen=True, slots=True)
class _ReadyCell:
    """A cell of a column; `value` and `ends` are places of formulas, `fixed` the ends instead if they never vary.

    `compare` is its test, where that only compares with its one end, else `test` is asked.
    """

    column: str
    cell: str
    kind: Kind
    value: int
    ends: tuple[int, ...]
    fixed: tuple[Value, ...] | None
    compare: Callable[[Value, Value], Value] | None
    test: Prepared


class ReadyRows:
    """Rows with those of their cells that ask for something, ready to be traced; each formula runs once for all."""

    def __init__(self, rows: Iterable[tuple[str, Cells]], parameters: Parameters) -> None:
        self._parameters = parameters
        self._places: dict[Expression, int] = {}
        self.formulas: list[Formula] = []
        self.rows = [
            (row, tuple([self._cell(column, cell) for column, cell in cells if not cell.is_open]))
            for row, cells in rows
        ]

    def traced(self, values: Values, as_text: ValueText) -> "TracedRows":
        """Return the rows traced over these values; `as_text` writes values in sentences."""
        return TracedRows(self, values, as_text)

    def _cell(self, column: Column, cell: Cell) -> _ReadyCell:
        kind, test = column.expression.kind, cell.test
        bounds = [prepare(end, self._parameters) for end in ends(test)]
        fixed = tuple([bound for bound in bounds if isinstance(bound, int)])
        is_fixed = len(fixed) == len(bounds)
        return _ReadyCell(
            column.text,
            cell.text,
            kind,
            self._place(column.expression),
            () if is_fixed else tuple([self._place(end) for end in ends(test)]),
            fixed if is_fixed else None,
            comparison(test.operator) if isinstance(test, Comparison) else None,
            prepare(condition_on(the_value(kind), test), self._parameters),
        )

    def _place(self, expression: Expression) -> int:
        place = self._places.setdefault(expression, len(self.formulas))
        if place == len(self.formulas):
            self.formulas.append(as_formula(prepare(expression, self._parameters)))
        return place


class TracedRows:
    """Rows over given values."""

    def __init__(self, ready: ReadyRows, values: Values, as_text: ValueText) -> None:
        self._ready = ready
        self._values = values
        self._as_text = as_text
        self._found = _all_found(ready.formulas, values)
        self._on: dict[str, Value] = {}
        self.rows = tuple([self._row(row, cells) for row, cells in ready.rows])

    def near_misses(self) -> tuple[NearMiss, ...]:
        """Return the rows that all cells but one matched."""
        found = []
        for traced, (_, cells) in zip(self.rows, self._ready.rows, strict=True):
            if traced.verdict is Verdict.NO:
                failed = [place for place, cell in enumerate(traced.cells) if cell.verdict is not Verdict.MATCH]
                if len(failed) == 1:
                    found.append(self._near_miss(traced.row, traced.cells[failed[0]], cells[failed[0]]))
        return tuple(found)

    def needed_by_failed(self) -> Iterable[tuple[str, Value]]:
        """Yield the nearest value with which each cell of the rows that fail would match, with the row's id."""
        for traced, (_, cells) in zip(self.rows, self._ready.rows, strict=True):
            if traced.verdict is Verdict.NO:
                for cell, ready in zip(traced.cells, cells, strict=True):
                    needed = self._needed(cell, ready)
                    if needed is not None:
                        yield traced.row, needed

    def _row(self, row: str, cells: Sequence[_ReadyCell]) -> RowTrace:
        traced = tuple([self._cell(cell) for cell in cells])
        verdicts = {cell.verdict for cell in traced}
        for verdict in _ORDER:
            if verdict in verdicts:
                return RowTrace(row, verdict, traced)
        return RowTrace(row, Verdict.MATCH, traced)

    def _cell(self, cell: _ReadyCell) -> CellTrace:
        value, bounds = self._found[cell.value], cell.fixed
        if bounds is None:
            found = [self._found[end] for end in cell.ends]
            bounds = tuple([UNKNOWN if end is None else end for end in found])
            if None in found:
                value = None
        if value is None:
            return CellTrace(cell.column, cell.cell, cell.kind, Verdict.FAULT, UNKNOWN, bounds)
        verdict = cell.compare(value, bounds[0]) if cell.compare else self._asked(cell, value)
        return CellTrace(cell.column, cell.cell, cell.kind, _VERDICTS[verdict], value, bounds)

    def _asked(self, cell: _ReadyCell, value: Value) -> Value:
        if not self._on:
            self._on.update(self._values)
        self._on[VALUE] = value
        return run(cell.test, self._on)

    def _near_miss(self, row: str, traced: CellTrace, cell: _ReadyCell) -> NearMiss:
        value, needed = traced.value, self._needed(traced, cell)
        distance = None if needed is None else abs(needed - value)
        text = sentence(cell.column, cell.cell, value, needed, kind=cell.kind, as_text=self._as_text)
        return NearMiss(row, cell.column, cell.cell, value, needed, distance, text)

    def _needed(self, traced: CellTrace, cell: _ReadyCell) -> Value | None:
        if not cell.kind.is_ordered:
            return None
        compare = cell.compare
        if compare:
            (end,) = traced.ends
            return nearest_match(traced.value, traced.ends, lambda step: compare(step, end))
        return nearest_match(traced.value, traced.ends, lambda step: self._asked(cell, step))


def _all_found(formulas: Sequence[Formula], values: Values) -> Sequence[_Found]:
    try:
        return [formula(values) for formula in formulas]
    except EngineFault:
        return [_found(formula, values) for formula in formulas]


def _found(formula: Formula, values: Values) -> _Found:
    try:
        return formula(values)
    except EngineFault:
        return None
