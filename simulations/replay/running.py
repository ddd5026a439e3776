"""History day by day: one customer after the other, from its first entry to the end of the window."""

from typing import Final, NamedTuple

import numpy as np

from policy_service.domain.values import UNKNOWN
from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.filling import copy, fill, fill_row
from simulations.columnar.pointers import pointer_to
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.asked_facts import RELEASES, TRIGGERS
from simulations.replay.books import FIRST_INVOICE
from simulations.replay.calendar import clear, next_noted
from simulations.replay.desk import (
    GRADE,
    LAST_ORDER_DAY,
    LOOK_ON,
    NEXT_REVIEW,
    REFERRED_ON,
    REVIEWS,
    VERSION,
    WAITING,
    Desk,
)
from simulations.replay.history import History
from simulations.replay.knowing import date_of_order, wake
from simulations.replay.ladder_steps import STEP_IS_TRIGGER
from simulations.replay.looking import look_on
from simulations.replay.mornings import FIRING, look
from simulations.replay.orders import check_waiting, decide, go_as_recorded
from simulations.replay.plan import BEGINS, ENDS, HAS_LADDER, LOOKS_AFTER_ORDERS, READS_INVOICES, READS_ORDERS, Plan
from simulations.replay.reviewing import review, review_falls
from simulations.replay.scheduling import bring_in, note_orders, open_books
from simulations.replay.standing import not_reviewed
from simulations.replay.standing_ladders import forget_who_stands
from simulations.replay.triggers import judge_triggers
from simulations.replay.watching import forget

FIRST_ROOM: Final = 1_024
#: Where `Told.orders` has the customer.
TOLD_CUSTOMER: Final = 4


class Agenda(NamedTuple):
    """By customer: the first day of anything that happened, and where what is told of its orders begins."""

    first_days: Column
    told_begins: Column


class Told(NamedTuple):
    """What is told of the run: by order of the window (customer, order, day, outcome, reason, hit, went ahead)...

    ... by invoice (exists, waited, due, moved, prepaid, prepaid on), and by customer (reviews, grade code).
    """

    orders: Column
    invoices: Column
    customers: Column


@kernel
def run_customers(
    first: int, last: int, agenda: Agenda, plan: Plan, desk: Desk, history: History, told: Told
) -> Column:
    """Replay the customers from number `first` up to `last`; return the firings of their ladders, in order."""
    firings, count = np.zeros((FIRST_ROOM, FIRING), dtype=np.int64), 0
    agenda, plan, desk = pointer_to(agenda), pointer_to(plan), pointer_to(desk)
    history, told = pointer_to(history), pointer_to(told)
    for customer in range(first, last):
        firings = with_room(firings, count, most_firings(customer, plan, history))
        _open(customer, agenda, plan, desk, history)
        count = _run(customer, agenda, plan, desk, history, told, firings, count)
        tell_customer(customer, desk, history, told)
    return firings[:count]


@lean_kernel
def most_firings(customer: int, plan: Plan, history: History) -> int:
    """Return how many firings there can be: each level once for an invoice, a trigger every other morning."""
    invoices = history.begins.invoices[customer + 1] - history.begins.invoices[customer]
    days, most = plan.numbers[ENDS] - plan.numbers[BEGINS] + 1, 0
    for step in range(len(plan.steps)):
        most += days if plan.steps[step, STEP_IS_TRIGGER] else invoices
    return most


@kernel
def with_room(firings: Column, count: int, more: int) -> Column:
    """Return the first `count` firings with room for so many more."""
    if count + more <= len(firings):
        return firings
    larger = np.zeros((2 * (count + more), FIRING), dtype=np.int64)
    larger[:count] = firings[:count]
    return larger


@lean_kernel
def _open(customer: int, agenda: Agenda, plan: Plan, desk: Desk, history: History) -> None:
    open_desk(customer, min(agenda.first_days[customer], plan.numbers[BEGINS] - 1), plan, desk, history)


