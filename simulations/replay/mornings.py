"""A customer's morning on its ladders in the kernel: effects end, cases close, levels and triggers fire."""

from typing import Final

from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import run_rule_set, value_of
from simulations.columnar.filling import copy, fill_row
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.asked_facts import ESCALATION, RELEASES
from simulations.replay.asking import ask
from simulations.replay.books import CUSTOMER, FIRST_INVOICE
from simulations.replay.desk import CLOSED_SEEN, EFFECTS, FIRED, LIMIT_UNTIL, LOOK_ON, TAKEN, Desk
from simulations.replay.history import History
from simulations.replay.ladder_steps import (
    FIRST_TRIGGER,
    LADDER,
    RULE_SET,
    STEP_EFFECTS,
    STEP_EFFECTS_END,
    STEP_LADDER,
    STEPS_END,
)
from simulations.replay.levels import NO_LEVEL, choose, choose_fixed, put_looked_at, put_undisputed
from simulations.replay.looking import has_open, look_on, put_oldest
from simulations.replay.plan import DAYS_PAST_DUE, LOOKS_DAILY, Plan
from simulations.replay.releasing import release_asked, release_effects
from simulations.replay.standing import begin_effects
from simulations.replay.standing_ladders import see_who_stands
from simulations.replay.triggers import judge_asked, judge_plain
from simulations.replay.watching import forget

FIRING: Final = 5
# The places of a firing that are places in the snapshot: of the customer, and of the invoice (-1 of a trigger).
FIRED_FOR: Final = 0
FIRED_UPON: Final = 3


@lean_kernel
def look(day: int, plan: Plan, desk: Desk, history: History, firings: Column, count: int) -> int:
    """Do what ladders do in the morning; tell the firings, and return how many were told."""
    release(day, plan, desk, history)
    return climb(day, plan, desk, history, firings, count)


@lean_kernel
def release(day: int, plan: Plan, desk: Desk, history: History) -> None:
    """Begin the morning: effects end that are over, and it is seen to that the ladders look on a later one."""
    state = desk.state
    state[LOOK_ON] = NEVER if state[LIMIT_UNTIL] <= day else state[LIMIT_UNTIL]
    if plan.numbers[LOOKS_DAILY]:
        look_on(day + 1, desk)
        release_asked(day, plan, desk, history)
    elif state[EFFECTS]:
        release_effects(day, plan, desk, history)


@lean_kernel
def climb(day: int, plan: Plan, desk: Desk, history: History, firings: Column, count: int) -> int:
    """Close cases, fire levels and triggers; tell it, and return how many were told."""
    close_cases(desk, history)
    if plan.numbers[LOOKS_DAILY]:
        return _climb_asked(day, plan, desk, history, firings, count)
    return _climb_plain(day, plan, desk, history, firings, count)


@lean_kernel
def close_cases(desk: Desk, history: History) -> None:
    """Close the cases none of whose invoices is open."""
    closed = desk.books.counts[of_books.CLOSED]
    if desk.state[CLOSED_SEEN] == closed:
        return
    desk.state[CLOSED_SEEN] = closed
    for ladder in range(len(desk.case_is_open)):
        if desk.case_is_open[ladder] and not has_open(desk.is_case[ladder], 1, desk):
            desk.case_is_open[ladder] = 0
            customer = desk.books.firsts[of_books.CUSTOMER]
            fill_row(desk.is_case, ladder, 0, history.begins.invoices[customer + 1] - history.begins.invoices[customer])


@lean_kernel
def _climb_plain(day: int, plan: Plan, desk: Desk, history: History, firings: Column, count: int) -> int:
    # The levels that are due fire, then the triggers that have come true.
    invoices, chosen = desk.undisputed, desk.chosen
    see_who_stands(day, plan, desk, history)
    open_ones = put_looked_at(desk, history)
    for number in range(open_ones):
        fill_row(chosen, number, NO_LEVEL, chosen.shape[1])
        choose_fixed(invoices[number], chosen[number], day, plan, desk)
    is_triggered = judge_plain(day, plan, desk, history)
    if open_ones or is_triggered:
        if _effects_begin(open_ones, plan, desk):
            ask(ESCALATION, day, plan, desk, history)
            copy(desk.values, desk.before)
        count = _fire_all(open_ones, day, plan, desk, firings, count)
    copy(desk.is_true, desk.was_true)
    return count


