"""What rows of other systems become is imported as files are: sound rows kept, others quarantined with the reason."""

import csv
from collections.abc import Mapping
from pathlib import Path

from policy_service.connectors.mapping.translation import TranslatedRow, translate
from policy_service.connectors.port import Body
from policy_service.domain.currencies import currency
from policy_service.domain.entries import Invoice, Payment
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import ImportResult
from tests.connectors.mapping.cases import COMPANY, shipped

BOOKS: Mapping[str, Mapping[str, Body]] = {
    "contacts": {
        "7": {"contact_id": "7", "contact_name": "Bowman", "contact_type": "customer", "zcrm_account_id": "554"},
        "8": {"contact_id": 8, "contact_name": "Li", "contact_type": "customer", "zcrm_account_id": " "},
    },
    "invoices": {
        "1": {"invoice_id": "1", "customer_id": "7", "date": "2026-01-05", "due_date": "2026-02-04", "total": 100.0},
        "2": {"invoice_id": "2", "customer_id": 8, "date": "2026-01-05", "due_date": " ", "total": "100.00"},
        "3": {"invoice_id": "3", "customer_id": "8", "date": "05/01/2026", "due_date": "2026-02-04", "total": "1,000"},
        "4": {"invoice_id": "4", "customer_id": "8", "date": "2026-01-05", "due_date": "2026-02-04", "total": 10},
    },
    "customerpayments": {
        "P": {
            "payment_id": "P",
            "date": "2026-02-01",
            "amount": 120,
            "customer_id": "7",
            "invoices": [{"invoice_id": "1", "amount_applied": "100"}, {"invoice_id": 4, "amount_applied": 10.0}],
        },
        "Q": {
            "payment_id": "Q",
            "date": "2026-02-01",
            "amount": 5,
            "customer_id": "8",
            "invoices": [{"invoice_id": "4", "amount_applied": 9}],
        },
    },
}


def imported(folder: Path, system: str, rows: Mapping[str, Mapping[str, Body]]) -> ImportResult:
    mapping = shipped(system)

    def look_up(object_name: str, row_id: str) -> Body | None:
        return rows.get(object_name, {}).get(row_id)

    translated = [
        row
        for object_name, several in rows.items()
        for row_id, body in several.items()
        for row in translate(mapping, object_name, row_id, body, look_up, COMPANY).rows
    ]
    for table in Table:
        write(folder, table, [row for row in translated if row.table is table])
    return read_ledger(folder, currency("CNY"))


def write(folder: Path, table: Table, rows: list[TranslatedRow]) -> None:
    if rows or table in (Table.CUSTOMERS, Table.INVOICES):
        with (folder / f"{table.value}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [one for one in COLUMNS[table].all if one != "posted_on"])
            writer.writeheader()
            writer.writerows(dict(row.cells) for row in rows)


def invoices(found: ImportResult) -> list[Invoice]:
    return [one for history in found.ledger.histories.values() for one in history.invoices]


def payments(found: ImportResult) -> list[Payment]:
    return [one for history in found.ledger.histories.values() for one in history.payments]


def test_sound_rows_are_the_ledger_and_others_are_quarantined_with_their_reasons(tmp_path: Path) -> None:
    found = imported(tmp_path, "zoho_books", BOOKS)
    assert sorted(found.ledger.histories) == ["554", "8"]
    assert {(one.invoice_id, one.customer_id, one.amount) for one in invoices(found)} == {
        ("1", "554", 10_000),
        ("4", "8", 1_000),
    }
    assert {(one.payment_id, one.invoice_id, one.customer_id, one.amount) for one in payments(found)} == {
        ("P-1", "1", "", 10_000),
        ("P-4", "4", "", 1_000),
        ("P", "", "554", 1_000),
        ("Q-4", "4", "", 900),
    }
    told = {(one.file, one.column, one.reason.name) for one in found.quarantined}
    assert told == {
        ("invoices.csv", "due_date", "EMPTY"),
        ("invoices.csv", "issue_date", "NO_DATE"),
        ("payments.csv", "amount", "NO_AMOUNT"),
    }
    faults = {(one.column, one.reason.name) for row in found.quarantined for one in (row.fault, *row.further)}
    assert ("amount", "NO_AMOUNT") in faults


def test_instalments_and_receipts_of_fxiaoke_are_invoices_and_payments(tmp_path: Path) -> None:
    normal = {"life_status": "normal"}
    found = imported(
        tmp_path,
        "fxiaoke",
        {
            "AccountObj": {"a": {"_id": "a", "name": "甲公司", **normal}},
            "SalesOrderObj": {
                "o": {"_id": "o", "account_id": "a", "order_time": 1736870400000, "order_amount": "100.00", **normal}
            },
            "PaymentPlanObj": {
                f"p{number}": {
                    "_id": f"p{number}",
                    "account_id": "a",
                    "order_id": "o",
                    "plan_payment_time": 1739548800000 + number * 86_400_000,
                    "plan_payment_amount": "50.0",
                    **normal,
                }
                for number in range(2)
            },
            "PaymentObj": {"r": {"_id": "r", "account_id": "a", "payment_time": 1739635200000, **normal}},
            "OrderPaymentObj": {
                "d": {"_id": "d", "payment_id": "r", "payment_plan_id": "p0", "payment_amount": 50, **normal},
                "e": {"_id": "e", "payment_id": "r", "payment_plan_id": None, "payment_amount": 8, **normal},
            },
        },
    )
    assert found.quarantined == ()
    assert [str(one.due_date) for one in invoices(found)] == ["2025-02-15", "2025-02-16"]
    assert {str(one.issue_date) for one in invoices(found)} == {"2025-01-15"}
    assert [(one.payment_id, one.invoice_id, one.amount) for one in payments(found)] == [
        ("d", "p0", 5_000),
        ("e", "", 800),
    ]
