"""Which cell decided an order, and how far its value was from deciding otherwise."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import assert_never

from policy_service.domain.decisions import Value, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, LARGEST, TRUE
from policy_service.engines.conditions import Cells
from policy_service.engines.formulas import VALUE, run
from policy_service.engines.near_misses import NearMiss, nearest_match
from policy_service.engines.parameters import parameters_of
from policy_service.engines.trace import Explainer
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard
from simulations.comparison.cause import Cause
from simulations.comparison.ready_cells import ReadyCell, ReadyFormulas, closed


class Causes:
    """Find the causes of decisions under one policy; `baseline` is the policy that it is compared with, if any."""

    def __init__(
        self, policy: Policy, parameters: Mapping[str, Value] | None = None, baseline: "Causes | None" = None
    ) -> None:
        self._policy = policy
        self._formulas = ReadyFormulas(parameters_of(policy, parameters))
        self._explainer = Explainer(policy, parameters)
        self._baseline = baseline

    def cause(self, rule_set: str, row: str, values: Values, missed: str = "") -> Cause | None:
        """Return the cell by which that row of a table (or knock-out) was hit, for the values the order was decided on.

        Of several cells those that say another thing under the baseline's row come first, if that has the name and the
        columns of this one, then the one nearest to its bound, as a share of the larger of value and bound, then the
        last. A row without cells is explained by the row `missed`, or the first, that missed by one cell. None where
        nothing can be told: another kind of rule set, no such cell, an overflow.
        """
        try:
            return self._cause_of_row(rule_set, row, values) or self._near_miss(rule_set, values, missed)
        except EngineFault:
            return None

    def _cause_of_row(self, rule_set: str, row: str, values: Values) -> Cause | None:
        found = self._cells(rule_set, row)
        if not found:
            return None
        told = [self._cause(row, cell, values) for cell in found]
        old = self._with_that_row(rule_set, row)
        unlike = [
            cause
            for cause, cell in zip(told, found, strict=True)
            if old is not None and not old.holds(rule_set, row, cell.column, values)
        ]
        # Of cells equally near the last is told: a table's columns go from the general to the particular.
        return min(reversed(unlike or told), key=_how_near)

    def first_cell(self, rule_set: str, row: str) -> str:
        """Return the first cell of a row as text, without any values; empty of a row that has none."""
        return next((f"{cell.column}: {cell.cell}" for cell in self._cells(rule_set, row)), "")

    def holds(self, rule_set: str, row: str, column: str, values: Values) -> bool:
        """Return whether every cell of that column in that row matches; true of a row or column that is not there."""
        cells = [cell for cell in self._cells(rule_set, row) if cell.column == column]
        return all(self._says(cell, self._value(cell, values), values) == TRUE for cell in cells)

    def columns(self, rule_set: str, row: str) -> frozenset[str]:
        """Return the columns in which the row has cells; none of a row that is not there."""
        return frozenset(cell.column for cell in self._cells(rule_set, row))

    def _with_that_row(self, rule_set: str, row: str) -> "Causes | None":
        # Another policy may have a row of that name about something else: beside that no cell of this one is new.
        old = self._baseline
        return old if old is not None and old.columns(rule_set, row) == self.columns(rule_set, row) else None

    def _cells(self, rule_set: str, row: str) -> list[ReadyCell]:
        rows = [pair for found in self._policy.rule_sets if found.name == rule_set for pair in self._rows(found)]
        return [self._formulas.cell(column, cell) for name, cells in rows if name == row for column, cell in cells]

    def _rows(self, rule_set: RuleSet) -> Sequence[tuple[str, Cells]]:
        match rule_set:
            case DecisionTable():
                return self._formulas.rows_of(rule_set)
            case Scorecard():
                return [(knock_out.id, closed(knock_out.when.cells)) for knock_out in rule_set.knock_outs]
            case FormulaSet() | Ladder():
                return ()
            case _:
                assert_never(rule_set)

    def _cause(self, row: str, cell: ReadyCell, values: Values) -> Cause:
        value = self._value(cell, values)
        bound = self._nearest_other(cell, value, values) if cell.kind.is_ordered else None
        distance = None if bound is None else abs(bound - value)
        return Cause(row, f"{cell.column}: {cell.cell}", cell.kind, value, bound, distance)

    def _nearest_other(self, cell: ReadyCell, value: Value, values: Values) -> Value | None:
        ends = [run(self._formulas.of(end), values) for end in cell.ends]
        return nearest_match(value, ends, lambda step: TRUE if self._says(cell, step, values) == FALSE else FALSE)

    def _says(self, cell: ReadyCell, value: Value, values: Values) -> Value:
        return run(cell.test, {**values, VALUE: value})

    def _value(self, cell: ReadyCell, values: Values) -> Value:
        return run(self._formulas.of(cell.expression), values)

    def _near_miss(self, rule_set: str, values: Values, missed: str) -> Cause | None:
        if rule_set not in {found.name for found in self._policy.rule_sets}:
            return None
        misses = self._explainer.explain(rule_set, values).near_misses
        found = next((miss for miss in misses if miss.row == missed), misses[0] if misses else None)
        return None if found is None else self._of_miss(rule_set, found)

    def _of_miss(self, rule_set: str, miss: NearMiss) -> Cause:
        kinds = [cell.kind for cell in self._cells(rule_set, miss.row) if cell.column == miss.column]
        return Cause(miss.row, f"{miss.column}: {miss.cell}", kinds[0], miss.value, miss.needed, miss.distance)


def _how_near(cause: Cause) -> Fraction:
    if cause.distance is None or cause.bound is None:
        return Fraction(LARGEST)
    return Fraction(cause.distance, max(abs(cause.value), abs(cause.bound), 1))
