"""Notices of Zoho CRM: what is asked for, and what of what arrives is let in."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.channel import Answer, Call
from policy_service.connectors.zoho.crm_notifications import (
    MOST_BYTES,
    Watch,
    has_lapsed,
    is_due,
    read_notice,
    renew_call,
    stop_call,
    subscribe_call,
    watched_until,
)
from policy_service.domain.instants import DAY, SECOND
from tests.connectors.standing_in import NOON

OURS = "s3cret-of-the-channel"
TOKENS = {"1000000068001": OURS, "1000000068002": "s3cret-of-another"}
NOTICE: dict[str, Any] = {
    "server_time": 1718115953625,
    "affected_values": [{"record_id": "5725767000003000010", "values": {"Mobile": "123456789"}}],
    "query_params": {},
    "module": "Invoices",
    "resource_uri": "https://www.zohoapis.com/crm/v2/Invoices",
    "ids": ["5725767000003000010", "5725767000003000011"],
    "affected_fields": [{"5725767000003000010": ["Mobile"]}],
    "operation": "update",
    "channel_id": "1000000068001",
    "token": OURS,
}
WATCH = Watch("1000000068001", ("Accounts", "Invoices"), "https://policy.example/hooks/1", OURS)


def refused(ask: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        ask()
    assert "s3cret" not in str(caught.value)
    return caught.value


def body(**changed: object) -> bytes:
    return json.dumps({**NOTICE, **changed}).encode()


def test_a_notice_tells_of_all_its_rows() -> None:
    notice = read_notice(body(), TOKENS)
    assert (notice.module, notice.operation) == ("Invoices", "update")
    assert notice.row_ids == ("5725767000003000010", "5725767000003000011")


def test_a_notice_that_is_sent_again_is_known_by_its_key() -> None:
    first = read_notice(body(), TOKENS)
    assert first.key == read_notice(body(affected_values=[]), TOKENS).key
    assert first.key != read_notice(body(server_time=1718115953626), TOKENS).key


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "guessed"},
        {"token": ""},
        {"token": None},
        {"token": 5},
        {"token": TOKENS["1000000068002"]},
        {"channel_id": "1000000068003"},
        {"channel_id": ""},
        {"channel_id": "1000000068003", "token": ""},
        {"token": "é"},
    ],
)
def test_a_notice_without_the_token_of_its_channel_is_refused(changed: dict[str, object]) -> None:
    assert refused(lambda: read_notice(body(**changed), TOKENS)).code == "X118"


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"[]",
        b"[" * 10_000,
        b'"text"',
        body(operation="Leads.edit"),
        body(ids="5725767000003000010"),
        body(ids=[{}]),
        body(ids=["1"] * 1_001),
        body(module=None),
    ],
)
def test_what_is_no_notice_is_refused(wrong: bytes) -> None:
    assert refused(lambda: read_notice(wrong, TOKENS)).code == "X105"


def test_a_notice_beyond_the_bound_is_not_read() -> None:
    assert refused(lambda: read_notice(b" " * (MOST_BYTES + 1), TOKENS)).code == "X107"


def test_what_circulates_as_a_notice_and_is_none_is_refused() -> None:
    for other in ({"data": [{}], "operation": "Leads.edit"}, {"channel": {"id": "1000000068001"}, "data": {}}):
        sent = json.dumps(other).encode()
        assert refused(lambda sent=sent: read_notice(sent, TOKENS)).code == "X118"  # type: ignore[misc]


def test_a_watch_is_asked_for_and_renewed_for_nearly_a_week() -> None:
    asked = {
        "channel_id": "1000000068001",
        "events": ["Accounts.all", "Invoices.all"],
        "channel_expiry": "2026-03-08T11:00:00+00:00",
        "token": OURS,
        "notify_url": "https://policy.example/hooks/1",
    }
    assert subscribe_call(WATCH, NOON) == Call("POST", "/actions/watch", json={"watch": [asked]})
    assert renew_call(WATCH, NOON) == Call("PUT", "/actions/watch", json={"watch": [asked]})
    assert stop_call(["1", "2"]) == Call("DELETE", "/actions/watch", {"channel_ids": "1,2"})
    assert "s3cret" not in repr(WATCH)


@pytest.mark.parametrize("token", ["", "x" * 51])
def test_a_token_has_no_more_than_fifty_characters(token: str) -> None:
    with pytest.raises(ValueError, match="50"):
        subscribe_call(Watch("1", ("Accounts",), "https://policy.example", token), NOON)


def test_a_watch_is_renewed_in_its_last_day() -> None:
    assert not is_due(NOON + DAY + SECOND, NOON)
    assert is_due(NOON + DAY, NOON)
    assert is_due(NOON - DAY, NOON)


def answer(*each: dict[str, Any]) -> Answer:
    return Answer(201, {}, json.dumps({"watch": each}).encode())


def event(expiry: str) -> dict[str, Any]:
    return {"code": "SUCCESS", "status": "success", "details": {"events": [{"channel_expiry": expiry}]}}


def test_a_watch_lasts_until_the_first_of_its_modules_ends() -> None:
    found = watched_until("host", answer(event("2026-03-02T12:00:00+00:00"), event("2026-03-01T20:00:00+08:00")))
    assert found == NOON


def test_a_module_that_is_refused_is_told() -> None:
    lapsed = {"code": "NOT_SUBSCRIBED", "status": "error", "message": "not subscribed", "details": {}}
    error = refused(lambda: watched_until("host", answer(event("2026-03-02T12:00:00+00:00"), lapsed)))
    assert (error.code, has_lapsed(error)) == ("X112", True)
    assert refused(lambda: watched_until("host", answer())).code == "X105"
