"""Customers held for one decision at a time: whoever asks for the same one waits, nobody else does."""

from collections.abc import Collection, Iterator
from threading import Event, Thread

import pytest

from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.database import Database
from policy_service.storage.errors import Unavailable
from policy_service.storage.ledger_store import LedgerStore
from tests.facts.small_ledgers import invoice, payment
from tests.storage.books import ledger_of, store

THREE = ledger_of(*(invoice(f"I{name}", "2024-01-10", "2024-02-09", 100, of=name) for name in ("C1", "C2", "C3")))


@pytest.fixture
def two(postgresql_url: str) -> Iterator[Database]:
    """Give a database on which a writer is refused if it has to wait for a second."""
    database = Database(postgresql_url, patience=1)
    store(database, THREE)
    yield database
    database.close()


@pytest.fixture
def patient(postgresql_url: str) -> Iterator[Database]:
    """Give a database on which a writer waits for as long as a busy machine takes."""
    database = Database(postgresql_url)
    store(database, THREE)
    yield database
    database.close()


def waits(database: Database, held: Collection[str], asked: Collection[str]) -> bool:
    """Return whether one who asks for these customers has to wait while those are held."""
    with database.writing() as session:
        lock_customers(session, held)
        try:
            with database.writing() as other:
                lock_customers(other, asked)
        except Unavailable:
            return True
    return False


def test_a_customer_that_is_held_is_waited_for(two: Database) -> None:
    assert waits(two, ["C1"], ["C1"])
    assert waits(two, ["C2", "C1"], ["C3", "C2"])


def test_another_customer_is_not_waited_for(two: Database) -> None:
    assert not waits(two, ["C1", "C9"], ["C2", "C9"])
    assert not waits(two, [], ["C1"])


def test_whoever_waits_reads_what_the_one_before_has_stored(patient: Database) -> None:
    is_held, heads = Event(), list[int]()

    def second() -> None:
        is_held.wait()
        with patient.writing() as session:
            lock_customers(session, ["C1"])
            heads.append(LedgerStore(session).head())

    waiting = Thread(target=second)
    waiting.start()
    with patient.writing() as session:
        lock_customers(session, ["C1"])
        is_held.set()
        LedgerStore(session).upsert((payment("P1", "2024-02-01", 1, "IC1"),), "CNY", 1, "erp")
    waiting.join()
    assert [2] == heads


def test_what_is_posted_of_a_customer_does_not_wait_for_a_decision_upon_it(two: Database) -> None:
    with two.writing() as session:
        lock_customers(session, ["C1", "C2", "C3"])
        with two.writing() as other:
            LedgerStore(other).upsert((payment("P1", "2024-02-01", 1, "IC1"),), "CNY", 1, "erp")
    with two.reading() as session:
        assert 2 == LedgerStore(session).head()


def test_two_that_ask_for_a_group_in_other_orders_do_not_wait_for_each_other_for_ever(patient: Database) -> None:
    done = list[int]()

    def decide(names: Collection[str]) -> None:
        for _ in range(30):
            with patient.writing() as session:
                lock_customers(session, names)
                done.append(1)

    threads = [Thread(target=decide, args=(names,)) for names in (("C1", "C2", "C3"), ("C3", "C2", "C1"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 60 == len(done)


def test_on_sqlite_a_writer_is_alone_anyway(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    store(database, THREE)
    with database.writing() as session:
        lock_customers(session, ["C1", "C9"])
    database.close()
