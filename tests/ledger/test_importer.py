"""What the rows of a ledger come to: days, amounts, groups, limits, and the summary of the import."""

import datetime as dt
from pathlib import Path

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.errors import LedgerError
from policy_service.domain.values import UNLIMITED
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import summary
from tests.ledger.importing import CUSTOMERS, INVOICES, ORDERED, PAYMENT, TWO_INVOICES, import_texts, left_out


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
    assert [("standings.csv", 3, "credit_limit", "Q115")] == left_out(result)


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
