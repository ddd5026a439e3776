"""Triggers of ladders in the kernel: which conditions are true this morning."""

from policy_service.facts.knowledge import NEVER
from simulations.columnar import layout
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import holds, run_rule_set
from simulations.columnar.filling import copy, fill
from simulations.replay import books as of_books
from simulations.replay.asked_facts import ESCALATION, TRIGGERS
from simulations.replay.asking import ask, put_asked
from simulations.replay.desk import Desk
from simulations.replay.history import History
from simulations.replay.ladder_steps import (
    FIRST_TRIGGER,
    RULE_SET,
    STEP_IS_TRIGGER,
    STEP_LADDER,
    STEP_ROW,
    STEP_WHEN,
    STEPS_END,
)
from simulations.replay.levels import is_hit
from simulations.replay.looking import are_as_before, look_on, look_when_it_changes, put_oldest
from simulations.replay.open_items import oldest_invoice
from simulations.replay.plan import GATE, LOOKS_DAILY, Plan
from simulations.replay.standing_ladders import IT_STANDS, put_formulas, see_who_stands
from simulations.replay.watching import forget


@lean_kernel
def judge_triggers(day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Find which triggers' conditions are true; false if the facts could not be measured."""
    if plan.numbers[LOOKS_DAILY]:
        return judge_asked(day, plan, desk, history)
    see_who_stands(day, plan, desk, history)
    judge_plain(day, plan, desk, history)
    return True


@lean_kernel
def judge_plain(day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Find them where it is known when conditions may turn; return whether one has come true."""
    if _is_below_gate(day, plan, desk):
        fill(desk.is_true, 0, len(desk.is_true))
        forget(TRIGGERS, desk)
        return False
    if are_as_before(TRIGGERS, day, plan, desk, history):
        copy(desk.was_true, desk.is_true)
        return False
    fill(desk.is_true, 0, len(desk.is_true))
    put_asked(TRIGGERS, day, plan, desk, history)
    put_formulas(TRIGGERS, plan, desk)
    look_when_it_changes(TRIGGERS, day, plan, desk)
    has_come_true = False
    for step in range(len(plan.steps)):
        if not plan.steps[step, STEP_IS_TRIGGER] or desk.stands[plan.steps[step, STEP_LADDER]] != IT_STANDS:
            continue
        if holds(plan.program, plan.steps[step, STEP_WHEN], desk.values, desk.scratch):
            desk.is_true[step] = 1
            has_come_true = has_come_true or not desk.was_true[step]
    return has_come_true


@lean_kernel
def judge_asked(day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Find them whatever they read; false if that could not be measured."""
    fill(desk.is_true, 0, len(desk.is_true))
    if not ask(ESCALATION, day, plan, desk, history):
        return False
    put_oldest(day, plan, desk)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if run_rule_set(plan.program, asked[RULE_SET], desk.values, desk.hits, desk.scratch) == layout.REFER:
            break
        for step in range(asked[FIRST_TRIGGER], asked[STEPS_END]):
            if is_hit(plan.steps[step, STEP_ROW], desk):
                desk.is_true[step] = 1
    return True


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
