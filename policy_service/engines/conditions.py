"""Which of several conjunctions of cells match: the rows of a table, the bins of a score, the triggers.

A set of rows is an integer with one bit per row. Every value a column can take falls on one of the bounds
that its cells name or between two of them, and there each cell says the same of all values: what it says
is worked out when a value first falls there and kept. Cells that compare with a fact are asked each time.
So a table of a thousand rows costs little more than one of ten; the meaning is just this: a row does not
match if one cell says no; else it is unknown if one cell is; else it matches.

Every column and every end point is computed, whether a row needs it or not, so that an overflow is a fault
whatever the order of rows and columns.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from policy_service.domain.decisions import Value, Values
from policy_service.domain.values import FALSE, UNKNOWN
from policy_service.engines.formulas import (
    VALUE,
    Formula,
    Parameters,
    as_formula,
    condition_on,
    prepare,
    the_value,
)
from policy_service.language.cells import Cell, Column, When
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
from policy_service.language.feel.reading_names import names_in

#: The rows that a column rules out, and those it leaves unknown.
_Answers: TypeAlias = tuple[int, int]
#: The cells of one row, each with its column.
Cells: TypeAlias = Sequence[tuple[Column, Cell]]


def ends(test: Test) -> Iterator[Expression]:
    """Yield every end point that a test compares with."""
    match test:
        case Anything() | IsUnknown():
            return
        case Comparison():
            yield test.end
        case Interval():
            yield test.low
            yield test.high
        case AnyOf():
            for part in test.tests:
                yield from ends(part)
        case NoneOf():
            yield from ends(test.test)


def cells_of(when: When | None) -> Cells:
    """Return the cells of a condition; none if there is no condition, which always matches."""
    return when.cells if when else ()


def rows_in(rows: int) -> Iterator[int]:
    """Yield the indices of a set of rows, in order."""
    while rows:
        lowest = rows & -rows
        yield lowest.bit_length() - 1
        rows ^= lowest


@dataclass(frozen=True, slots=True)
class _PreparedCell:
    check: Formula
    rows: int
    reads: frozenset[str]
    bounds: tuple[Value, ...] | None

    def verdict(self, value: Value, values: Values) -> Value:
        return self.check({**values, VALUE: value})


class _PreparedColumn:
    def __init__(self, column: Column, parameters: Parameters) -> None:
        self._expression = column.expression
        self._parameters = parameters
        self.value = as_formula(prepare(column.expression, parameters))
        # Most columns are a fact, which needs no formula to be read.
        self._fact = _name_of(column.expression)
        self._rows_of: dict[Test, int] = {}
        self.cells: tuple[_PreparedCell, ...] = ()
        self._fixed: tuple[_PreparedCell, ...] = ()
        self._varying: tuple[_PreparedCell, ...] = ()
        self._bounds: tuple[Value, ...] = ()
        self._on: dict[Value, _Answers | None] = {}
        self._between: list[_Answers | None] = []

    def add(self, test: Test, row: int) -> None:
        self._rows_of[test] = self._rows_of.get(test, 0) | 1 << row

    def complete(self) -> None:
        self.cells = tuple(self._prepare(test, rows) for test, rows in self._rows_of.items())
        self._fixed = tuple(cell for cell in self.cells if cell.bounds is not None)
        self._varying = tuple(cell for cell in self.cells if cell.bounds is None)
        bounds = {bound for cell in self._fixed for bound in cell.bounds or ()}
        self._bounds = tuple(sorted(bounds))
        self._on = dict.fromkeys({UNKNOWN, *bounds})
        self._between = [None] * (len(bounds) + 1)

    def _prepare(self, test: Test, rows: int) -> _PreparedCell:
        prepared_ends = [prepare(end, self._parameters) for end in ends(test)]
        bounds = tuple(end for end in prepared_ends if isinstance(end, int))
        check = prepare(condition_on(the_value(self._expression.kind), test), self._parameters)
        reads = _facts_read(self._expression) | _facts_read(test)
        return _PreparedCell(as_formula(check), rows, reads, bounds if len(bounds) == len(prepared_ends) else None)

    @property
    def varies(self) -> bool:
        return bool(self._varying)

    def answers(self, values: Values, scope: dict[str, Value]) -> _Answers:
        value = self.value(values) if self._fact is None else values.get(self._fact, UNKNOWN)
        found = self._on[value] if value in self._on else self._between[bisect_left(self._bounds, value)]
        if found is None:
            found = self._keep(value)
        if self._varying:
            scope[VALUE] = value
            no, unknown = _ask(self._varying, scope)
            return found[0] | no, found[1] | unknown
        return found

    def _keep(self, value: Value) -> _Answers:
        found = _ask(self._fixed, {VALUE: value})
        if value in self._on:
            self._on[value] = found
        else:
            self._between[bisect_left(self._bounds, value)] = found
        return found


class Conjunctions:
    """Rows of cells, ready to be matched; equal columns are computed once."""

    def __init__(self, rows: Iterable[Cells], parameters: Parameters) -> None:
        columns: dict[Expression, _PreparedColumn] = {}
        self._all = 0
        for row, cells in enumerate(rows):
            self._all |= 1 << row
            for column, cell in cells:
                if not isinstance(cell.test, Anything):
                    if column.expression not in columns:
                        columns[column.expression] = _PreparedColumn(column, parameters)
                    columns[column.expression].add(cell.test, row)
        self._columns = tuple(columns.values())
        for prepared in self._columns:
            prepared.complete()
        self._varies = any(prepared.varies for prepared in self._columns)

    def match(self, values: Values) -> tuple[int, int]:
        """Return the rows that match, and those that failed only on unknown cells."""
        no = unknown = 0
        scope = dict(values) if self._varies else {}
        for column in self._columns:
            column_no, column_unknown = column.answers(values, scope)
            no |= column_no
            unknown |= column_unknown
        return self._all & ~(no | unknown), unknown & ~no

    def missing_facts(self, rows: int, values: Values) -> frozenset[str]:
        """Return the names that are unknown in the unknown cells of these rows."""
        found: set[str] = set()
        for column in self._columns:
            value = column.value(values)
            for cell in column.cells:
                if cell.rows & rows and cell.verdict(value, values) == UNKNOWN:
                    found.update(name for name in cell.reads if values.get(name, UNKNOWN) == UNKNOWN)
        return frozenset(found)


def facts_missing(expressions: Iterable[Expression | Test], values: Values) -> frozenset[str]:
    """Return the names that these read and that are unknown, parameters aside."""
    names = frozenset[str]().union(*(_facts_read(expression) for expression in expressions))
    return frozenset(name for name in names if values.get(name, UNKNOWN) == UNKNOWN)


def _ask(cells: Iterable[_PreparedCell], values: Values) -> _Answers:
    no = unknown = 0
    for cell in cells:
        verdict = cell.check(values)
        if verdict == FALSE:
            no |= cell.rows
        elif verdict == UNKNOWN:
            unknown |= cell.rows
    return no, unknown


def _name_of(expression: Expression) -> str | None:
    if isinstance(expression, Name) and expression.source is not NameSource.PARAMETER:
        return expression.name
    return None


def _facts_read(node: Expression | Test) -> frozenset[str]:
    return frozenset(name.name for name in names_in(node) if name.source is not NameSource.PARAMETER)
