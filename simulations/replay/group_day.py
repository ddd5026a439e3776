"""History day by day where facts of groups are read: each step of a day for all customers of a unit, then the next.

A unit goes to a day if one of its customers has to, and there looks at those that have to, by customer id. Where the
ladders read facts of groups, those of all customers look on every morning on which those of one do.
"""

import numpy as np

from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import kernel, lean_kernel
from simulations.columnar.filling import copy
from simulations.columnar.pointers import pointer_to
from simulations.ledger_snapshot.columns import Column
from simulations.replay import books as of_books
from simulations.replay.desk import LAST_ORDER_DAY, LOOK_ON, WAITING, Desk
from simulations.replay.history import History
from simulations.replay.knowing import date_of_order, wake
from simulations.replay.looking import look_on
from simulations.replay.members import (
    NEXT_ERA,
    WAITING_TURNS,
    Members,
    desk_at,
    join_groups,
    next_era,
)
from simulations.replay.mornings import FIRING, climb, release
from simulations.replay.orders import decide, go_as_recorded, still_waits
from simulations.replay.plan import BEGINS, ENDS, HAS_LADDER, LADDERS_READ_GROUPS, LOOKS_AFTER_ORDERS, Plan
from simulations.replay.reviewing import review, review_falls
from simulations.replay.running import (
    FIRST_ROOM,
    TOLD_CUSTOMER,
    Agenda,
    Told,
    most_firings,
    next_day,
    open_desk,
    tell_customer,
    with_room,
)
from simulations.replay.triggers import judge_triggers
from simulations.replay.units import Units


@kernel
def run_units(
    first: int,
    last: int,
    units: Units,
    members: Members,
    desks: Column,
    agenda: Agenda,
    plan: Plan,
    desk: Desk,
    history: History,
    told: Told,
) -> Column:
    """Replay the units from number `first` up to `last`; return the firings of their ladders, unit by unit, by day.

    `desks` are the addresses of as many desks as a unit may need, `desk` is one of them.
    """
    firings, count = np.zeros((FIRST_ROOM, FIRING), dtype=np.int64), 0
    units, members, agenda = pointer_to(units), pointer_to(members), pointer_to(agenda)
    plan, desk, history, told = pointer_to(plan), pointer_to(desk), pointer_to(history), pointer_to(told)
    for unit in range(first, last):
        firings = with_room(firings, count, _most_firings(unit, units, plan, history))
        day = _open(unit, units, members, desks, agenda, plan, desk, history)
        count = _run(unit, day, units, members, plan, desk, history, told, firings, count)
        _tell(unit, units, members, desk, history, told)
    return firings[:count]


@lean_kernel
def _most_firings(unit: int, units: Units, plan: Plan, history: History) -> int:
    most = 0
    for place in range(units.begins[unit], units.begins[unit + 1]):
        most += most_firings(units.customers[place], plan, history)
    return most


@lean_kernel
def _open(
    unit: int,
    units: Units,
    members: Members,
    desks: Column,
    agenda: Agenda,
    plan: Plan,
    desk: Desk,
    history: History,
) -> int:
    # The desks of all begin on the day of the first to whom anything happened, which is told.
    begins, size = units.begins[unit], units.begins[unit + 1] - units.begins[unit]
    day = plan.numbers[BEGINS] - 1
    for place in range(size):
        day = min(day, agenda.first_days[units.customers[begins + place]])
    for place in range(size):
        customer = units.customers[begins + place]
        members.desks[place] = desks[units.desks[customer]]
        open_desk(customer, day, plan, desk_at(place, members, desk), history)
        members.orders[place] = history.begins.asked[customer]
        members.telling[place] = agenda.told_begins[customer]
        members.next_days[place] = day
    members.counts[WAITING_TURNS] = 0
    members.counts[NEXT_ERA] = units.era_begins[unit]
    return day


@lean_kernel
def _run(
    unit: int,
    day: int,
    units: Units,
    members: Members,
    plan: Plan,
    desk: Desk,
    history: History,
    told: Told,
    firings: Column,
    count: int,
) -> int:
    size = units.begins[unit + 1] - units.begins[unit]
    turn, last_turn = units.turn_begins[unit], units.turn_ends[unit]
    while day < plan.numbers[ENDS]:
        _wake(unit, day, size, units, members, plan, desk, history)
        if day < plan.numbers[BEGINS]:
            if day == plan.numbers[BEGINS] - 1 and plan.numbers[HAS_LADDER]:
                _judge(day, size, members, plan, desk, history)
            turn = _go_as_recorded(turn, last_turn, day, units, members, plan, desk, history)
        else:
            if plan.numbers[HAS_LADDER]:
                count = _look(day, size, members, plan, desk, history, firings, count)
            _review(unit, day, size, units, members, plan, desk, history)
            _check_waiting(day, size, members, plan, desk, history, told)
            turn = _decide(unit, turn, last_turn, day, units, members, plan, desk, history, told)
        day = _next_day(unit, day, size, units, members, plan, desk, history)
    return count


