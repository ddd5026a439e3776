"""Invariants of the import on generated ledgers with faults of every sort."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.currencies import currency
from policy_service.domain.errors import LedgerError
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import ImportResult
from tests.examples import examples

DAYS = st.sampled_from(["2024-01-01", "2024-01-05", "2024-02-01", "2024-02-30", "", "2024-13-01"])
AMOUNTS = st.sampled_from(["1", "2.50", "2.5", "0", "1.005", "x", ""])
CUSTOMER_IDS = st.sampled_from(["C1", "C2", "C3", ""])
INVOICE_IDS = st.sampled_from(["I1", "I2", "I3", "I4", ""])
ORDER_IDS = st.sampled_from(["O1", "O2", "O3", "", ""])
ENTRY_IDS = st.sampled_from(["E1", "E2", "E3", "E4", "E5"])
CELLS: Mapping[str, Mapping[str, st.SearchStrategy[str]]] = {
    "customers": {"customer_id": CUSTOMER_IDS, "valid_from": DAYS, "parent_id": CUSTOMER_IDS},
    "orders": {"order_id": ORDER_IDS, "customer_id": CUSTOMER_IDS, "date": DAYS, "amount": AMOUNTS},
    "invoices": {
        "invoice_id": INVOICE_IDS,
        "customer_id": CUSTOMER_IDS,
        "issue_date": DAYS,
        "due_date": DAYS,
        "amount": AMOUNTS,
        "order_id": ORDER_IDS,
    },
    "payments": {
        "payment_id": ENTRY_IDS,
        "date": DAYS,
        "amount": AMOUNTS,
        "invoice_id": INVOICE_IDS,
        "customer_id": CUSTOMER_IDS,
    },
    "disputes": {"dispute_id": ENTRY_IDS, "invoice_id": INVOICE_IDS, "opened": DAYS, "closed": DAYS},
    "promises": {"promise_id": ENTRY_IDS, "invoice_id": INVOICE_IDS, "made": DAYS, "promised": DAYS},
    "events": {"event_id": ENTRY_IDS, "customer_id": CUSTOMER_IDS, "date": DAYS, "kind": st.sampled_from(["call", ""])},
}


def rows_of(table: str) -> st.SearchStrategy[list[str]]:
    whole = st.tuples(*CELLS[table].values()).map(",".join)
    ragged = st.lists(INVOICE_IDS | AMOUNTS, min_size=7, max_size=8).map(",".join)
    return st.lists(whole | whole | whole | ragged | st.just('"'), max_size=8)


DIRTY_LEDGERS = st.fixed_dictionaries({table: rows_of(table) for table in CELLS})


def import_rows(tables: Mapping[str, Sequence[str]]) -> ImportResult:
    with TemporaryDirectory() as folder:
        for table, rows in tables.items():
            text = "\n".join([",".join(CELLS[table]), *rows]) + "\n"
            Path(folder, f"{table}.csv").write_text(text, encoding="utf-8")
        return read_ledger(Path(folder), currency("CNY"))


def read_or_refuse(folder: Path) -> ImportResult | LedgerError:
    try:
        return read_ledger(folder, currency("CNY"))
    except LedgerError as refusal:
        return refusal


def quarantined_rows(tables: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    found = import_rows(tables).quarantined
    return sorted((one.table.value, tables[one.table.value][one.line - 2]) for one in found)


@settings(max_examples=examples(150), deadline=None)
@given(DIRTY_LEDGERS)
def test_every_row_is_accepted_or_quarantined_or_repeated(tables: dict[str, list[str]]) -> None:
    result = import_rows(tables)
    entries = sum(
        len(history.versions)
        + len(history.orders)
        + len(history.invoices)
        + len(history.payments)
        + len(history.disputes)
        + len(history.promises)
        + len(history.events)
        for history in result.ledger.histories.values()
    )
    assert entries == sum(counts.accepted for counts in result.counts)
    assert len(result.quarantined) == sum(counts.quarantined for counts in result.counts)
    for counts in result.counts:
        assert counts.read == counts.accepted + counts.quarantined + counts.repeated
        has_open_quotation = '"' in tables[counts.table.value]
        assert has_open_quotation or counts.read == len(tables[counts.table.value])


@settings(max_examples=examples(150), deadline=None)
@given(DIRTY_LEDGERS)
def test_nothing_that_is_accepted_hangs_on_anything_left_out(tables: dict[str, list[str]]) -> None:
    result = import_rows(tables)
    orders = {order.order_id for history in result.ledger.histories.values() for order in history.orders}
    named_by_faulty = {
        cell
        for one in result.quarantined
        if one.table.value in ("payments", "disputes", "promises")
        for cell in tables[one.table.value][one.line - 2].split(",")
    }
    for history in result.ledger.histories.values():
        invoices = {invoice.invoice_id for invoice in history.invoices}
        assert not invoices & named_by_faulty
        assert {invoice.order_id for invoice in history.invoices} <= orders | {""}
        assert {payment.invoice_id for payment in history.payments} <= invoices | {""}
        assert {dispute.invoice_id for dispute in history.disputes} <= invoices
        assert {promise.invoice_id for promise in history.promises} <= invoices


@settings(max_examples=examples(100), deadline=None)
@given(DIRTY_LEDGERS)
def test_the_order_of_rows_changes_nothing(tables: dict[str, list[str]]) -> None:
    tidy = {table: [row for row in rows if '"' not in row] for table, rows in tables.items()}
    turned = {table: rows[::-1] for table, rows in tidy.items()}
    assert import_rows(tidy).ledger == import_rows(turned).ledger
    assert quarantined_rows(tidy) == quarantined_rows(turned)


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='I1C,"\r\n2024-01;\ufeff\x85', max_size=80).map(str.encode))
def test_no_bytes_behind_a_header_end_in_anything_but_a_report_or_a_refusal(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "customers.csv").write_bytes(b"customer_id\nC1\n")
        Path(folder, "invoices.csv").write_bytes(b"invoice_id,customer_id,issue_date,due_date,amount\n" + content)
        outcome = read_or_refuse(Path(folder))
    if isinstance(outcome, LedgerError):
        assert outcome.code in ("D107", "D108")
    else:
        counts = outcome.counts[-1]
        assert counts.read == counts.accepted + counts.quarantined + counts.repeated
