"""One pass over customers that adds up everything a run is reported by."""

from policy_service.facts.knowledge import NEVER
from simulations.accounting.calendar import Calendar
from simulations.accounting.invoice_entries import add_invoices
from simulations.accounting.kernel_input import HELD, NOTICED, SOLD, TOGETHER, Added, Own, Recorded, Run
from simulations.accounting.places import (
    AGES,
    AMOUNTS,
    BLOCK,
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
        ends = min(begins + TOGETHER, last)
        for customer in range(begins, ends):
            sums = own.sums[customer - begins]
            add_orders(customer, recorded, run, calendar, places, sums, own.marks, added)
            add_invoices(customer, recorded, run, calendar, places, sums, own.marks, added)
            add_steps(customer, run, calendar, places, sums, own, added)
            add_customer(customer, customer - first, run, places, sums, added)
        pass_on(begins - first, ends - begins, places, own, added)


@lean_kernel
def add_orders(
    customer: int,
    recorded: Recorded,
    run: Run,
    calendar: Calendar,
    places: Places,
    sums: Column,
    marks: Column,
    added: Added,
) -> None:
    """Add up the orders of the window by first outcome and reason, and all that was sold, also before it, by month."""
    timeline = added.timeline
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
            marks[(places.monthly + month) >> BLOCK] = 1
            timeline[month - calendar.window_month, SOLD] += amount
    for order in range(recorded.order_begins[customer], recorded.order_begins[customer + 1]):
        if days[order] < calendar.begins:
            month = month_of[days[order] - earliest]
            sums[places.monthly + month] += amounts[order]
            marks[(places.monthly + month) >> BLOCK] = 1


@lean_kernel
def add_steps(
    customer: int, run: Run, calendar: Calendar, places: Places, sums: Column, own: Own, added: Added
) -> None:
    """Add up firings: each is a notice, those of a level on one day are one case step of the level's owner."""
    marks, timeline = own.marks, added.timeline
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
            marks[week >> BLOCK] = 1


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
def pass_on(first: int, customers: int, places: Places, own: Own, added: Added) -> None:
    """Add the sums of so many customers to their groups and to every draw, and clear them; `first` is their row."""
    sums, marks, rows, changes = own.sums, own.marks, own.rows, own.changes
    groups, weights, totals, drawn = added.groups, added.weights, added.totals, added.drawn
    # Below that block stand the sums that are not marked.
    first_marked = (places.daily >> BLOCK) + 1
    for block in range(len(marks)):
        if block >= first_marked and marks[block] == 0:
            continue
        marks[block] = 0
        for place in range(block << BLOCK, min((block + 1) << BLOCK, sums.shape[1])):
            changed = 0
            for customer in range(customers):
                change = sums[customer, place]
                if change != 0:
                    row = first + customer
                    rows[changed], changes[changed] = row, change
                    changed += 1
                    sums[customer, place] = 0
                    for column in range(groups.shape[1]):
                        totals[groups[row, column], place] += change
            draw(drawn[place], weights, rows, changes, changed)


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
