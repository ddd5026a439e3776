"""One pass over customers that adds up everything a run is reported by."""

from policy_service.facts.knowledge import NEVER
from simulations.accounting.calendar import Calendar
from simulations.accounting.invoice_entries import add_invoices, mark
from simulations.accounting.kernel_input import HELD, NOTICED, SOLD, TOGETHER, Added, Own, Recorded, Run
from simulations.accounting.places import (
    AGES,
    AMOUNTS,
    CASES_OPENED,
    COUNTS,
    REASONS,
    SALES,
    SQUARE_LIMB,
    SQUARES,
    Places,
)
from simulations.accounting.weights import Weights
from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.pointers import pointer_to
from simulations.ledger_snapshot.columns import Column
from simulations.replay.trace import OUTCOMES

_APPROVE, _HOLD = 0, 2
_OUTCOMES = len(OUTCOMES)
_LOW = 2**SQUARE_LIMB - 1


@kernel
def add_up_customers(
    first: int, last: int, recorded: Recorded, run: Run, calendar: Calendar, places: Places, own: Own, added: Added
) -> None:
    """Add up the customers from `first` up to `last`; the rows of `added` by customer begin with that of `first`."""
    recorded, run, calendar = pointer_to(recorded), pointer_to(run), pointer_to(calendar)
    places, own, added = pointer_to(places), pointer_to(own), pointer_to(added)
    for begins in range(first, last, TOGETHER):
        for customer in range(begins, min(begins + TOGETHER, last)):
            add_orders(customer, recorded, run, calendar, places, own, added)
            add_invoices(customer, recorded, run, calendar, places, own, added)
            add_steps(customer, run, calendar, places, own, added)
            add_customer(customer, customer - first, run, places, own.sums, added)
            pass_on(customer - first, places, own, added)
        add_draws(own, added)


@lean_kernel
def add_orders(
    customer: int,
    recorded: Recorded,
    run: Run,
    calendar: Calendar,
    places: Places,
    own: Own,
    added: Added,
) -> None:
    """Add up the orders of the window by first outcome and reason, and all that was sold, also before it, by month."""
    sums, timeline = own.sums, added.timeline
    amounts, days, month_of, earliest = recorded.order_amount, recorded.order_day, calendar.month_of, calendar.earliest
    entries, ordered_on, outcomes = run.entry, run.day, run.outcome
    reasons, went_ahead = run.reason, run.went_ahead
    for place in range(run.order_begins[customer], run.order_begins[customer + 1]):
        amount, outcome, reason = amounts[entries[place]], outcomes[place], reasons[place]
        month = month_of[ordered_on[place] - earliest]
        sums[COUNTS + outcome] += 1
        sums[AMOUNTS + outcome] += amount
        if outcome != _APPROVE and reason >= 0:
            sums[REASONS + reason] += 1
            sums[places.reason_amounts + reason] += amount
        if outcome == _HOLD:
            timeline[month - calendar.window_month, HELD] += amount
        if run.acts == 0 or -NEVER < went_ahead[place] < calendar.ends:
            sums[SALES] += amount
            sums[places.monthly + month] += amount
            mark(places.monthly + month, own)
            timeline[month - calendar.window_month, SOLD] += amount
    for order in range(recorded.order_begins[customer], recorded.order_begins[customer + 1]):
        if days[order] < calendar.begins:
            month = month_of[days[order] - earliest]
            sums[places.monthly + month] += amounts[order]
            mark(places.monthly + month, own)


