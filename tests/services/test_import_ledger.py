"""What an import finds that a file alone does not show: cells that are no fact, write-offs of more than was open."""

from pathlib import Path

import pytest

from policy_service.domain.currencies import currency
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.ledger.report import ImportResult
from policy_service.services.import_ledger import import_ledger

DECLARED = load_dictionary(Path(__file__).parents[2] / "rules").facts
INVOICES = "invoice_id,customer_id,issue_date,due_date,amount\nI1,C1,2025-01-10,2025-02-09,100.00\n"


def imported(folder: Path, **texts: str) -> ImportResult:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return import_ledger(folder, currency("CNY"), DECLARED)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("net_worth", "abc"),
        ("net_worth", "1.234"),
        ("is_key_account", "maybe"),
        ("reputation_score", "4.5"),
        ("statement_date", "2025-02-30"),
        ("tax_status", "fine"),
    ],
)
def test_a_customer_cell_that_is_no_value_of_its_fact_quarantines_the_row(
    column: str, text: str, tmp_path: Path
) -> None:
    result = imported(tmp_path, customers=f"customer_id,{column}\nC1,{text}\n", invoices=INVOICES)
    assert [("customers.csv", 2, column, "Q128"), ("invoices.csv", 2, "customer_id", "Q111")] == [
        (one.file, one.line, one.column, one.reason.value) for one in result.quarantined
    ]


def test_cells_of_facts_may_be_empty_and_other_columns_say_anything(tmp_path: Path) -> None:
    customers = "customer_id,net_worth,tax_status,remark\nC1,,ok,anything at all\nC2,12.50,,\n"
    result = imported(tmp_path, customers=customers, invoices=INVOICES)
    assert () == result.quarantined


def test_a_write_off_of_more_than_was_open_is_a_warning(tmp_path: Path) -> None:
    adjustments = (
        "adjustment_id,invoice_id,date,kind,amount\nA0,I1,2025-05-01,credit_note,1\nA1,I1,2025-06-01,write_off,100.01\n"
    )
    result = imported(tmp_path, customers="customer_id\nC1\n", invoices=INVOICES, adjustments=adjustments)
    assert [("adjustments.csv", 3, "amount", "W114", "A1 exceeds what was open by CNY 1.01")] == [
        (one.file, one.line, one.column, one.reason.value, one.found) for one in result.warnings
    ]


def test_the_surplus_of_a_write_off_is_told_in_the_currency_of_its_invoice(tmp_path: Path) -> None:
    invoices = "invoice_id,customer_id,issue_date,due_date,amount,currency\nI1,C1,2025-01-10,2025-02-09,100,JPY\n"
    adjustments = "adjustment_id,invoice_id,date,kind,amount\nA1,I1,2025-06-01,write_off,130\n"
    rates = "date,currency,rate\n2025-01-01,JPY,0.05\n"
    customers = "customer_id\nC1\n"
    result = imported(tmp_path, customers=customers, invoices=invoices, adjustments=adjustments, rates=rates)
    assert ["A1 exceeds what was open by JPY 30"] == [one.found for one in result.warnings]
