"""The three stand-ins keep the books of one company, whose ledger is known."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path
from signal import SIGTERM

import httpx
import pytest

from policy_service.sample_crms.company import Company, make_company
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from tests.connectors.stand_ins import StandIn, sample_company, stand_in
from tests.plain_http import NO_CERTIFICATES
from tests.sample_crms.asking import zoho

SIZE = SampleCompany(20, 2000, 1)


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(SIZE)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_company_is_the_ledger_that_is_generated(company: Company, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    generate(SIZE, folder)
    invoices = {row["invoice_id"]: (row["due_date"], row["amount"]) for row in _rows(folder, "invoices")}
    assert invoices == {
        one.code: (one.due.isoformat(), f"{one.amount // 100}.{one.amount % 100:02d}") for one in company.invoices
    }
    paid: Counter[tuple[str, str]] = Counter()
    for row in _rows(folder, "payments"):
        paid[row["customer_id"], row["date"]] += int(row["amount"].replace(".", ""))
    received: Counter[tuple[str, str]] = Counter()
    for receipt in company.receipts:
        received[f"C{receipt.customer:09d}", receipt.day.isoformat()] += receipt.amount
    assert paid == received


def test_receipts_are_applied_to_several_invoices_and_never_to_more_than_is_open(company: Company) -> None:
    assert any(len(receipt.allocations) > 1 for receipt in company.receipts)
    for receipt in company.receipts:
        assert sum(one.amount for one in receipt.allocations) <= receipt.amount
    for invoice in company.invoices:
        assert invoice.paid + invoice.credited <= invoice.amount


def test_one_customer_is_in_all_three(zoho_crm: StandIn, zoho_books: StandIn, fxiaoke: StandIn) -> None:
    accounts = zoho_crm.rows("Accounts")
    contacts = {row["zcrm_account_id"]: row for row in zoho_books.rows("contacts").values()}
    customers = {row["account_no"]: row for row in fxiaoke.rows("AccountObj").values()}
    assert 20 == len(accounts) == len(contacts) == len(customers)
    for row_id, account in accounts.items():
        assert account["Account_Name"] == contacts[row_id]["contact_name"]
        assert account["Account_Name"] == customers[account["Account_Number"]]["name"]
    assert {one.name for one in sample_company().customers} == {row["Account_Name"] for row in accounts.values()}


def test_what_is_paid_is_the_same_in_all_three(zoho_crm: StandIn, zoho_books: StandIn, fxiaoke: StandIn) -> None:
    expected = sum(invoice.paid for invoice in sample_company().invoices)
    receipts = sum(round(float(str(row["Amount"])) * 100) for row in zoho_crm.rows("Receipts").values())
    made = sum(round(float(str(row["payment_made"])) * 100) for row in zoho_books.rows("invoices").values())
    applied = sum(int(str(row["payment_amount"]).replace(".", "")) for row in fxiaoke.rows("OrderPaymentObj").values())
    assert expected == receipts == made == applied > 0


def test_customers_abroad_may_be_billed_in_dollars() -> None:
    abroad = {one.code for one in sample_company().customers if one.country != "CN"}
    assert abroad
    with stand_in("zoho-crm", bills_in_dollars=True) as crm, stand_in("zoho-books", bills_in_dollars=True) as books:
        accounts = crm.rows("Accounts")
        assert abroad == {row["Account_Number"] for row in accounts.values() if row["Currency"] == "USD"}
        for row in crm.rows("Invoices").values():
            assert (row["Exchange_Rate"] == 7) == (row["Currency"] == "USD")
        for row in books.rows("customerpayments").values():
            times = 7 if row["currency_code"] == "USD" else 1
            assert row["exchange_rate"] == times
            assert round(float(str(row["amount"])) * 100) * times == round(float(str(row["bcy_amount"])) * 100)


def test_a_stand_in_ends_when_it_is_told_to() -> None:
    with stand_in("zoho-crm", customers=2, invoices=10) as made:
        assert 200 == zoho(made).get("/crm/v8/Accounts", fields="id").status_code
        process = made.born.process
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()


def test_a_signal_ends_a_stand_in_in_order_even_while_an_answer_stalls() -> None:
    with stand_in("zoho-crm", customers=2, invoices=10) as made:
        client = zoho(made)
        made.fault("stalled", path="Accounts", seconds=60)
        header = {"Authorization": f"Zoho-oauthtoken {client.token}"}
        url = f"{made.origin}/crm/v8/Accounts?fields=id"
        with (
            httpx.Client(trust_env=False, timeout=60, verify=NO_CERTIFICATES) as asking,
            asking.stream("GET", url, headers=header),
        ):
            made.born.send_signal(SIGTERM)
            assert 0 == made.born.wait(60)


def test_a_supervised_stand_in_ends_with_its_standard_input() -> None:
    words = ["fxiaoke", "--customers=2", "--invoices=2", "--supervised"]
    command = [sys.executable, "-m", "policy_service.sample_crms", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        assert b"fxiaoke" in process.stdout.readline()
        process.stdin.close()
        assert (0, b"") == (process.wait(60), process.stderr.read())


def test_a_stand_in_that_nobody_listens_to_ends_quietly() -> None:
    words = ["fxiaoke", "--customers=2", "--invoices=2", "--supervised"]
    command = [sys.executable, "-m", "policy_service.sample_crms", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert (1, b"") == (process.wait(60), process.stderr.read())


def test_a_reset_begins_anew(zoho_crm: StandIn) -> None:
    before = zoho_crm.rows("Accounts")
    zoho_crm.change("Accounts", touch=5, how="delete")
    zoho_crm.fault("status", status=500, times=None)
    zoho_crm.settings(credits=1)
    zoho_crm.reset()
    assert before == zoho_crm.rows("Accounts")
    assert 200 == zoho(zoho_crm).get("/crm/v8/Accounts", fields="id").status_code
