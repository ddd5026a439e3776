"""Zoho CRM: signing in, fields, write-back and tasks, against one in memory."""

import json
from collections.abc import Callable

import httpx
import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account, Token
from policy_service.connectors.port import Change, Connector, FieldKind, Task, Wanted, Written
from policy_service.connectors.zoho.crm import ZohoCrm
from policy_service.connectors.zoho.crm_cursor import CrmCursor, read_cursor
from tests.connectors.standing_in import NOON, Kept, World
from tests.connectors.zoho.crm_over_there import CrmOverThere, account, connected, said

HOUR = 3600 * 1_000_000
INVOICES = Wanted("Invoices", ("id", "Subject", "Account_Name", "Grand_Total", "Modified_Time"))


def refused(ask: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        ask()
    assert "s3cret" not in str(caught.value)
    return caught.value


def test_it_is_a_connector() -> None:
    connector: Connector = connected(CrmOverThere(), World())
    assert connector.check() == "Zoho CRM: www.zohoapis.com"


def test_a_token_is_kept_and_used_until_it_expires() -> None:
    crm, world = CrmOverThere(), World()
    for _ in range(3):
        connected(crm, world).check()
    assert (crm.tokens_given, world.kept.times) == (1, 1)
    assert world.kept.token == Token("t1", NOON + 59 * 60 * 1_000_000, "https://www.zohoapis.com")
    world.seconds += 3599
    connected(crm, world).check()
    assert crm.tokens_given == 2


@pytest.mark.parametrize("code", ["INVALID_TOKEN", "AUTHENTICATION_FAILURE"])
def test_a_token_that_is_not_taken_is_renewed_once(code: str) -> None:
    crm, world = CrmOverThere(), World()
    one = connected(crm, world)
    one.check()
    crm.accepts = "another"
    one.check()
    assert crm.tokens_given == 2
    always = httpx.MockTransport(
        lambda request: (
            said(401, {"code": code})
            if "token" not in request.url.path
            else said(200, {"access_token": "t", "expires_in": 3600})
        )
    )
    error = refused(ZohoCrm(account(), World().means, transport=always).check)
    assert (error.code, error.is_passing) == ("X112", False)


def test_a_token_that_expires_in_the_middle_of_a_page_is_renewed_within_it() -> None:
    crm, world = CrmOverThere(), World()
    for number in range(300):
        crm.put(f"{number:03}", **{f"F{field}": f"{number}.{field}0" for field in range(120)})
    wanted = Wanted("Invoices", tuple(f"F{field}" for field in range(120)))
    one = connected(crm, world)
    crm.before = lambda: setattr(crm, "accepts", "gone") if len(crm.asked) in {3, 8} else None
    page = one.page(wanted, "")
    assert len(page.rows) == 200
    assert {len(row.body) for row in page.rows} == {120}
    assert all(row.body["F119"] == f"{int(row.row_id)}.1190" for row in page.rows)


class RenewedElsewhere(Kept):
    """Gives another token from the second look on."""

    looks = 0

    def load(self) -> Token | None:
        self.looks += 1
        return self.token if self.looks == 1 else Token("other", NOON + HOUR, "https://www.zohoapis.com")


def test_a_token_that_another_process_has_renewed_is_taken_from_there() -> None:
    crm = CrmOverThere(accepts="other")
    world = World(kept=RenewedElsewhere(Token("gone", NOON + HOUR)))
    connected(crm, world).check()
    assert crm.tokens_given == 0


def test_no_more_tokens_are_asked_for_than_are_given_out() -> None:
    crm, world = CrmOverThere(), World()
    same = account()
    for _ in range(9):
        world.kept.token = None
        ZohoCrm(same, world.means, transport=crm).check()
    world.kept.token = None
    error = refused(ZohoCrm(same, world.means, transport=crm).check)
    assert (error.code, error.is_passing, error.retry_after, crm.tokens_given) == ("X111", True, 600.0, 9)
    world.seconds += 600
    ZohoCrm(same, world.means, transport=crm).check()


@pytest.mark.parametrize(
    ("answer", "code", "is_passing"),
    [
        ({"error": "invalid_code"}, "X110", False),
        ({"error": "invalid_client"}, "X110", False),
        ({"error": "Access Denied", "error_description": "You have made too many requests"}, "X111", True),
        ({"access_token": ""}, "X105", False),
        ({"access_token": "t", "api_domain": "https://evil.example"}, "X101", False),
        ({"access_token": "t", "api_domain": "http://www.zohoapis.com"}, "X101", False),
        ({"access_token": "t\r\nX: y"}, "X108", False),
        ({"error": "Access Denied"}, "X111", True),
        ([], "X105", False),
    ],
)
def test_an_answer_that_gives_no_token_is_told(answer: dict[str, str], code: str, is_passing: bool) -> None:
    crm = CrmOverThere(token_answer=answer)
    error = refused(connected(crm, World()).check)
    assert (error.code, error.is_passing) == (code, is_passing)
    assert len(crm.asked) == 1


@pytest.mark.parametrize("lacking", ["client_id", "client_secret", "refresh_token"])
def test_a_connection_that_is_not_complete_asks_nothing(lacking: str) -> None:
    whole, crm = account(), CrmOverThere()
    part = Account(
        {name: value for name, value in whole.settings.items() if name != lacking},
        {name: value for name, value in whole.secrets.items() if name != lacking},
    )
    error = refused(ZohoCrm(part, World().means, transport=crm).check)
    assert (error.code, crm.asked) == ("X113", [])
    assert lacking in error.message


@pytest.mark.parametrize("origin", ["https://accounts.zoho.eu", "https://accounts.zoho.com.cn"])
def test_each_region_signs_in_at_its_own_place(origin: str) -> None:
    crm = CrmOverThere()
    ZohoCrm(account(accounts_origin=origin), World().means, transport=crm).check()
    assert str(crm.asked[0].url) == f"{origin}/oauth/v2/token"


def test_a_place_to_sign_in_that_is_not_allowed_gets_no_secret() -> None:
    crm = CrmOverThere()
    evil = account(accounts_origin="https://accounts.zoho.evil.example")
    assert refused(ZohoCrm(evil, World().means, transport=crm).check).code == "X101"
    assert crm.asked == []


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


def test_rows_are_written_in_batches_and_each_is_told_of() -> None:
    crm = CrmOverThere(refused_rows={"007": "INVALID_DATA"})
    for number in range(250):
        crm.put(f"{number:03}")
    changes = [
        Change(f"{number:03}", {"Credit_Limit_CNY": "120000.50", "Subject": "1.0", "Due_Date": None})
        for number in range(250)
    ]
    found = connected(crm, World()).write("Invoices", changes)
    assert found[7] == Written("007", False, "INVALID_DATA", "not so")
    assert [each.row_id for each in found] == [each.row_id for each in changes]
    assert sum(each.is_done for each in found) == 249
    sent = [request.content for request in crm.asked if request.method == "PUT"]
    assert len(sent) == 3
    assert b'"Credit_Limit_CNY":120000.50' in sent[0]
    assert b'"Subject":"1.0"' in sent[0]
    assert all(b'"trigger":[]' in each for each in sent)


def test_rows_that_are_all_refused_are_told_one_by_one() -> None:
    crm = CrmOverThere(refused_rows={"1": "RECORD_LOCKED"})
    found = connected(crm, World()).write("Invoices", [Change("1", {"Subject": "x"})])
    assert found == (Written("1", False, "RECORD_LOCKED", "not so"),)


def test_an_answer_that_tells_of_fewer_rows_than_were_written_is_refused() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": "t", "expires_in": 3600})
        return said(200, {"fields": [], "data": []})

    one = ZohoCrm(account(), World().means, transport=httpx.MockTransport(answer))
    assert refused(lambda: one.write("Invoices", [Change("1", {})])).code == "X105"


TASK = Task("case 12", "Accounts", "55", "Look at ACME", "It is 40 days late.", due="2026-03-05", owner="9")


def test_a_task_is_made_once() -> None:
    crm = CrmOverThere()
    one = connected(crm, World())
    made = one.assign([TASK, TASK])
    assert made == one.assign([TASK])[:1] * 2 == (Written("900", is_done=True),) * 2
    assert len(crm.tasks) == 1
    sent = json.loads(next(each for each in crm.asked if each.method == "POST" and "Tasks" in each.url.path).content)
    assert sent["trigger"] == []
    assert sent["data"][0]["What_Id"] == {"id": "55"}
    assert sent["data"][0]["Due_Date"] == "2026-03-05"


def test_a_task_whose_answer_was_lost_is_not_made_again() -> None:
    crm = CrmOverThere(breaks_off_after_post=True)
    one = connected(crm, World())
    assert refused(lambda: one.assign([TASK])).code == "X106"
    crm.breaks_off_after_post = False
    assert one.assign([TASK]) == (Written("900", is_done=True),)
    assert len(crm.tasks) == 1
