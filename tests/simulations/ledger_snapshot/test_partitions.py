"""A snapshot in pieces is the same snapshot, and no group is in two of them."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.large_snapshots import large_snapshot
from policy_service.domain.entries import Customer, CustomerHistory, Ledger
from policy_service.ledger.group_roots import roots_of
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.partitions import CustomerRange, partitioned, units_partitioned, view_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import columns_of
from tests.examples import examples
from tests.facts.small_ledgers import CNY
from tests.simulations.ledger_snapshot.comparing import contents, is_for_kernels
from tests.simulations.ledger_snapshot.several_customers import ledgers

FEW = settings(max_examples=examples(20), deadline=None)


def grouped(parents: dict[str, str]) -> Snapshot:
    owners = {name: CustomerHistory(name, (Customer(name, parent_id=parents[name]),)) for name in parents}
    return snapshot_of(Ledger(CNY, owners, roots=roots_of(parents)))


@st.composite
def parents(draw: st.DrawFn) -> dict[str, str]:
    names = [f"C{number:02}" for number in range(draw(st.integers(1, 30)))]
    return {name: draw(st.sampled_from(["", "", "", *names[:place]])) for place, name in enumerate(names)}


@settings(max_examples=examples(100))
@given(parents(), st.integers(1, 8), st.booleans())
def test_ranges_are_all_customers_in_order_and_no_more_than_asked_for(
    of: dict[str, str], pieces: int, keeps_units: bool
) -> None:
    ranges = partitioned(grouped(of), pieces, keeps_units=keeps_units)
    assert list(range(len(of))) == [customer for one in ranges for customer in range(*one)]
    assert 1 <= len(ranges) <= pieces


@settings(max_examples=examples(100))
@given(parents(), st.integers(1, 8))
def test_no_range_and_no_set_cuts_a_unit(of: dict[str, str], pieces: int) -> None:
    snapshot = grouped(of)
    for divided in (
        [set(range(*one)) for one in partitioned(snapshot, pieces)],
        [set(one.tolist()) for one in units_partitioned(snapshot, pieces)],
    ):
        units = [set(snapshot.groups.unit[sorted(piece)].tolist()) for piece in divided]
        assert sum(map(len, units)) == len(set().union(*units))
        assert set(range(len(of))) == set().union(*divided)
        assert len(of) == sum(map(len, divided))


def test_of_customers_on_their_own_every_range_is_about_as_much_work() -> None:
    snapshot = large_snapshot(100_000, with_hash=False)
    sizes = [int(np.diff(snapshot.invoices.begins[list(one)])[0]) for one in partitioned(snapshot, 8)]
    assert len(sizes) == 8
    assert max(sizes) - min(sizes) < np.diff(snapshot.invoices.begins).max() * 2


def test_sets_of_units_are_about_as_much_work_wherever_members_lie() -> None:
    snapshot = large_snapshot(100_000, with_hash=False)
    customers = snapshot.customers
    unit = np.minimum(np.arange(customers), customers - 1 - np.arange(customers))
    scattered = replace(snapshot, groups=snapshot.groups._replace(unit=unit))
    assert (CustomerRange(0, customers),) == partitioned(scattered, 4)
    sizes = [int(np.diff(snapshot.invoices.begins)[one].sum()) for one in units_partitioned(scattered, 4)]
    assert max(sizes) < 1.02 * min(sizes)


@pytest.mark.parametrize("keeps_units", [True, False])
def test_of_nobody_there_is_no_range(keeps_units: bool) -> None:
    assert () == partitioned(grouped({}), 3, keeps_units=keeps_units)
    assert () == units_partitioned(grouped({}), 3)


@FEW
@given(ledgers(), st.data())
def test_a_view_is_the_snapshot_of_its_customers_alone(of: Ledger, data: st.DataObject) -> None:
    names = sorted(of.histories)
    apart = replace(of, histories={name: _without_parents(of.histories[name]) for name in names}, roots={})
    first = data.draw(st.integers(0, len(names)))
    end = data.draw(st.integers(first, len(names)))
    whole = snapshot_of(apart)
    alone = snapshot_of(replace(apart, histories={name: apart.histories[name] for name in names[first:end]}))
    assert _in_words(alone) == _in_words(view_of(whole, CustomerRange(first, end)))


def _without_parents(history: CustomerHistory) -> CustomerHistory:
    return replace(history, versions=tuple(replace(one, parent_id="") for one in history.versions))


def _in_words(snapshot: Snapshot) -> dict[str, object]:
    # Words, ranks and units are numbered in the whole: what stays is what they say, and their order.
    said = contents(snapshot)
    for name in ("hash", "words", "rates.currency"):
        del said[name]
    for table, column, places in list(columns_of(snapshot)):
        name = f"{table}.{column}"
        if name == "postings.rank":
            of_kind = snapshot.postings.kind * 2**40 + places
            said[name] = np.unique(of_kind, return_inverse=True)[1].tolist()
        elif column in ("rank", "unit"):
            said[name] = np.unique(places, return_inverse=True)[1].tolist()
        elif table == "attributes" or column in ("kind", "text", "grade"):
            said[name] = [snapshot.words[place] if table != "postings" else place for place in places.tolist()]
    return {name: one for name, one in said.items() if "attributes" not in name or any(one)}


@FEW
@given(ledgers())
def test_the_columns_of_a_view_are_for_kernels_and_share_memory(of: Ledger) -> None:
    whole = snapshot_of(of)
    for piece in partitioned(whole, 2):
        view = view_of(whole, piece)
        assert all(is_for_kernels(column) for _, _, column in columns_of(view))
        if len(view.invoices.amount):
            assert np.shares_memory(whole.invoices.amount, view.invoices.amount)


def test_roots_of_a_view_are_its_own_customers() -> None:
    whole = grouped({"A": "", "B": "", "C": "B", "D": "C"})
    view = view_of(whole, CustomerRange(1, 4))
    assert [[0, 0, 0]] == view.groups.root.tolist()
    assert ["B", "C", "D"] == list(view.customer_ids)


def test_customers_who_were_in_one_group_once_stay_together() -> None:
    later = dt.date(2025, 5, 1)
    owners = {
        "A": CustomerHistory("A", (Customer("A"),)),
        "B": CustomerHistory("B", (Customer("B", parent_id="A"), Customer("B", valid_from=later))),
        "C": CustomerHistory("C", (Customer("C"),)),
    }
    snapshot = snapshot_of(Ledger(CNY, owners, roots={name: name for name in owners}))
    assert (CustomerRange(0, 2), CustomerRange(2, 3)) == partitioned(snapshot, 3)
