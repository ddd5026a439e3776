"""Facts as rows of integers, for the kernel to measure: what facts.yaml declares, and the built-in ones.

A row says which entries, within how many days, under which conditions, measured how, and how the exact number is
rounded into the fact's type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.domain.entries import AdjustmentKind
from policy_service.domain.values import Currency, Kind, scale
from policy_service.facts.conditions import bound_of, column_kind
from policy_service.language.definitions.built_in_facts import declared_name
from policy_service.language.definitions.dictionary import (
    EntryCondition,
    EntrySource,
    FactDefinition,
    FactSource,
    Measure,
    MeasureKind,
)
from policy_service.language.policy import Parameter
from simulations.ledger_snapshot.columns import Column

SOURCES: Final = tuple(EntrySource)
MEASURES: Final = tuple(MeasureKind)
OPERATORS: Final = ("=", "!=", "<", "<=", ">", ">=")
#: Columns of entries, by their number in a row.
COLUMNS: Final = (
    "amount",
    "term_days",
    "open_amount",
    "due_date",
    "days_past_due",
    "disputed",
    "days_late",
    "kind",
    "open",
    "promised",
    "broken",
    "value",
    "let_through",
)
#: The text of an event's value, where it is compared as a text.
TEXT: Final = len(COLUMNS)
BUILT_IN: Final = (
    "as_of",
    "open_balance",
    "overdue_balance",
    "past_due_balance",
    "disputed_balance",
    "unapplied_cash",
    "oldest_days_past_due",
    "open_orders",
    "unmatured_bills",
    "exposure",
    "headroom",
    "utilisation",
    "months_as_customer",
    "sales_12m",
    "avg_monthly_sales_12m",
    "avg_monthly_orders_12m",
    "days_sales_outstanding_90d",
    "payment_index_12m",
)
#: Those that are read in other steps than an amount.
_NOT_MONEY: Final = frozenset(
    {
        "as_of",
        "oldest_days_past_due",
        "utilisation",
        "months_as_customer",
        "days_sales_outstanding_90d",
        "payment_index_12m",
    }
)
_NONE: Final = -1

# The families of facts.
DECLARED: Final = 0
OF_THE_LEDGER: Final = 1
OF_THE_FILE: Final = 2

# The columns of a row.
FAMILY: Final = 0
CODE: Final = 1
WITHIN: Final = 2
MEASURE: Final = 3
COLUMN: Final = 4
WEIGHT: Final = 5
WHERE: Final = 6
WHERE_ENDS: Final = 7
SHARE_ENDS: Final = 8
FACTOR: Final = 9
DIVISOR: Final = 10
IS_OF_GROUP: Final = 11
_WIDTH: Final = 12

# The columns of a condition.
CONDITION_COLUMN: Final = 0
CONDITION_OPERATOR: Final = 1
CONDITION_BOUND: Final = 2
CONDITION_BOUND_DIVISOR: Final = 3


@dataclass(frozen=True, slots=True)
class FactRows:
    """Facts by their place, their rows and the conditions that these name; `names` in the order of the rows."""

    names: tuple[str, ...]
    rows: Column
    conditions: Column


def fact_rows(
    definitions: Sequence[FactDefinition],
    parameters: Mapping[str, Parameter],
    currency: Currency,
    words: Mapping[str, int],
    attributes: Mapping[str, int],
) -> FactRows:
    """Return the rows of every fact that is measured, in the order of `definitions`; others are left out.

    `words` are the places of texts in the snapshot, `attributes` those of customer facts among the columns of
    attributes. FactError F105 for a parameter that is not given or of another kind.
    """
    compiled = _Compiled(parameters, currency, words, attributes)
    found = [(definition.name, compiled.row(definition)) for definition in definitions if _is_measured(definition)]
    rows = np.array([row for _, row in found], dtype=np.int64).reshape(-1, _WIDTH)
    return FactRows(tuple(name for name, _ in found), read_only(rows), compiled.conditions())


def read_only(column: Column) -> Column:
    """Return the column, which nobody changes any more: so it is of one type with those of a snapshot."""
    column = np.ascontiguousarray(column)
    column.flags.writeable = False
    return column


def _is_measured(definition: FactDefinition) -> bool:
    if definition.source is FactSource.BUILT_IN:
        return declared_name(definition.name) in BUILT_IN
    return definition.source in {FactSource.LEDGER, FactSource.CUSTOMER}


class _Compiled:
    def __init__(
        self,
        parameters: Mapping[str, Parameter],
        currency: Currency,
        words: Mapping[str, int],
        attributes: Mapping[str, int],
    ) -> None:
        self._parameters = parameters
        self._currency = currency
        self._words = words
        self._attributes = attributes
        self._conditions: list[tuple[int, int, int, int]] = []

    def conditions(self) -> Column:
        return read_only(np.array(self._conditions, dtype=np.int64).reshape(-1, 4))

    def row(self, definition: FactDefinition) -> list[int]:
        row = [0] * _WIDTH
        row[FACTOR] = scale(definition.kind, self._currency)
        row[DIVISOR] = 1
        row[IS_OF_GROUP] = int(definition.group)
        if definition.source is FactSource.CUSTOMER:
            row[FAMILY], row[CODE] = OF_THE_FILE, self._attributes[definition.name]
        elif definition.measure is None:
            name = declared_name(definition.name)
            row[FAMILY], row[CODE] = OF_THE_LEDGER, BUILT_IN.index(name)
            row[DIVISOR] = 1 if name in _NOT_MONEY else scale(Kind.MONEY, self._currency)
        else:
            self._declare(row, definition)
        return row

    def _declare(self, row: list[int], definition: FactDefinition) -> None:
        asked = definition.measure
        assert asked is not None  # noqa: S101 - a fact of the ledger is declared by its measure
        row[FAMILY], row[CODE] = DECLARED, SOURCES.index(asked.entries)
        row[WITHIN] = _NONE if asked.within_days is None else asked.within_days
        row[MEASURE] = MEASURES.index(asked.measure.kind)
        row[COLUMN] = COLUMNS.index(asked.measure.column) if asked.measure.column else _NONE
        row[WEIGHT] = COLUMNS.index(asked.measure.weight) if asked.measure.weight else _NONE
        row[WHERE] = len(self._conditions)
        self._conditions.extend(self._condition(asked.entries, one) for one in asked.where)
        row[WHERE_ENDS] = len(self._conditions)
        self._conditions.extend(self._condition(asked.entries, one) for one in asked.measure.share_of)
        row[SHARE_ENDS] = len(self._conditions)
        row[DIVISOR] = _divisor(asked.measure, self._currency)

    def _condition(self, entries: EntrySource, condition: EntryCondition) -> tuple[int, int, int, int]:
        column, operator = COLUMNS.index(condition.column), OPERATORS.index(condition.operator)
        if isinstance(condition.value, str):
            if entries is EntrySource.ADJUSTMENTS:
                return column, operator, 1 + list(AdjustmentKind).index(AdjustmentKind(condition.value)), 1
            column = TEXT if condition.column == "value" else column
            return column, operator, self._words.get(condition.value, _NONE), 1
        bound = bound_of(condition, self._parameters, self._currency)
        return column, operator, bound.numerator, bound.denominator


def _divisor(measure: Measure, currency: Currency) -> int:
    match measure.kind:
        case MeasureKind.SUM | MeasureKind.MEAN | MeasureKind.MIN | MeasureKind.MAX | MeasureKind.SLOPE:
            return scale(column_kind(measure.column), currency)
        case _:
            return 1
