"""Customers followed along a run that is kept, decision by decision: compiled code, a part of the customers a call.

What happens to a customer comes of the outcomes of its orders and of a part of its standing alone. So while these stay
as they were, the run does, too, whatever else its reviews say otherwise: later decisions are asked upon that, with all
other values as they were written down.
"""

from typing import Final, NamedTuple

from policy_service.domain.values import UNKNOWN
from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.filling import fill
from simulations.columnar.pointers import pointer_to
from simulations.ledger_snapshot.columns import Column
from simulations.replay.desk import Desk
from simulations.replay.noting import ORDERS, REVIEWS
from simulations.replay.orders import REFER
from simulations.replay.plan import Plan
from simulations.replay.standing import CREDIT_LIMIT, GRADE, LIMIT_VALID_DAYS
from simulations.warm.asked_again import OF_OUTCOME, REFERS, Rows, put_noted, say_order, say_review
from simulations.warm.bearing import (
    NONE_DIFFERS,
    Probe,
    Standing,
    is_read,
    may_differ,
    may_differ_upon,
    put_standing,
)

#: Of a customer whose last grade is as it was.
SAME_GRADE: Final = -2


class Decisions(NamedTuple):
    """Decisions of one type: what they were made on, what was said, and which of them may be other ones now.

    `edited` finds those that the edit may bear on, `upon` those on which another standing may bear; `reads` is what
    they read of a standing.
    """

    rows: Rows
    said: Column
    edited: Probe
    upon: Probe
    reads: Column


class Course(NamedTuple):
    """What is told of customers: whose run may be another one, and last grades that are other ones (by code).

    `is_bound` says by output of a standing whether what happens to a customer comes of it; `standing` and the rows said
    now are working space.
    """

    is_bound: Column
    standing: Standing
    says_review: Column
    says_order: Column
    is_other: Column
    grades: Column


@kernel
def follow(
    first: int, last: int, plan: Plan, desk: Desk, reviews: Decisions, orders: Decisions, named: Column, course: Course
) -> None:
    """Follow the customers from number `first` up to `last`, but for those who are marked already."""
    plan, desk, course = pointer_to(plan), pointer_to(desk), pointer_to(course)
    reviews, orders = pointer_to(reviews), pointer_to(orders)
    for customer in range(first, last):
        _follow(customer, plan, desk, reviews, orders, named, course)


@lean_kernel
def _follow(
    customer: int, plan: Plan, desk: Desk, reviews: Decisions, orders: Decisions, named: Column, course: Course
) -> None:
    if course.is_other[customer]:
        return
    standing, ends = course.standing, reviews.rows.ends
    fill(standing.then, UNKNOWN, len(standing.then))
    fill(standing.now, UNKNOWN, len(standing.now))
    first = ends[customer - 1, REVIEWS] if customer > 0 else 0
    order = ends[customer - 1, ORDERS] if customer > 0 else 0
    for place in range(first, ends[customer, REVIEWS]) if reviews.edited.blocks[0] != NONE_DIFFERS else range(0):
        end = reviews.rows.values[place, len(reviews.rows.slots)]
        if _differ(order, end, plan, desk, orders, named, course) or _moves(place, plan, desk, reviews, course):
            course.is_other[customer] = 1
            return
        order = end
    if _differ(order, ends[customer, ORDERS], plan, desk, orders, named, course):
        course.is_other[customer] = 1
    elif standing.then[GRADE] != standing.now[GRADE]:
        course.grades[customer] = standing.now[GRADE]


@lean_kernel
def _moves(place: int, plan: Plan, desk: Desk, reviews: Decisions, course: Course) -> bool:
    # Whether a review says anything that what happens comes of; what else it says is the standing from then on.
    standing, said, says = course.standing, reviews.said, course.says_review
    is_moved = is_read(standing, reviews.reads)
    if not is_moved and said[place, 0] != REFERS and not may_differ(reviews.edited, reviews.rows, place):
        for output in range(len(standing.then)):
            standing.then[output] = said[place, 1 + output]
            standing.now[output] = said[place, 1 + output]
        return False
    put_noted(plan, desk, reviews.rows, place)
    if is_moved:
        put_standing(standing, reviews.reads, reviews.rows, place, desk.values)
    say_review(plan, desk, says, 0)
    if says[0, 0] != said[place, 0]:
        return True
    if says[0, 0] == REFERS:
        return False
    for output in range(len(standing.then)):
        standing.then[output] = said[place, 1 + output]
        standing.now[output] = says[0, 1 + output]
        if course.is_bound[output] and standing.then[output] != standing.now[output]:
            return True
    # Of a limit where there was none it is not known whether it had expired.
    is_new = standing.then[CREDIT_LIMIT] == UNKNOWN and standing.now[CREDIT_LIMIT] != UNKNOWN
    return bool(is_new and standing.now[LIMIT_VALID_DAYS] != UNKNOWN)


@lean_kernel
def _differ(first: int, end: int, plan: Plan, desk: Desk, orders: Decisions, named: Column, course: Course) -> bool:
    # Whether one of these order checks says another thing.
    is_moved = is_read(course.standing, orders.reads)
    if not is_moved and orders.edited.blocks[0] == NONE_DIFFERS:
        return False
    standing, said, says = course.standing, orders.said, course.says_order
    reads_inner = len(orders.upon.put_inner if is_moved else orders.edited.put_inner) > 0
    for place in range(first, end):
        # What an order check hands on is not told of one that refers.
        if not reads_inner or said[place, 0] // OF_OUTCOME != REFER:
            if is_moved and not may_differ_upon(standing, orders.reads, orders.upon, orders.rows, place):
                continue
            if not is_moved and not may_differ(orders.edited, orders.rows, place):
                continue
        put_noted(plan, desk, orders.rows, place)
        if is_moved:
            put_standing(standing, orders.reads, orders.rows, place, desk.values)
        say_order(plan, desk, named, says, 0)
        if says[0, 0] != said[place, 0] or says[0, 1] != said[place, 1]:
            return True
    return False
