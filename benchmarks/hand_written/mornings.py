"""Mornings on which anything changes: sums move, stopped credit is released, levels and the trigger fire."""

from benchmarks.hand_written.desk import (
    BEGINS,
    COUNT_MASK,
    COUNTS,
    FIRST_FIRING,
    ONE_AGED,
    ONE_BROKEN,
    OVERDUE_AFTER_0,
    OVERDUE_AFTER_3,
    OVERDUE_AFTER_5,
    PREPAYS,
    STANDING,
    STOPPED,
    WAS_TRUE,
    WATCHES_PROMISES,
    Desk,
    Numbers,
    next_busy,
)
from benchmarks.hand_written.firings import fire_levels, fire_trigger
from benchmarks.hand_written.policy import MATERIALITY, TRIGGER_PROMISES, A, B
from simulations.columnar.compiled_functions import lean_kernel


@lean_kernel
def pass_mornings(last: int, first_invoice: int, desk: Desk, firings: Numbers) -> None:
    """Let all mornings up to a day pass that have not."""
    state = desk.state
    place = next_busy(desk, last)
    while place >= 0:
        row = desk.days[place]
        for column in range(FIRST_FIRING):
            desk.totals[column] += row[column]
            row[column] = 0
        day = place + state[BEGINS] - 1
        if (state[STOPPED] or state[PREPAYS]) and _overdue(desk) <= MATERIALITY:
            state[STOPPED], state[PREPAYS] = 0, 0
        first = row[FIRST_FIRING]
        if first:
            row[FIRST_FIRING] = 0
            fire_levels(first, day, desk, first_invoice, firings)
        if state[WATCHES_PROMISES]:
            is_true = _is_true(desk)
            if is_true and not state[WAS_TRUE] and day >= state[BEGINS]:
                fire_trigger(day, desk, firings)
            state[WAS_TRUE] = is_true
        place = next_busy(desk, last)


@lean_kernel
def _overdue(desk: Desk) -> int:
    # Days of grace are 5 for an A customer, 3 for a B customer.
    if desk.state[STANDING] == A:
        return desk.totals[OVERDUE_AFTER_5]
    return desk.totals[OVERDUE_AFTER_3] if desk.state[STANDING] == B else desk.totals[OVERDUE_AFTER_0]


@lean_kernel
def _is_true(desk: Desk) -> int:
    counts = desk.totals[COUNTS]
    is_aged = (counts // ONE_AGED) & COUNT_MASK > 0
    return 1 if is_aged and counts // ONE_BROKEN >= TRIGGER_PROMISES else 0
