"""Which ladders stand for a customer in the kernel, and on which days their levels fall: asked when that may change."""

from typing import Final

from policy_service.domain.values import UNKNOWN
from policy_service.facts.knowledge import NEVER
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import holds, value_of
from simulations.columnar.running_formulas import result_of
from simulations.replay import books as of_books
from simulations.replay.asked_facts import RELEASES, STANDS, TRIGGERS
from simulations.replay.asking import put_asked
from simulations.replay.desk import Desk
from simulations.replay.history import History
from simulations.replay.ladder_steps import (
    FIRST_STEP,
    FIRST_TRIGGER,
    LADDER,
    LADDER_WHEN,
    STEP_DAYS,
    STEP_FIXED_DAYS,
)
from simulations.replay.looking import are_as_before, look_when_it_changes
from simulations.replay.open_items import look_at
from simulations.replay.plan import ASKS_WHO_STANDS, FORMULA, FORMULA_FOR, FORMULA_SET, FORMULA_SLOT, Plan
from simulations.replay.watching import forget

# What `Desk.stands` says of a ladder.
STANDS_NOT: Final = 0
IT_STANDS: Final = 1
#: A formula set before it overflows: the chain ends there, so that the ladder does not even release anything.
IS_NOT_REACHED: Final = 2


@lean_kernel
def forget_who_stands(plan: Plan, desk: Desk) -> None:
    """Begin with a customer of whom nothing was asked: what is the same for all customers is known."""
    forget(STANDS, desk)
    for ladder in range(len(desk.stands)):
        desk.stands[ladder] = IT_STANDS
    for step in range(len(plan.steps)):
        desk.level_days[step] = plan.steps[step, STEP_FIXED_DAYS]


@lean_kernel
def see_who_stands(day: int, plan: Plan, desk: Desk, history: History) -> None:
    """Ask which ladders stand and when their levels fall; if that is other than before, all is looked at again."""
    if not plan.numbers[ASKS_WHO_STANDS] or are_as_before(STANDS, day, plan, desk, history):
        return
    put_asked(STANDS, day, plan, desk, history)
    look_when_it_changes(STANDS, day, plan, desk)
    ends = put_formulas(STANDS, plan, desk)
    is_other = False
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if asked[LADDER] < 0:
            continue
        stands = _stands(asked[LADDER_WHEN], plan, desk) if place < ends else IS_NOT_REACHED
        is_other = is_other or desk.stands[asked[LADDER]] != stands
        desk.stands[asked[LADDER]] = stands
        if place < ends:
            for step in range(asked[FIRST_STEP], asked[FIRST_TRIGGER]):
                is_other = _put_days(step, plan, desk) or is_other
    if is_other:
        forget(TRIGGERS, desk)
        forget(RELEASES, desk)
        for place in range(desk.books.counts[of_books.OPEN]):
            look_at(desk.books, desk.books.journals.open_invoices[place])


@lean_kernel
def put_formulas(kind: int, plan: Plan, desk: Desk) -> int:
    """Put what formula sets set that conditions of a kind need.

    Return the place in the escalation chain of the first set that overflows, NEVER if none does.
    """
    for number in range(len(plan.formulas)):
        asked = plan.formulas[number]
        if asked[FORMULA_FOR] == kind:
            found = result_of(plan.program.words, asked[FORMULA], desk.values)
            if found == FAULT:
                return int(asked[FORMULA_SET])
            desk.values[asked[FORMULA_SLOT]] = found
    return NEVER


@lean_kernel
def _stands(when: int, plan: Plan, desk: Desk) -> int:
    return IT_STANDS if when < 0 or holds(plan.program, when, desk.values, desk.scratch) else STANDS_NOT


@lean_kernel
def _put_days(step: int, plan: Plan, desk: Desk) -> bool:
    # Whether the level falls on another day than before; one whose day is unknown never falls.
    if plan.steps[step, STEP_FIXED_DAYS] != UNKNOWN:
        return False
    days = value_of(plan.program, plan.steps[step, STEP_DAYS], desk.values, desk.scratch)
    days = NEVER if days == UNKNOWN else min(max(days, -NEVER), NEVER)
    is_other = desk.level_days[step] != days
    desk.level_days[step] = days
    return bool(is_other)
