"""One customer after the other: orders as recorded before the window, mornings, reviews and orders within it."""

from typing import Final, NamedTuple

import numpy as np

from benchmarks.hand_written.desk import (
    BEGINS,
    CASE_UNTIL,
    COLUMNS,
    COUNTS,
    CUSTOMER,
    ENDS,
    EXPOSURE,
    FIRED,
    GRADE,
    LATE,
    NEXT_REVIEW,
    ONE_AGED,
    PAID,
    PASSED,
    PAST_DUE,
    PREPAYS,
    REVIEWS,
    STANDING,
    STOPPED,
    TO_FIRE,
    WAS_TRUE,
    WATCHES_PROMISES,
    WRITTEN_OFF,
    Desk,
    Numbers,
    wake,
)
from benchmarks.hand_written.invoices import bring
from benchmarks.hand_written.ledger import Ledger
from benchmarks.hand_written.mornings import pass_mornings
from benchmarks.hand_written.policy import (
    APPROVE,
    CREDIT_STOPPED,
    HOLD,
    IDLE_DAYS,
    LIMIT_TENTHS,
    LIMITS,
    MATERIALITY,
    NOTHING,
    OVER_LIMIT,
    PREPAY,
    PREPAYMENT_REQUIRED,
    ROW_OF_D,
    TERMS,
    TRIGGER_PROMISES,
)
from benchmarks.hand_written.policy import PAST_DUE as HELD_FOR_PAST_DUE
from benchmarks.hand_written.reviews import review
from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.pointers import pointer_to

NOT_REVIEWED: Final = -1
_FIRST_ROOM: Final = 1_024
#: Of a firing: customer, day, step, invoice, whether it opens a case.
FIRING: Final = 5


class Done(NamedTuple):
    """What the kernel tells: of orders in the order of their being decided, of invoices, of customers.

    The same as `simulations.replay.trace.Trace`, in types that are wide enough for it: a day on which an order went
    ahead is that of the order, as nobody waits, and what does not exist has no due date.
    """

    entry: Numbers
    customer: Numbers
    day: Numbers
    outcome: Numbers
    reason: Numbers
    hit: Numbers
    exists: Numbers
    due: Numbers
    moved: Numbers
    prepaid: Numbers
    reviews: Numbers
    grade: Numbers


@kernel
def run_customers(first: int, last: int, told: int, ledger: Ledger, desk: Desk, done: Done) -> Numbers:
    """Replay the customers from number `first` up to `last`; tell orders from `told` on, and return the firings."""
    firings, state, begins = np.zeros((_FIRST_ROOM, FIRING), dtype=np.int32), desk.state, ledger.begins
    state[FIRED] = 0
    ledger, desk, done = pointer_to(ledger), pointer_to(desk), pointer_to(done)
    for customer in range(first, last):
        # A level fires once for an invoice, the trigger at most every other morning.
        needed = state[FIRED] + 5 * (begins[customer + 1] - begins[customer]) + state[ENDS] - state[BEGINS] + 1
        if needed > len(firings):
            larger = np.zeros((2 * needed, FIRING), dtype=np.int32)
            larger[: state[FIRED]] = firings[: state[FIRED]]
            firings = larger
        told = run_customer(customer, told, ledger, desk, done, firings)
    return firings[: state[FIRED]]


@kernel
def count_decided(first: int, last: int, begins: int, ends: int, ordered: Numbers) -> int:
    """Return how many orders are dated in the window."""
    count = 0
    for place in range(first, last):
        if begins <= ordered[place] < ends:
            count += 1
    return count


@lean_kernel
def run_customer(customer: int, told: int, ledger: Ledger, desk: Desk, done: Done, firings: Numbers) -> int:
    """Replay one customer; tell its orders from `told` on, and return where the next one's begin."""
    first, last = ledger.begins[customer], ledger.begins[customer + 1]
    _begin(customer, desk, ledger)
    _sort(first, last, desk, ledger)
    place, ends = _warm_up(first, last, desk, ledger, done), desk.state[ENDS]
    last_order = ledger.ordered[first + desk.sequence[place - 1]] if place > 0 else -NEVER
    waits, seen = False, -NEVER
    while True:
        next_order = ledger.ordered[first + desk.sequence[place]] if first + place < last else NEVER
        noticed = _next_notice(customer, seen, desk, ledger)
        due = desk.state[NEXT_REVIEW] if desk.state[NEXT_REVIEW] > seen else NEVER
        day = min(next_order, noticed, due)
        if day >= ends:
            break
        pass_mornings(day, first, desk, firings)
        if day == noticed or day >= desk.state[NEXT_REVIEW]:
            # Of an idle customer it is made on the day of its next order.
            waits = True
        if (waits and last_order >= day - IDLE_DAYS) or (
            next_order == day and (waits or desk.state[GRADE] == NOT_REVIEWED)
        ):
            review(day, customer, desk, ledger)
            wake(desk, day + 1)
            waits = False
        seen = day
        while next_order == day:
            _decide(first + desk.sequence[place], told, day, desk, ledger, done)
            told, place, last_order = told + 1, place + 1, day
            next_order = ledger.ordered[first + desk.sequence[place]] if first + place < last else NEVER
    pass_mornings(ends - 1, first, desk, firings)
    done.reviews[customer] = desk.state[REVIEWS]
    done.grade[customer] = desk.state[GRADE]
    return told


