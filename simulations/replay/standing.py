"""What is in force of a customer in the kernel: what the last review said, under the effects of ladders."""

from typing import Final

from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.filling import copy, fill, fill_row
from simulations.replay.desk import EFFECTS, IN_FORCE_UNTIL, LIMIT_UNTIL, TIMES_IN_FORCE, Desk
from simulations.replay.ladder_steps import OUTPUTS
from simulations.replay.plan import Plan
from simulations.replay.strictness import LARGEST, RANKED

CREDIT_LIMIT: Final = OUTPUTS.index("credit_limit")
GRACE_DAYS: Final = OUTPUTS.index("grace_days")
PAYMENT_TERM_DAYS: Final = OUTPUTS.index("payment_term_days")
PREPAY_PERCENT: Final = OUTPUTS.index("prepay_percent")
STOP_CREDIT: Final = OUTPUTS.index("stop_credit")
NEXT_REVIEW_DAYS: Final = OUTPUTS.index("next_review_days")
LIMIT_VALID_DAYS: Final = OUTPUTS.index("limit_valid_days")
GRADE: Final = OUTPUTS.index("grade")
_NO_EFFECT: Final = UNKNOWN + 1


@lean_kernel
def not_reviewed(desk: Desk) -> None:
    """Put the standing of a customer that was never reviewed: nothing is known, and nobody has stopped the credit."""
    fill(desk.said, UNKNOWN, len(desk.said))
    desk.said[STOP_CREDIT] = FALSE
    desk.state[LIMIT_UNTIL] = NEVER
    standing_changes(desk)


@lean_kernel
def standing_changes(desk: Desk) -> None:
    """Have what is in force be worked out anew when it is next asked for."""
    desk.state[IN_FORCE_UNTIL] = -NEVER


@lean_kernel
def put_in_force(day: int, plan: Plan, desk: Desk) -> None:
    """Work out the standing in force on a day: of several effects on one item, and its own value, the strictest."""
    if day >= desk.state[IN_FORCE_UNTIL]:
        _work_out(day, plan, desk)


@lean_kernel
def _work_out(day: int, plan: Plan, desk: Desk) -> None:
    copy(desk.said, desk.in_force)
    desk.state[TIMES_IN_FORCE] += 1
    desk.state[IN_FORCE_UNTIL] = desk.state[LIMIT_UNTIL]
    if day >= desk.state[LIMIT_UNTIL]:
        desk.in_force[CREDIT_LIMIT] = UNKNOWN
        desk.state[IN_FORCE_UNTIL] = NEVER
    for output in range(len(desk.said)) if desk.state[EFFECTS] else range(0):
        own, value, is_unclear = desk.in_force[output], desk.in_force[output], False
        for place in range(desk.state[EFFECTS]):
            effect = desk.effects[desk.effect_order[place], output]
            if effect == UNKNOWN:
                is_unclear = True
            elif effect != _NO_EFFECT and (own != UNKNOWN or plan.grants[output] == 0):
                value = _strictest(output, value, effect, plan)
        if is_unclear and not (plan.booleans[output] and value == TRUE):
            value = UNKNOWN
        desk.in_force[output] = value


@lean_kernel
def _strictest(output: int, one: int, other: int, plan: Plan) -> int:
    if one == UNKNOWN:
        return other
    if plan.strictness[output] == RANKED:
        return other if _rank(output, other, plan) >= _rank(output, one, plan) else one
    return max(one, other) if plan.strictness[output] == LARGEST else min(one, other)


@lean_kernel
def _rank(output: int, code: int, plan: Plan) -> int:
    return plan.ranks[output, code] if 0 <= code < plan.ranks.shape[1] else -1


@lean_kernel
def begin_effects(step: int, desk: Desk) -> bool:
    """Let a step's effects begin with nothing said yet; false if they are in force already."""
    if desk.effect_is_on[step]:
        return False
    desk.effect_is_on[step] = 1
    desk.effect_order[desk.state[EFFECTS]] = step
    desk.state[EFFECTS] += 1
    fill_row(desk.effects, step, _NO_EFFECT, desk.effects.shape[1])
    standing_changes(desk)
    return True


@lean_kernel
def end_effects(step: int, desk: Desk) -> None:
    """End a step's effects."""
    standing_changes(desk)
    desk.effect_is_on[step] = 0
    kept = 0
    for place in range(desk.state[EFFECTS]):
        if desk.effect_order[place] != step:
            desk.effect_order[kept] = desk.effect_order[place]
            kept += 1
    desk.state[EFFECTS] = kept
