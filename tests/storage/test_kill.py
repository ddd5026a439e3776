"""A writer killed at any moment leaves nothing half, and loses nothing it has acknowledged."""

import random
import time
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select, text

from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.models.decisions import DecisionRow
from tests.facts.small_ledgers import invoice
from tests.nursery import Born, born
from tests.storage.books import ledger_of, load, store
from tests.storage.decisions import append, decided

BOOKS = ledger_of(invoice("I1", "2024-01-01", "2024-02-01", 100))


def child(doing: str, url: str, name: str) -> AbstractContextManager[Born]:
    """Give a process that does something, killed at the latest when the block ends."""
    return born("tests.storage.child", doing, url, name)


def test_an_import_killed_in_the_middle_leaves_the_ledger_as_it_was(database: Database, url: str) -> None:
    store(database, BOOKS)
    with child("import_halfway", url, "killed") as process:
        for _ in range(2):
            assert process.said()
        process.kill()
    assert BOOKS == load(database)
    with database.reading() as session:
        assert 1 == LedgerStore(session).head()
        assert 1 == session.scalar(text("SELECT count(*) FROM imports"))
        assert 1 == session.scalar(text("SELECT count(*) FROM ledger_invoices"))
    more = ledger_of(invoice("I1", "2024-01-01", "2024-02-01", 100), invoice("I2", "2024-01-01", "2024-02-01", 1))
    store(database, more)
    assert more == load(database)


def test_a_writer_killed_between_decisions_loses_none_it_acknowledged(database: Database, url: str) -> None:
    _kill_while_deciding(database, url, times=2, seed=3)


@pytest.mark.long
def test_a_writer_killed_a_hundred_times_loses_none_it_acknowledged(database: Database, url: str) -> None:
    _kill_while_deciding(database, url, times=100, seed=5)


def _kill_while_deciding(database: Database, url: str, times: int, seed: int) -> None:
    delays, acknowledged = random.Random(seed), set[str]()
    for attempt in range(times):
        with child("decide", url, f"run-{attempt}") as process:
            acknowledged.add(process.said())
            time.sleep(delays.uniform(0, 0.4))
            acknowledged.update(process.kill())
        append(database, decided(f"between-{attempt}"))
        with database.reading() as session:
            stored = set(session.scalars(select(DecisionRow.decision_id)))
            assert set() == acknowledged - stored
            assert [] == list(DecisionStore(session).verify())
