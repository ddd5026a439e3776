"""Levels of the ladder: on which days an invoice's fall, and the morning on which they fire."""

from benchmarks.hand_written.desk import (
    BEGINS,
    CASE_UNTIL,
    CUSTOMER,
    ENDS,
    FIRED,
    FIRST_FIRING,
    PREPAYS,
    STOPPED,
    TO_FIRE,
    Desk,
    Numbers,
    wake,
)
from benchmarks.hand_written.policy import ASKS_PREPAYMENT, LEVEL_DAYS, LEVELS, STOPS_CREDIT, TRIGGER
from simulations.columnar.compiled_functions import lean_kernel


@lean_kernel
def put_firings(number: int, known: int, due: int, cleared: int, disputed: int, settled: int, desk: Desk) -> None:
    """Put the levels on their days: one a day from the lowest, while the invoice is known, open, in no dispute."""
    morning = known
    for level in range(LEVELS):
        falls = due + LEVEL_DAYS[level]
        if falls < desk.state[BEGINS]:
            continue
        morning = max(morning, falls)
        if disputed <= morning < settled:
            morning = settled
        if morning >= min(cleared, desk.state[ENDS]):
            break
        desk.cleared[number] = cleared
        _put_firing(number, level, morning, desk)
        morning += 1


@lean_kernel
def _put_firing(number: int, level: int, morning: int, desk: Desk) -> None:
    # The firings of a morning are a chain by number of the invoice.
    wake(desk, morning)
    day = morning - desk.state[BEGINS] + 1
    desk.state[TO_FIRE] += 1
    own = desk.state[TO_FIRE]
    before, after = 0, desk.days[day][FIRST_FIRING]
    while after and desk.to_fire[after][1] < number:
        before, after = after, desk.to_fire[after][0]
    desk.to_fire[own][0], desk.to_fire[own][1], desk.to_fire[own][2] = after, number, level
    if before:
        desk.to_fire[before][0] = own
    else:
        desk.days[day][FIRST_FIRING] = own


@lean_kernel
def fire_levels(first: int, day: int, desk: Desk, first_invoice: int, firings: Numbers) -> None:
    """Fire a morning's chain; credit is stopped, or prepayment asked for, from then on."""
    state, place = desk.state, first
    while place:
        number, level = desk.to_fire[place][1], desk.to_fire[place][2]
        _tell(day, level, first_invoice + number, desk, firings)
        state[CASE_UNTIL] = max(state[CASE_UNTIL], desk.cleared[number])
        if level == STOPS_CREDIT:
            state[STOPPED] = 1
            wake(desk, day + 1)
        elif level == ASKS_PREPAYMENT:
            state[PREPAYS] = 1
            wake(desk, day + 1)
        place = desk.to_fire[place][0]


@lean_kernel
def fire_trigger(day: int, desk: Desk, firings: Numbers) -> None:
    """Fire the trigger: without an invoice its case is open for a day."""
    _tell(day, TRIGGER, -1, desk, firings)
    desk.state[CASE_UNTIL] = max(desk.state[CASE_UNTIL], day + 1)


@lean_kernel
def _tell(day: int, step: int, invoice: int, desk: Desk, firings: Numbers) -> None:
    firing = firings[desk.state[FIRED]]
    desk.state[FIRED] += 1
    firing[0], firing[1], firing[2], firing[3] = desk.state[CUSTOMER], day, step, invoice
    firing[4] = 0 if day < desk.state[CASE_UNTIL] else 1