@lean_kernel
def _begin(customer: int, desk: Desk, ledger: Ledger) -> None:
    first, last = ledger.begins[customer], ledger.begins[customer + 1]
    state = desk.state
    for column in range(COLUMNS):
        desk.totals[column] = 0
    for place in (STOPPED, PREPAYS, WAS_TRUE, PASSED, PAID, WRITTEN_OFF, LATE, TO_FIRE, REVIEWS):
        state[place] = 0
    state[STANDING], state[GRADE], state[NEXT_REVIEW], state[CASE_UNTIL] = NOT_REVIEWED, NOT_REVIEWED, NEVER, -NEVER
    state[CUSTOMER] = customer
    promises = ledger.promise_begins[last] - ledger.promise_begins[first]
    state[WATCHES_PROMISES] = 1 if promises >= TRIGGER_PROMISES else 0


@lean_kernel
def _sort(first: int, last: int, desk: Desk, ledger: Ledger) -> None:
    # By order date; invoices stand by issue date and id, and few orders came long before theirs.
    for place in range(last - first):
        slot, on = place, ledger.ordered[first + place]
        while slot > 0 and ledger.ordered[first + desk.sequence[slot - 1]] > on:
            desk.sequence[slot] = desk.sequence[slot - 1]
            slot -= 1
        desk.sequence[slot] = place


@lean_kernel
def _warm_up(first: int, last: int, desk: Desk, ledger: Ledger, done: Done) -> int:
    place = 0
    while first + place < last and ledger.ordered[first + desk.sequence[place]] < desk.state[BEGINS]:
        _go_ahead(first + desk.sequence[place], ledger.due[first + desk.sequence[place]], desk, ledger, done)
        place += 1
    return place


@lean_kernel
def _next_notice(customer: int, seen: int, desk: Desk, ledger: Ledger) -> int:
    # The next morning on which an insolvency is known of a customer who has had a review.
    found = NEVER
    if desk.state[GRADE] != NOT_REVIEWED:
        for place in range(ledger.event_begins[customer], ledger.event_begins[customer + 1]):
            if ledger.event_kind[place] == ledger.notice and ledger.event_known[place] >= seen:
                found = min(found, ledger.event_known[place] + 1)
    return found


@lean_kernel
def _go_ahead(at: int, due: int, desk: Desk, ledger: Ledger, done: Done) -> None:
    desk.totals[EXPOSURE] += ledger.amount[at]
    bring(at, at - ledger.begins[desk.state[CUSTOMER]], due, desk, ledger)
    done.exists[at], done.due[at], done.moved[at], done.prepaid[at] = 1, due, due - ledger.due[at], 0


@lean_kernel
def _decide(at: int, told: int, day: int, desk: Desk, ledger: Ledger, done: Done) -> None:
    standing, reason = desk.state[STANDING], check_order(at, desk, ledger)
    done.entry[told], done.customer[told], done.day[told], done.hit[told] = at, desk.state[CUSTOMER], day, reason
    if reason == NOTHING:
        done.outcome[told], done.reason[told] = APPROVE, -1
        _go_ahead(at, ledger.issued[at] + TERMS[standing], desk, ledger, done)
    elif reason == PREPAYMENT_REQUIRED:
        done.outcome[told], done.reason[told] = PREPAY, reason
        due = ledger.issued[at] + TERMS[standing]
        done.exists[at], done.due[at], done.moved[at] = 1, due, due - ledger.due[at]
        done.prepaid[at] = ledger.amount[at]
    else:
        done.outcome[told], done.reason[told] = HOLD, reason


@lean_kernel
def check_order(at: int, desk: Desk, ledger: Ledger) -> int:
    """Return why an order is not simply approved, NOTHING where it is: the first row that is hit."""
    state, amount = desk.state, ledger.amount[at]
    if state[PREPAYS] or state[STANDING] == ROW_OF_D:
        return PREPAYMENT_REQUIRED
    if state[STOPPED]:
        return CREDIT_STOPPED
    if desk.totals[COUNTS] % ONE_AGED > 0 and desk.totals[PAST_DUE] > MATERIALITY:
        return HELD_FOR_PAST_DUE
    is_above = 10 * (desk.totals[EXPOSURE] + amount) > LIMIT_TENTHS * LIMITS[state[STANDING]]
    return OVER_LIMIT if is_above and amount > MATERIALITY else NOTHING
