"""Large snapshots are as an import would make them: in order, with sound dates, and the same for the same seed."""

import numpy as np
import pytest

from benchmarks.large_snapshots import DAYS, FIRST_DAY, large_snapshot
from simulations.ledger_snapshot.ranks import ranks
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import OF_CUSTOMERS, OF_INVOICES, columns_of


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return large_snapshot(50_000)


def test_the_same_seed_gives_the_same_snapshot_and_another_another(snapshot: Snapshot) -> None:
    assert snapshot.hash == large_snapshot(50_000).hash
    assert snapshot.hash != large_snapshot(50_000, seed=12).hash


def test_there_are_as_many_invoices_as_asked_for(snapshot: Snapshot) -> None:
    assert 50_000 == len(snapshot.invoices.issued) == len(snapshot.invoice_ids)
    assert 500 == snapshot.customers


def test_columns_are_for_kernels_and_divided_whole(snapshot: Snapshot) -> None:
    for _, _, column in columns_of(snapshot):
        assert column.dtype == np.int64
        assert column.flags.c_contiguous
        assert not column.flags.writeable
    for tables, length in ((OF_CUSTOMERS, 500), (OF_INVOICES, 50_000)):
        for table in tables:
            columns = getattr(snapshot, table)
            assert length + 1 == len(columns.begins)
            assert {int(columns.begins[-1])} == {len(column) for column in columns[1:]}
            assert (np.diff(columns.begins) >= 0).all()


def test_invoices_stand_by_customer_then_issue_date_then_id(snapshot: Snapshot) -> None:
    sales = snapshot.invoices
    assert np.array_equal(np.lexsort((sales.rank, sales.issued, sales.customer)), np.arange(50_000))
    assert np.array_equal(ranks(snapshot.invoice_ids.column), sales.rank)


def test_postings_stand_by_invoice_then_date_kind_and_id(snapshot: Snapshot) -> None:
    posted = snapshot.postings
    invoice = np.repeat(np.arange(50_000), np.diff(posted.begins))
    assert np.array_equal(np.lexsort((posted.rank, posted.kind, posted.date, invoice)), np.arange(len(invoice)))
    assert (posted.date >= snapshot.invoices.issued[invoice]).all()
    assert (posted.date < FIRST_DAY + DAYS).all()


def test_no_invoice_is_paid_more_than_it_is_over(snapshot: Snapshot) -> None:
    posted = np.add.reduceat(
        np.concatenate([snapshot.postings.written, [0]]),
        np.minimum(snapshot.postings.begins[:-1], len(snapshot.postings.date)),
    )
    posted[np.diff(snapshot.postings.begins) == 0] = 0
    assert (posted <= snapshot.invoices.written).all()


def test_customers_are_many_small_and_some_large_ones(snapshot: Snapshot) -> None:
    sizes = np.diff(snapshot.invoices.begins)
    assert 40 < np.median(sizes) < 60
    assert 6_500 > sizes.max() > 500


def test_half_of_the_payments_are_late_and_few_are_very_late(snapshot: Snapshot) -> None:
    due = np.repeat(snapshot.invoices.due, np.diff(snapshot.postings.begins))
    late = (snapshot.postings.date - due)[snapshot.postings.kind == 0]
    assert 0.45 < (late > 0).mean() < 0.58
    assert 0.03 < (late > 30).mean() < 0.10
