"""On which mornings ladders have to look at a customer: what can be said beforehand of everything that they read.

Between two things that happen to a customer only the calendar moves what a ladder reads. Where each of its conditions
compares a fact with a constant, the day of the next change can be told; where one does anything else, the ladders look
every morning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.engines.arithmetic import convert
from policy_service.engines.conditions import ends
from policy_service.facts.knowledge import NEVER
from policy_service.language.cells import Cell, Column, When
from policy_service.language.definitions.dictionary import FactDefinition, FactSource, MeasureKind
from policy_service.language.feel.expressions import (
    Comparison,
    Constant,
    Convert,
    Expression,
    Interval,
    Name,
    NameSource,
    Operator,
)
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder, Level, Trigger
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.fact_rows import DIVISOR, FACTOR, FactRows

_OLDEST: Final = "oldest_days_past_due"
_MOVED_BY_EVENTS: Final = frozenset(
    {
        "open_balance",
        "overdue_balance",
        "past_due_balance",
        "disputed_balance",
        _OLDEST,
        "open_orders",
        "unmatured_bills",
        "exposure",
        "headroom",
        "utilisation",
    }
)
_AGES: Final = frozenset({MeasureKind.DAYS_SINCE_FIRST, MeasureKind.DAYS_SINCE_LAST})
_DAYS_PAST_DUE: Final = "days_past_due"
#: How much smaller than 64 bits what is added up has to be, so that no fact is out of bounds.
_MARGIN: Final = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """When ladders look.

    `is_daily`: every morning. Else `level_days` are the days past due of each level (in the order of the steps, NEVER
    for triggers), `bounds` pairs of a fact that ages by a day a day (its number among the facts of the chain) and an
    age at which a condition may turn. No trigger can be true while the oldest open invoice is less than `gate` days
    past due (NEVER without a trigger, 0 if nothing of the kind is known).
    """

    is_daily: bool
    level_days: Sequence[int]
    bounds: Sequence[tuple[int, int]]
    gate: int


def pace_of(
    policy: Policy, parameters: Mapping[str, int], facts: Sequence[FactDefinition], rows: FactRows, snapshot: Snapshot
) -> Pace:
    """Return when the ladders of a policy look; `facts` are those that they read, `rows` how these are measured."""
    chain = policy.chain(DecisionType.ESCALATION)
    ladders = [one for one in chain if isinstance(one, Ladder)]
    steps = sum(len(ladder.levels) + len(ladder.triggers) for ladder in ladders)
    daily = Pace(is_daily=True, level_days=[NEVER] * steps, bounds=(), gate=0)
    if len(ladders) < len(chain) or any(ladder.when for ladder in ladders) or not _fit(rows, snapshot):
        return daily
    days = [_level_days(step, parameters) for ladder in ladders for step in _steps(ladder)]
    cells = [cell for ladder in ladders for step in _steps(ladder) for cell in _cells(step)]
    ages = {fact.name: rows.names.index(fact.name) for fact in facts if _ages(fact)}
    known = [day for day in days if day is not None]
    if (
        len(known) < len(days)
        or not all(_is_plain(column, cell, parameters) for column, cell in cells)
        or not all(_moves_on_known_days(fact) for fact in facts)
        or any(rows.rows[place][FACTOR] != 1 or rows.rows[place][DIVISOR] != 1 for place in ages.values())
    ):
        return daily
    bounds = [
        (ages[column.expression.name], turn)
        for column, cell in cells
        if isinstance(column.expression, Name) and column.expression.name in ages
        for end in ends(cell.test)
        for turn in _turns(end, parameters)
    ]
    gates = [_gate(trigger, parameters) for ladder in ladders for trigger in ladder.triggers]
    return Pace(is_daily=False, level_days=known, bounds=bounds, gate=min(gates, default=NEVER))


def _steps(ladder: Ladder) -> Sequence[Level | Trigger]:
    return (*ladder.levels, *ladder.triggers)


def _cells(step: Level | Trigger) -> Iterator[tuple[Column, Cell]]:
    whens: tuple[When | None, ...] = (step.release, step.when if isinstance(step, Trigger) else None)
    for when in whens:
        if when is not None:
            yield from when.cells


def _level_days(step: Level | Trigger, parameters: Mapping[str, int]) -> int | None:
    return _constant(step.days_past_due, parameters) if isinstance(step, Level) else NEVER


def _constant(expression: Expression, parameters: Mapping[str, int]) -> int | None:
    match expression:
        case Constant(value):
            return value
        case Name(name, NameSource.PARAMETER):
            return parameters[name]
        case Convert(operand, factor, divisor):
            converted = _constant(operand, parameters)
            return None if converted is None else convert(converted, factor, divisor)
        case _:
            return None


def _is_plain(column: Column, cell: Cell, parameters: Mapping[str, int]) -> bool:
    named = column.expression
    if not isinstance(named, Name) or named.source is NameSource.PARAMETER or named.name == _DAYS_PAST_DUE:
        return False
    return all(_constant(end, parameters) is not None for end in ends(cell.test))


def _turns(end: Expression, parameters: Mapping[str, int]) -> tuple[int, int]:
    # A condition may turn when an age reaches its bound, and when it passes it.
    bound = _constant(end, parameters)
    assert bound is not None  # noqa: S101 - plain cells compare with constants
    return bound, bound + 1


def _gate(trigger: Trigger, parameters: Mapping[str, int]) -> int:
    gates = [0]
    for column, cell in trigger.when.cells:
        if isinstance(column.expression, Name) and column.expression.name == _OLDEST:
            match cell.test:
                case Comparison(Operator.GREATER_OR_EQUAL | Operator.GREATER | Operator.EQUAL, end):
                    gates.append(_constant(end, parameters) or 0)
                case Interval(low):
                    gates.append(_constant(low, parameters) or 0)
                case _:
                    pass
    return max(gates)


def _ages(fact: FactDefinition) -> bool:
    return fact.name == _OLDEST or (fact.measure is not None and fact.measure.measure.kind in _AGES)


def _moves_on_known_days(fact: FactDefinition) -> bool:
    asked = fact.measure
    if asked is None:
        is_kept_along = fact.name in _MOVED_BY_EVENTS or fact.name == _DAYS_PAST_DUE
        return fact.source is not FactSource.BUILT_IN or is_kept_along
    conditions = (*asked.where, *asked.measure.share_of)
    columns = {asked.measure.column, asked.measure.weight, *(one.column for one in conditions)}
    return asked.measure.kind is not MeasureKind.SLOPE and _DAYS_PAST_DUE not in columns


def _fit(rows: FactRows, snapshot: Snapshot) -> bool:
    # What a customer ever owed or asked for, as doubles: an order of magnitude is all that matters.
    total = max(
        (
            float(np.diff(np.concatenate([[0.0], np.cumsum(amounts, dtype=np.float64)])[begins]).max(initial=0))
            for amounts, begins in (
                (snapshot.invoices.amount, snapshot.invoices.begins),
                (snapshot.orders.amount, snapshot.orders.begins),
            )
        ),
        default=0.0,
    )
    largest = max((row[FACTOR] / row[DIVISOR] for row in rows.rows.tolist()), default=1.0)
    return total * max(largest, 1.0) * _MARGIN < 2.0**63
