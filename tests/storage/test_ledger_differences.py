"""A row that differs from the stored one of its id: what stands, what is left out, what falls with it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.entries import Customer, Dispute, Ledger, Order
from policy_service.domain.errors import LedgerError
from policy_service.ledger.columns import Table
from policy_service.storage.database import Database
from policy_service.storage.ledger_import import StoredImport
from policy_service.storage.ledger_tables import ENTRY_TABLES, placed_entries
from tests.facts.small_ledgers import credit_note, dispute, invoice, order, payment, promise, rate
from tests.storage.books import empty, ledger_of, load, store
from tests.storage.random_books import ledgers
from tests.storage.test_ledger_store import EXAMPLES

I1 = invoice("I1", "2024-01-10", "2024-02-09", 10_000)
I2 = invoice("I2", "2024-01-10", "2024-02-09", 5_000)
P1 = payment("P1", "2024-02-01", 4_000, "I1")


def left_out(stored: StoredImport) -> list[tuple[str, str, str]]:
    return [(one.table.value, one.row, one.reason.value) for one in stored.quarantined]


def ids(database: Database, collection: str = "invoices") -> list[str]:
    kept = next(one for one in ENTRY_TABLES.values() if one.collection == collection)
    histories = load(database).histories.values()
    return [str(kept.key_of(entry)) for history in histories for entry in getattr(history, collection)]


def test_the_stored_row_stands_and_the_differing_one_is_left_out(database: Database) -> None:
    first = ledger_of(I1, P1)
    store(database, first)
    stored = store(database, ledger_of(replace(I1, amount=12_000), P1))
    assert [("invoices", "I1", "Q131")] == left_out(stored)
    assert "stored with amount 100.00 CNY, here 120.00 CNY" == stored.quarantined[0].found
    assert stored.changes_nothing
    assert first == load(database)


def test_an_amount_is_reported_in_the_currency_of_its_invoice(database: Database) -> None:
    yen = [replace(I1, currency="JPY"), promise("R1", "I1", "2024-02-10", "2024-02-20")]
    rates = [rate("2024-01-01", "JPY", "0.05")]
    store(database, ledger_of(*yen, P1, rates=rates))
    other = store(database, ledger_of(*yen, replace(P1, amount=3_000), rates=rates))
    assert ["stored with amount 4000 JPY, here 3000 JPY"] == [one.found for one in other.quarantined if one.row == "P1"]
    nothing = store(database, ledger_of(yen[0], replace(yen[1], amount=7), P1, rates=rates))
    assert ["stored with amount nothing, here 7 JPY"] == [one.found for one in nothing.quarantined if one.row == "R1"]


def test_a_new_payment_on_a_stored_invoice_counts_whatever_the_import_says_of_the_invoice(database: Database) -> None:
    store(database, ledger_of(I1))
    stored = store(database, ledger_of(replace(I1, due_date=I1.issue_date), P1, dispute("D1", "I1", "2024-01-11")))
    assert [("invoices", "I1", "Q131")] == left_out(stored)
    assert (["P1"], ["D1"]) == (ids(database, "payments"), ids(database, "disputes"))


def test_what_was_read_in_another_currency_or_before_the_stored_issue_falls_with_its_invoice(
    database: Database,
) -> None:
    store(database, ledger_of(I1, I2))
    moved = replace(I1, currency="JPY")
    earlier = replace(I2, issue_date=I2.issue_date.replace(day=1))
    early = (dispute("D2", "I2", "2024-01-05"), promise("W2", "I2", "2024-01-05", "2024-01-20"))
    late = promise("W3", "I2", "2024-01-10", "2024-01-20")
    usd = rate("2020-01-01", "JPY", "0.05")
    stored = store(database, ledger_of(moved, P1, earlier, *early, late, rates=[usd]))
    falls = [("payments", "P1", "Q124"), ("disputes", "D2", "Q124"), ("promises", "W2", "Q124")]
    assert [("invoices", "I2", "Q131"), ("invoices", "I1", "Q131"), *falls] == left_out(stored)
    assert ["W3"] == ids(database, "promises")


def test_a_differing_payment_takes_the_new_invoice_it_names_with_all_that_hangs_on_it(database: Database) -> None:
    store(database, ledger_of(I1, P1))
    note = credit_note("A1", "2024-02-01", 5, "I2")
    stored = store(database, ledger_of(I1, replace(P1, invoice_id="I2"), I2, note))
    assert [("invoices", "I2", "Q125"), ("payments", "P1", "Q131"), ("adjustments", "A1", "Q124")] == left_out(stored)
    assert ["I1"] == ids(database)


def test_an_order_and_the_new_invoices_that_name_it_fall_together(database: Database) -> None:
    store(database, ledger_of(I1, P1, orders_file=True))
    ordered, other = replace(I2, order_id="O1"), replace(I2, invoice_id="I3", order_id="O1")
    new = (order("O1", "2024-01-01", 5_000), ordered, other, replace(P1, invoice_id="I2"))
    stored = store(database, ledger_of(I1, *new, orders_file=True))
    expected = [
        ("orders", "O1", "Q124"),
        ("invoices", "I2", "Q125"),
        ("invoices", "I3", "Q126"),
        ("payments", "P1", "Q131"),
    ]
    assert expected == left_out(stored)
    assert [] == ids(database, "orders")


def test_a_new_invoice_follows_the_stored_order_that_it_names(database: Database) -> None:
    placed = order("O1", "2024-01-01", 5_000)
    store(database, ledger_of(I1, placed, orders_file=True))
    named = replace(I2, order_id="O1")
    stored = store(database, ledger_of(I1, replace(placed, amount=1), named, orders_file=True))
    assert [("orders", "O1", "Q131")] == left_out(stored)
    assert ["I1", "I2"] == ids(database)


def test_a_new_invoice_falls_that_is_older_than_the_stored_order_it_names(database: Database) -> None:
    placed = order("O1", "2024-03-01", 5_000)
    store(database, ledger_of(I1, placed, orders_file=True))
    earlier = replace(placed, date=I2.issue_date)
    stored = store(database, ledger_of(I1, earlier, replace(I2, order_id="O1"), orders_file=True))
    assert [("orders", "O1", "Q131"), ("invoices", "I2", "Q126")] == left_out(stored)


def test_a_dispute_closed_since_and_an_order_in_another_state_go_on(database: Database) -> None:
    opened, placed = dispute("D1", "I1", "2024-01-11"), order("O1", "2024-01-01", 5)
    store(database, ledger_of(I1, opened, placed, orders_file=True), at=10)
    closed, invoiced = replace(opened, closed=I1.due_date), replace(placed, state="invoiced")
    now = ledger_of(I1, closed, invoiced, orders_file=True)
    stored = store(database, now, at=20)
    assert () == stored.quarantined
    assert 2 == sum(counts.replaced for counts in stored.tables)
    assert now == load(database)
    assert ledger_of(I1, opened, placed, orders_file=True) == load(database, known_before=20)


def test_a_dispute_once_closed_is_not_opened_again_by_an_older_file(database: Database) -> None:
    opened = dispute("D1", "I1", "2024-01-11")
    now = ledger_of(I1, replace(opened, closed=I1.due_date))
    store(database, now)
    assert [("disputes", "D1", "Q131")] == left_out(store(database, ledger_of(I1, opened)))
    assert now == load(database)


def test_a_differing_customer_row_is_left_out_alone(database: Database) -> None:
    store(database, ledger_of(Customer("C1", name="Old"), I1))
    stored = store(database, ledger_of(Customer("C1", name="New"), I1, I2))
    assert [("customers", "C1", "Q131")] == left_out(stored)
    assert ["I1", "I2"] == ids(database)


def test_a_differing_rate_refuses_the_import(database: Database) -> None:
    store(database, ledger_of(I1, rates=[rate("2024-01-01", "USD", "7.1")]))
    store(database, ledger_of(I1, rates=[rate("2024-01-01", "USD", "7.10")]))
    with pytest.raises(LedgerError) as refused:
        store(database, ledger_of(I1, I2, rates=[rate("2024-01-01", "USD", "7.2")]))
    assert "D110" == refused.value.code
    assert ["I1"] == ids(database)


def test_a_correction_takes_the_place_of_the_stored_row_and_that_stays_readable(database: Database) -> None:
    before = ledger_of(Customer("C1", name="Old"), I1, P1, rates=[rate("2024-01-01", "USD", "7.1")])
    store(database, before, at=10)
    after = ledger_of(
        Customer("C1", name="New"),
        replace(I1, amount=12_000),
        replace(P1, amount=1),
        rates=[rate("2024-01-01", "USD", "7.2")],
    )
    stored = store(database, after, replaces=True, at=20)
    assert () == stored.quarantined
    assert after == load(database)
    assert before == load(database, known_before=20)


def test_a_correction_moves_a_payment_to_the_history_of_another_customer(database: Database) -> None:
    other = invoice("I9", "2024-01-10", "2024-02-09", 10_000, of="C2")
    store(database, ledger_of(I1, P1, other))
    moved = ledger_of(I1, replace(P1, invoice_id="I9"), other)
    store(database, moved, replaces=True)
    assert moved == load(database)


def test_no_correction_moves_an_invoice_to_another_customer_or_currency(database: Database) -> None:
    store(database, ledger_of(I1, P1, Customer("C2")))
    for changed in (replace(I1, customer_id="C2"), replace(I1, currency="EUR")):
        rates = [rate("2020-01-01", "EUR", "8")]
        stored = store(database, ledger_of(changed, Customer("C1"), Customer("C2"), rates=rates), replaces=True)
        assert [("invoices", "I1", "Q131")] == left_out(stored)


def test_a_correction_falls_with_the_invoice_it_was_read_for(database: Database) -> None:
    first = ledger_of(I1, P1)
    store(database, first)
    yen = ledger_of(replace(I1, currency="JPY"), replace(P1, amount=40), rates=[rate("2020-01-01", "JPY", "0.05")])
    stored = store(database, yen, replaces=True)
    assert [("invoices", "I1", "Q131"), ("payments", "P1", "Q124")] == left_out(stored)
    assert first.histories == load(database).histories


@EXAMPLES
@given(first=ledgers(), second=ledgers(), replaces=st.booleans())
def test_whatever_is_imported_second_every_row_has_its_fate_and_what_is_stored_stays(
    database: Database, first: Ledger, second: Ledger, replaces: bool
) -> None:
    empty(database)
    rates = tuple(one for one in first.rates if one.currency != "THB")
    first, second = replace(first, rates=rates), replace(second, rates=rates)
    store(database, first, at=10)
    stored = store(database, second, replaces=replaces, at=20)
    fates = {one.table: one for one in stored.tables}
    for table, placed in placed_entries(second).items():
        fate = fates[table]
        assert len(placed) == fate.added + fate.replaced + fate.unchanged + fate.left_out
    assert len(stored.quarantined) == sum(fate.left_out for fate in fates.values())
    before, now = _by_key(first), _by_key(load(database))
    assert before == _by_key(load(database, known_before=20))
    assert before.keys() <= now.keys()
    if not replaces:
        assert [] == [key for key in before if before[key] != now[key] and not _may_go_on(before[key])]
    _assert_nothing_hangs_in_the_air(load(database))
    again = store(database, second, replaces=replaces, at=30)
    assert again.changes_nothing
    assert left_out(stored) == left_out(again)


def _by_key(ledger: Ledger) -> dict[object, object]:
    placed = placed_entries(ledger)
    return {(table, ENTRY_TABLES[table].key_of(entry)): entry for table in Table for _, entry in placed[table]}


def _may_go_on(entry: object) -> bool:
    return isinstance(entry, Dispute | Order)


def _assert_nothing_hangs_in_the_air(ledger: Ledger) -> None:
    for history in ledger.histories.values():
        invoices = {one.invoice_id: one for one in history.invoices}
        for hanging in (*history.payments, *history.adjustments, *history.disputes, *history.promises):
            assert not hanging.invoice_id or hanging.invoice_id in invoices
