"""Effects of ladders that end, in the kernel: their release condition holds, or none of their invoices is open."""

from simulations.columnar import layout
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import holds, run_rule_set
from simulations.replay.asked_facts import ESCALATION, RELEASES
from simulations.replay.asking import ask, put_asked
from simulations.replay.desk import EFFECTS, FIRED, Desk
from simulations.replay.history import History
from simulations.replay.ladder_steps import FIRST_STEP, RULE_SET, STEP_LADDER, STEP_RELEASE, STEP_ROW, STEPS_END
from simulations.replay.looking import are_as_before, has_open, look_on, look_when_it_changes, put_oldest
from simulations.replay.plan import Plan
from simulations.replay.standing import end_effects
from simulations.replay.standing_ladders import IS_NOT_REACHED, put_formulas, see_who_stands


@lean_kernel
def release_effects(day: int, plan: Plan, desk: Desk, history: History) -> None:
    """End the effects that are over, where it is known when release conditions may turn."""
    see_who_stands(day, plan, desk, history)
    if are_as_before(RELEASES, day, plan, desk, history):
        return
    put_asked(RELEASES, day, plan, desk, history)
    put_formulas(RELEASES, plan, desk)
    look_when_it_changes(RELEASES, day, plan, desk)
    for step in range(len(plan.steps)):
        if not desk.effect_is_on[step] or desk.stands[plan.steps[step, STEP_LADDER]] == IS_NOT_REACHED:
            continue
        release = plan.steps[step, STEP_RELEASE]
        if release >= 0:
            ends = holds(plan.program, release, desk.values, desk.scratch)
        else:
            ends = not has_open(desk.marks[step], FIRED, desk)
        if ends:
            _end(step, day, desk)


@lean_kernel
def release_asked(day: int, plan: Plan, desk: Desk, history: History) -> None:
    """End the effects that are over, whatever their release conditions read."""
    if desk.state[EFFECTS] == 0 or not ask(ESCALATION, day, plan, desk, history):
        return
    put_oldest(day, plan, desk)
    for place in range(len(plan.rule_sets)):
        asked = plan.rule_sets[place]
        if run_rule_set(plan.program, asked[RULE_SET], desk.values, desk.hits, desk.scratch) == layout.REFER:
            return
        for step in range(asked[FIRST_STEP], asked[STEPS_END]):
            if not desk.effect_is_on[step]:
                continue
            if plan.steps[step, STEP_RELEASE] >= 0:
                ends = _is_released(plan.steps[step, STEP_ROW], plan, desk)
            else:
                ends = not has_open(desk.marks[step], FIRED, desk)
            if ends:
                _end(step, day, desk)


@lean_kernel
def _end(step: int, day: int, desk: Desk) -> None:
    end_effects(step, desk)
    look_on(day + 1, desk)


@lean_kernel
def _is_released(row: int, plan: Plan, desk: Desk) -> bool:
    begins = plan.program.words[layout.RELEASES]
    for place in range(desk.scratch[layout.RELEASE_COUNT]):
        if plan.row_released[desk.scratch[begins + place]] == row:
            return True
    return False
