"""A customer's morning on its ladders in the kernel: effects end, cases close, levels and triggers fire."""

from typing import Final

from policy_service.domain.values import UNKNOWN
from policy_service.facts.knowledge import NEVER
from simulations.columnar import layout
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import run_rule_set, value_of
from simulations.columnar.filling import copy, fill, fill_row
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.asking import ask
from simulations.replay.balances import CHANGES
from simulations.replay.books import CUSTOMER, FIRST_INVOICE
from simulations.replay.desk import EFFECTS, FIRED, LIMIT_UNTIL, LOOK_ON, TAKEN, Desk
from simulations.replay.history import History
from simulations.replay.ladder_steps import (
    FIRST_STEP,
    FIRST_TRIGGER,
    LADDER,
    RULE_SET,
    STEP_EFFECTS,
    STEP_EFFECTS_END,
    STEP_LADDER,
    STEP_RELEASE,
    STEP_ROW,
    STEPS_END,
)
from simulations.replay.levels import NO_LEVEL, choose, choose_fixed, is_hit, put_looked_at, put_undisputed
from simulations.replay.open_items import oldest_invoice
from simulations.replay.plan import DAYS_PAST_DUE, ESCALATION, GATE, LOOKS_DAILY, Plan
from simulations.replay.standing import begin_effects, end_effects

FIRING: Final = 5
# The places of a firing that are places in the snapshot: of the customer, and of the invoice (-1 of a trigger).
FIRED_FOR: Final = 0
FIRED_UPON: Final = 3


@lean_kernel
def look(day: int, plan: Plan, desk: Desk, history: History, firings: Column, count: int) -> int:
    """Do what ladders do in the morning; tell the firings, and return how many were told."""
    state = desk.state
    state[LOOK_ON] = NEVER if state[LIMIT_UNTIL] <= day else state[LIMIT_UNTIL]
    if plan.numbers[LOOKS_DAILY]:
        look_on(day + 1, desk)
    release_effects(day, plan, desk, history)
    return climb(day, plan, desk, history, firings, count)


@lean_kernel
def look_on(day: int, desk: Desk) -> None:
    """Have the ladders look on a later morning, or before."""
    desk.state[LOOK_ON] = min(desk.state[LOOK_ON], day)


@lean_kernel
def _note_changes(day: int, plan: Plan, desk: Desk) -> None:
    # What was asked for may be other on that day although nothing happens until then.
    changes = desk.balances[CHANGES]
    for number in range(len(plan.bounds)):
        age, turn = desk.values[plan.fact_slots[plan.bounds[number, 0]]], plan.bounds[number, 1]
        if UNKNOWN < age < turn:
            changes = min(changes, day + turn - age)
    look_on(max(changes, day + 1), desk)


@lean_kernel
def release_effects(day: int, plan: Plan, desk: Desk, history: History) -> None:
    """End the effects whose release condition holds, or none of whose invoices is open."""
    if desk.state[EFFECTS] == 0 or not ask(ESCALATION, day, plan, desk, history):
        return
    _note_changes(day, plan, desk)
    copy(desk.values, desk.before)
    _put_oldest(day, plan, desk)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        outcome = run_rule_set(plan.program, asked[RULE_SET], desk.values, desk.hits, desk.scratch)
        if outcome == layout.REFER:
            return
        for step in range(asked[FIRST_STEP], asked[STEPS_END]):
            if not desk.effect_is_on[step]:
                continue
            if plan.steps[step, STEP_RELEASE] >= 0:
                ends = _is_among(plan.steps[step, STEP_ROW], layout.RELEASES, layout.RELEASE_COUNT, plan, desk)
            else:
                ends = not _has_open(desk.marks[step], FIRED, desk)
            if ends:
                end_effects(step, desk)
                look_on(day + 1, desk)


@lean_kernel
def close_cases(desk: Desk) -> None:
    """Close the cases none of whose invoices is open."""
    for ladder in range(len(desk.case_is_open)):
        if desk.case_is_open[ladder] and not _has_open(desk.is_case[ladder], 1, desk):
            desk.case_is_open[ladder] = 0
            fill_row(desk.is_case, ladder, 0, desk.is_case.shape[1])


