"""Zoho CRM: its modules, fields, rows and refusals, against one in memory."""

from collections.abc import Callable

import httpx
import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Connector, FieldKind, Wanted
from policy_service.connectors.zoho.crm import ZohoCrm
from policy_service.connectors.zoho.crm_cursor import CrmCursor, read_cursor
from tests.connectors.standing_in import World
from tests.connectors.zoho.crm_over_there import CrmOverThere, account, connected, said

INVOICES = Wanted("Invoices", ("id", "Subject", "Account_Name", "Grand_Total", "Modified_Time"))


def refused(ask: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        ask()
    assert "s3cret" not in str(caught.value)
    return caught.value


def test_it_is_a_connector() -> None:
    connector: Connector = connected(CrmOverThere(), World())
    assert connector.check() == "Zoho CRM: www.zohoapis.com"


def test_modules_and_fields_are_told_as_they_are_called() -> None:
    one = connected(CrmOverThere(), World())
    assert [(each.name, each.title, each.is_custom) for each in one.objects()] == [
        ("Invoices", "发票", False),
        ("Risk", "Risk files", True),
    ]
    fields = {each.name: each for each in one.fields("Invoices")}
    assert fields["Grand_Total"].kind is FieldKind.MONEY
    assert not fields["Grand_Total"].is_writable
    assert fields["Account_Name"].refers_to == "Accounts"
    assert fields["Status"].choices == ("Paid", "Open")
    assert "id" in fields


@pytest.mark.parametrize("name", ["../org", "Invoices?x=1", "", "a/b", "A" * 101])
def test_what_is_no_module_is_not_asked_for(name: str) -> None:
    crm = CrmOverThere()
    one = connected(crm, World())
    assert refused(lambda: one.page(Wanted(name, ("Subject",)), "")).code == "X117"
    assert refused(lambda: one.page(Wanted("Invoices", ("a,b",)), "")).code == "X117"
    assert crm.asked == []


def test_a_row_comes_as_it_was_given_with_every_field_that_was_asked_for() -> None:
    crm = CrmOverThere()
    crm.put("7", Subject=" ", Account_Name={"id": "5", "name": "ACME"}, Owner="not asked for")
    row = connected(crm, World()).page(INVOICES, "").rows[0]
    assert row.row_id == "7"
    assert row.body == {
        "id": "7",
        "Subject": " ",
        "Account_Name": {"id": "5", "name": "ACME"},
        "Grand_Total": None,
        "Modified_Time": "2026-03-01T17:00:00+08:00",
    }


def listing(body: str) -> ZohoCrm:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": "t", "expires_in": 3600})
        return httpx.Response(200, content=body.encode())

    return ZohoCrm(account(), World().means, transport=httpx.MockTransport(answer))


def test_money_keeps_every_digit_and_an_id_may_be_a_number() -> None:
    row = '{"id":554023000001234567,"Grand_Total":120000.10,"Modified_Time":"2026-01-15T10:30:00+08:00"}'
    found = listing(f'{{"data":[{row}],"info":{{"more_records":false}}}}').page(INVOICES, "").rows[0]
    assert (found.row_id, found.body["Grand_Total"]) == ("554023000001234567", "120000.10")


@pytest.mark.parametrize(
    "body",
    [
        '{"data":{}}',
        "[]",
        '{"data":[{"Modified_Time":"2026-01-15T10:30:00+08:00"}]}',
        '{"data":[{"id":"1"}]}',
        '{"data":[{"id":true,"Modified_Time":"2026-01-15T10:30:00+08:00"}]}',
        '{"data":[],"info":{"more_records":"yes"}}',
        "<html>",
    ],
)
def test_a_page_that_is_not_as_the_protocol_says_is_refused_whole(body: str) -> None:
    assert refused(lambda: listing(body).page(INVOICES, "")).code == "X105"


@pytest.mark.parametrize(
    ("status", "code", "is_passing"), [(400, "X112", False), (403, "X112", False), (500, "X103", True)]
)
def test_a_refusal_is_told_in_its_own_words(status: int, code: str, is_passing: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": "t", "expires_in": 3600})
        return said(status, {"code": "NO_PERMISSION", "message": "permission denied\n" + "x" * 500})

    error = refused(ZohoCrm(account(), World().means, transport=httpx.MockTransport(answer)).check)
    assert (error.code, error.is_passing) == (code, is_passing)
    if code == "X112":
        assert "NO_PERMISSION, permission denied" in error.message
        assert len(error.message) < 300


def test_too_many_requests_pass_whatever_the_status() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": "t", "expires_in": 3600})
        return said(400, {"code": "TOO_MANY_REQUESTS", "message": "too many"})

    error = refused(ZohoCrm(account(), World().means, transport=httpx.MockTransport(answer)).check)
    assert (error.code, error.is_passing) == ("X104", True)


def test_a_scope_that_is_lacking_is_not_asked_for_by_new_tokens() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": "t", "expires_in": 3600})
        return said(401, {"code": "OAUTH_SCOPE_MISMATCH", "message": "invalid oauth scope"})

    error = refused(ZohoCrm(account(), World().means, transport=httpx.MockTransport(answer)).check)
    assert "OAUTH_SCOPE_MISMATCH" in error.message
    assert len(asked) == 2


def test_nothing_changed_is_an_empty_page() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": "t", "expires_in": 3600})
        return httpx.Response(304 if "deleted" not in request.url.path else 204)

    one = ZohoCrm(account(), World().means, transport=httpx.MockTransport(answer))
    first = one.page(INVOICES, "")
    assert (first.rows, one.page(INVOICES, first.cursor).is_last) == ((), True)


def test_a_cursor_is_text_that_reads_back() -> None:
    cursor = CrmCursor(since=5, is_begun=True, latest=7)
    assert read_cursor(cursor.text()) == cursor
    assert read_cursor("") == CrmCursor()


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        "{}",
        '{"version":2}',
        CrmCursor().text().replace("null", '"1"'),
        CrmCursor().text().replace("null", "true"),
        CrmCursor().text().replace('"page":1', '"page":0'),
        CrmCursor().text().replace('"walk"', '"stroll"'),
        CrmCursor().text() + " " * 4_000,
        "[" * 3_000,
    ],
)
def test_a_cursor_of_another_make_is_refused(text: str) -> None:
    assert refused(lambda: connected(CrmOverThere(), World()).page(INVOICES, text)).code == "X114"
