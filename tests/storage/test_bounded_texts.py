"""What the database bounds the reader bounds: no text of a ledger file can fail where rows are stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.errors import LedgerError
from policy_service.domain.values import UNLIMITED
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.ledger.importer import read_ledger
from policy_service.storage.columns import Words
from policy_service.storage.database import Database
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_tables import ENTRY_TABLES
from tests.storage.books import Origin

#: A row of every file, each cell of which is sound.
SOUND = {
    Table.CUSTOMERS: {"customer_id": "C1"},
    Table.INVOICES: {
        "invoice_id": "I1",
        "customer_id": "C1",
        "issue_date": "2024-01-10",
        "due_date": "2024-02-09",
        "amount": "100.00",
    },
    Table.PAYMENTS: {"payment_id": "P1", "date": "2024-02-01", "amount": "1.00", "invoice_id": "I1"},
    Table.ADJUSTMENTS: {
        "adjustment_id": "A1",
        "invoice_id": "I1",
        "date": "2024-02-01",
        "kind": "credit_note",
        "amount": "1",
    },
    Table.DISPUTES: {"dispute_id": "D1", "invoice_id": "I1", "opened": "2024-02-01"},
    Table.PROMISES: {"promise_id": "R1", "invoice_id": "I1", "made": "2024-02-01", "promised": "2024-03-01"},
    Table.EVENTS: {"event_id": "E1", "customer_id": "C1", "date": "2024-02-01", "kind": "contact"},
    Table.ORDERS: {"order_id": "O1", "customer_id": "C1", "date": "2024-01-02", "amount": "100.00"},
    Table.STANDINGS: {"customer_id": "C1", "from": "2024-01-01"},
    Table.RATES: {"date": "2024-01-01", "currency": "EUR", "rate": "7.5"},
}


def _bounded() -> Iterator[tuple[Table, str, int]]:
    for table, kept in ENTRY_TABLES.items():
        for column in kept.columns:
            if isinstance(column.type, Words):
                yield table, column.name, column.type.most


BOUNDED = list(_bounded())


def _write(folder: Path, table: Table, column: str, text: str) -> None:
    for one in {Table.CUSTOMERS, Table.INVOICES, table}:
        cells = SOUND[one] | ({column: text} if one is table else {})
        (folder / f"{one}.csv").write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n", "utf-8")


def test_every_table_of_the_ledger_has_a_bounded_text() -> None:
    assert set(Table) == {table for table, _, _ in BOUNDED}


@pytest.mark.parametrize(("table", "column", "most"), [one for one in BOUNDED if one[0] is not Table.RATES])
def test_a_text_longer_than_its_column_is_told_with_its_place(
    table: Table, column: str, most: int, tmp_path: Path
) -> None:
    """The row falls where it is read."""
    _write(tmp_path, table, column, "9" * (most + 1))
    left_out = read_ledger(tmp_path, currency("CNY")).quarantined
    assert (2, column) in [(one.line, one.column) for one in left_out if one.table is table]


@pytest.mark.parametrize(("table", "column", "most"), [one for one in BOUNDED if one[0] is Table.RATES])
def test_in_a_rate_it_refuses_the_import_as_any_fault_does(
    table: Table, column: str, most: int, tmp_path: Path
) -> None:
    """Every amount in its currency hangs on it."""
    _write(tmp_path, table, column, "9" * (most + 1))
    with pytest.raises(LedgerError) as refused:
        read_ledger(tmp_path, currency("CNY"))
    assert ("D110", "rates.csv", 2) == (refused.value.code, refused.value.place.file, refused.value.place.line)


def test_what_the_reader_bounds_the_database_bounds_alike() -> None:
    said = [(table, name, most) for table in Table for name, most in COLUMNS[table].longest.items()]
    assert set(said) <= set(BOUNDED)


def test_the_longest_texts_and_a_limit_without_end_are_stored(database: Database, tmp_path: Path) -> None:
    identifier = "é" * 200
    for table, text in {
        "customers": f"customer_id\n{identifier}\n",
        "invoices": f"invoice_id,customer_id,issue_date,due_date,amount,order_id\n{identifier},{identifier},"
        f"2024-01-10,2024-02-09,1,{identifier}\n",
        "events": f"event_id,customer_id,date,kind\n{identifier},{identifier},2024-01-10,{'k' * 500}\n",
        "standings": f"customer_id,from,credit_limit\n{identifier},2024-01-10,unlimited\n",
    }.items():
        (tmp_path / f"{table}.csv").write_text(text, "utf-8")
    result = read_ledger(tmp_path, currency("CNY"))
    assert () == result.quarantined
    with database.writing() as session:
        LedgerStore(session).store(result, Origin("1"))
    with database.reading() as session:
        kept = LedgerStore(session).load_history(identifier)
    assert result.ledger.histories[identifier] == kept
    assert UNLIMITED == kept.standings[0].credit_limit
