"""Who is gone through together, and in which order the orders of all of them are decided."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.units import units_of
from tests.simulations.plain.random_histories import Shape, history_of

_LEDGERS = st.builds(
    lambda seed, customers: snapshot_of(history_of(seed, Shape(customers, restless=True))),
    st.integers(0, 10_000),
    st.integers(1, 6),
)


@settings(max_examples=30, deadline=None)
@given(snapshot=_LEDGERS)
def test_every_customer_is_in_one_unit_with_all_it_ever_shared_a_group_with(snapshot: Snapshot) -> None:
    units = units_of(snapshot)
    assert list(range(snapshot.customers)) == sorted(units.customers.tolist())
    for first, last in zip(units.begins[:-1], units.begins[1:], strict=True):
        members = units.customers[first:last]
        assert {int(snapshot.groups.unit[members[0]])} == set(snapshot.groups.unit[members].tolist())
        assert members.tolist() == sorted(members.tolist())
        assert list(range(last - first)) == units.places[members].tolist()


@settings(max_examples=30, deadline=None)
@given(snapshot=_LEDGERS)
def test_orders_of_a_unit_come_by_order_date_issue_date_and_id(snapshot: Snapshot) -> None:
    units = units_of(snapshot)
    for unit, (first, last) in enumerate(zip(units.begins[:-1], units.begins[1:], strict=True)):
        members = units.customers[first:last]
        orders = sorted(order for customer in members.tolist() for order in _orders(snapshot, customer))
        turns = units.turns[units.turn_begins[unit] : units.turn_ends[unit]]
        assert [customer for *_, customer in orders] == members[turns].tolist()


@settings(max_examples=30, deadline=None)
@given(snapshot=_LEDGERS)
def test_no_two_of_a_unit_are_given_one_desk_and_the_largest_has_the_first(snapshot: Snapshot) -> None:
    units, invoices = units_of(snapshot), np.diff(snapshot.invoices.begins)
    for first, last in zip(units.begins[:-1], units.begins[1:], strict=True):
        members = units.customers[first:last]
        by_desk = members[np.argsort(units.desks[members])]
        assert list(range(last - first)) == sorted(units.desks[members].tolist())
        assert sorted(invoices[members].tolist(), reverse=True) == invoices[by_desk].tolist()


@settings(max_examples=30, deadline=None)
@given(snapshot=_LEDGERS, day=st.integers(20_400, 20_600))
def test_the_roots_of_a_day_are_those_of_the_latest_era_of_the_unit(snapshot: Snapshot, day: int) -> None:
    units, eras = units_of(snapshot), snapshot.groups.eras
    for unit, (first, last) in enumerate(zip(units.begins[:-1], units.begins[1:], strict=True)):
        members = units.customers[first:last]
        own = [one for one in units.eras[slice(*units.era_begins[unit : unit + 2])].tolist() if eras[one] <= day]
        roots = snapshot.groups.root[int((eras <= day).sum()) - 1][members]
        assert roots.tolist() == members[units.roots[own[-1]][members]].tolist()


def _orders(snapshot: Snapshot, customer: int) -> list[tuple[int, int, int, int]]:
    if snapshot.has_orders_file:
        places, orders = slice(*snapshot.orders.begins[customer : customer + 2]), snapshot.orders
        columns = (orders.date[places], orders.date[places], orders.rank[places])
    else:
        places, invoices = slice(*snapshot.invoices.begins[customer : customer + 2]), snapshot.invoices
        columns = (invoices.ordered[places], invoices.issued[places], invoices.rank[places])
    return [(*keys, customer) for keys in zip(*(column.tolist() for column in columns), strict=True)]
