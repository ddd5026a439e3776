"""On which mornings ladders have to look at a customer: what can be said beforehand of everything that they read.

Between two things that happen to a customer only the calendar moves what a ladder reads. Where each of its conditions
compares a fact with a constant, the day of the next change can be told; where one does anything else, the ladders look
every morning. Facts of groups are no exception, as then the ladders of all customers look whenever those of one do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from policy_service.domain.outcomes import DecisionType
from policy_service.engines.arithmetic import convert
from policy_service.engines.conditions import ends
from policy_service.facts.knowledge import NEVER
from policy_service.language.cells import Cell, Column
from policy_service.language.definitions.built_in_facts import declared_name
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
from simulations.ledger_snapshot.columns import Column as Amounts
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
_Asked: TypeAlias = tuple[Column, Cell]


@dataclass(frozen=True, slots=True)
class Pace:
    """When ladders look.

    `is_daily`: every morning. Else `level_days` are the days past due of each level (in the order of the steps, NEVER
    for triggers). `triggers` and `releases` are what is read by the conditions of all triggers, and by those of all
    releases. No trigger can be true while the oldest open invoice is less than `gate` days past due (NEVER without a
    trigger, 0 if nothing of the kind is known).
    """

    is_daily: bool
    level_days: Sequence[int]
    triggers: "ReadByConditions"
    releases: "ReadByConditions"
    gate: int


@dataclass(frozen=True, slots=True)
class ReadByConditions:
    """The names that conditions read, and `bounds`: a fact that ages by a day a day, and an age at which one may turn.

    `until_closed`: there are effects that end with the last of their invoices. Where ladders look every morning
    nothing is told.
    """

    names: frozenset[str] = frozenset()
    bounds: Sequence[tuple[str, int]] = ()
    until_closed: bool = False


def pace_of(
    policy: Policy, parameters: Mapping[str, int], facts: Sequence[FactDefinition], rows: FactRows, snapshot: Snapshot
) -> Pace:
    """Return when the ladders of a policy look; `facts` are those that they read, `rows` how these are measured."""
    chain = policy.chain(DecisionType.ESCALATION)
    ladders = [one for one in chain if isinstance(one, Ladder)]
    steps = sum(len(ladder.levels) + len(ladder.triggers) for ladder in ladders)
    nothing = ReadByConditions()
    daily = Pace(is_daily=True, level_days=[NEVER] * steps, triggers=nothing, releases=nothing, gate=0)
    if len(ladders) < len(chain) or any(ladder.when for ladder in ladders) or not _fit(rows, snapshot):
        return daily
    days = [_level_days(step, parameters) for ladder in ladders for step in _steps(ladder)]
    every = [step for ladder in ladders for step in _steps(ladder)]
    triggers = [cell for step in every if isinstance(step, Trigger) for cell in step.when.cells]
    releases = [cell for step in every if step.release is not None for cell in step.release.cells]
    ages = {fact.name: rows.names.index(fact.name) for fact in facts if _ages(fact)}
    known = [day for day in days if day is not None]
    if (
        len(known) < len(days)
        or not all(_is_plain(column, cell, parameters) for column, cell in (*triggers, *releases))
        or not all(_moves_on_known_days(fact) for fact in facts)
        or any(rows.rows[place][FACTOR] != 1 or rows.rows[place][DIVISOR] != 1 for place in ages.values())
    ):
        return daily
    gates = [_gate(trigger, parameters) for ladder in ladders for trigger in ladder.triggers]
    until_closed = any(step.effects and step.release is None for step in every)
    return Pace(
        is_daily=False,
        level_days=known,
        triggers=_read(triggers, ages, parameters),
        releases=_read(releases, ages, parameters, until_closed=until_closed),
        gate=min(gates, default=NEVER),
    )


def _read(
    cells: Sequence[_Asked], ages: Mapping[str, int], parameters: Mapping[str, int], *, until_closed: bool = False
) -> ReadByConditions:
    named = [(column.expression.name, cell) for column, cell in cells if isinstance(column.expression, Name)]
    bounds = [
        (name, turn)
        for name, cell in named
        if name in ages
        for end in ends(cell.test)
        for turn in _turns(end, parameters)
    ]
    return ReadByConditions(frozenset(name for name, _ in named), bounds, until_closed)


def _steps(ladder: Ladder) -> Sequence[Level | Trigger]:
    return (*ladder.levels, *ladder.triggers)


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
    return declared_name(fact.name) == _OLDEST or (fact.measure is not None and fact.measure.measure.kind in _AGES)


def _moves_on_known_days(fact: FactDefinition) -> bool:
    asked = fact.measure
    if asked is None:
        is_kept_along = declared_name(fact.name) in _MOVED_BY_EVENTS or fact.name == _DAYS_PAST_DUE
        return fact.source is not FactSource.BUILT_IN or is_kept_along
    conditions = (*asked.where, *asked.measure.share_of)
    columns = {asked.measure.column, asked.measure.weight, *(one.column for one in conditions)}
    return asked.measure.kind is not MeasureKind.SLOPE and _DAYS_PAST_DUE not in columns


def _fit(rows: FactRows, snapshot: Snapshot) -> bool:
    # What customers of a unit ever owed or asked for, as doubles: an order of magnitude is all that matters.
    total = max(
        float(np.bincount(snapshot.groups.unit, _by_customer(amounts, begins)).max(initial=0))
        for amounts, begins in (
            (snapshot.invoices.amount, snapshot.invoices.begins),
            (snapshot.orders.amount, snapshot.orders.begins),
        )
    )
    largest = max((row[FACTOR] / row[DIVISOR] for row in rows.rows.tolist()), default=1.0)
    return total * max(largest, 1.0) * _MARGIN < 2.0**63


def _by_customer(amounts: Amounts, begins: Amounts) -> npt.NDArray[np.float64]:
    return np.diff(np.concatenate([[0.0], np.cumsum(amounts, dtype=np.float64)])[begins])
