"""Which customers are gone through together day by day, and in which order their orders are decided."""

from typing import NamedTuple

import numpy as np

from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot


class Units(NamedTuple):
    """Customers who ever stood in one group, unit by unit; one who never did is a unit by itself.

    `customers` are divided by `begins`, by number within each; by customer of the snapshot, `places` is its place in
    its unit and `desks` the number of the desk that it is given there. `turns` are the places of those whose orders
    come next, from `turn_begins` up to `turn_ends` for each unit, in the order in which all its orders are decided.
    `roots` is by era and customer the place of the root of its group. `eras` are the eras in which a unit's groups are
    others than before, divided by `era_begins`; each begins on one of `era_days`.
    """

    begins: Column
    customers: Column
    places: Column
    desks: Column
    turn_begins: Column
    turn_ends: Column
    turns: Column
    roots: Column
    era_begins: Column
    eras: Column
    era_days: Column


def units_of(snapshot: Snapshot) -> Units:
    """Return the units of a snapshot, none of which is cut."""
    unit = np.unique(snapshot.groups.unit, return_inverse=True)[1].reshape(-1)
    customers = np.argsort(unit, kind="stable")
    begins = _begins(unit, int(unit.max(initial=-1)) + 1)
    places = _places(customers, begins, unit)
    turn_owners = _owners_in_turn(snapshot, unit)
    turns = _begins(unit[turn_owners], len(begins) - 1)
    era_begins, eras = _eras(snapshot.groups.root, unit, len(begins) - 1)
    return Units(
        begins=begins,
        customers=customers,
        places=places,
        desks=desks_of(snapshot),
        turn_begins=turns[:-1].copy(),
        turn_ends=turns[1:].copy(),
        turns=places[turn_owners],
        roots=np.ascontiguousarray(places[snapshot.groups.root]),
        era_begins=era_begins,
        eras=eras,
        era_days=snapshot.groups.eras.copy(),
    )


def desks_of(snapshot: Snapshot) -> Column:
    """Return by customer the number of its desk: within each unit those with the most invoices have the first ones."""
    unit, invoices = snapshot.groups.unit, np.diff(snapshot.invoices.begins)
    by_size = np.lexsort((-invoices, unit))
    first = np.flatnonzero(np.diff(unit[by_size], prepend=-1))
    found = np.zeros(len(unit), dtype=np.int64)
    found[by_size] = np.arange(len(unit)) - np.repeat(first, np.diff(first, append=len(unit)))
    return found


def _begins(numbers: Column, count: int) -> Column:
    return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=count))]).astype(np.int64)


def _places(customers: Column, begins: Column, unit: Column) -> Column:
    found = np.zeros(len(customers), dtype=np.int64)
    found[customers] = np.arange(len(customers)) - begins[unit[customers]]
    return found


def _owners_in_turn(snapshot: Snapshot, unit: Column) -> Column:
    # By unit, then as orders are decided: by order date, issue date, id.
    if snapshot.has_orders_file:
        owners = np.repeat(np.arange(snapshot.customers), np.diff(snapshot.orders.begins))
        keys: tuple[Column, ...] = (snapshot.orders.rank, snapshot.orders.date)
    else:
        owners = snapshot.invoices.customer
        keys = (snapshot.invoices.rank, snapshot.invoices.issued, snapshot.invoices.ordered)
    return owners[np.lexsort((*keys, unit[owners]))].astype(np.int64)


def _eras(roots: Column, unit: Column, units: int) -> tuple[Column, Column]:
    # Each unit has its first groups, and others where the root of any of its customers is another.
    every = [(np.arange(units), np.zeros(units, dtype=np.int64))]
    for era in range(1, len(roots)):
        changed = np.unique(unit[roots[era] != roots[era - 1]])
        every.append((changed, np.full(len(changed), era)))
    of, eras = (np.concatenate(columns) for columns in zip(*every, strict=True))
    return _begins(of, units), eras[np.argsort(of, kind="stable")].astype(np.int64)
