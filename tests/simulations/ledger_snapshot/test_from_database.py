"""A snapshot of the stored ledger is that of the files that were imported."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from policy_service.domain.entries import Customer, Ledger
from policy_service.ledger.columns import Table
from policy_service.ledger.reasons import Reason
from policy_service.ledger.report import Fault, ImportResult, Quarantined
from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.ledger_store import LedgerStore
from simulations.ledger_snapshot.files import read_snapshot, write_snapshot
from simulations.ledger_snapshot.from_database import snapshot_of_store
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from tests.examples import examples
from tests.facts.small_ledgers import dispute, invoice, payment
from tests.simulations.ledger_snapshot.comparing import contents
from tests.storage import random_books
from tests.storage.books import empty, imported, ledger_of, store


def stored(database: Database, through: int | None = None, at_a_time: int = 2) -> Snapshot:
    with database.reading() as session:
        return snapshot_of_store(LedgerStore(session), through, at_a_time=at_a_time)


def three() -> Ledger:
    return ledger_of(
        *(Customer(name, parent_id=parent) for name, parent in (("A", ""), ("B", "A"), ("c", ""))),
        *(invoice(f"I{name}", "2025-01-01", "2025-01-31", 1000, of=name) for name in ("A", "B", "c")),
        payment("P1", "2025-02-01", 500, "IB", of="B"),
        dispute("D1", "Ic", "2025-02-01"),
    )


def test_it_is_the_snapshot_of_the_ledger_that_was_imported(database: Database) -> None:
    store(database, three())
    assert contents(snapshot_of(three())) == contents(stored(database))


@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(random_books.ledgers())
def test_its_hash_is_that_of_any_ledger_that_was_imported(database: Database, of: Ledger) -> None:
    empty(database)
    store(database, of)
    assert snapshot_of(of).hash == stored(database).hash


def test_it_is_as_known_after_a_posting(database: Database) -> None:
    store(database, three())
    later = ledger_of(
        invoice("IA", "2025-01-01", "2025-01-31", 1000, of="A"), payment("P2", "2025-02-09", 70, "IA", of="A")
    )
    store(database, later)
    assert snapshot_of(three()).hash == stored(database, through=1).hash
    assert snapshot_of(three()).hash != stored(database).hash


def test_it_does_not_depend_on_how_many_customers_are_read_at_a_time(database: Database) -> None:
    store(database, three())
    assert contents(stored(database, at_a_time=1)) == contents(stored(database, at_a_time=100))


def test_rows_that_the_import_left_out_are_counted_and_written(database: Database, tmp_path: Path) -> None:
    """PostgreSQL adds them up to a decimal, which no manifest can hold."""
    fault = Fault("due_date", Reason.DUE_BEFORE_ISSUE, "due 2024-01-01, issued 2025-01-01")
    left_out = Quarantined("invoices.csv", 7, Table.INVOICES, "I9", fault)
    store(database, ImportResult(three(), (left_out,), (), imported(three()).counts))
    write_snapshot(stored(database), tmp_path / "snapshot")
    assert 1 == stored(database).quarantined == read_snapshot(tmp_path / "snapshot").quarantined


def test_progress_is_told_of_customers(database: Database) -> None:
    store(database, three())
    told: list[tuple[int, int]] = []
    with database.reading() as session:
        snapshot_of_store(LedgerStore(session), progress=lambda done, of: told.append((done, of)), at_a_time=2)
    assert [(2, 3), (3, 3)] == told


def test_before_anything_was_stored_there_is_none(database: Database) -> None:
    with pytest.raises(StorageError) as refused:
        stored(database)
    assert refused.value.code == "S209"
