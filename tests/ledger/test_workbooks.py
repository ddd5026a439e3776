"""Workbooks and Parquet files say the same as the CSV file with the same cells."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest
import xlsxwriter
from pyarrow import parquet

from policy_service.domain.currencies import currency
from policy_service.domain.errors import LedgerError
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import ImportResult
from policy_service.ledger.workbooks import cell_text

HEADER = ("invoice_id", "customer_id", "issue_date", "due_date", "amount")
ISSUED, DUE = dt.date(2024, 1, 10), dt.date(2024, 2, 9)


def write_workbook(path: Path, *rows: tuple[object, ...], sheets: tuple[str, ...] = ("Sheet1",)) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name in sheets:
            sheet = workbook.add_worksheet(name)
            for line, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(line, place, dt.datetime.combine(cell, dt.time()), day)
                    else:
                        sheet.write(line, place, cell)


def import_with(folder: Path) -> ImportResult:
    (folder / "customers.csv").write_text("customer_id\nC1\n1001\n")
    return read_ledger(folder, currency("CNY"))


def csv_result(folder: Path) -> ImportResult:
    text = ",".join(HEADER) + "\nI1,C1,2024-01-10,2024-02-09,100.10\n7,1001,2024-01-10,2024-02-09,100\n"
    (folder / "invoices.csv").write_text(text)
    return import_with(folder)


def test_a_workbook_with_dates_numbers_and_texts_reads_as_the_csv_file(tmp_path: Path) -> None:
    expected = csv_result(tmp_path).ledger
    (tmp_path / "invoices.csv").unlink()
    rows = (("I1", "C1", ISSUED, "2024-02-09", 100.1), (7, 1001, ISSUED, DUE, "100"))
    write_workbook(tmp_path / "invoices.xlsx", HEADER, *rows)
    assert expected == import_with(tmp_path).ledger


def test_a_parquet_file_with_dates_decimals_and_texts_reads_as_the_csv_file(tmp_path: Path) -> None:
    expected = csv_result(tmp_path).ledger
    (tmp_path / "invoices.csv").unlink()
    columns = {
        "invoice_id": ["I1", "7"],
        "customer_id": ["C1", "1001"],
        "issue_date": [ISSUED, ISSUED],
        "due_date": [DUE, DUE],
        "amount": [Decimal("100.10"), Decimal("100.00")],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "invoices.parquet")
    assert expected == import_with(tmp_path).ledger


def test_the_scale_of_a_parquet_decimal_is_no_fault_but_its_decimals_are(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("date,currency,rate\n2024-01-01,JPY,0.05\n")
    amounts = [Decimal("100.1000"), Decimal("7"), Decimal("1.2345")]
    columns = {
        "invoice_id": pyarrow.array(["I1", "I2", "I3"], pyarrow.string_view()),
        "customer_id": ["C1", "C1", "C1"],
        "issue_date": [ISSUED, ISSUED, ISSUED],
        "due_date": [DUE, DUE, DUE],
        "amount": pyarrow.array(amounts, pyarrow.decimal128(18, 4)),
        "currency": ["CNY", "JPY", "CNY"],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "invoices.parquet")
    result = import_with(tmp_path)
    assert [100_10, 7] == [invoice.amount for invoice in result.ledger.histories["C1"].invoices]
    assert [(4, "Q107")] == [(one.line, one.reason.value) for one in result.quarantined]


def test_lines_of_a_workbook_count_empty_rows_and_float_noise_is_quarantined(tmp_path: Path) -> None:
    rows = (("I1", "C1", ISSUED, DUE, 100.005), (), ("I2", "C1", ISSUED, DUE, 1e17), ("I3", "C1", ISSUED, DUE, 1, "x"))
    write_workbook(tmp_path / "invoices.xlsx", (), HEADER, *rows)
    found = [(one.line, one.reason.value) for one in import_with(tmp_path).quarantined]
    assert found == [(3, "Q107"), (5, "Q105"), (6, "Q101")]


def test_the_sheet_named_as_the_table_is_read_and_the_others_are_warned_of(tmp_path: Path) -> None:
    row = ("I1", "C1", ISSUED, DUE, 1)
    write_workbook(tmp_path / "invoices.xlsx", HEADER, row, sheets=("notes", "invoices"))
    assert [(warning.reason.value, warning.found) for warning in import_with(tmp_path).warnings] == [
        ("W113", 'the sheet "notes" is not read')
    ]


def test_an_empty_workbook_and_a_nested_parquet_column_refuse_the_import(tmp_path: Path) -> None:
    write_workbook(tmp_path / "invoices.xlsx")
    assert "D104" == refusal(tmp_path)
    (tmp_path / "invoices.xlsx").unlink()
    parquet.write_table(pyarrow.table({"invoice_id": [["I1"]]}), tmp_path / "invoices.parquet")
    assert "D109" == refusal(tmp_path)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "true"),
        (12, "12"),
        (12.0, "12"),
        (12.1, "12.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (float("nan"), "nan"),
        (Decimal("1E+2"), "100"),
        (Decimal("100.0000"), "100"),
        (Decimal("0.0500"), "0.05"),
        (Decimal("1.2345"), "1.2345"),
        (dt.datetime.fromisoformat("2024-01-02"), "2024-01-02"),
        (dt.datetime.fromisoformat("2024-01-02T03:00"), "2024-01-02T03:00:00"),
    ],
)
def test_a_cell_is_written_as_a_csv_file_would_hold_it(cell: object, text: str) -> None:
    assert text == cell_text(cell)


def test_a_workbook_that_names_a_cell_far_away_is_refused_instead_of_taking_the_memory_for_it(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "invoices.xlsx") as workbook:
        sheet = workbook.add_worksheet("invoices")
        sheet.write_row(0, 0, HEADER)
        sheet.write(1_048_575, 16_383, "x")
    assert "D112" == refusal(tmp_path)


def test_a_parquet_file_whose_few_bytes_are_many_gigabytes_is_refused(tmp_path: Path) -> None:
    """One text of a megabyte, said ten thousand times."""
    said = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 10_000, pyarrow.int32()), ["x" * 1_000_000])
    parquet.write_table(pyarrow.table({"invoice_id": said}), tmp_path / "invoices.parquet")
    assert "D112" == refusal(tmp_path)


def refusal(folder: Path) -> str:
    with pytest.raises(LedgerError) as caught:
        import_with(folder)
    return caught.value.code
