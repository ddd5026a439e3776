"""What is odd is imported with a warning, what cannot be read refuses the import, and what is left out is told."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.errors import LedgerError
from policy_service.facts.groups_of_day import GroupsOfDay
from policy_service.ledger import spooled, tables
from policy_service.ledger.importer import read_ledger
from tests.ledger.importing import CUSTOMERS, INVOICES, PAYMENT, import_texts, left_out, remarks

REMARKS: Mapping[str, tuple[dict[str, str], list[tuple[str, int, str]]]] = {
    "a table of another name": ({"invoces": "a\n"}, [("invoces.csv", 0, "W101")]),
    "a table in capitals": ({"Payments": PAYMENT}, [("Payments.csv", 0, "W101")]),
    "a column of another name": (
        {"events": "event_id,customer_id,date,kind,valeu\n"},
        [("events.csv", 1, "W102")],
    ),
    "a row twice": ({"payments": PAYMENT + "P1,2024-02-01,1,I1,\n" * 2}, [("payments.csv", 3, "W103")]),
    "a row twice, its amount written differently": (
        {"payments": PAYMENT + "P1,2024-02-01,1,I1,\nP1,2024-02-01,1.00,I1,\n"},
        [("payments.csv", 3, "W103")],
    ),
    "equal content under another id": (
        {"payments": PAYMENT + "P1,2024-02-01,1,I1,\nP2,2024-02-01,1,I1,\n"},
        [("payments.csv", 3, "W104")],
    ),
    "an unknown parent": ({"customers": "customer_id,parent_id\nC1,C9\n"}, [("customers.csv", 2, "W105")]),
    "a circular parent": (
        {"customers": "customer_id,parent_id\nC1,C2\nC2,C1\nC3,C1\n"},
        [("customers.csv", 2, "W106"), ("customers.csv", 3, "W106")],
    ),
    "its own parent": ({"customers": "customer_id,parent_id\nC1,C1\n"}, [("customers.csv", 2, "W106")]),
    "a payment by another customer": (
        {"payments": PAYMENT + "P1,2024-02-01,1,I1,C2\n"},
        [("payments.csv", 2, "W107")],
    ),
    "a bill that matures before it is received": (
        {"payments": "payment_id,date,amount,invoice_id,instrument,matures_on\nP1,2024-02-01,1,I1,bill,2024-01-31\n"},
        [("payments.csv", 2, "W108")],
    ),
    "posted_on of a rate": (
        {"rates": "date,currency,rate,posted_on\n2024-01-01,USD,7,2024-01-01\n"},
        [("rates.csv", 1, "W112")],
    ),
}


@pytest.mark.parametrize("remark", REMARKS)
def test_what_is_odd_is_imported_with_a_warning(remark: str, tmp_path: Path) -> None:
    texts, expected = REMARKS[remark]
    result = import_texts(tmp_path, **texts)
    assert (expected, []) == (remarks(result), left_out(result))


def test_a_circle_of_parents_dissolves_no_group_before_it_is_closed(tmp_path: Path) -> None:
    customers = "customer_id,parent_id,valid_from\nC1,C2,\nC2,,\nC2,C1,2024-07-16\n"
    result = import_texts(tmp_path, customers=customers)
    assert [("customers.csv", 2, "W106"), ("customers.csv", 4, "W106")] == [
        (one.file, one.line, one.reason.value) for one in result.warnings
    ]
    groups = GroupsOfDay(result.ledger)
    assert ["C1", "C2"] == groups.group_of("C1", date(2024, 7, 16))
    assert ["C1"] == groups.group_of("C1", date(2024, 7, 17))


@pytest.mark.parametrize("file", ["payments.xls", "Payments.csv"])
def test_a_file_that_means_a_table_is_told_what_the_table_is_read_from(file: str, tmp_path: Path) -> None:
    for name, text in {"customers.csv": CUSTOMERS, "invoices.csv": INVOICES, file: PAYMENT}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    expected = "not a file of the ledger; payments is read from payments.csv, payments.xlsx or payments.parquet"
    assert [(file, expected)] == [(one.file, one.found) for one in read_ledger(tmp_path, currency("CNY")).warnings]


@pytest.mark.parametrize("rate", ["0", "-7", "", "7e1"])
def test_a_faulty_rate_is_told_how_a_rate_is_written(rate: str, tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        import_texts(tmp_path, rates=f"date,currency,rate\n2024-01-01,USD,{rate}\n")
    assert f'rates.csv line 2: a rate is faulty: rate is "{rate}". Write units of the base' in str(caught.value)


REFUSALS: Mapping[str, tuple[dict[str, bytes | None], tuple[str, str, int]]] = {
    "no customers": ({"customers.csv": None}, ("D102", "ledger", 0)),
    "no invoices": ({"invoices.csv": None}, ("D102", "ledger", 0)),
    "invoices twice": ({"invoices.xlsx": b""}, ("D103", "invoices.xlsx", 0)),
    "an empty file": ({"events.csv": b""}, ("D104", "events.csv", 0)),
    "a missing column": ({"events.csv": b"event_id,date,kind\n"}, ("D105", "events.csv", 1)),
    "a column twice": ({"customers.csv": b"customer_id,name,name\n"}, ("D106", "customers.csv", 1)),
    "Latin letters": ({"customers.csv": b"customer_id,name\nC1,x\nC2,M\xfcller\n"}, ("D107", "customers.csv", 3)),
    "UTF-16": ({"customers.csv": "customer_id\nC1\n".encode("utf-16")}, ("D107", "customers.csv", 1)),
    "a NUL": ({"customers.csv": b"customer_id\nC\x001\n"}, ("D108", "customers.csv", 2)),
    "no workbook": ({"events.xlsx": b"no zip"}, ("D109", "events.xlsx", 0)),
    "no Parquet": ({"events.parquet": b"PAR0"}, ("D109", "events.parquet", 0)),
    "a rate of zero": ({"rates.csv": b"date,currency,rate\n2024-01-01,USD,0\n"}, ("D110", "rates.csv", 2)),
    "a rate on no day": ({"rates.csv": b"date,currency,rate\n2024-01-41,USD,1\n"}, ("D110", "rates.csv", 2)),
    "a rate of the base currency": ({"rates.csv": b"date,currency,rate\n2024-01-01,CNY,7\n"}, ("D110", "rates.csv", 2)),
    "a ragged rate": ({"rates.csv": b"date,currency,rate\n2024-01-01,USD\n"}, ("D110", "rates.csv", 2)),
    "two rates of one day": (
        {"rates.csv": b"date,currency,rate\n2024-01-01,USD,7\n2024-01-01,USD,8\n"},
        ("D110", "rates.csv", 2),
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_what_cannot_be_read_refuses_the_import_with_its_place(refusal: str, tmp_path: Path) -> None:
    files, expected = REFUSALS[refusal]
    folder = tmp_path / "ledger"
    folder.mkdir()
    contents = {"customers.csv": CUSTOMERS.encode(), "invoices.csv": INVOICES.encode(), **files}
    for name, content in contents.items():
        if content is not None:
            (folder / name).write_bytes(content)
    with pytest.raises(LedgerError) as caught:
        read_ledger(folder, currency("CNY"))
    place = caught.value.place
    assert expected == (caught.value.code, place.file, place.line)
    assert caught.value.remedy


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_file_with_another_delimiter_is_told_from_one_that_lacks_columns(delimiter: str, tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        import_texts(tmp_path, invoices=INVOICES.replace(",", delimiter))
    assert ("D105", "Save it with commas between the cells, not semicolons, tabs or bars.") == (
        caught.value.code,
        caught.value.remedy,
    )


def test_a_file_of_which_next_to_nothing_can_be_read_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_FAULTY", 2)
    rows = [f"I{number},C1,31.12.2023,2024-02-01,1" for number in range(3)]
    header = INVOICES.partition("\n")[0]
    assert 2 == len(left_out(import_texts(tmp_path, invoices="\n".join([header, *rows[:2], ""]))))
    with pytest.raises(LedgerError) as caught:
        import_texts(tmp_path, invoices="\n".join([header, *rows, ""]))
    assert ("D113", "invoices.csv", 2) == (caught.value.code, caught.value.place.file, caught.value.place.line)


def test_rows_left_out_are_reported_in_full_and_in_order_when_most_of_them_wait_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = INVOICES.partition("\n")[0]
    rows = [f"I{number},C1,2024-01-01,2024-02-01,{'x' if number % 3 else 1}" for number in range(20)]
    payments = ["payment_id,date,amount,invoice_id", *(f"P{number},x,1,I{number}" for number in range(0, 20, 2))]
    texts = {"invoices": "\n".join([header, *rows, ""]), "payments": "\n".join([*payments, ""])}
    in_memory = left_out(import_texts(tmp_path, **texts))
    monkeypatch.setattr(spooled, "_HELD", 3)
    assert in_memory == left_out(import_texts(tmp_path, **texts))
    in_order = [one[:2] for one in in_memory]
    # A row with a fault of its own, and one whose payment is faulty; every payment is.
    fallen = [line for number, line in enumerate(range(2, 22)) if number % 3 or number % 2 == 0]
    invoices = [("invoices.csv", line) for line in fallen]
    assert in_order == [*invoices, *(("payments.csv", line) for line in range(2, 12))]
