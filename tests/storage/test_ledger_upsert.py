"""Single entries pushed: added, replaced, told when they change nothing, refused when they hang in the air."""

from dataclasses import replace

import pytest

from policy_service.domain.entries import Customer, Payment, RecordedStanding
from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_tables import Entry
from policy_service.storage.ledger_upsert import Upserted
from tests.facts.small_ledgers import credit_note, day, dispute, event, invoice, order, payment, promise, rate
from tests.storage.books import ledger_of, load, store

C1 = Customer("C1")
I1 = invoice("I1", "2024-01-10", "2024-02-09", 10_000)
P1 = payment("P1", "2024-02-01", 4_000, "I1")
ADDED, REPLACED, UNCHANGED = Upserted.ADDED, Upserted.REPLACED, Upserted.UNCHANGED


def push(database: Database, *entries: Entry, at: int = 1, base: str = "CNY") -> tuple[Upserted, ...]:
    with database.writing() as session:
        return LedgerStore(session).upsert(entries, base, at, "erp")


def refusal(database: Database, *entries: Entry, base: str = "CNY") -> StorageError:
    with pytest.raises(StorageError) as refused:
        push(database, *entries, base=base)
    return refused.value


def test_pushed_entries_make_the_ledger_that_an_import_of_them_makes(database: Database) -> None:
    standing = RecordedStanding("C1", day("2024-01-01"), "B", 500, 30, day("2024-01-01"))
    hanging = (P1, credit_note("A1", "2024-02-01", 5, "I1"), dispute("D1", "I1", "2024-01-11"))
    free = (promise("W1", "I1", "2024-01-12", "2024-02-01"), event("E1", "2024-01-01", "contact"), standing)
    usd = rate("2024-01-01", "USD", "7.1")
    pushed = (order("O1", "2024-01-01", 5), *free, *hanging, I1, usd, C1)
    assert (ADDED,) * len(pushed) == push(database, *pushed)
    expected = ledger_of(C1, I1, *hanging, *free[:2], order("O1", "2024-01-01", 5), rates=[usd], orders_file=True)
    history = replace(expected.histories["C1"], standings=(standing,))
    assert replace(expected, histories={"C1": history}) == load(database)


def test_each_entry_is_told_what_became_of_it(database: Database) -> None:
    push(database, C1, I1, P1)
    less = replace(P1, amount=1)
    assert (UNCHANGED, REPLACED, ADDED) == push(database, I1, less, payment("P2", "2024-02-02", 1, "I1"))
    assert (1, 1) == tuple(one.amount for one in load(database).histories["C1"].payments)


def test_what_changes_nothing_is_no_posting(database: Database) -> None:
    push(database, C1, I1)
    assert (UNCHANGED, UNCHANGED) == push(database, C1, I1)
    with database.reading() as session:
        assert 1 == LedgerStore(session).head()


def test_what_was_known_before_a_replacement_stays_known(database: Database) -> None:
    push(database, C1, I1, P1, at=100)
    push(database, replace(P1, amount=1), at=200)
    for before, amounts in ((101, [4_000]), (200, [4_000]), (201, [1])):
        assert amounts == [one.amount for one in load(database, known_before=before).histories["C1"].payments]
    with database.reading() as session, pytest.raises(StorageError):
        LedgerStore(session).load_history("C1", known_before=100)


def test_postings_have_rising_instants_though_the_clock_goes_back(database: Database) -> None:
    push(database, C1, I1, at=100)
    push(database, P1, at=50)
    assert () == load(database, known_before=101).histories["C1"].payments
    assert (P1,) == load(database, known_before=102).histories["C1"].payments


def test_a_payment_moves_with_its_invoice_to_another_history(database: Database) -> None:
    other = invoice("I9", "2024-01-10", "2024-02-09", 10_000, of="C2")
    push(database, C1, Customer("C2"), I1, other, P1)
    push(database, replace(P1, invoice_id="I9"))
    histories = load(database).histories
    assert ((), 1) == (histories["C1"].payments, len(histories["C2"].payments))


def test_an_entry_that_names_nobody_known_is_refused(database: Database) -> None:
    push(database, C1, I1)
    stranger = invoice("I2", "2024-01-10", "2024-02-09", 1, of="C9")
    nobodys = Payment("P9", day("2024-01-01"), 1, day("2024-01-01"))
    by_stranger = replace(P1, customer_id="C9")
    for entry in (
        stranger,
        replace(P1, invoice_id="I9"),
        nobodys,
        event("E1", "2024-01-01", "x", of="C9"),
        by_stranger,
    ):
        assert "S209" == refusal(database, entry).code
    with database.reading() as session:
        assert 1 == LedgerStore(session).head()


def test_an_invoice_keeps_its_customer_and_currency(database: Database) -> None:
    push(database, C1, Customer("C2"), I1)
    for changed in (replace(I1, customer_id="C2"), replace(I1, currency="EUR")):
        assert "S216" == refusal(database, changed).code


def test_an_id_twice_at_once_and_another_base_currency_are_refused(database: Database) -> None:
    push(database, C1, I1)
    assert "S215" == refusal(database, P1, replace(P1, amount=5)).code
    assert "S211" == refusal(database, P1, base="EUR").code


def test_an_order_does_not_hide_the_orders_read_off_invoices(database: Database) -> None:
    push(database, C1, I1)
    assert "S218" == refusal(database, order("O1", "2024-01-01", 5)).code
    store(database, ledger_of(C1, I1, order("O0", "2024-01-01", 5), orders_file=True))
    assert (ADDED,) == push(database, order("O1", "2024-01-01", 5))


def test_a_pushed_parent_changes_the_group_and_an_unknown_or_circular_one_is_none(database: Database) -> None:
    push(database, C1, Customer("C2", parent_id="C1"), Customer("C3", parent_id="nobody"))
    with database.reading() as session:
        assert ("C1", "C2") == LedgerStore(session).group_of("C2")
        assert ("C3",) == LedgerStore(session).group_of("C3")
    push(database, Customer("C1", parent_id="C2"))
    with database.reading() as session:
        assert [("C1",), ("C2",)] == [LedgerStore(session).group_of(name) for name in ("C1", "C2")]
    assert {"C1": "C1", "C2": "C2", "C3": "C3"} == load(database).roots


def test_an_import_after_pushes_knows_what_was_pushed(database: Database) -> None:
    push(database, C1, I1, P1)
    assert store(database, ledger_of(C1, I1, P1)).changes_nothing
    assert () == store(database, ledger_of(C1, I1, replace(P1, amount=1)), replaces=True).quarantined
