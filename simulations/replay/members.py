"""The customers of a unit while it is gone through: how far each of them is, and who stands in one group today."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from policy_service.facts.knowledge import NEVER
from simulations.columnar.addresses import addresses_for, at_address, side_by_side
from simulations.columnar.compiled_functions import lean_kernel
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.desk import CIRCLE, Desk, desk_beside, desk_of
from simulations.replay.options import Options
from simulations.replay.plan import Planned
from simulations.replay.rooms import needs_of_places
from simulations.replay.units import Units, desks_of

# What `Members.counts` holds.
#: How many orders wait.
WAITING_TURNS: Final = 0
#: The place among `Units.eras` of the next era of the unit.
NEXT_ERA: Final = 1
_COUNTS: Final = 2


class Members(NamedTuple):
    """By place in the unit: the address of the customer's desk, the day on which it is looked at next, ...

    ... whether that is today (`is_on`) and whether its ladders look (`looks`), how many events it knew in the morning,
    the places of its next order in the history and of what is told of it, and how many of its waiting orders were
    checked, and wait on (`checked`, `kept`). `waiting_turns` are the places of those whose orders wait, in order of
    arrival. `first` is by place of a root the first that was found of its group, `joined` how many were.
    """

    counts: Column
    desks: Column
    next_days: Column
    is_on: Column
    looks: Column
    events: Column
    orders: Column
    telling: Column
    checked: Column
    kept: Column
    first: Column
    joined: Column
    waiting_turns: Column


@dataclass(frozen=True, slots=True)
class Desks:
    """Desks for all customers of any one unit: their addresses, and what the addresses are of."""

    desks: Sequence[Desk]
    addresses: Column
    memory: Column
    members: Members


def desks_for(snapshot: Snapshot, planned: Planned, options: Options) -> Desks:
    """Return desks for the units of a snapshot: as many as its largest unit has customers."""
    needs = needs_of_places(snapshot, desks_of(snapshot), options.begins - 1, options.ends, len(planned.climb.steps))
    front = desk_of(planned, needs[0])
    desks = [front, *(desk_beside(front, planned, one) for one in needs[1:])]
    addresses, memory = side_by_side(desks)
    asked = snapshot.orders.begins if snapshot.has_orders_file else snapshot.invoices.begins
    unit = snapshot.groups.unit
    turns = int(np.bincount(unit, np.diff(asked)).max(initial=0))
    return Desks(desks, addresses, memory, _members(len(desks), turns))


def _members(count: int, turns: int) -> Members:
    def column(length: int) -> Column:
        return np.zeros(max(length, 1), dtype=np.int64)

    of_members = {name: column(count) for name in Members._fields}
    return Members(
        **of_members | {"counts": column(_COUNTS), "desks": addresses_for(count), "waiting_turns": column(turns)}
    )


@lean_kernel
def desk_at(place: int, members: Members, desk: Desk) -> Desk:
    """Return the desk of the customer at a place of the unit; `desk` is any one."""
    return at_address(desk, members.desks[place])


@lean_kernel
def next_era(unit: int, units: Units, members: Members) -> int:
    """Return the day on which others of the unit will stand in one group, NEVER without one.

    No row of theirs need begin to count on it: a row of somebody else may close a circle of parents, or break it.
    """
    place = members.counts[NEXT_ERA]
    return units.era_days[units.eras[place]] if place < units.era_begins[unit + 1] else NEVER


@lean_kernel
def join_groups(unit: int, day: int, units: Units, members: Members, desk: Desk) -> bool:
    """Put those together who stand in one group on the day; whether others do than on the days before."""
    first, last = members.counts[NEXT_ERA], units.era_begins[unit + 1]
    place = first
    while place < last and units.era_days[units.eras[place]] <= day:
        place += 1
    if place == first:
        return False
    members.counts[NEXT_ERA] = place
    _join(unit, units.eras[place - 1], units, members, desk)
    return True


@lean_kernel
def _join(unit: int, era: int, units: Units, members: Members, desk: Desk) -> None:
    begins, size = units.begins[unit], units.begins[unit + 1] - units.begins[unit]
    for place in range(size):
        members.joined[place] = 0
    for place in range(size):
        root = units.roots[era, units.customers[begins + place]]
        own = desk_at(place, members, desk)
        if members.joined[root] == 0:
            members.first[root] = place
            own.neighbour[0] = members.desks[place]
        else:
            first = desk_at(members.first[root], members, desk)
            own.neighbour[0] = first.neighbour[0]
            first.neighbour[0] = members.desks[place]
        members.joined[root] += 1
    for place in range(size):
        root = units.roots[era, units.customers[begins + place]]
        desk_at(place, members, desk).state[CIRCLE] = members.joined[root]
