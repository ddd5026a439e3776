"""Reviews in the kernel: on which days they fall, and the standing that they make."""

from typing import Final

from policy_service.domain.values import FALSE, UNKNOWN
from policy_service.facts.knowledge import NEVER
from simulations.columnar import layout
from simulations.columnar.compiled_functions import lean_kernel
from simulations.columnar.deciding import answer, run_rule_set
from simulations.columnar.filling import fill
from simulations.replay import books as of_books
from simulations.replay.asked_facts import REVIEW
from simulations.replay.asking import ask
from simulations.replay.books import CUSTOMER, FIRST_EVENT
from simulations.replay.desk import (
    GRADE,
    HAD_REVIEW,
    LAST_ORDER_DAY,
    LIMIT_UNTIL,
    NEXT_REVIEW,
    REFERRED_ON,
    REVIEWS,
    WAITS_FOR_ORDER,
    Desk,
)
from simulations.replay.history import History
from simulations.replay.noting import note
from simulations.replay.plan import Plan
from simulations.replay.standing import GRADE as GRADE_OUTPUT
from simulations.replay.standing import LIMIT_VALID_DAYS, NEXT_REVIEW_DAYS, STOP_CREDIT, standing_changes

_IDLE_DAYS: Final = 400
_DAYS_BETWEEN_REFERRED: Final = 30


@lean_kernel
def review_falls(day: int, has_order: bool, events_known: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Return whether a review falls on the day.

    `events_known` is how many events were known on the morning before.
    """
    state = desk.state
    if not state[HAD_REVIEW]:
        return has_order
    is_due = day >= state[NEXT_REVIEW]
    if is_due or _is_told(events_known, plan, desk, history):
        # Of an idle customer it is made on the day of its next order.
        if has_order or state[LAST_ORDER_DAY] >= day - _IDLE_DAYS:
            return True
        state[WAITS_FOR_ORDER] = 1
    if has_order and state[WAITS_FOR_ORDER]:
        return True
    return has_order and state[REFERRED_ON] > -NEVER and day >= state[REFERRED_ON] + _DAYS_BETWEEN_REFERRED


@lean_kernel
def _is_told(events_known: int, plan: Plan, desk: Desk, history: History) -> bool:
    for place in range(events_known, desk.books.counts[of_books.EVENTS]):
        kind = history.events.kind[desk.books.firsts[FIRST_EVENT] + desk.books.journals.known_events[place]]
        for wanted in range(len(plan.reviewing_events)):
            if kind == plan.reviewing_events[wanted]:
                return True
    return False


@lean_kernel
def review(day: int, plan: Plan, desk: Desk, history: History) -> None:
    """Review the customer: what the review says is its standing; one that ends in refer leaves it as it was."""
    state = desk.state
    state[HAD_REVIEW] = 1
    state[WAITS_FOR_ORDER] = 0
    fits = ask(REVIEW, day, plan, desk, history)
    note(REVIEW, desk.books.firsts[CUSTOMER], fits, desk.values, desk.noted)
    is_said, stops, released = judge(plan, desk)
    if not (fits and is_said):
        state[REFERRED_ON] = day
        state[NEXT_REVIEW] = NEVER
        return
    state[REFERRED_ON] = -NEVER
    standing_changes(desk)
    stopped = desk.said[STOP_CREDIT]
    for output in range(len(desk.said)):
        slot = plan.standing_slots[output]
        desk.said[output] = desk.before[slot] if slot >= 0 else UNKNOWN
    if stops > 0 and stops == released:
        desk.said[STOP_CREDIT] = FALSE
    elif desk.said[STOP_CREDIT] == UNKNOWN:
        desk.said[STOP_CREDIT] = stopped
    valid = desk.said[LIMIT_VALID_DAYS]
    state[LIMIT_UNTIL] = NEVER if valid == UNKNOWN else day + max(0, valid)
    following = desk.said[NEXT_REVIEW_DAYS]
    state[NEXT_REVIEW] = NEVER if following == UNKNOWN else day + max(1, following)
    state[REVIEWS] += 1
    state[GRADE] = desk.said[GRADE_OUTPUT]


@lean_kernel
def judge(plan: Plan, desk: Desk) -> tuple[bool, int, int]:
    """Run the rule sets of a review on the values of the desk, and put what they say where it keeps what was before.

    Return whether none of them refers, how many rows that stop credit were hit, and how many of those are released.
    """
    fill(desk.before, UNKNOWN, len(desk.before))
    stops, released = 0, 0
    for place in range(len(plan.review_rule_sets)):
        outcome = run_rule_set(plan.program, plan.review_rule_sets[place], desk.values, desk.hits, desk.scratch)
        if outcome == layout.REFER:
            return False, 0, 0
        _note_answers(place, plan, desk)
        found, let_go = _stops(plan, desk)
        stops += found
        released += let_go
    return True, stops, released


@lean_kernel
def _note_answers(place: int, plan: Plan, desk: Desk) -> None:
    # Of several rule sets that set an output the last one counts.
    for output in range(len(desk.said)):
        slot = plan.standing_slots[output]
        if plan.review_sets[place, output]:
            value = answer(plan.program, slot, desk.scratch)
            if value != UNKNOWN:
                desk.before[slot] = value


@lean_kernel
def _stops(plan: Plan, desk: Desk) -> tuple[int, int]:
    # Rows that were hit and stop credit, and those of them whose release condition holds.
    words, scratch = plan.program.words, desk.scratch
    stops, released = 0, 0
    for place in range(scratch[layout.HIT_COUNT]):
        row = desk.hits[place]
        if not plan.row_stops[row]:
            continue
        stops += 1
        for release in range(scratch[layout.RELEASE_COUNT]):
            if plan.row_released[scratch[words[layout.RELEASES] + release]] == row:
                released += 1
    return stops, released