@lean_kernel
def _wake(
    unit: int, day: int, size: int, units: Units, members: Members, plan: Plan, desk: Desk, history: History
) -> None:
    any_looks = join_groups(unit, day, units, members, desk)
    for place in range(size):
        members.is_on[place] = int(members.next_days[place] == day)
        members.looks[place] = 0
        if members.is_on[place]:
            own = desk_at(place, members, desk)
            members.events[place] = own.books.counts[of_books.EVENTS]
            happened = wake(day, plan.numbers[ENDS], own.calendar, own.books, history)
            if happened or day >= own.state[LOOK_ON]:
                members.looks[place] = 1
                any_looks = True
    if any_looks and plan.numbers[LADDERS_READ_GROUPS]:
        for place in range(size):
            members.looks[place] = 1


@lean_kernel
def _judge(day: int, size: int, members: Members, plan: Plan, desk: Desk, history: History) -> None:
    for place in range(size):
        own = desk_at(place, members, desk)
        if judge_triggers(day, plan, own, history):
            copy(own.is_true, own.was_true)


@lean_kernel
def _look(
    day: int, size: int, members: Members, plan: Plan, desk: Desk, history: History, firings: Column, count: int
) -> int:
    for place in range(size):
        if members.looks[place]:
            release(day, plan, desk_at(place, members, desk), history)
    for place in range(size):
        if members.looks[place]:
            count = climb(day, plan, desk_at(place, members, desk), history, firings, count)
    return count


@lean_kernel
def _review(
    unit: int, day: int, size: int, units: Units, members: Members, plan: Plan, desk: Desk, history: History
) -> None:
    for place in range(size):
        if members.is_on[place]:
            own = desk_at(place, members, desk)
            has_order = _next_order(unit, place, units, members, own, history) == day
            if review_falls(day, has_order, members.events[place], plan, own, history):
                review(day, plan, own, history)
                look_on(day + 1, own)
            if plan.numbers[LOOKS_AFTER_ORDERS] and (own.state[WAITING] or has_order):
                look_on(day + 1, own)


@lean_kernel
def _check_waiting(day: int, size: int, members: Members, plan: Plan, desk: Desk, history: History, told: Told) -> None:
    if members.counts[WAITING_TURNS] == 0:
        return
    for place in range(size):
        members.checked[place], members.kept[place] = 0, 0
    kept = 0
    for turn in range(members.counts[WAITING_TURNS]):
        place = members.waiting_turns[turn]
        own = desk_at(place, members, desk)
        order = own.waiting[members.checked[place]]
        members.checked[place] += 1
        if still_waits(order, day, plan, own, history, told.orders):
            own.waiting[members.kept[place]] = order
            members.kept[place] += 1
            members.waiting_turns[kept] = place
            kept += 1
    members.counts[WAITING_TURNS] = kept
    for place in range(size):
        desk_at(place, members, desk).state[WAITING] = members.kept[place]


@lean_kernel
def _go_as_recorded(
    turn: int, last: int, day: int, units: Units, members: Members, plan: Plan, desk: Desk, history: History
) -> int:
    while turn < last:
        place = units.turns[turn]
        own = desk_at(place, members, desk)
        order = history.in_order[members.orders[place]]
        if date_of_order(order, own.books, history) != day:
            break
        go_as_recorded(order, day, plan, own, history)
        own.state[LAST_ORDER_DAY] = day
        members.orders[place] += 1
        turn += 1
    return turn


@lean_kernel
def _decide(
    unit: int,
    turn: int,
    last: int,
    day: int,
    units: Units,
    members: Members,
    plan: Plan,
    desk: Desk,
    history: History,
    told: Told,
) -> int:
    while turn < last:
        place = units.turns[turn]
        own = desk_at(place, members, desk)
        order = history.in_order[members.orders[place]]
        if date_of_order(order, own.books, history) != day:
            break
        row = told.orders[members.telling[place]]
        row[TOLD_CUSTOMER], row[5], row[6] = units.customers[units.begins[unit] + place], order, day
        waiting = own.state[WAITING]
        decide(order, day, plan, own, history, row)
        if own.state[WAITING] > waiting:
            members.waiting_turns[members.counts[WAITING_TURNS]] = place
            members.counts[WAITING_TURNS] += 1
        own.places[order] = members.telling[place]
        own.state[LAST_ORDER_DAY] = day
        members.telling[place] += 1
        members.orders[place] += 1
        turn += 1
    return turn


@lean_kernel
def _next_order(unit: int, place: int, units: Units, members: Members, own: Desk, history: History) -> int:
    number = members.orders[place]
    if number >= history.begins.asked[units.customers[units.begins[unit] + place] + 1]:
        return NEVER
    return date_of_order(history.in_order[number], own.books, history)


@lean_kernel
def _next_day(
    unit: int, day: int, size: int, units: Units, members: Members, plan: Plan, desk: Desk, history: History
) -> int:
    # What one was not looked at for has changed nothing of it: it is on the same day that it has to be looked at.
    following = next_era(unit, units, members) if plan.numbers[LADDERS_READ_GROUPS] else NEVER
    for place in range(size):
        if members.is_on[place] or members.looks[place]:
            own = desk_at(place, members, desk)
            next_order = _next_order(unit, place, units, members, own, history)
            # Orders of the day itself are left only where a run is to end in the midst of them.
            members.next_days[place] = max(min(next_order, next_day(day, plan, own)), day + 1)
        following = min(following, members.next_days[place])
    return following


@lean_kernel
def _tell(unit: int, units: Units, members: Members, desk: Desk, history: History, told: Told) -> None:
    begins = units.begins[unit]
    for place in range(units.begins[unit + 1] - begins):
        tell_customer(units.customers[begins + place], desk_at(place, members, desk), history, told)
