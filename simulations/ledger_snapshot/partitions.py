"""A snapshot divided among workers: ranges of customers of about equal work, and each as a snapshot of its own."""

from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from simulations.ledger_snapshot.columns import Column, Groups, read_only
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import OF_CUSTOMERS, OF_INVOICES, AnyTable

#: What a customer costs beside its orders, in orders.
_OF_A_CUSTOMER: Final = 1


class CustomerRange(NamedTuple):
    """The customers numbered from `first` up to, but without, `end`."""

    first: int
    end: int


def partitioned(snapshot: Snapshot, pieces: int, *, keeps_units: bool = True) -> tuple[CustomerRange, ...]:
    """Return at most `pieces` ranges of customers of about as many orders each, together all customers, in order.

    With `keeps_units` no range cuts a unit of groups: whoever reads group facts finds the whole unit in one range. As
    customers are numbered by id, a unit whose ids lie far apart keeps together all that lie between.
    """
    weights = _weights(snapshot)
    ends = np.cumsum(weights)
    aims = ends[-1] * np.arange(1, pieces) / pieces if len(ends) else np.empty(0)
    cuts = np.unique(np.searchsorted(ends, aims, side="left") + 1)
    if keeps_units:
        allowed = _cuts_between_units(snapshot.groups.unit)
        cuts = np.unique(_nearest(cuts, allowed)) if len(allowed) else cuts[:0]
    edges = [0, *(int(cut) for cut in cuts if 0 < cut < snapshot.customers), snapshot.customers]
    return tuple(CustomerRange(first, end) for first, end in pairwise(edges) if first < end)


def units_partitioned(snapshot: Snapshot, pieces: int) -> tuple[Column, ...]:
    """Return at most `pieces` sets of customers of about as many orders each, wherever their units lie.

    Every set holds its customers by number; together they are all customers, and no unit is in two of them.
    """
    units = snapshot.groups.unit
    weights = np.bincount(units, weights=_weights(snapshot)) if len(units) else np.empty(0)
    loads, piece_of = np.zeros(pieces), np.zeros(len(weights), dtype=np.int64)
    for unit in np.argsort(-weights, kind="stable").tolist():
        piece_of[unit] = lightest = int(loads.argmin())
        loads[lightest] += weights[unit]
    chosen = [(piece_of[units] == piece).nonzero()[0] for piece in range(pieces)]
    return tuple(read_only(customers) for customers in chosen if len(customers))


def view_of(snapshot: Snapshot, customers: CustomerRange) -> Snapshot:
    """Return the range as a snapshot of its own: its customers, invoices and orders are numbered from 0.

    Nothing is copied but the columns that hold numbers of customers, invoices and orders, or places; words, rates,
    ranks, units and the hash are those of the whole. No unit of groups may be cut.
    """
    tables = {table: _slice(getattr(snapshot, table), customers) for table in OF_CUSTOMERS}
    invoices = CustomerRange(*(int(snapshot.invoices.begins[edge]) for edge in customers))
    orders = CustomerRange(*(int(snapshot.orders.begins[edge]) for edge in customers))
    rows = CustomerRange(*(int(snapshot.versions.begins[edge]) for edge in customers))
    tables |= {table: _slice(getattr(snapshot, table), invoices) for table in OF_INVOICES}
    own = tables["invoices"]
    named = read_only(np.where(own.order >= 0, own.order - orders.first, own.order))
    tables["invoices"] = own._replace(customer=read_only(own.customer - customers.first), order=named)
    return replace(
        snapshot,
        customer_ids=snapshot.customer_ids[slice(*customers)],
        invoice_ids=snapshot.invoice_ids[slice(*invoices)],
        order_ids=snapshot.order_ids[slice(*orders)],
        attributes={name: column[slice(*rows)] for name, column in snapshot.attributes.items()},
        groups=_groups(snapshot.groups, customers),
        **tables,
    )


def _weights(snapshot: Snapshot) -> Column:
    orders = snapshot.orders if snapshot.has_orders_file else snapshot.invoices
    weights: Column = np.diff(orders.begins) + np.diff(snapshot.invoices.begins) + _OF_A_CUSTOMER
    return weights


def _cuts_between_units(units: Column) -> Column:
    # A cut before a customer is allowed if every unit that began before it has ended. Those of a part of a ledger are
    # numbered as in the whole.
    units = np.unique(units, return_inverse=True)[1]
    last = np.zeros(len(units), dtype=np.int64)
    last[units] = np.arange(len(units))
    reach = np.maximum.accumulate(last[units]) if len(units) else last
    cuts: Column = (reach[:-1] < np.arange(1, len(units))).nonzero()[0] + 1
    return cuts


def _nearest(cuts: Column, allowed: Column) -> Column:
    after = np.minimum(np.searchsorted(allowed, cuts), len(allowed) - 1)
    before = np.maximum(after - 1, 0)
    is_before = np.abs(allowed[before] - cuts) <= np.abs(allowed[after] - cuts)
    nearest: Column = np.where(is_before, allowed[before], allowed[after])
    return nearest


def _slice(table: AnyTable, owners: CustomerRange) -> AnyTable:
    begins = table.begins[owners.first : owners.end + 1]
    rows = slice(int(begins[0]), int(begins[-1]))
    columns = {name: column[rows] for name, column in table._asdict().items() if name != "begins"}
    return table._replace(begins=read_only(begins - begins[0]), **columns)


def _groups(groups: Groups, customers: CustomerRange) -> Groups:
    root = groups.root[:, slice(*customers)] - customers.first
    return Groups(groups.eras, read_only(root), groups.unit[slice(*customers)])
