"""Tiny ledgers to import, and what is said of their rows."""

from pathlib import Path

from policy_service.domain.currencies import currency
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import ImportResult

CUSTOMERS = "customer_id,parent_id\nC1,\nC2,\n"
INVOICES = "invoice_id,customer_id,issue_date,due_date,amount\nI1,C1,2024-01-10,2024-02-09,100.00\n"
TWO_INVOICES = INVOICES + "I2,C2,2024-01-10,2024-02-09,50\n"
ORDERS = "order_id,customer_id,date,amount\n"
ORDERED = "invoice_id,customer_id,issue_date,due_date,amount,order_id\nI1,C1,2024-01-10,2024-02-09,100.00,O1\n"


def import_texts(folder: Path, **texts: str) -> ImportResult:
    for table, text in {"customers": CUSTOMERS, "invoices": INVOICES, **texts}.items():
        (folder / f"{table}.csv").write_bytes(text.encode())
    return read_ledger(folder, currency("CNY"))


def left_out(result: ImportResult) -> list[tuple[str, int, str, str]]:
    return [(one.file, one.line, one.column, one.reason.value) for one in result.quarantined]


def remarks(result: ImportResult) -> list[tuple[str, int, str]]:
    return [(warning.file, warning.line, warning.reason.value) for warning in result.warnings]


PAYMENT = "payment_id,date,amount,invoice_id,customer_id\n"
ADJUSTMENT = "adjustment_id,invoice_id,date,kind,amount\n"
DISPUTE = "dispute_id,invoice_id,opened,closed\n"
PROMISE = "promise_id,invoice_id,made,promised,amount\n"
INVOICE = "invoice_id,customer_id,issue_date,due_date,amount,order_date,currency,posted_on\n"
I1_FALLS = ("invoices.csv", 2, "invoice_id", "Q125")
