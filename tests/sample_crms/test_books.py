"""Zoho Books answers as its text says: a code in every body, an organisation in every call, and few calls a minute."""

import pytest

from tests.connectors.stand_ins import StandIn
from tests.sample_crms.asking import ORGANIZATION, Zoho, zoho

BOOKS = "/books/v3"
INVOICE = {
    "invoice_id",
    "customer_name",
    "customer_id",
    "status",
    "invoice_number",
    "reference_number",
    "date",
    "due_date",
    "due_days",
    "currency_id",
    "currency_code",
    "exchange_rate",
    "total",
    "balance",
    "created_time",
    "last_modified_time",
    "is_emailed",
    "reminders_sent",
    "last_reminder_sent_date",
    "payment_expected_date",
    "last_payment_date",
    "write_off_amount",
    "salesperson_id",
    "salesperson_name",
    "custom_fields",
}


@pytest.fixture
def client(zoho_books: StandIn) -> Zoho:
    return zoho(zoho_books, **ORGANIZATION)


def _refused(client: Zoho, status: int, code: int, path: str, **params: object) -> None:
    answer = client.get(BOOKS + path, **params)
    assert (status, code) == (answer.status_code, answer.json()["code"])


def test_invoices_are_listed_as_in_the_example(client: Zoho) -> None:
    document = client.get(BOOKS + "/invoices").json()
    assert (0, "success") == (document["code"], document["message"])
    assert INVOICE == set(document["invoices"][0])
    wanted = {
        "page": 1,
        "per_page": 200,
        "has_more_page": True,
        "report_name": "Invoices",
        "applied_filter": "Status.All",
        "sort_column": "created_time",
        "sort_order": "D",
    }
    assert wanted == document["page_context"]
    assert " " == document["invoices"][0]["salesperson_id"]
    assert document["invoices"][0]["last_modified_time"].endswith("+0800")


def test_pages_join_to_the_whole(client: Zoho) -> None:
    pages = [client.get(BOOKS + "/invoices", page=number, per_page=150).json() for number in (1, 2, 3, 4)]
    assert [True, True, False, False] == [page["page_context"]["has_more_page"] for page in pages]
    ids = [row["invoice_id"] for page in pages for row in page["invoices"]]
    assert 400 == len(ids) == len(set(ids))
    assert [] == pages[3]["invoices"]


def test_invoices_are_filtered_by_when_they_were_modified(client: Zoho, zoho_books: StandIn) -> None:
    row_id = next(iter(zoho_books.rows("invoices")))
    zoho_books.change("invoices", set={row_id: {"status": "void"}})
    for since in ("2026-06-01T00:00:00-0800", "2026-06-01T00:00:00-UTC"):
        found = client.get(BOOKS + "/invoices", last_modified_time=since).json()["invoices"]
        assert [(row_id, "void")] == [(row["invoice_id"], row["status"]) for row in found]
    assert row_id == client.get(BOOKS + "/invoices", status="void").json()["invoices"][0]["invoice_id"]
    _refused(client, 400, 15, "/invoices", last_modified_time="yesterday")


def test_one_invoice_has_more_and_its_payments(client: Zoho, zoho_books: StandIn) -> None:
    payment = next(one for one in zoho_books.rows("customerpayments").values() if one["invoices"])
    assert isinstance(payment["invoices"], list)
    applied = payment["invoices"][0]
    assert isinstance(applied, dict)
    invoice = client.get(f"{BOOKS}/invoices/{applied['invoice_id']}").json()["invoice"]
    assert {"payment_terms", "payment_terms_label", "payment_made", "credits_applied", "line_items"} < set(invoice)
    payments = client.get(f"{BOOKS}/invoices/{applied['invoice_id']}/payments").json()["payments"]
    assert payment["payment_id"] in [one["payment_id"] for one in payments]
    assert {"invoice_payment_id", "payment_mode", "amount", "exchange_rate", "payment_number"} < set(payments[0])


