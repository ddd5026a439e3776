"""Which formulas of a policy can overflow over what a snapshot holds: by interval arithmetic, never too few."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from policy_service.domain.values import UNKNOWN, UNLIMITED
from policy_service.language.definitions.built_in_facts import declared_name
from policy_service.language.definitions.dictionary import EntrySource, FactDefinition, FactSource, MeasureKind
from policy_service.language.feel.expressions import (
    Absolute,
    Add,
    Convert,
    Divide,
    Expression,
    Multiply,
    Name,
    NameSource,
    Negate,
    Power,
    Round,
    Subtract,
    Sum,
    Test,
)
from policy_service.language.feel.reading_names import children, names_in
from policy_service.linter.regions.evaluation import evaluate
from policy_service.linter.regions.ranges import MISSING, Range, of_kind, point
from simulations.ledger_snapshot.columns import Column
from simulations.replay.asked_facts import AskedFacts
from simulations.replay.fact_rows import DIVISOR, FACTOR

_MONEY: Final = frozenset(
    {
        "open_balance",
        "overdue_balance",
        "past_due_balance",
        "disputed_balance",
        "open_orders",
        "unmatured_bills",
        "sales_12m",
        "avg_monthly_sales_12m",
        "avg_monthly_orders_12m",
    }
)
_DAYS: Final = frozenset({"oldest_days_past_due", "months_as_customer"})
_COUNTS: Final = frozenset(
    {
        MeasureKind.COUNT,
        MeasureKind.COUNT_DISTINCT_MONTH,
        MeasureKind.DAYS_SINCE_FIRST,
        MeasureKind.DAYS_SINCE_LAST,
    }
)
_OF_ONE: Final = frozenset({MeasureKind.MIN, MeasureKind.MAX, MeasureKind.MEAN})
_AMOUNTS: Final = frozenset({"amount", "open_amount"})
_DAY_COLUMNS: Final = frozenset({"term_days", "days_late", "days_past_due"})
#: More than there are days in the years 1 to 9999, and than a customer has entries.
_MANY: Final = 2**32


def ranges_of_facts(facts: Sequence[FactDefinition], measured: AskedFacts, total: int) -> dict[str, Range]:
    """Return what facts of an escalation can be; `total` is more than any amount that they are made of.

    A fact of which nothing is known beforehand is left out: it can be anything of its kind.
    """
    found = {}
    for fact in facts:
        if fact.source is FactSource.CUSTOMER:
            found[fact.name] = _range_of(measured.attributes[:, measured.places[fact.name]])
        elif (largest := _largest(fact, total)) is not None:
            row = measured.facts.rows[measured.facts.names.index(fact.name)]
            bound = largest * int(row[FACTOR]) // int(row[DIVISOR]) + 1
            found[fact.name] = Range(-bound, bound, unknown=True)
    return found


def range_of(expression: Expression, parameters: Mapping[str, int], known: Mapping[str, Range]) -> Range:
    """Return what a formula can come to; `known` are the ranges of facts and of what earlier formulas set."""
    return evaluate(expression, _by_name(expression, parameters, known))


def may_overflow(node: Expression | Test, parameters: Mapping[str, int], known: Mapping[str, Range]) -> bool:
    """Return whether a formula or a test may overflow; where that is not sure it may."""
    if any(may_overflow(child, parameters, known) for child in children(node)):
        return True
    match node:
        case Convert(operand) | Negate(operand) | Absolute(operand) | Round(_, operand):
            return _overflows(replace(node, operand=_operand(0, operand)), [operand], parameters, known)
        case Power(base):
            # There is no power of what is unlimited.
            may_be_unlimited = range_of(base, parameters, known).high == UNLIMITED
            return may_be_unlimited or _overflows(replace(node, base=_operand(0, base)), [base], parameters, known)
        case Add(left, right) | Subtract(left, right) | Multiply(left, right) | Divide(left, right):
            alone = replace(node, left=_operand(0, left), right=_operand(1, right))
            return _overflows(alone, [left, right], parameters, known)
        case Sum(operands):
            terms = tuple(_operand(*each) for each in enumerate(operands))
            return _overflows(replace(node, operands=terms), operands, parameters, known)
        case _:
            return False


def _overflows(
    alone: Expression, operands: Sequence[Expression], parameters: Mapping[str, int], known: Mapping[str, Range]
) -> bool:
    # Over known operands what comes to no value overflows, or else divides by zero and the like: it may overflow.
    ranges = [range_of(operand, parameters, known) for operand in operands]
    if any(one.is_empty for one in ranges):
        return False
    return evaluate(
        alone,
        {
            _operand(place, operand): replace(one, unknown=False)
            for place, (operand, one) in enumerate(zip(operands, ranges, strict=True))
        },
    ).unknown


def _operand(place: int, operand: Expression) -> Name:
    return Name(f"?{place}", NameSource.FACT, operand.kind)


def _by_name(node: Expression, parameters: Mapping[str, int], known: Mapping[str, Range]) -> dict[Name, Range]:
    return {
        name: point(parameters[name.name])
        if name.source is NameSource.PARAMETER
        else known.get(name.name) or of_kind(name.kind)
        for name in names_in(node)
    }


def _range_of(values: Column) -> Range:
    known = values[values != UNKNOWN]
    return Range(int(known.min()), int(known.max()), unknown=True) if len(known) else MISSING


def _largest(fact: FactDefinition, total: int) -> int | None:
    asked = fact.measure
    if asked is None:
        name = declared_name(fact.name)
        if name in _DAYS:
            return _MANY
        return total if name in _MONEY else None
    if asked.measure.kind in _COUNTS:
        return _MANY
    # Promises are made of any amount.
    if asked.measure.column in _AMOUNTS and asked.entries is not EntrySource.PROMISES:
        return total if asked.measure.kind in _OF_ONE or asked.measure.kind is MeasureKind.SUM else None
    return _MANY if asked.measure.column in _DAY_COLUMNS and asked.measure.kind in _OF_ONE else None
