"""One test per import rule: tiny ledgers, one thing wrong in each."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.errors import LedgerError
from policy_service.domain.lengths import LONGEST_IDENTIFIER
from policy_service.domain.values import UNLIMITED
from policy_service.ledger import spooled, tables
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import ImportResult, summary

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

FAULTS: Mapping[str, tuple[dict[str, str], list[tuple[str, int, str, str]]]] = {
    "a row with too few cells": (
        {"invoices": INVOICES + "I2,C1\n"},
        [("invoices.csv", 3, "", "Q101")],
    ),
    "text behind a quotation": (
        {"invoices": INVOICES + '"I2"x,C1,2024-01-10,2024-02-09,1\nI3,C1,2024-01-10,2024-02-09,1\n'},
        [("invoices.csv", 3, "", "Q102")],
    ),
    "a quotation never closed": (
        {"invoices": INVOICES + '"I2,C1,2024-01-10,2024-02-09,1\nI3,C1,2024-01-10,2024-02-09,1\n'},
        [("invoices.csv", 3, "", "Q102")],
    ),
    "an invoice without id": (
        {"invoices": INVOICES + ",C1,2024-01-10,2024-02-09,1\n"},
        [("invoices.csv", 3, "invoice_id", "Q103")],
    ),
    "an empty amount": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,\n"},
        [("invoices.csv", 3, "amount", "Q103")],
    ),
    "a day that does not exist": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-30,1\n"},
        [("invoices.csv", 3, "due_date", "Q104")],
    ),
    "a day without dashes": (
        {"invoices": INVOICES + "I2,C1,20240110,2024-02-09,1\n"},
        [("invoices.csv", 3, "issue_date", "Q104")],
    ),
    "posted_on that is no day": (
        {"invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,,soon\n"},
        [("invoices.csv", 2, "posted_on", "Q104")],
    ),
    "an amount with a separator": (
        {"invoices": INVOICES + 'I2,C1,2024-01-10,2024-02-09,"1,000.00"\n'},
        [("invoices.csv", 3, "amount", "Q105")],
    ),
    "a negative amount": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,-1\n"},
        [("invoices.csv", 3, "amount", "Q105")],
    ),
    "an amount of Arabic digits": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,\u0661\n"},
        [("invoices.csv", 3, "amount", "Q105")],
    ),
    "an amount of zero": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,0.00\n"},
        [("invoices.csv", 3, "amount", "Q106")],
    ),
    "more decimals than the currency has": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,1.005\n"},
        [("invoices.csv", 3, "amount", "Q107")],
    ),
    "decimals of a yen": (
        {
            "invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1.0,,JPY,\n",
            "rates": "date,currency,rate\n2024-01-01,JPY,0.05\n",
        },
        [("invoices.csv", 2, "amount", "Q107")],
    ),
    "an amount beyond 64 bits": (
        {"invoices": INVOICES + f"I2,C1,2024-01-10,2024-02-09,{'9' * 18}\n"},
        [("invoices.csv", 3, "amount", "Q108")],
    ),
    "an amount of 5,000 digits": (
        {"invoices": INVOICES + f"I2,C1,2024-01-10,2024-02-09,{'9' * 5000}\n"},
        [("invoices.csv", 3, "amount", "Q108")],
    ),
    "a currency that is none": (
        {"invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,usd,\n"},
        [("invoices.csv", 2, "currency", "Q109")],
    ),
    "a currency without a rate": (
        {"invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,USD,\n"},
        [("invoices.csv", 2, "currency", "Q110")],
    ),
    "a currency whose first rate is later": (
        {
            "invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,USD,\nI3,C1,2024-01-11,2024-02-09,1,,USD,\n",
            "rates": "date,currency,rate\n2024-01-11,USD,7.1\n",
        },
        [("invoices.csv", 2, "currency", "Q110")],
    ),
    "an invoice of an unknown customer": (
        {"invoices": INVOICES + "I2,C9,2024-01-10,2024-02-09,1\n"},
        [("invoices.csv", 3, "customer_id", "Q111")],
    ),
    "an invoice of a quarantined customer": (
        {"customers": "customer_id,since\nC1,never\n"},
        [("customers.csv", 2, "since", "Q104"), ("invoices.csv", 2, "customer_id", "Q111")],
    ),
    "a payment of an unknown invoice": (
        {"payments": PAYMENT + "P1,2024-02-01,1,I9,\n"},
        [("payments.csv", 2, "invoice_id", "Q112")],
    ),
    "a payment of nothing": (
        {"payments": PAYMENT + "P1,2024-02-01,1,,\n"},
        [("payments.csv", 2, "invoice_id", "Q114")],
    ),
    "a faulty unapplied payment alone": (
        {"payments": PAYMENT + "P1,2024-02-01,0,,C1\nP2,2024-02-01,1,I1,\n"},
        [("payments.csv", 2, "amount", "Q106")],
    ),
    "an unapplied payment of an unknown customer": (
        {"payments": PAYMENT + "P1,2024-02-01,1,,C9\n"},
        [("payments.csv", 2, "customer_id", "Q111")],
    ),
    "a faulty payment with its invoice and all that hangs on it": (
        {
            "payments": PAYMENT + "P1,2024-02-01,x,I1,\nP2,2024-02-01,1,I1,\n",
            "promises": PROMISE + "R1,I1,2024-02-01,2024-02-10,\n",
        },
        [
            I1_FALLS,
            ("payments.csv", 2, "amount", "Q105"),
            ("payments.csv", 3, "invoice_id", "Q124"),
            ("promises.csv", 2, "invoice_id", "Q124"),
        ],
    ),
    "a ragged payment with the invoice it may name": (
        {"payments": PAYMENT + "P1,2024-02-01,1,000,I1,\n"},
        [I1_FALLS, ("payments.csv", 2, "", "Q101")],
    ),
    "a row that a stray quotation mark hides in another": (
        {"payments": PAYMENT + 'P1,2024-02-01,"1,,C1\nP2,2024-02-01,"",I1,\n'},
        [I1_FALLS, ("payments.csv", 2, "", "Q102")],
    ),
    "an adjustment of an unknown kind": (
        {"adjustments": ADJUSTMENT + "A1,I1,2024-02-01,gift,1\n"},
        [I1_FALLS, ("adjustments.csv", 2, "kind", "Q115")],
    ),
    "an invoice due before its issue": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-01-09,1\n"},
        [("invoices.csv", 3, "due_date", "Q116")],
    ),
    "an order date after the issue": (
        {"invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,2024-01-11,,\n"},
        [("invoices.csv", 2, "order_date", "Q117")],
    ),
    "a dispute before the issue": (
        {"disputes": DISPUTE + "D1,I1,2024-01-09,\n"},
        [I1_FALLS, ("disputes.csv", 2, "opened", "Q118")],
    ),
    "a promise before the issue": (
        {"promises": PROMISE + "R1,I1,2024-01-09,2024-02-09,\n"},
        [I1_FALLS, ("promises.csv", 2, "made", "Q118")],
    ),
    "a dispute closed before it is opened": (
        {"disputes": DISPUTE + "D1,I1,2024-01-20,2024-01-19\n"},
        [I1_FALLS, ("disputes.csv", 2, "closed", "Q119")],
    ),
    "a promise for a day before it": (
        {"promises": PROMISE + "R1,I1,2024-01-20,2024-01-19,\n"},
        [I1_FALLS, ("promises.csv", 2, "promised", "Q120")],
    ),
    "a promise of nothing": (
        {"promises": PROMISE + "R1,I1,2024-01-20,2024-01-21,0\n"},
        [I1_FALLS, ("promises.csv", 2, "amount", "Q106")],
    ),
    "an event without kind": (
        {"events": "event_id,customer_id,date,kind\nE1,C1,2024-01-01,\n"},
        [("events.csv", 2, "kind", "Q103")],
    ),
    "an event of an unknown customer": (
        {"events": "event_id,customer_id,date,kind\nE1,C9,2024-01-01,contact\n"},
        [("events.csv", 2, "customer_id", "Q111")],
    ),
    "a standing with a term that is no whole number": (
        {"standings": "customer_id,from,payment_term_days\nC1,2024-01-01,30.5\n"},
        [("standings.csv", 2, "payment_term_days", "Q123")],
    ),
    "an order in no known state": (
        {"orders": "order_id,customer_id,date,amount,state\nO1,C1,2024-01-01,1,lost\n"},
        [("orders.csv", 2, "state", "Q115")],
    ),
    "an invoice of an unknown order": (
        {"invoices": ORDERED, "orders": ORDERS},
        [("invoices.csv", 2, "order_id", "Q113")],
    ),
    "an order dated after its invoice": (
        {"invoices": ORDERED, "orders": ORDERS + "O1,C1,2024-01-11,100\n"},
        [("orders.csv", 2, "date", "Q121"), ("invoices.csv", 2, "order_id", "Q126")],
    ),
    "a faulty order with its invoice": (
        {"invoices": ORDERED, "orders": ORDERS + "O1,C1,2024-01-09,\n"},
        [("orders.csv", 2, "amount", "Q103"), ("invoices.csv", 2, "order_id", "Q126")],
    ),
    "an order with the faulty payment of its invoice": (
        {
            "invoices": ORDERED + "I2,C1,2024-01-10,2024-02-09,1,O1\n",
            "orders": ORDERS + "O1,C1,2024-01-09,100\n",
            "payments": PAYMENT + "P1,2024-02-01,,I1,\n",
        },
        [
            ("orders.csv", 2, "order_id", "Q124"),
            I1_FALLS,
            ("invoices.csv", 3, "order_id", "Q126"),
            ("payments.csv", 2, "amount", "Q103"),
        ],
    ),
    "an order of another customer": (
        {"invoices": ORDERED, "orders": ORDERS + "O1,C2,2024-01-09,100\n"},
        [("orders.csv", 2, "order_id", "Q124"), ("invoices.csv", 2, "order_id", "Q127")],
    ),
    "invoices with one id that differ": (
        {"invoices": INVOICES + "I1,C1,2024-01-10,2024-02-09,101\n"},
        [("invoices.csv", 2, "invoice_id", "Q122"), ("invoices.csv", 3, "invoice_id", "Q122")],
    ),
    "an invoice whose id stands on a faulty row too": (
        {"invoices": INVOICES + "I1,C1,2024-01-10,2024-02-09,\n"},
        [("invoices.csv", 2, "invoice_id", "Q122"), ("invoices.csv", 3, "amount", "Q103")],
    ),
    "payments with one id that differ and every invoice they name": (
        {
            "invoices": TWO_INVOICES,
            "payments": PAYMENT + "P1,2024-02-01,1,I1,\nP1,2024-02-01,1,I2,\nP1,2024-02-01,1,I1,\n",
        },
        [
            I1_FALLS,
            ("invoices.csv", 3, "invoice_id", "Q125"),
            ("payments.csv", 2, "payment_id", "Q122"),
            ("payments.csv", 3, "payment_id", "Q122"),
            ("payments.csv", 4, "payment_id", "Q122"),
        ],
    ),
    "customer rows with one day that differ": (
        {"customers": "customer_id,valid_from,segment\nC1,2024-01-01,A\nC1,2024-01-01,B\nC1,,A\n"},
        [
            ("customers.csv", 2, "customer_id, valid_from", "Q122"),
            ("customers.csv", 3, "customer_id, valid_from", "Q122"),
        ],
    ),
}


@pytest.mark.parametrize(("length", "codes"), [(LONGEST_IDENTIFIER, []), (LONGEST_IDENTIFIER + 1, ["Q129"])])
def test_an_id_that_is_too_long_falls_alone(length: int, codes: list[str], tmp_path: Path) -> None:
    """One slip of the keyboard must not keep a whole ledger out."""
    result = import_texts(tmp_path, invoices=INVOICES + f"{'9' * length},C2,2024-01-10,2024-02-09,1\n")
    assert codes == [one.reason.value for one in result.quarantined]
    assert all((3, "invoice_id", True) == (one.line, one.column, "201" in one.found) for one in result.quarantined)
    assert "I1" == result.ledger.histories["C1"].invoices[0].invoice_id


def test_an_amount_beyond_64_bits_and_a_day_off_the_calendar_fall_alone(tmp_path: Path) -> None:
    rows = "I2,C2,2024-01-10,2024-02-09,92233720368547758.07\nI3,C2,2024-01-10,10000-01-01,1\n"
    rows += "I4,C2,0000-01-01,2024-02-09,1\n"
    largest = "I5,C2,0001-01-01,9999-12-31,92233720368547758.06\n"
    result = import_texts(tmp_path, invoices=INVOICES + rows + largest)
    assert [(3, "amount", "Q108"), (4, "due_date", "Q104"), (5, "issue_date", "Q104")] == [
        (one.line, one.column, one.reason.value) for one in result.quarantined
    ]
    assert ["I5"] == [one.invoice_id for one in result.ledger.histories["C2"].invoices]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_faulty_is_quarantined_with_file_line_column_and_reason(fault: str, tmp_path: Path) -> None:
    texts, expected = FAULTS[fault]
    assert expected == left_out(import_texts(tmp_path, **texts))


REMARKS: Mapping[str, tuple[dict[str, str], list[tuple[str, int, str]]]] = {
    "a table of another name": ({"invoces": "a\n"}, [("invoces.csv", 0, "W101")]),
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


def test_a_folder_that_is_missing_refuses_the_import(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        read_ledger(tmp_path / "nowhere", currency("CNY"))
    assert caught.value.code == "D101"


def test_a_byte_order_mark_and_blank_lines_are_no_part_of_the_file(tmp_path: Path) -> None:
    plain = import_texts(tmp_path)
    marked = import_texts(tmp_path, customers="\ufeff" + CUSTOMERS + "\n\n", invoices=INVOICES.replace("\n", "\r\n"))
    assert plain.ledger == marked.ledger


def test_importing_the_same_files_twice_gives_the_same_result(tmp_path: Path) -> None:
    assert import_texts(tmp_path, invoices=TWO_INVOICES) == import_texts(tmp_path, invoices=TWO_INVOICES)


def test_amounts_are_minor_units_and_posted_on_defaults_to_the_date(tmp_path: Path) -> None:
    invoice = import_texts(tmp_path).ledger.histories["C1"].invoices[0]
    assert (10_000, "CNY", invoice.issue_date) == (invoice.amount, invoice.currency, invoice.posted_on)


def test_further_columns_of_customers_are_attributes_and_versions_stand_in_order(tmp_path: Path) -> None:
    text = "customer_id,valid_from,net_worth\nC1,2024-06-01,7\nC1,,5\nC1,2023-01-01,\n"
    versions = import_texts(tmp_path, customers=text).ledger.histories["C1"].versions
    assert [dict(version.attributes) for version in versions] == [{"net_worth": "5"}, {}, {"net_worth": "7"}]


def test_the_root_of_a_group_follows_the_latest_parents_and_a_circle_is_none(tmp_path: Path) -> None:
    text = "customer_id,valid_from,parent_id\nA,,\nB,,A\nC,,B\nD,,A\nD,2024-01-01,C\nE,,F\nF,,E\nG,,F\n"
    roots = import_texts(tmp_path, customers=text, invoices=INVOICES.splitlines()[0] + "\n").ledger.roots
    assert roots == {"A": "A", "B": "A", "C": "A", "D": "A", "E": "E", "F": "F", "G": "F"}


def test_entries_stand_with_the_customer_of_their_invoice_in_order_of_date_then_id(tmp_path: Path) -> None:
    payments = PAYMENT + "P3,2024-02-02,1,I1,\nP2,2024-02-01,1,I1,C2\nP1,2024-02-01,2,,C1\n"
    history = import_texts(tmp_path, payments=payments).ledger.histories["C1"]
    assert [payment.payment_id for payment in history.payments] == ["P1", "P2", "P3"]


def test_a_limit_of_zero_is_a_limit_and_an_empty_one_is_none(tmp_path: Path) -> None:
    text = "customer_id,from,credit_limit\nC1,2024-01-01,0\nC1,2024-02-01,\n"
    history = import_texts(tmp_path, standings=text).ledger.histories["C1"]
    assert [standing.credit_limit for standing in history.standings] == [0, None]


def test_a_limit_may_be_unlimited_and_is_written_so_in_small_letters_only(tmp_path: Path) -> None:
    text = "customer_id,from,credit_limit\nC1,2024-01-01,unlimited\nC2,2024-02-01,Unlimited\n"
    result = import_texts(tmp_path, standings=text)
    assert [UNLIMITED] == [standing.credit_limit for standing in result.ledger.histories["C1"].standings]
    assert [("standings.csv", 3, "credit_limit", "Q105")] == left_out(result)


def test_a_limit_is_in_the_base_currency_whatever_the_customers_and_needs_no_rate(tmp_path: Path) -> None:
    tables = {
        "customers": "customer_id,currency\nC1,JPY\nC2,\n",
        "standings": "customer_id,from,credit_limit\nC1,2024-01-01,0.50\n",
    }
    result = import_texts(tmp_path, **tables)
    assert [50] == [standing.credit_limit for standing in result.ledger.histories["C1"].standings]


def test_a_customer_row_says_when_it_became_known(tmp_path: Path) -> None:
    text = "customer_id,valid_from,posted_on\nC1,2024-01-01,2024-02-01\nC2,,\n"
    histories = import_texts(tmp_path, customers=text).ledger.histories
    assert [dt.date(2024, 2, 1), None] == [histories[name].versions[0].posted_on for name in ("C1", "C2")]


def test_columns_without_a_name_are_warned_of_and_not_read(tmp_path: Path) -> None:
    result = import_texts(tmp_path, invoices=INVOICES.replace("\n", ",,\n"))
    assert ([], {"W102"}) == (left_out(result), {warning.reason.value for warning in result.warnings})


def test_payments_before_the_issue_are_deposits_and_no_fault(tmp_path: Path) -> None:
    assert left_out(import_texts(tmp_path, payments=PAYMENT + "P1,2023-12-01,1,I1,\n")) == []


def test_without_a_file_of_orders_an_order_id_is_only_a_text(tmp_path: Path) -> None:
    assert left_out(import_texts(tmp_path, invoices=ORDERED)) == []


def test_every_fault_of_a_row_is_reported(tmp_path: Path) -> None:
    (one,) = import_texts(tmp_path, invoices=INVOICES + "I2,C9,2024-01-10,,0\n").quarantined
    assert [fault.reason.value for fault in (one.fault, *one.further)] == ["Q111", "Q103", "Q106"]


def test_progress_ends_at_the_size_of_all_files(tmp_path: Path) -> None:
    import_texts(tmp_path)
    told: list[tuple[int, int]] = []
    read_ledger(tmp_path, currency("CNY"), progress=lambda done, total: told.append((done, total)))
    size = len(CUSTOMERS) + len(INVOICES)
    assert (size, size) == told[-1]


def test_the_summary_holds_every_row_left_out_with_its_place_reason_and_remedy(tmp_path: Path) -> None:
    found = summary(import_texts(tmp_path, invoices=TWO_INVOICES + "I3,C9,2024-01-10,2024-02-09,1\n"))
    row = {
        "file": "invoices.csv",
        "line": 4,
        "column": "customer_id",
        "code": "Q111",
        "reason": "No accepted row of customers that it may name has that id.",
        "found": 'customer_id is "C9"',
        "remedy": "Add the customer, or correct the id; a row of a file may name those of its own upload alone.",
    }
    assert ([row], {"Q111": 1}) == (found["quarantined"], found["quarantined_by_code"])