def test_a_list_of_payments_has_no_allocations_and_one_payment_has(client: Zoho) -> None:
    listed = client.get(BOOKS + "/customerpayments").json()["customer_payments"][0]
    wanted = {"payment_id", "payment_number", "invoice_number", "date", "payment_mode", "amount", "bcy_amount"}
    assert wanted == set(listed)
    payment = client.get(f"{BOOKS}/customerpayments/{listed['payment_id']}").json()["payment"]
    assert {"customer_id", "customer_name", "amount_refunded", "bank_charges", "invoices", "status"} < set(payment)
    assert {"invoice_id", "amount_applied", "balance_amount", "invoice_amount"} < set(payment["invoices"][0])


def test_a_contact_is_an_account_of_zoho_crm(client: Zoho, zoho_crm: StandIn) -> None:
    account, body = next(iter(zoho_crm.rows("Accounts").items()))
    found = client.get(BOOKS + "/contacts", zcrm_account_id=account).json()["contacts"]
    assert [body["Account_Name"]] == [contact["contact_name"] for contact in found]
    one = client.get(f"{BOOKS}/contacts/{found[0]['contact_id']}").json()["contact"]
    assert {"credit_limit", "outstanding_receivable_amount_bcy", "is_linked_with_zohocrm"} < set(one)


def test_a_decision_is_written_to_a_contact(client: Zoho, zoho_books: StandIn) -> None:
    row_id = next(iter(zoho_books.rows("contacts")))
    fields = [{"customfield_id": "982005000000001", "value": "B"}]
    decision = {"credit_limit": 50000, "payment_terms": 45, "custom_fields": fields}
    document = client.ask("PUT", f"{BOOKS}/contacts/{row_id}", json=decision).json()
    assert (0, 50000, 45) == (
        document["code"],
        *(document["contact"][key] for key in ("credit_limit", "payment_terms")),
    )
    assert [("contacts", row_id, decision)] == [
        (one["object"], one["id"], one["values"]) for one in zoho_books.writes()
    ]
    for wrong in ({"credit_limit": "much"}, {"grade": "B"}, {"custom_fields": [{"api_name": "cf_x", "value": 1}]}):
        refused = client.ask("PUT", f"{BOOKS}/contacts/{row_id}", json=wrong)
        assert (400, 15) == (refused.status_code, refused.json()["code"])
    assert 1 == len(zoho_books.writes())


def test_an_invoice_is_reminded_of_and_written_off(client: Zoho, zoho_books: StandIn) -> None:
    open_ones = {name: row for name, row in zoho_books.rows("invoices").items() if row["balance"] != 0}
    row_id = next(iter(open_ones))
    for action in ("paymentreminder", "paymentreminder/disable", "writeoff", "writeoff/cancel"):
        assert 0 == client.ask("POST", f"{BOOKS}/invoices/{row_id}/{action}").json()["code"]
    assert open_ones[row_id]["balance"] == zoho_books.rows("invoices")[row_id]["balance"]


def test_errors_have_the_codes_of_the_text(client: Zoho, zoho_books: StandIn) -> None:
    bare = Zoho(client.origin, client.token)
    assert "Sample Company" == bare.get(BOOKS + "/organizations").json()["organizations"][0]["name"]
    assert 0 != bare.get(BOOKS + "/invoices").json()["code"]
    _refused(Zoho(client.origin, client.token, {"organization_id": "1"}), 401, 57, "/invoices")
    _refused(client, 404, 2, "/invoices/1")
    _refused(client, 404, 5, "/receivables")
    _refused(client, 400, 15, "/invoices", per_page=201)
    _refused(client, 400, 15, "/customerpayments", last_modified_time="2026-01-01T00:00:00+0800")
    zoho_books.settings(scopes=["ZohoBooks.invoices.READ"])
    zoho_books.tell("sign_in_again")
    _refused(zoho(zoho_books, **ORGANIZATION), 401, 57, "/contacts")


def test_calls_are_limited_by_minute_and_by_day(client: Zoho, zoho_books: StandIn) -> None:
    zoho_books.settings(per_minute=2, per_day=3, says_retry_after=True)
    assert [200, 200] == [client.get(BOOKS + "/contacts").status_code for _ in range(2)]
    refused = client.get(BOOKS + "/contacts")
    assert (429, 44) == (refused.status_code, refused.json()["code"])
    assert 0 < int(refused.headers["retry-after"]) <= 60
    zoho_books.forward(61)
    assert 200 == client.get(BOOKS + "/contacts").status_code
    assert 45 == client.get(BOOKS + "/contacts").json()["code"]