@lean_kernel
def add_steps(customer: int, run: Run, calendar: Calendar, places: Places, own: Own, added: Added) -> None:
    """Add up firings: each is a notice, those of a level on one day are one case step of the level's owner."""
    sums, timeline = own.sums, added.timeline
    levels, days, opens, owners, stepped_on = run.level, run.fired_on, run.opens, run.owner, own.stepped_on
    month_of = calendar.month_of
    for level in range(len(stepped_on)):
        stepped_on[level] = -NEVER
    for place in range(run.firing_begins[customer], run.firing_begins[customer + 1]):
        level, day = levels[place], days[place]
        sums[places.notices + level] += 1
        timeline[month_of[day - calendar.earliest] - calendar.window_month, NOTICED] += 1
        if opens[place] != 0:
            sums[CASES_OPENED] += 1
        if stepped_on[level] == day:
            continue
        stepped_on[level] = day
        sums[places.steps + level] += 1
        if owners[level] >= 0:
            week = places.weekly + owners[level] * calendar.weeks + (day - calendar.monday) // 7
            sums[week] += 1
            mark(week, own)


@lean_kernel
def add_customer(customer: int, row: int, run: Run, places: Places, sums: Column, added: Added) -> None:
    """Write down what the report says of a customer; add its grade, and the square of its open balance in limbs."""
    told = added.customers
    if run.grade[customer] >= 0:
        sums[places.grades + run.grade[customer]] += 1
    orders = 0
    for outcome in range(_OUTCOMES):
        orders += sums[COUNTS + outcome]
    past_due = 0
    for late in range(1, 5):
        past_due += sums[AGES + late]
    balance = past_due + sums[AGES]
    told[row, 0] = orders
    told[row, 1] = sums[AMOUNTS + _APPROVE]
    told[row, 2] = sums[SALES]
    told[row, 3] = balance
    told[row, 4] = past_due
    high, low = balance >> SQUARE_LIMB, balance & _LOW
    middle = 2 * high * low + (low * low >> SQUARE_LIMB)
    top = high * high + (middle >> SQUARE_LIMB)
    sums[SQUARES] += low * low & _LOW
    sums[SQUARES + 1] += middle & _LOW
    sums[SQUARES + 2] += top & _LOW
    sums[SQUARES + 3] += top >> SQUARE_LIMB


@lean_kernel
def pass_on(row: int, places: Places, own: Own, added: Added) -> None:
    """Add the sums of one customer, whose row that is, to its groups, put them by for the draws, and clear them."""
    marks, marked = own.marks, own.marked
    for place in range(places.daily):
        pass_on_sum(place, row, own, added)
    for one in range(1, marked[0] + 1):
        marks[marked[one]] = 0
        pass_on_sum(marked[one], row, own, added)
    marked[0] = 0


@lean_kernel
def pass_on_sum(place: int, row: int, own: Own, added: Added) -> None:
    """Add one of its sums to its groups, put it by for the draws, and clear it."""
    change = own.sums[place]
    if change == 0:
        return
    own.sums[place] = 0
    put_by = own.put_by[place]
    own.rows[place, put_by], own.changes[place, put_by] = row, change
    own.put_by[place] = put_by + 1
    for column in range(added.groups.shape[1]):
        added.totals[added.groups[row, column], place] += change


@lean_kernel
def add_draws(own: Own, added: Added) -> None:
    """Add to every draw what was put by of a few customers, sum by sum."""
    for place in range(len(own.put_by)):
        draw(added.drawn[place], added.weights, own.rows[place], own.changes[place], own.put_by[place])
        own.put_by[place] = 0


@lean_kernel
def draw(of_draws: Column, weights: Weights, rows: Column, changes: Column, changed: int) -> None:
    """Add the first so many changes, each of the customer in that row, to what one sum is in every draw.

    Four at a time: the sums are then read and written a quarter as often.
    """
    for one in range(0, changed - 3, 4):
        first, second, third, fourth = changes[one], changes[one + 1], changes[one + 2], changes[one + 3]
        of_first, of_second = weights[rows[one]], weights[rows[one + 1]]
        of_third, of_fourth = weights[rows[one + 2]], weights[rows[one + 3]]
        for place in range(len(of_draws)):
            two = first * of_first[place] + second * of_second[place]
            of_draws[place] += two + third * of_third[place] + fourth * of_fourth[place]
    for one in range(changed - changed % 4, changed):
        change, times = changes[one], weights[rows[one]]
        for place in range(len(of_draws)):
            of_draws[place] += change * times[place]