@lean_kernel
def _climb_asked(day: int, plan: Plan, desk: Desk, history: History, firings: Column, count: int) -> int:
    # The same for ladders that look every morning: they are asked about every open invoice in no dispute.
    if not ask(ESCALATION, day, plan, desk, history):
        return count
    copy(desk.values, desk.before)
    open_ones = put_undisputed(desk, history)
    for number in range(open_ones):
        fill_row(desk.chosen, number, NO_LEVEL, desk.chosen.shape[1])
        choose(desk.undisputed[number], desk.chosen[number], day, plan, desk)
    judge_asked(day, plan, desk, history)
    count = _fire_all(open_ones, day, plan, desk, firings, count)
    copy(desk.is_true, desk.was_true)
    return count


@lean_kernel
def _fire_all(open_ones: int, day: int, plan: Plan, desk: Desk, firings: Column, count: int) -> int:
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if asked[LADDER] < 0:
            continue
        for number in range(open_ones):
            step = desk.chosen[number, asked[LADDER]]
            if step != NO_LEVEL:
                count += _fire(step, desk.undisputed[number], day, place, plan, desk, firings, count)
        for step in range(asked[FIRST_TRIGGER], asked[STEPS_END]):
            if desk.is_true[step] and not desk.was_true[step]:
                count += _fire(step, -1, day, place, plan, desk, firings, count)
    return count


@lean_kernel
def _fire(step: int, invoice: int, day: int, place: int, plan: Plan, desk: Desk, firings: Column, count: int) -> int:
    ladder = plan.steps[step, STEP_LADDER]
    desk.state[CLOSED_SEEN] = -1 if invoice < 0 else desk.state[CLOSED_SEEN]
    opens = 0 if desk.case_is_open[ladder] else 1
    desk.case_is_open[ladder] = 1
    at = -1
    if invoice >= 0:
        desk.marks[step, invoice] |= TAKEN | FIRED
        desk.is_case[ladder, invoice] = 1
        at = desk.books.firsts[FIRST_INVOICE] + invoice
    if plan.steps[step, STEP_EFFECTS_END] > plan.steps[step, STEP_EFFECTS] and begin_effects(step, desk):
        _put_effects(step, invoice, day, place, plan, desk)
        forget(RELEASES, desk)
        look_on(day + 1, desk)
    firing = firings[count]
    firing[0], firing[1], firing[2] = desk.books.firsts[CUSTOMER], day, step
    firing[3], firing[4] = at, opens
    return 1


@lean_kernel
def _put_effects(step: int, invoice: int, day: int, place: int, plan: Plan, desk: Desk) -> None:
    # What effects come to is worked out of what the ladder was asked with.
    copy(desk.before, desk.values)
    if invoice >= 0:
        desk.values[plan.numbers[DAYS_PAST_DUE]] = day - desk.books.invoices.due[invoice]
    else:
        put_oldest(day, plan, desk)
    for earlier in range(place):
        run_rule_set(plan.program, plan.rule_sets[earlier, RULE_SET], desk.values, desk.hits, desk.scratch)
    for effect in range(plan.steps[step, STEP_EFFECTS], plan.steps[step, STEP_EFFECTS_END]):
        value = value_of(plan.program, plan.effects[effect, 1], desk.values, desk.scratch)
        desk.effects[step, plan.effects[effect, 0]] = value


@lean_kernel
def _effects_begin(open_ones: int, plan: Plan, desk: Desk) -> bool:
    # Whether a step that fires this morning has effects.
    for step in range(len(plan.steps)):
        if plan.steps[step, STEP_EFFECTS_END] > plan.steps[step, STEP_EFFECTS]:
            if desk.is_true[step] and not desk.was_true[step]:
                return True
            for number in range(open_ones):
                if desk.chosen[number, plan.steps[step, STEP_LADDER]] == step:
                    return True
    return False
