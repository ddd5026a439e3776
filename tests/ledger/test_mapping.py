"""A file with one row per invoice, seen through its mapping."""

from pathlib import Path

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.errors import LedgerError, PolicyServiceError
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.mapped_columns import iso_day
from policy_service.ledger.mapping import load_mapping
from policy_service.ledger.report import FileCounts, ImportResult

MAPPINGS = Path(__file__).parents[2] / "rules" / "mappings"
DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
MAPPING = """
mapping: small
file: small*.csv
delimiter: ";"
date_format: DD.MM.YYYY
base_currency: EUR
invoices:
  invoice_id: {first_of: [number, {column: row, prefix: row-}]}
  customer_id: customer
  issue_date: issued
  due_date: due
  amount: amount
  currency: {first_of: [currency, {constant: EUR}]}
payment: {date: paid, amount: all}
customers: {segment: branch, region: {constant: north}}
undated_flags:
  - {column: disputed, set: "Y", clear: "N", count: disputed_invoices, share: disputed_share}
unread: [comment]
"""
HEADER = "row;number;customer;issued;due;paid;amount;currency;branch;disputed;comment\n"
ROWS = (
    "1;A1;C1;10.01.2024;9.2.2024;15.02.2024;100.00;;retail;N;\n"
    "2;;C1;10.01.2024;09.02.2024;;50;EUR;;Y;late\n"
    "3;;C2;10.01.2024;09.02.2024;10.02.2024;7;EUR;food;N;\n"
)


def import_text(folder: Path, text: str, mapping: str = MAPPING) -> ImportResult:
    (folder / "small_2024.csv").write_text(text, encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    loaded = load_mapping(folder / "mapping.yaml")
    (folder / "mapping.yaml").unlink()
    return read_ledger(folder, currency("EUR"), loaded)


def left_out(result: ImportResult) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.reason.value) for one in result.quarantined]