@lean_kernel
def judge_triggers(day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Find which triggers' conditions are true; false if the facts could not be measured."""
    fill(desk.is_true, 0, len(desk.is_true))
    if _is_below_gate(day, plan, desk):
        return True
    if not ask(ESCALATION, day, plan, desk, history):
        return False
    _note_changes(day, plan, desk)
    copy(desk.values, desk.before)
    _put_oldest(day, plan, desk)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if run_rule_set(plan.program, asked[RULE_SET], desk.values, desk.hits, desk.scratch) == layout.REFER:
            break
        for step in range(asked[FIRST_TRIGGER], asked[STEPS_END]):
            if is_hit(plan.steps[step, STEP_ROW], desk):
                desk.is_true[step] = 1
    return True


@lean_kernel
def climb(day: int, plan: Plan, desk: Desk, history: History, firings: Column, count: int) -> int:
    """Fire the levels that are due, then the triggers that have come true; tell it, and return how many were told."""
    close_cases(desk)
    invoices, chosen = desk.undisputed, desk.chosen
    if plan.numbers[LOOKS_DAILY]:
        if not ask(ESCALATION, day, plan, desk, history):
            return count
        copy(desk.values, desk.before)
        open_ones = put_undisputed(desk, history)
        for number in range(open_ones):
            fill_row(chosen, number, NO_LEVEL, chosen.shape[1])
            choose(invoices[number], chosen[number], day, plan, desk)
        judge_triggers(day, plan, desk, history)
    else:
        open_ones = put_looked_at(desk, history)
        for number in range(open_ones):
            fill_row(chosen, number, NO_LEVEL, chosen.shape[1])
            choose_fixed(invoices[number], chosen[number], day, plan, desk)
        judge_triggers(day, plan, desk, history)
        if _effects_begin(open_ones, plan, desk):
            ask(ESCALATION, day, plan, desk, history)
            copy(desk.values, desk.before)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if asked[LADDER] < 0:
            continue
        for number in range(open_ones):
            step = chosen[number, asked[LADDER]]
            if step != NO_LEVEL:
                count += _fire(step, invoices[number], day, place, plan, desk, firings, count)
        for step in range(asked[FIRST_TRIGGER], asked[STEPS_END]):
            if desk.is_true[step] and not desk.was_true[step]:
                count += _fire(step, -1, day, place, plan, desk, firings, count)
    copy(desk.is_true, desk.was_true)
    return count


@lean_kernel
def _fire(step: int, invoice: int, day: int, place: int, plan: Plan, desk: Desk, firings: Column, count: int) -> int:
    ladder = plan.steps[step, STEP_LADDER]
    opens = 0 if desk.case_is_open[ladder] else 1
    desk.case_is_open[ladder] = 1
    at = -1
    if invoice >= 0:
        desk.marks[step, invoice] |= TAKEN | FIRED
        desk.is_case[ladder, invoice] = 1
        at = desk.books.firsts[FIRST_INVOICE] + invoice
    if plan.steps[step, STEP_EFFECTS_END] > plan.steps[step, STEP_EFFECTS] and begin_effects(step, desk):
        _put_effects(step, invoice, day, place, plan, desk)
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
        _put_oldest(day, plan, desk)
    for earlier in range(place):
        run_rule_set(plan.program, plan.rule_sets[earlier, RULE_SET], desk.values, desk.hits, desk.scratch)
    for effect in range(plan.steps[step, STEP_EFFECTS], plan.steps[step, STEP_EFFECTS_END]):
        value = value_of(plan.program, plan.effects[effect, 1], desk.values, desk.scratch)
        desk.effects[step, plan.effects[effect, 0]] = value


@lean_kernel
def _put_oldest(day: int, plan: Plan, desk: Desk) -> None:
    oldest = oldest_invoice(desk.books)
    age = UNKNOWN if oldest == of_books.NO_INVOICE else day - desk.books.invoices.due[oldest]
    desk.values[plan.numbers[DAYS_PAST_DUE]] = age


@lean_kernel
def _is_below_gate(day: int, plan: Plan, desk: Desk) -> bool:
    # No trigger can be true while nothing is so many days past due.
    gate = plan.numbers[GATE]
    if gate in (0, NEVER):
        return gate == NEVER
    oldest = oldest_invoice(desk.books)
    if oldest == of_books.NO_INVOICE:
        return True
    due = desk.books.invoices.due[oldest]
    if day - due >= gate:
        return False
    look_on(due + gate, desk)
    return True


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


@lean_kernel
def _has_open(flags: Column, bit: int, desk: Desk) -> bool:
    books = desk.books
    for place in range(books.counts[of_books.OPEN]):  # noqa: SIM110 - a kernel has no generators
        if flags[books.journals.open_invoices[place]] & bit:
            return True
    return False


@lean_kernel
def _is_among(row: int, region: int, count: int, plan: Plan, desk: Desk) -> bool:
    begins = plan.program.words[region]
    for place in range(desk.scratch[count]):  # noqa: SIM110 - a kernel has no generators
        if plan.row_released[desk.scratch[begins + place]] == row:
            return True
    return False
