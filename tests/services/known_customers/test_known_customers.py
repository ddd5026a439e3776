"""Customers kept between questions: read anew when something was posted of them, and only then."""

from contextlib import suppress
from dataclasses import replace

import pytest

from policy_service.domain.entries import Customer
from policy_service.domain.errors import FactError, RequestError
from policy_service.facts.knowledge import Knowledge
from policy_service.services.known_customers import KnownCustomers
from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.ledger_store import LedgerStore
from tests.facts.small_ledgers import day, invoice, order, rate
from tests.services.known_customers.looking import DAYS, I1, I2, P1, RolledBack, exposure, push
from tests.storage.books import empty, ledger_of, store


def test_a_customer_is_kept_until_a_posting_touches_it(database: Database) -> None:
    store(database, ledger_of(I1, I2))
    known = KnownCustomers()
    with database.reading() as session:
        before = {name: known.at(session).customer(name) for name in ("C1", "C2")}
    push(database, P1)
    with database.reading() as session:
        after = known.at(session)
        assert before["C2"] is after.customer("C2")
        assert before["C1"] is not after.customer("C1")
        assert 6_000 == exposure(after, "C1")


def test_a_posting_that_is_not_stored_leaves_no_trace(database: Database) -> None:
    """The posting after it has the same number, and here the same instant."""
    store(database, ledger_of(I1, I2))
    known = KnownCustomers()
    with suppress(RolledBack), database.writing() as session:
        LedgerStore(session).upsert((P1,), "CNY", 1, "erp")
        assert 6_000 == exposure(known.at(session), "C1")
        raise RolledBack
    push(database, replace(P1, amount=1_000))
    with database.reading() as session:
        assert 9_000 == exposure(known.at(session), "C1")


def test_a_posting_undone_within_the_transaction_leaves_no_trace(database: Database) -> None:
    store(database, ledger_of(I1, I2))
    known = KnownCustomers()
    with database.writing() as session:
        with suppress(RolledBack), session.begin_nested():
            LedgerStore(session).upsert((P1,), "CNY", 1, "erp")
            assert 6_000 == exposure(known.at(session), "C1")
            raise RolledBack
        assert 10_000 == exposure(known.at(session), "C1")
        LedgerStore(session).upsert((replace(P1, amount=1_000),), "CNY", 1, "erp")
        assert 9_000 == exposure(known.at(session), "C1")


def test_a_session_that_has_posted_reads_a_customer_once(database: Database) -> None:
    store(database, ledger_of(I1, I2))
    known = KnownCustomers()
    with database.writing() as session:
        LedgerStore(session).upsert((P1,), "CNY", 1, "erp")
        assert known.at(session).customer("C1") is known.at(session).customer("C1")
    assert 0 == known.entries


def test_an_earlier_snapshot_is_not_given_what_came_later_nor_the_other_way_round(database: Database) -> None:
    store(database, ledger_of(I1, I2))
    known = KnownCustomers()
    with database.reading() as early:
        assert 10_000 == exposure(known.at(early), "C1")
        push(database, P1)
        with database.reading() as late:
            assert 6_000 == exposure(known.at(late), "C1")
        assert 10_000 == exposure(known.at(early), "C1")
    with database.reading() as late:
        assert 6_000 == exposure(known.at(late), "C1")


def test_new_rates_count_for_every_customer(database: Database) -> None:
    dollars = invoice("I3", "2024-01-10", "2024-02-09", 100, of="C3", currency="USD")
    store(database, ledger_of(I1, dollars, rates=[rate("2024-01-01", "USD", "7")]))
    known = KnownCustomers()
    with database.reading() as session:
        assert 700 == exposure(known.at(session), "C3")
    push(database, rate("2024-01-01", "USD", "8"))
    with database.reading() as session:
        assert 800 == exposure(known.at(session), "C3")


def test_orders_count_otherwise_once_an_import_brings_an_orders_file(database: Database) -> None:
    late = replace(I1, posted_on=day("2025-01-20"))
    store(database, ledger_of(late, I2))
    known = KnownCustomers()
    with database.reading() as session:
        assert 10_000 == exposure(known.at(session), "C1")
    store(database, ledger_of(late, I2, order("O2", "2025-01-01", 5, of="C2"), orders_file=True))
    with database.reading() as session:
        assert (0, 505) == (exposure(known.at(session), "C1"), exposure(known.at(session), "C2"))


def test_a_new_parent_makes_a_new_group(database: Database) -> None:
    store(database, ledger_of(I1, I2))
    known = KnownCustomers()
    with database.reading() as session:
        assert ("C1",) == known.at(session).group_of("C1", Knowledge(DAYS[0]))
    push(database, Customer("C2", parent_id="C1"))
    with database.reading() as session:
        assert ["C1", "C2"] == list(known.at(session).group_of("C1", Knowledge(DAYS[0])))


def test_another_ledger_under_the_same_numbers_is_noticed(database: Database) -> None:
    """As after a copy of the database was put back: its postings are other ones, made later."""
    known = KnownCustomers()
    store(database, ledger_of(I1), at=1)
    push(database, P1, at=2)
    with database.reading() as session:
        assert 6_000 == exposure(known.at(session), "C1")
    for amounts in ((1_000,), (2_000, 3_000), (4_000, 5_000, 6_000)):
        empty(database)
        for number, amount in enumerate(amounts):
            store(database, ledger_of(replace(I1, amount=amount)), replaces=True, at=amount + number)
        with database.reading() as session:
            assert amounts[-1] == exposure(known.at(session), "C1")


def test_a_customer_that_the_ledger_does_not_have_is_refused(database: Database) -> None:
    store(database, ledger_of(I1))
    with database.reading() as session:
        ledger = KnownCustomers().at(session)
        with pytest.raises(RequestError) as unknown:
            ledger.history("C9")
        with pytest.raises(FactError) as unmeasured:
            exposure(ledger, "C9")
    assert ("R404", "F103") == (unknown.value.code, unmeasured.value.code)


def test_before_anything_is_stored_there_is_no_ledger(database: Database) -> None:
    with database.reading() as session, pytest.raises(StorageError) as refused:
        KnownCustomers().at(session)
    assert "S209" == refused.value.code


def test_no_more_entries_are_kept_than_allowed(database: Database) -> None:
    names = [f"C{number}" for number in range(9)]
    store(database, ledger_of(*(invoice(f"I-{name}", "2024-01-10", "2024-02-09", 100, of=name) for name in names)))
    known = KnownCustomers(most_entries=6)
    with database.reading() as session:
        ledger = known.at(session)
        customers = {name: ledger.customer(name) for name in names}
        assert 6 == known.entries
        assert customers["C8"] is ledger.customer("C8")
        assert customers["C0"] is not ledger.customer("C0")