def test_a_file_with_another_delimiter_than_its_mapping_says_is_told_to_correct_the_mapping(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        import_text(tmp_path, HEADER.replace(";", ","))
    assert ("D105", "Name as `delimiter` of the mapping what stands between the cells.") == (
        caught.value.code,
        caught.value.remedy,
    )


def test_a_day_in_another_form_than_its_mapping_says_is_told_of_the_mapping(tmp_path: Path) -> None:
    (one,) = import_text(tmp_path, HEADER + ROWS.replace("10.02.2024", "2024-02-10")).quarantined
    assert "Q104" == one.reason.value
    assert "2024-02-10 (not DD.MM.YYYY)" in one.found
    assert "date_format" in one.remedy


def test_a_mapped_file_is_the_ledger_whose_files_it_stands_for(tmp_path: Path) -> None:
    mapped = import_text(tmp_path, HEADER + ROWS)
    files = tmp_path / "files"
    files.mkdir()
    (files / "customers.csv").write_text(
        "customer_id,segment,region,disputed_invoices,disputed_share\nC1,retail,north,1,0.500000\n"
        "C2,food,north,0,0.000000\n"
    )
    (files / "invoices.csv").write_text(
        "invoice_id,customer_id,issue_date,due_date,amount\nA1,C1,2024-01-10,2024-02-09,100\n"
        "row-2,C1,2024-01-10,2024-02-09,50\nrow-3,C2,2024-01-10,2024-02-09,7\n"
    )
    (files / "payments.csv").write_text(
        "payment_id,invoice_id,date,amount\nA1,A1,2024-02-15,100\nrow-3,row-3,2024-02-10,7\n"
    )
    assert read_ledger(files, currency("EUR")).ledger == mapped.ledger
    assert [(warning.reason.value, warning.column) for warning in mapped.warnings] == [("W110", "disputed")]


def test_a_faulty_row_is_reported_once_under_its_own_columns(tmp_path: Path) -> None:
    faulty = (
        "4;A4;C1;10.01.2024;09.02.2024;31.02.2024;5;EUR;;N;\n"
        "5;A5;C1;2024-01-10;09.02.2024;10.02.2024;5;EUR;;N;\n"
        "6;A6;C1;10.01.2024;09.02.2024;10.02.2024;5;USD;;N;\n"
        "7;A7;C1;10.01.2024;09.02.2024;10.02.2024;5;EUR;;perhaps;\n"
        "8;A8;C1;10.01.2024\n"
        "9;A1;C1;10.01.2024;09.02.2024;;100.00;;retail;N;\n"
    )
    result = import_text(tmp_path, HEADER + ROWS + faulty)
    expected = [
        (2, "number or row", "Q122"),
        (5, "paid", "Q104"),
        (6, "issued", "Q104"),
        (7, "currency", "Q110"),
        (8, "disputed", "Q115"),
        (9, "", "Q101"),
        (10, "number or row", "Q122"),
    ]
    assert expected == left_out(result)
    assert [(one.read, one.accepted, one.quarantined, one.repeated) for one in result.counts] == [(9, 2, 7, 0)]


def test_repetitions_and_differing_attributes_are_warned_of(tmp_path: Path) -> None:
    again = (
        "1;A1;C1;10.01.2024;9.2.2024;15.02.2024;100.00;;retail;N;\n"
        "10;;C2;10.01.2024;09.02.2024;10.02.2024;7;EUR;drugs;N;\n"
    )
    result = import_text(tmp_path, HEADER + ROWS + again)
    assert [(warning.line, warning.reason.value) for warning in result.warnings] == [
        (0, "W110"),
        (5, "W103"),
        (6, "W104"),
        (6, "W109"),
    ]
    assert result.ledger.histories["C2"].versions[0].segment == "food"


def test_rates_beside_the_mapped_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("date,currency,rate\n2024-01-01,USD,0.9\n")
    row = "6;A6;C1;10.01.2024;09.02.2024;10.02.2024;5;USD;;N;\n"
    assert left_out(import_text(tmp_path, HEADER + row)) == []


def test_a_column_neither_mapped_nor_unread_and_another_base_currency_are_warned_of(tmp_path: Path) -> None:
    mapping = MAPPING.replace("unread: [comment]", "unread: []").replace("base_currency: EUR", "base_currency: CHF")
    result = import_text(tmp_path, HEADER, mapping)
    assert result.ledger.base_currency.code == "CHF"
    assert [warning.reason.value for warning in result.warnings] == ["W110", "W111", "W102"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("file: small*.csv", "file: none.csv", "D102"),
        ("file: small*.csv", "file: ../small.csv", "D111"),
        ("amount: amount", "amount: sum", "D105"),
        ("amount: amount", "amuont: amount", "L041"),
        ("  amount: amount\n", "", "L042"),
        ("{constant: EUR}", "{constant: EUR, column: x}", "D111"),
        ("DD.MM.YYYY", "D.M.Y", "L052"),
        ("base_currency: EUR", "base_currency: EURO", "L230"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_by_its_code(old: str, new: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyServiceError) as caught:
        import_text(tmp_path, HEADER + ROWS, MAPPING.replace(old, new))
    assert code == caught.value.code


def test_a_table_that_the_mapped_file_stands_for_may_not_lie_beside_it(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id\nC1\n")
    with pytest.raises(LedgerError) as caught:
        import_text(tmp_path, HEADER + ROWS)
    assert caught.value.code == "D103"


@pytest.mark.parametrize(
    ("text", "date_format", "expected"),
    [
        ("1/2/2013", "MM/DD/YYYY", "2013-01-02"),
        ("1/2/2013", "DD/MM/YYYY", "2013-02-01"),
        ("20130102", "YYYYMMDD", "2013-01-02"),
        ("2013-01-02", "DD/MM/YYYY", "2013-01-02 (not DD/MM/YYYY)"),
        ("", "DD/MM/YYYY", ""),
    ],
)
def test_a_day_is_read_in_the_declared_format_only(text: str, date_format: str, expected: str) -> None:
    assert expected == iso_day(text, date_format)


def counts_of(result: ImportResult) -> FileCounts:
    (counts,) = result.counts
    return counts


def occurrences(result: ImportResult) -> dict[str, int]:
    codes = [one.reason.value for one in result.quarantined] + [one.reason.value for one in result.warnings]
    return {code: codes.count(code) for code in sorted(set(codes) - {"W101"})}


def read_real(name: str) -> ImportResult:
    mapping = load_mapping(MAPPINGS / f"{name}.yaml")
    if not (DATA / mapping.file).exists():
        pytest.skip(f"the real history {mapping.file} is not in ../shared/data")
    return read_ledger(DATA, currency("USD"), mapping)


def test_the_ibm_history_is_imported_whole() -> None:
    result = read_real("ibm_accounts_receivable")
    counts = counts_of(result)
    assert (counts.read, counts.accepted, len(result.ledger.histories)) == (2466, 2466, 100)
    assert occurrences(result) == {"W110": 1}


def test_the_highradius_history_is_imported_but_for_rows_without_rate_order_or_own_id() -> None:
    result = read_real("highradius")
    counts = counts_of(result)
    assert (counts.read, counts.accepted, counts.quarantined, counts.repeated) == (49_681, 45_606, 3_936, 139)
    assert len(result.ledger.histories) == 1_259
    assert occurrences(result) == {"Q110": 3_909, "Q116": 25, "Q122": 2, "W103": 139, "W104": 885, "W109": 539}
