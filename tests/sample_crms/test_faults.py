"""Each fault that a script names is seen by a plain client, at the call that was meant."""

import gzip
import socket
import time

import httpx
import pytest

from tests.connectors.stand_ins import Json, StandIn
from tests.plain_http import NO_CERTIFICATES
from tests.sample_crms.asking import ORGANIZATION, Zoho, fx, token_answer, zoho

INVOICES = "/crm/v8/Invoices"
ACCOUNTS = "/crm/v8/Accounts"


@pytest.fixture
def client(zoho_crm: StandIn) -> Zoho:
    return zoho(zoho_crm)


def _statuses(client: Zoho, count: int) -> list[int]:
    return [client.get(ACCOUNTS, fields="id").status_code for _ in range(count)]


def test_a_fault_strikes_the_call_it_names(client: Zoho, zoho_crm: StandIn) -> None:
    now = int(str(zoho_crm.calls()["calls"]))
    zoho_crm.fault("status", status=500, call=now + 2)
    assert [200, 500, 200] == _statuses(client, 3)


def test_a_fault_strikes_a_path_so_often_and_no_other(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("status", status=503, path="Accounts$", skip=1, times=2, body={"code": "X"})
    assert [200, 503, 503, 200] == _statuses(client, 4)
    zoho_crm.fault("status", status=503, query="page=2", times=None)
    assert [200, 503, 503] == [
        client.get(ACCOUNTS, fields="id", per_page=5, page=number).status_code for number in (1, 2, 2)
    ]
    faults = zoho_crm.get("faults")["faults"]
    assert isinstance(faults, list)
    assert 2 == len(faults)


def test_a_script_that_nobody_understands_is_refused(zoho_crm: StandIn) -> None:
    for script in ({"kind": "fire"}, {"kind": "slow", "times": -1}, {"kind": "slow", "path": "("}):
        answer = httpx.post(
            f"{zoho_crm.origin}/_stand_in/faults", json=script, trust_env=False, timeout=60, verify=NO_CERTIFICATES
        )
        assert 400 == answer.status_code


def test_a_token_expires_between_two_pages(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("expired_token", path="Accounts", skip=1)
    assert [200, 401, 401] == _statuses(client, 3)
    assert [200] == _statuses(zoho(zoho_crm), 1)


def test_authentication_fails_under_its_other_name(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("authentication_failure", path="Accounts")
    answer = client.get(ACCOUNTS, fields="id")
    assert (401, "AUTHENTICATION_FAILURE") == (answer.status_code, answer.json()["code"])


def test_an_error_comes_with_http_200(client: Zoho, zoho_crm: StandIn, zoho_books: StandIn, fxiaoke: StandIn) -> None:
    zoho_crm.fault("error_in_200", path="Accounts")
    answer = client.get(ACCOUNTS, fields="id")
    assert (200, "error") == (answer.status_code, answer.json()["status"])
    zoho_books.fault("error_in_200", path="contacts")
    answer = zoho(zoho_books, **ORGANIZATION).get("/books/v3/contacts")
    assert (200, 1000) == (answer.status_code, answer.json()["code"])
    own = fx(fxiaoke)
    fxiaoke.fault("error_in_200", path="query", code=20005)
    assert 20005 == own.query("AccountObj")["errorCode"]


def test_throttling_comes_with_and_without_a_time(
    client: Zoho, zoho_crm: StandIn, zoho_books: StandIn, fxiaoke: StandIn
) -> None:
    zoho_crm.fault("throttled", path="Accounts", retry_after=7)
    zoho_crm.fault("throttled", path="Accounts", skip=1)
    first, second = (client.get(ACCOUNTS, fields="id") for _ in range(2))
    assert (429, 429, "7") == (first.status_code, second.status_code, first.headers["retry-after"])
    assert "retry-after" not in second.headers
    zoho_books.fault("throttled", path="contacts", retry_after="Sun, 22 Nov 2026 22:00:00 GMT")
    answer = zoho(zoho_books, **ORGANIZATION).get("/books/v3/contacts")
    assert (429, 44, "Sun, 22 Nov 2026 22:00:00 GMT") == (
        answer.status_code,
        answer.json()["code"],
        answer.headers["retry-after"],
    )
    own = fx(fxiaoke)
    fxiaoke.fault("throttled", path="query")
    assert own.query("AccountObj")["errorCode"] not in {0, 20005, 20016}


def test_nothing_and_nothing_new_are_answered(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("no_content", path="Accounts")
    zoho_crm.fault("not_modified", path="Accounts", skip=1)
    assert [204, 304, 200] == _statuses(client, 3)


def test_an_api_domain_is_named_that_is_not_zohos(zoho_crm: StandIn) -> None:
    zoho_crm.fault("api_domain", domain="https://zohoapis.attacker.example")
    assert "https://zohoapis.attacker.example" == token_answer(zoho_crm).json()["api_domain"]
    assert zoho_crm.origin == token_answer(zoho_crm).json()["api_domain"]


def test_one_is_sent_to_an_address_inside(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("redirect", path="Accounts")
    answer = client.get(ACCOUNTS, fields="id")
    assert (302, "http://169.254.169.254/latest/") == (answer.status_code, answer.headers["location"])


def test_ids_are_numbers_and_nothing_is_a_blank(client: Zoho, zoho_crm: StandIn, zoho_books: StandIn) -> None:
    zoho_crm.fault("ids_as_numbers", path="Invoices")
    zoho_crm.fault("blanks", path="Accounts")
    row = client.get(INVOICES, fields="Account_Name").json()["data"][0]
    assert isinstance(row["id"], int)
    assert isinstance(row["Account_Name"]["id"], int)
    assert " " == client.get(ACCOUNTS, fields="Credit_Grade").json()["data"][0]["Credit_Grade"]
    zoho_books.fault("ids_as_numbers", path="invoices")
    zoho_books.fault("blanks", path="invoices")
    row = zoho(zoho_books, **ORGANIZATION).get("/books/v3/invoices").json()["invoices"][0]
    assert isinstance(row["invoice_id"], int)
    assert "" == row["salesperson_name"]


def test_books_has_other_shapes_of_the_same(zoho_books: StandIn) -> None:
    client = zoho(zoho_books, **ORGANIZATION)
    zoho_books.fault("page_context_array", path="customerpayments$")
    zoho_books.fault("old_payments_key", path="customerpayments$")
    document = client.get("/books/v3/customerpayments").json()
    assert 1 == document["page_context"][0]["page"]
    path = f"/books/v3/customerpayments/{document['customerpayments'][0]['payment_id']}"
    zoho_books.fault("flat_payment", path=path)
    flat = client.get(path).json()
    assert flat["invoices"]
    assert {"payment_id", "payment_mode", "amount", "date"} == set(flat["payment"])
    zoho_books.fault("flat_payment", path=path, whole=True)
    assert "payment_id" in client.get(path).json()


def test_fxiaoke_has_other_shapes_of_the_same(fxiaoke: StandIn) -> None:
    client = fx(fxiaoke)
    fxiaoke.fault("money_as_numbers", path="query")
    fxiaoke.fault("without_names", path="query")
    row = client.query("PaymentPlanObj")["data"]["dataList"][0]
    assert isinstance(row["plan_payment_amount"], float)
    assert "account_id__r" not in row
    fxiaoke.fault("code_and_msg", path="query")
    answer = client.query("PaymentPlanObj")
    assert (0, "OK") == (answer["code"], answer["msg"])
    assert "errorCode" not in answer


def test_cancelled_orders_are_invalid_rows_and_rows_become_so(fxiaoke: StandIn) -> None:
    client = fx(fxiaoke)
    orders = client.query("SalesOrderObj", limit=1000)["data"]["dataList"]
    assert {"normal", "invalid"} == {row["life_status"] for row in orders}
    plan = next(iter(fxiaoke.rows("PaymentPlanObj")))
    fxiaoke.change("PaymentPlanObj", invalidate=[plan])
    changed = {"field_name": "life_status", "field_values": ["invalid"], "operator": "EQ"}
    assert [plan] == [row["_id"] for row in client.query("PaymentPlanObj", filters=[changed])["data"]["dataList"]]


def test_deep_offsets_are_slow_and_counted(fxiaoke: StandIn) -> None:
    client = fx(fxiaoke)
    fxiaoke.fault("slow_deep_offsets", path="query", times=None, seconds_per_1000=0.1)
    begun = time.monotonic()
    assert 0 == client.query("PaymentPlanObj", limit=1000, offset=3000)["errorCode"]
    assert time.monotonic() - begun >= 0.3
    assert 1 == fxiaoke.calls()["deep_offsets"]


@pytest.mark.parametrize(("how", "rows"), [("touch", 400), ("delete", 390), ("add", 410)])
def test_rows_change_while_one_pages(client: Zoho, zoho_crm: StandIn, how: str, rows: int) -> None:
    zoho_crm.fault("changing", path="Invoices", object="Invoices", touch=10, how=how)
    pages = [
        client.get(INVOICES, fields="id", sort_by="Modified_Time", sort_order="asc", page=number).json()["data"]
        for number in (1, 2)
    ]
    assert rows == len(zoho_crm.rows("Invoices"))
    seen = {row["id"] for page in pages for row in page}
    # Ten rows moved before the second page: those that took their places were skipped.
    assert {"touch": 390, "delete": 390, "add": 400}[how] == len(seen)


def test_some_records_of_a_write_are_refused_with_any_status(client: Zoho, zoho_crm: StandIn) -> None:
    ids = list(zoho_crm.rows("Accounts"))[:3]
    data = [{"id": one, "Credit_Grade": "A"} for one in ids]
    for status in (207, 202, 200):
        zoho_crm.fault("partial_write", path="Accounts", rows=[1], status=status, code="RECORD_LOCKED")
        answer = client.ask("PUT", ACCOUNTS, json={"data": data, "trigger": []})
        assert status == answer.status_code
        assert ["SUCCESS", "RECORD_LOCKED", "SUCCESS"] == [one["code"] for one in answer.json()["data"]]
    grades = [zoho_crm.rows("Accounts")[one].get("Credit_Grade") for one in ids]
    assert ["A", None, "A"] == grades


def test_page_tokens_expire_in_the_middle(client: Zoho, zoho_crm: StandIn) -> None:
    token = client.get(INVOICES, fields="id", per_page=10).json()["info"]["next_page_token"]
    zoho_crm.fault("expired_page_tokens", path="Invoices")
    answer = client.get(INVOICES, fields="id", per_page=10, page_token=token)
    assert (400, "INVALID_DATA") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("kind", ["unanswered", "broken"])
def test_a_connection_breaks(client: Zoho, zoho_crm: StandIn, kind: str) -> None:
    zoho_crm.fault(kind, path="Accounts")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.get(ACCOUNTS, fields="id")
    assert [200] == _statuses(client, 1)


def test_what_was_written_before_the_connection_broke_is_written(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("broken", path="Accounts")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.ask("POST", ACCOUNTS, json={"data": [{"Account_Name": "ACME"}], "trigger": []})
    assert 1 == len(zoho_crm.writes())


def test_a_body_stalls_and_another_drips(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("stalled", path="Accounts", seconds=5)
    with httpx.Client(trust_env=False, timeout=0.3, verify=NO_CERTIFICATES) as asking, pytest.raises(httpx.ReadTimeout):
        asking.get(client.origin + ACCOUNTS, params={"fields": "id"}, headers=_own(client))
    _until_asked(zoho_crm, f"GET {ACCOUNTS}")
    zoho_crm.fault("slow", path="Accounts", seconds=0.2, pieces=4)
    begun = time.monotonic()
    assert [200] == _statuses(client, 1)
    assert time.monotonic() - begun >= 0.2


def test_more_calls_at_once_than_the_edition_allows_are_refused(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.settings(concurrency=1)
    zoho_crm.fault("stalled", path="Accounts", seconds=60)
    with (
        httpx.Client(trust_env=False, timeout=60, verify=NO_CERTIFICATES) as asking,
        asking.stream("GET", client.origin + ACCOUNTS, params={"fields": "id"}, headers=_own(client)),
    ):
        answer = client.get(INVOICES, fields="id")
        assert (429, "TOO_MANY_REQUESTS") == (answer.status_code, answer.json()["code"])
    zoho_crm.settings(concurrency=0)
    assert 2 == zoho_crm.calls()["most_active"]


def test_a_call_that_ends_after_a_reset_is_not_taken_off_the_calls_since(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("stalled", path="Accounts", seconds=0.5)
    with (
        httpx.Client(trust_env=False, timeout=60, verify=NO_CERTIFICATES) as asking,
        asking.stream("GET", client.origin + ACCOUNTS, params={"fields": "id"}, headers=_own(client)) as stalled,
    ):
        zoho_crm.reset()
        with pytest.raises(httpx.RemoteProtocolError):
            stalled.read()
    zoho(zoho_crm).get(INVOICES, fields="id")
    assert 1 == zoho_crm.calls()["most_active"]


@pytest.mark.parametrize("says_length", [True, False])
def test_a_body_is_far_too_large(client: Zoho, zoho_crm: StandIn, says_length: bool) -> None:
    zoho_crm.fault("oversized", path="Accounts", bytes=3_000_000, says_length=says_length)
    answer = client.get(ACCOUNTS, fields="id")
    assert len(answer.content) > 3_000_000
    assert says_length == ("content-length" in answer.headers)


def test_a_small_body_unpacks_to_a_large_one(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("compressed_bomb", path="Accounts", bytes=3_000_000)
    with (
        httpx.Client(trust_env=False, timeout=60, verify=NO_CERTIFICATES) as asking,
        asking.stream("GET", client.origin + ACCOUNTS, params={"fields": "id"}, headers=_own(client)) as answer,
    ):
        packed = b"".join(answer.iter_raw())
    assert len(packed) < 20_000
    assert len(gzip.decompress(packed)) > 3_000_000


def test_a_body_is_cut_or_is_no_json_or_says_it_is_something_else(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.fault("truncated", path="Accounts")
    zoho_crm.fault("not_json", path="Accounts", skip=1)
    zoho_crm.fault("wrong_content_type", path="Accounts", skip=2, content_type="text/plain")
    for _ in range(2):
        with pytest.raises(ValueError, match=r"."):
            client.get(ACCOUNTS, fields="id").json()
    answer = client.get(ACCOUNTS, fields="id")
    assert ("text/plain", 20) == (answer.headers["content-type"], len(answer.json()["data"]))


def test_what_one_says_cannot_be_too_large(zoho_crm: StandIn) -> None:
    host, _, port = zoho_crm.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as asking:
        asking.sendall(b"POST /crm/v8/coql HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n")
        assert b"413" in asking.recv(1000)


def test_calls_are_counted_and_refusals_are_kept_with_their_reason(client: Zoho, zoho_crm: StandIn) -> None:
    client.get(ACCOUNTS)
    client.get(ACCOUNTS, fields="id")
    calls = zoho_crm.calls()
    by_path: Json = calls["by_path"]
    assert isinstance(by_path, dict)
    assert (3, 1, 2) == (calls["calls"], calls["token_requests"], by_path[f"GET {ACCOUNTS}"])
    assert 1 == len(zoho_crm.refusals())
    assert "REQUIRED_PARAM_MISSING" in zoho_crm.refusals()[0]
    assert client.token not in str(calls)
    assert zoho_crm.sign_in["client_secret"] not in str(calls)


def _until_asked(system: StandIn, what: str) -> None:
    """Return when a call has begun, and has met its faults: who asks gives up, perhaps before."""
    gives_up = time.monotonic() + 60
    while what not in str(system.calls()["by_path"]):
        assert time.monotonic() < gives_up


def _own(client: Zoho) -> dict[str, str]:
    return {"Authorization": f"Zoho-oauthtoken {client.token}"}
