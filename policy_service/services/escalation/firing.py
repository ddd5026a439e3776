"""Which levels fire for which invoices, and which triggers: a plan that changes nothing."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from policy_service.domain.values import UNKNOWN
from policy_service.facts.knowledge import day_number
from policy_service.facts.open_items import OpenItem
from policy_service.language.definitions.built_in_facts import LADDER_INPUT
from policy_service.language.rule_sets import LadderMode, Level, Trigger
from policy_service.services.escalation.looking import Look, Rung
from policy_service.storage.stored_cases import Step

#: A level and the invoice it fired for, or was passed over for.
Taken: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """What fires on one ladder: levels with their invoices, from the lowest up; triggers.

    `passed` are levels that never fire for an invoice, as a higher one fires at once.
    """

    rung: Rung
    levels: tuple[tuple[Level, tuple[OpenItem, ...]], ...]
    passed: tuple[tuple[Level, OpenItem], ...]
    triggers: tuple[Trigger, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing fires."""
        return not self.levels and not self.triggers


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to the customer before: its steps, the first day that was ever run, and what was true.

    `triggers` say by `ladder.trigger` whether a condition was true on the morning before.
    """

    steps: Sequence[Step]
    first_day: date
    triggers: Mapping[str, bool]


def key_of(ladder: str, trigger: str) -> str:
    """Return the name of a trigger among those of all ladders."""
    return f"{ladder}.{trigger}"


def truths(look: Look) -> dict[str, bool]:
    """Return for each trigger whether its condition is true; unknown is not true."""
    return {
        key_of(rung.ladder.name, trigger.id): trigger.id in rung.result.hits
        for rung in look.rungs
        for trigger in rung.ladder.triggers
    }


def plan(look: Look, past: Past) -> tuple[LadderPlan, ...]:
    """Return what fires, ladder by ladder.

    A level fires for an invoice on the first day from its due date and the level's days on at which the invoice
    is known, open and not in dispute, if that day is not before the first one run; once for ever. Of several that
    are due at once a ladder that jumps fires the highest, one that steps the lowest, one a day. A trigger fires if
    its condition is true and was not.
    """
    plans = (_plan(rung, look, past) for rung in look.rungs)
    return tuple(one for one in plans if not one.is_empty)


def levels_upward(rung: Rung) -> Sequence[Level]:
    """Return the levels of a ladder from the lowest up: by their days, however they are listed."""
    return sorted(rung.ladder.levels, key=lambda level: rung.value(level.days_past_due))


def _plan(rung: Rung, look: Look, past: Past) -> LadderPlan:
    ladder = rung.ladder
    steps = [step for step in past.steps if step.ladder == ladder.name]
    taken = {(step.level, step.invoice_id) for step in steps if step.invoice_id}
    busy = {step.invoice_id for step in steps if step.invoice_id and step.fired_on == look.day}
    fired = {step.level for step in steps if not step.invoice_id and step.fired_on == look.day}
    fires: dict[str, list[OpenItem]] = {level.id: [] for level in ladder.levels}
    passed: list[tuple[Level, OpenItem]] = []
    # The engines said which levels the oldest invoice reaches. A level's days may be fewer for another one.
    for item in look.items if rung.stands() else ():
        due = () if item.invoice_id in busy else _due(rung, item, taken, day_number(past.first_day))
        if due:
            chosen = due[-1] if ladder.mode is LadderMode.JUMP else due[0]
            fires[chosen.id].append(item)
            passed.extend((level, item) for level in due if ladder.mode is LadderMode.JUMP and level is not chosen)
    return LadderPlan(
        rung,
        tuple((level, tuple(fires[level.id])) for level in levels_upward(rung) if fires[level.id]),
        tuple(passed),
        tuple(one for one in _true(rung) if one.id not in fired and not past.triggers.get(key_of(ladder.name, one.id))),
    )


def _due(rung: Rung, item: OpenItem, taken: Set[Taken], first_day: int) -> Sequence[Level]:
    due = []
    for index, level in enumerate(rung.ladder.levels):
        if (level.id, item.invoice_id) in taken:
            continue
        days = rung.value(level.days_past_due, {LADDER_INPUT: item.days_past_due})
        if days != UNKNOWN and days <= item.days_past_due and item.due_day + days >= first_day:
            due.append((days, index, level))
    return [level for _, _, level in sorted(due, key=lambda one: one[:2])]


def _true(rung: Rung) -> Iterator[Trigger]:
    return (trigger for trigger in rung.ladder.triggers if trigger.id in rung.result.hits)
