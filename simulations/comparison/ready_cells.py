"""Expressions and cells of one policy, put in order once for every explanation under it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policy_service.domain.values import Kind
from policy_service.engines.conditions import Cells, ends
from policy_service.engines.formulas import Parameters, Prepared, condition_on, prepare, the_value
from policy_service.language.cells import Cell, Column
from policy_service.language.feel.expressions import Expression
from policy_service.language.rule_sets import DecisionTable


@dataclass(frozen=True, slots=True)
class ReadyCell:
    """A cell with everything that is the same for all values."""

    column: str
    cell: str
    kind: Kind
    expression: Expression
    test: Prepared
    ends: tuple[Expression, ...]


class ReadyFormulas:
    """Expressions and tests of one policy, ready to run; the policy keeps them alive, so their ids tell them apart."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self._ready: dict[int, Prepared] = {}
        self._cells: dict[tuple[int, int], ReadyCell] = {}
        self._rows: dict[int, Sequence[tuple[str, Cells]]] = {}

    def rows_of(self, table: DecisionTable) -> Sequence[tuple[str, Cells]]:
        """Return the rows of a table with their cells that are not open."""
        found = self._rows.get(id(table))
        if found is None:
            found = [(row.id, closed(zip(table.columns, row.cells, strict=True))) for row in table.rows]
            self._rows[id(table)] = found
        return found

    def of(self, expression: Expression) -> Prepared:
        """Return an expression ready to run."""
        found = self._ready.get(id(expression))
        if found is None:
            found = self._ready[id(expression)] = prepare(expression, self.parameters)
        return found

    def cell(self, column: Column, cell: Cell) -> ReadyCell:
        """Return a cell of a column ready to be asked."""
        key = (id(column), id(cell))
        found = self._cells.get(key)
        if found is None:
            kind = column.expression.kind
            test = prepare(condition_on(the_value(kind), cell.test), self.parameters)
            found = ReadyCell(column.text, cell.text, kind, column.expression, test, tuple(ends(cell.test)))
            self._cells[key] = found
        return found


def closed(cells: Iterable[tuple[Column, Cell]]) -> Cells:
    """Return those cells that ask for something."""
    return tuple([pair for pair in cells if not pair[1].is_open])
