"""Zoho CRM tells who watches a module, with the documented body, until the channel expires."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.stand_ins import StandIn
from tests.sample_crms.asking import Zoho, zoho
from tests.sample_crms.listening import Listener, listening

WATCH = "/crm/v8/actions/watch"
CHANNEL = "1000000068001"


@pytest.fixture
def client(zoho_crm: StandIn) -> Zoho:
    return zoho(zoho_crm)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


def _in(hours: float) -> str:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
    return moment.isoformat(timespec="seconds")


def _channel(listener: Listener, **changed: object) -> dict[str, Any]:
    return {
        "channel_id": CHANNEL,
        "events": ["Accounts.edit", "Invoices.all"],
        "channel_expiry": _in(24),
        "token": "TOKEN_FOR_VERIFICATION",
        "notify_url": listener.url,
        "return_affected_field_values": True,
        "notify_on_related_action": False,
        **changed,
    }


def _watch(client: Zoho, channel: dict[str, Any], method: str = "POST") -> tuple[int, dict[str, Any]]:
    answer = client.ask(method, WATCH, json={"watch": [channel]})
    return answer.status_code, answer.json()


def test_a_subscription_is_answered_as_documented(client: Zoho, listener: Listener) -> None:
    status, document = _watch(client, _channel(listener))
    told = document["watch"][0]
    assert (201, "SUCCESS", "success") == (status, told["code"], told["status"])
    events = told["details"]["events"]
    assert ["Accounts", "Invoices"] == [event["resource_name"] for event in events]
    assert {"channel_expiry", "resource_uri", "resource_id", "resource_name", "channel_id"} == set(events[0])


def test_a_change_of_several_records_is_one_notice_with_their_ids(
    client: Zoho, zoho_crm: StandIn, listener: Listener
) -> None:
    _watch(client, _channel(listener))
    ids = list(zoho_crm.rows("Invoices"))[:3]
    zoho_crm.change("Invoices", set={one: {"Status": "Paid"} for one in ids})
    (heard,) = listener.heard
    wanted = {
        "server_time",
        "affected_values",
        "query_params",
        "module",
        "resource_uri",
        "ids",
        "affected_fields",
        "operation",
        "channel_id",
        "token",
    }
    assert wanted == set(heard)
    assert (ids, "update", "Invoices", CHANNEL, "TOKEN_FOR_VERIFICATION") == tuple(
        heard[name] for name in ("ids", "operation", "module", "channel_id", "token")
    )
    assert {"record_id": ids[0], "values": {"Status": "Paid"}} == heard["affected_values"][0]
    assert {ids[0]: ["Status"]} == heard["affected_fields"][0]


def test_what_is_written_by_a_client_is_told_too(client: Zoho, zoho_crm: StandIn, listener: Listener) -> None:
    _watch(client, _channel(listener, return_affected_field_values=False))
    row_id = next(iter(zoho_crm.rows("Accounts")))
    client.ask("PUT", "/crm/v8/Accounts", json={"data": [{"id": row_id, "Credit_Grade": "A"}], "trigger": []})
    # What comes later is told later.
    zoho_crm.change("Invoices", delete=[next(iter(zoho_crm.rows("Invoices")))])
    assert {"update", "delete"} == {one["operation"] for one in listener.heard}
    assert not any("affected_values" in one for one in listener.heard)


def test_only_the_chosen_fields_are_told(client: Zoho, zoho_crm: StandIn, listener: Listener) -> None:
    group = [{"field": {"api_name": "Status", "id": "1"}}]
    condition = {
        "type": "field_selection",
        "module": {"api_name": "Invoices", "id": "1"},
        "field_selection": {"group_operator": "and", "group": group},
    }
    _watch(client, _channel(listener, notification_condition=[condition]))
    row_id = next(iter(zoho_crm.rows("Invoices")))
    zoho_crm.change("Invoices", set={row_id: {"Due_Date": "2026-01-01"}})
    assert not listener.heard
    zoho_crm.change("Invoices", set={row_id: {"Status": "Paid"}})
    assert 1 == len(listener.heard)


def test_a_channel_expires_after_an_hour_or_when_asked_and_can_be_renewed(
    client: Zoho, zoho_crm: StandIn, listener: Listener
) -> None:
    channel = _channel(listener)
    del channel["channel_expiry"]
    _watch(client, channel)
    zoho_crm.forward(3601)
    row_id = next(iter(zoho_crm.rows("Invoices")))
    zoho_crm.change("Invoices", set={row_id: {"Status": "Paid"}})
    assert not listener.heard
    status, _ = _watch(zoho(zoho_crm), _channel(listener, channel_expiry=_in(48)), "PUT")
    assert 202 == status
    zoho_crm.change("Invoices", set={row_id: {"Status": "Unpaid"}})
    assert 1 == len(listener.heard)


def test_what_a_channel_may_not_be_is_refused(client: Zoho, listener: Listener) -> None:
    for changed, code in (
        ({"channel_expiry": _in(24 * 8)}, "INVALID_DATA"),
        ({"token": "x" * 51}, "INVALID_DATA"),
        ({"events": ["Receivables.edit"]}, "INVALID_DATA"),
        ({"events": ["Invoices.update"]}, "INVALID_DATA"),
        ({"notify_url": ""}, "MANDATORY_NOT_FOUND"),
    ):
        status, document = _watch(client, _channel(listener, **changed))
        assert (400, code) == (status, document["code"])
    status, document = _watch(client, _channel(listener), "PUT")
    assert (400, "NOT_SUBSCRIBED") == (status, document["code"])


def test_a_channel_is_told_of_and_ended(client: Zoho, zoho_crm: StandIn, listener: Listener) -> None:
    assert 204 == client.get(WATCH).status_code
    _watch(client, _channel(listener))
    assert ["Accounts", "Invoices"] == [one["resource_name"] for one in client.get(WATCH).json()["watch"]]
    assert "SUCCESS" == client.ask("DELETE", WATCH, channel_ids=CHANNEL).json()["watch"][0]["code"]
    assert "NOT_SUBSCRIBED" == client.ask("DELETE", WATCH, channel_ids=CHANNEL).json()["code"]


def test_nobody_beyond_this_machine_is_told(client: Zoho, zoho_crm: StandIn, listener: Listener) -> None:
    _watch(client, _channel(listener, notify_url="https://policy.example/told"))
    row_id = next(iter(zoho_crm.rows("Invoices")))
    told = zoho_crm.change("Invoices", set={row_id: {"Status": "Paid"}})["sent"]
    assert isinstance(told, list)
    assert isinstance(told[0], dict)
    assert "not sent: this is not on this machine" == told[0]["answer"]


def test_notices_come_again_in_another_order_and_others_are_made_up(
    client: Zoho, zoho_crm: StandIn, listener: Listener
) -> None:
    _watch(client, _channel(listener))
    first, second = list(zoho_crm.rows("Invoices"))[:2]
    for one in (first, second):
        zoho_crm.change("Invoices", set={one: {"Status": "Paid"}})
    zoho_crm.tell("resend", {"last": 2, "reversed": True})
    assert [[first], [second], [second], [first]] == [one["ids"] for one in listener.heard]
    zoho_crm.tell("send", {"url": listener.url, "body": {"token": "guessed"}})
    assert {"token": "guessed"} == listener.heard[-1]
