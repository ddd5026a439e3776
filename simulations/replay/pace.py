"""On which mornings ladders have to look at a customer: what can be said beforehand of everything that they read.

Between two things that happen to a customer only the calendar moves what a ladder reads. What reads no fact that ages
by a day a day stays as it is until something happens, or an entry leaves a window; where a condition compares such a
fact with a constant, the day of the next change can be told. Where a policy does anything else its ladders look every
morning. Facts of groups are no exception, as then the ladders of all customers look whenever those of one do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN
from policy_service.engines.conditions import ends
from policy_service.engines.formulas import prepare, run
from policy_service.facts.knowledge import NEVER
from policy_service.language.cells import Cell, Column, When
from policy_service.language.definitions.built_in_facts import declared_name
from policy_service.language.definitions.dictionary import FactDefinition, FactSource, MeasureKind
from policy_service.language.feel.expressions import (
    Comparison,
    Expression,
    Interval,
    Name,
    NameSource,
    Operator,
    Test,
)
from policy_service.language.feel.reading_names import names_in
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import LADDER_KINDS, Ladder, Level, Trigger
from simulations.replay.asked_facts import ESCALATION, AskedFacts
from simulations.replay.fact_rows import DIVISOR, FACTOR, FactRows
from simulations.replay.formulas_before_ladders import (
    SetValue,
    ladder_expressions,
    needed,
    read_by,
    values_before_ladders,
)
from simulations.replay.largest_amounts import MARGIN, fit, may_be_huge
from simulations.replay.overflows import may_overflow, range_of, ranges_of_facts

_OLDEST: Final = "oldest_days_past_due"
_TOLD_WHEN_MOVED: Final = frozenset(
    {
        "open_balance",
        "overdue_balance",
        "past_due_balance",
        "disputed_balance",
        _OLDEST,
        "unapplied_cash",
        "open_orders",
        "unmatured_bills",
        "exposure",
        "headroom",
        "utilisation",
        "months_as_customer",
    }
)
_AGES: Final = frozenset({MeasureKind.DAYS_SINCE_FIRST, MeasureKind.DAYS_SINCE_LAST})
_DAYS_PAST_DUE: Final = "days_past_due"
_Asked: TypeAlias = tuple[Column, Cell]


@dataclass(frozen=True, slots=True)
class ReadByConditions:
    """What conditions read that no formula sets, and the values of formula sets that they need, in order.

    `bounds` are pairs of a fact that ages by a day a day, and an age at which one may turn. `until_closed`: there are
    effects that end with the last of their invoices. Where ladders look every morning nothing is told.
    """

    names: frozenset[str] = frozenset()
    values: Sequence[SetValue] = ()
    bounds: Sequence[tuple[str, int]] = ()
    until_closed: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """When ladders look.

    `is_daily`: every morning. Else `level_days` are the days past due of each level, in the order of the steps
    (UNKNOWN: they depend on the customer; NEVER for triggers). `triggers` and `releases` are what is read by the
    conditions of all triggers, and by those of all releases; `stands` is what is read by the conditions under which
    ladders stand for a customer, by days of levels, and by values that may overflow. No trigger can be true while the
    oldest open invoice is less than `gate` days past due (NEVER without a trigger, 0 if nothing of the kind is known).
    """

    is_daily: bool
    level_days: Sequence[int]
    triggers: ReadByConditions = ReadByConditions()
    releases: ReadByConditions = ReadByConditions()
    stands: ReadByConditions = ReadByConditions()
    gate: int = 0

    @property
    def conditions(self) -> tuple[ReadByConditions, ...]:
        """What is read by the conditions of each kind, TRIGGERS to STANDS."""
        return self.triggers, self.releases, self.stands


@dataclass(frozen=True, slots=True)
class _Ladders:
    """The ladders of a policy, with what can be said of what they read.

    `ages` are facts that age by a day a day, `steady` names are told when they change; `values` stand before them.
    """

    ladders: Sequence[Ladder]
    values: Sequence[SetValue]
    parameters: Mapping[str, int]
    ages: frozenset[str]
    steady: frozenset[str]

    @property
    def steps(self) -> Sequence[Level | Trigger]:
        """Every level and trigger, as the kernel numbers them."""
        return [step for ladder in self.ladders for step in _steps(ladder)]


def pace_of(
    policy: Policy,
    parameters: Mapping[str, int],
    facts: Sequence[FactDefinition],
    measured: AskedFacts,
    total: float,
) -> Pace:
    """Return when the ladders of a policy look; `facts` are those that they read, `measured` how they are measured.

    `total` is what `most_of_a_unit` says of the snapshot.
    """
    ladders = [one for one in policy.chain(DecisionType.ESCALATION) if isinstance(one, Ladder)]
    steps = sum(len(ladder.levels) + len(ladder.triggers) for ladder in ladders)
    daily = Pace(is_daily=True, level_days=[NEVER] * steps)
    rows = measured.of(ESCALATION)
    values = values_before_ladders(policy)
    if values is None or not fit(rows, total) or any(may_be_huge(fact) for fact in facts):
        return daily
    ranges = ranges_of_facts(facts, measured, int(total) * MARGIN)
    risky = []
    for value in values:
        expression = value.output.expression
        if may_overflow(expression, parameters, ranges):
            risky.append(value)
        ranges[value.output.name] = range_of(expression, parameters, ranges)
    if any(may_overflow(node, parameters, ranges) for ladder in ladders for node in ladder_expressions(ladder)):
        return daily
    ages = {fact.name for fact in facts if _ages(fact)} - LADDER_KINDS.keys()
    steady = {fact.name for fact in facts if fact.name in rows.names or fact.source is FactSource.STANDING}
    steady -= {fact.name for fact in facts if not _moves_on_known_days(fact)} | ages | LADDER_KINDS.keys()
    whole_days = {name for name in ages if _is_in_whole_days(rows, name)}
    read = _Ladders(ladders, values, parameters, frozenset(whole_days), frozenset(steady))
    return _paced(read, risky) or daily


def _paced(read: _Ladders, risky: Sequence[SetValue]) -> Pace | None:
    level_days = [_level_days(step, read.parameters) for step in read.steps]
    triggers = list(_cells(step.when for step in read.steps if isinstance(step, Trigger)))
    releases = list(_cells(step.release for step in read.steps))
    stands = list(_cells(ladder.when for ladder in read.ladders))
    asked = [
        step.days_past_due
        for step, days in zip(read.steps, level_days, strict=True)
        if isinstance(step, Level) and days == UNKNOWN
    ]
    asked += [value.output.expression for value in risky]
    if not all(_is_plain(cell, read) for cell in (*triggers, *releases, *stands)) or not _is_steady(asked, read):
        return None
    risky_names = frozenset(value.output.name for value in risky)
    return Pace(
        is_daily=False,
        level_days=level_days,
        triggers=_read(triggers, read),
        releases=_read(releases, read, until_closed=any(step.effects and step.release is None for step in read.steps)),
        stands=_read(stands, read, risky_names | read_by(asked)),
        gate=min((_gate(step, read.parameters) for step in read.steps if isinstance(step, Trigger)), default=NEVER),
    )


def _steps(ladder: Ladder) -> Sequence[Level | Trigger]:
    return (*ladder.levels, *ladder.triggers)


def _cells(whens: Iterator[When | None]) -> Iterator[_Asked]:
    for when in whens:
        yield from when.cells if when else ()


def _read(
    cells: Sequence[_Asked], read: _Ladders, others: frozenset[str] = frozenset(), *, until_closed: bool = False
) -> ReadByConditions:
    bounds = [
        (column.expression.name, turn)
        for column, cell in cells
        if isinstance(column.expression, Name) and column.expression.name in read.ages
        for end in ends(cell.test)
        for turn in _turns(end, read.parameters)
    ]
    names = others.union(*(read_by((column.expression, cell.test)) for column, cell in cells))
    values, leaves = needed(names, read.values)
    return ReadByConditions(leaves, values, bounds, until_closed)


def _level_days(step: Level | Trigger, parameters: Mapping[str, int]) -> int:
    if isinstance(step, Trigger):
        return NEVER
    days = _constant(step.days_past_due, parameters)
    return UNKNOWN if days is None else days


def _constant(expression: Expression, parameters: Mapping[str, int]) -> int | None:
    if any(name.source is not NameSource.PARAMETER for name in names_in(expression)):
        return None
    try:
        value = run(prepare(expression, parameters), {})
    except EngineFault:
        return None
    return None if value == UNKNOWN else value


def _is_plain(asked: _Asked, read: _Ladders) -> bool:
    # Whether it is known when the condition may turn.
    column, cell = asked
    named = column.expression
    if isinstance(named, Name) and named.name in read.ages and named.source is not NameSource.PARAMETER:
        return all(_constant(end, read.parameters) is not None for end in ends(cell.test))
    return _is_steady((named, cell.test), read)


def _is_steady(nodes: Sequence[Expression | Test], read: _Ladders) -> bool:
    _, leaves = needed(read_by(nodes), read.values)
    return leaves <= read.steady


def _turns(end: Expression, parameters: Mapping[str, int]) -> tuple[int, int]:
    # A condition may turn when an age reaches its bound, and when it passes it.
    bound = _constant(end, parameters)
    assert bound is not None  # noqa: S101 - plain cells compare ages with constants
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
        is_kept_along = declared_name(fact.name) in _TOLD_WHEN_MOVED or fact.name == _DAYS_PAST_DUE
        return fact.source is not FactSource.BUILT_IN or is_kept_along
    conditions = (*asked.where, *asked.measure.share_of)
    columns = {asked.measure.column, asked.measure.weight, *(one.column for one in conditions)}
    return asked.measure.kind is not MeasureKind.SLOPE and _DAYS_PAST_DUE not in columns


def _is_in_whole_days(rows: FactRows, name: str) -> bool:
    row = rows.rows[rows.names.index(name)]
    return bool(row[FACTOR] == 1 and row[DIVISOR] == 1)