@lean_kernel
def open_desk(customer: int, begins: int, plan: Plan, desk: Desk, history: History) -> None:
    """Begin with a customer to whom nothing happened before the day `begins`."""
    clear(desk.calendar, begins, max(plan.numbers[ENDS] - begins, 0) + 1)
    open_books(customer, plan.numbers[ENDS], desk.calendar, desk.books, history)
    # The row of an orders file is open until its invoices are known.
    if not history.has_orders_file and not plan.numbers[READS_INVOICES]:
        desk.books.counts[of_books.SETTLED_ARE_UNREAD] = 1
    if plan.numbers[READS_ORDERS]:
        note_orders(customer, plan.numbers[ENDS], desk.calendar, desk.books, history)
    state = desk.state
    fill(state, 0, len(state))
    state[NEXT_REVIEW] = NEVER
    state[REFERRED_ON] = -NEVER
    state[LAST_ORDER_DAY] = -NEVER
    state[GRADE] = UNKNOWN
    state[LOOK_ON] = plan.numbers[BEGINS]
    state[VERSION] = history.begins.versions[customer]
    not_reviewed(desk)
    forget(TRIGGERS, desk)
    forget(RELEASES, desk)
    forget_who_stands(plan, desk)
    if plan.numbers[HAS_LADDER]:
        invoices = history.begins.invoices[customer + 1] - history.begins.invoices[customer]
        for step in range(len(desk.marks)):
            fill_row(desk.marks, step, 0, invoices)
        for ladder in range(len(desk.is_case)):
            fill_row(desk.is_case, ladder, 0, invoices)
        fill(desk.case_is_open, 0, len(desk.case_is_open))
        fill(desk.was_true, 0, len(desk.was_true))
        fill(desk.effect_is_on, 0, len(desk.effect_is_on))
    for place in range(history.begins.free[customer], history.begins.free[customer + 1]):
        at = history.free[place]
        invoice = at - desk.books.firsts[FIRST_INVOICE]
        desk.books.invoices.prepaid_on[invoice] = -NEVER
        bring_in(invoice, 0, 0, history.invoices.due[at], plan.numbers[ENDS], desk.calendar, desk.books, history)


@lean_kernel
def _run(
    customer: int,
    agenda: Agenda,
    plan: Plan,
    desk: Desk,
    history: History,
    told: Told,
    firings: Column,
    count: int,
) -> int:
    begins, ends = plan.numbers[BEGINS], plan.numbers[ENDS]
    place, last = history.begins.asked[customer], history.begins.asked[customer + 1]
    telling = agenda.told_begins[customer]
    day = min(agenda.first_days[customer], begins - 1)
    while day < ends:
        events = desk.books.counts[of_books.EVENTS]
        happened = wake(day, ends, desk.calendar, desk.books, history)
        next_order = date_of_order(history.in_order[place], desk.books, history) if place < last else NEVER
        if day < begins:
            if day == begins - 1 and plan.numbers[HAS_LADDER] and judge_triggers(day, plan, desk, history):
                copy(desk.is_true, desk.was_true)
            while next_order == day:
                go_as_recorded(history.in_order[place], day, plan, desk, history)
                desk.state[LAST_ORDER_DAY] = day
                place += 1
                next_order = date_of_order(history.in_order[place], desk.books, history) if place < last else NEVER
        else:
            if plan.numbers[HAS_LADDER] and (happened or day >= desk.state[LOOK_ON]):
                count = look(day, plan, desk, history, firings, count)
            if review_falls(day, next_order == day, events, plan, desk, history):
                review(day, plan, desk, history)
                look_on(day + 1, desk)
            if plan.numbers[LOOKS_AFTER_ORDERS] and (desk.state[WAITING] or next_order == day):
                look_on(day + 1, desk)
            if desk.state[WAITING]:
                check_waiting(day, plan, desk, history, told.orders)
            while next_order == day:
                order = history.in_order[place]
                row = told.orders[telling]
                row[TOLD_CUSTOMER], row[5], row[6] = customer, order, day
                decide(order, day, plan, desk, history, row)
                desk.places[order] = telling
                desk.state[LAST_ORDER_DAY] = day
                telling += 1
                place += 1
                next_order = date_of_order(history.in_order[place], desk.books, history) if place < last else NEVER
        day = min(next_order, next_day(day, plan, desk))
    return count


@lean_kernel
def next_day(day: int, plan: Plan, desk: Desk) -> int:
    """Return the next day on which anything can happen, but for orders: on the others nothing read can change."""
    begins, ends, state = plan.numbers[BEGINS], plan.numbers[ENDS], desk.state
    if state[WAITING]:
        return day + 1
    following = ends
    if day < begins - 1:
        following = min(following, begins - 1)
    elif plan.numbers[HAS_LADDER]:
        following = min(following, max(state[LOOK_ON], day + 1))
    if day < state[NEXT_REVIEW]:
        following = min(following, state[NEXT_REVIEW])
    return next_noted(desk.calendar, day, following)


@lean_kernel
def tell_customer(customer: int, desk: Desk, history: History, told: Told) -> None:
    """Tell what became of a customer's invoices, and of the customer."""
    invoices = desk.books.invoices
    first = history.begins.invoices[customer]
    for invoice in range(history.begins.invoices[customer + 1] - first):
        row = told.invoices[first + invoice]
        row[0] = invoices.exists[invoice]
        if not invoices.exists[invoice]:
            row[1], row[2], row[3], row[4], row[5] = 0, -NEVER, 0, 0, -NEVER
            continue
        row[1], row[2], row[3] = invoices.waited[invoice], invoices.due[invoice], invoices.moved[invoice]
        row[4] = invoices.prepaid[invoice]
        row[5] = invoices.prepaid_on[invoice] if invoices.prepaid[invoice] > 0 else -NEVER
    told.customers[customer, 0] = desk.state[REVIEWS]
    told.customers[customer, 1] = desk.state[GRADE]
