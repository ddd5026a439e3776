"""Notices come in without a key, are bounded, and whatever is not taken is answered alike."""

import json
from collections.abc import Iterable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from policy_service.api.edge import NOTICES_PER_MINUTE
from policy_service.api.open_endpoints import PER_MINUTE
from policy_service.domain.acting import Act
from policy_service.services.connections.setting_up import Changes, change
from policy_service.services.house import House
from policy_service.storage.connection_store import StoredConnection
from tests.api.asking import problem_of
from tests.api.house import Client, Clock
from tests.api.test_authorisation import rows
from tests.api.whole import whole_app
from tests.connectors.fxiaoke import sealing
from tests.services.connections.notices import (
    STAMPED,
    add_fxiaoke,
    add_zoho,
    channel_of,
    due,
    of_fxiaoke,
    of_zoho,
    with_connections,
)
from tests.services.connections.small_system import SYSTEM

LONGEST = 256 * 1024


@pytest.fixture
def clock() -> Clock:
    """Give the clock of the protocol's vector."""
    return Clock(STAMPED)


@pytest.fixture
def zoho(house: House) -> StoredConnection:
    """Give a connection to Zoho CRM."""
    return add_zoho(with_connections(house))


@pytest.fixture
def fxiaoke(house: House) -> StoredConnection:
    """Give a connection to Fxiaoke."""
    return add_fxiaoke(with_connections(house))


def send(client: Client, name: str, body: bytes, **more: object) -> TestResponse:
    return client.post(f"/v1/connections/{name}/notices", data=body, **more)  # type: ignore[arg-type]


def alike(answer: TestResponse) -> dict[str, object]:
    """Return what a refusal says, which must be X180, save the id of the request."""
    said = dict(problem_of(answer, 403, "X180"))
    del said["request_id"]
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    return said | headers


def test_zoho_is_answered_empty_json_and_fxiaoke_success(
    house: House, client: Client, zoho: StoredConnection, fxiaoke: StoredConnection
) -> None:
    answer = send(client, "crm", of_zoho())
    assert (200, "application/json", {}) == (answer.status_code, answer.mimetype, answer.get_json())
    answer = send(client, "fxk", of_fxiaoke())
    assert (200, "text/plain", "success") == (answer.status_code, answer.mimetype, answer.get_data(as_text=True))
    assert {"crm", "fxk"} == set(due(house, STAMPED + 1_000))


@pytest.mark.parametrize(
    "headers",
    [{"Accept": "text/plain"}, {"Content-Type": "text/plain"}, {"Content-Type": "application/json;charset=gbk"}, {}],
)
def test_it_comes_in_whatever_headers(client: Client, zoho: StoredConnection, headers: dict[str, str]) -> None:
    assert 200 == send(client, "crm", of_zoho(), headers=headers).status_code


def test_whatever_is_wrong_and_whether_there_is_a_connection_the_answer_is_one(
    house: House, client: Client, zoho: StoredConnection, fxiaoke: StoredConnection
) -> None:
    send(client, "fxk", of_fxiaoke())
    add_zoho(house, "off")
    with house.database.writing() as session:
        change(house, session, "off", Changes(is_on=False), SYSTEM, Act("shop", 3))
    before = rows(house)
    found = [
        send(client, "erp", of_zoho()),
        send(client, "crm", of_zoho(token="guessed")),  # noqa: S106  # it is none
        send(client, "crm", of_zoho()[:-1]),
        send(client, "crm", b""),
        send(client, "crm", b"[]"),
        send(client, "crm", b"[" * 100_000),
        send(client, "crm", of_fxiaoke()),
        send(client, "fxk", of_fxiaoke()),
        send(client, "fxk", of_fxiaoke(stamp="1600000000000")),
        send(client, "fxk", of_fxiaoke().replace(b"n1", b"n2")),
        send(client, "fxk", of_zoho()),
        send(client, "fxk", sealing.signed("AAAA")),
        send(client, "off", of_zoho()),
        send(client, "crm", b" " * (LONGEST + 1)),
        send(client, "erp", b" " * (LONGEST + 1)),
        send(client, "x" * 300, of_zoho()),
        send(client, "%00", of_zoho()),
    ]
    first, *others = [alike(answer) for answer in found]
    assert [first] * len(others) == others
    assert before == rows(house)


def test_a_body_of_unsaid_length_is_read_to_the_bound_alone(app: Flask, zoho: StoredConnection) -> None:
    class Endless:
        read_bytes = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            self.read_bytes += size
            assert self.read_bytes <= 4 * LONGEST
            return b" " * size

        def readline(self, size: int = -1) -> bytes:
            return self.read(size)

        def readlines(self) -> Iterable[bytes]:
            raise AssertionError

    said = {"wsgi.input": Endless(), "wsgi.input_terminated": True, "REQUEST_METHOD": "POST"}
    answer = app.test_client().post("/v1/connections/crm/notices", environ_overrides=said)
    problem_of(answer, 403, "X180")


def test_an_address_that_sends_too_often_is_told_when_to_send_again(client: Client, zoho: StoredConnection) -> None:
    for _ in range(PER_MINUTE):
        assert 403 == send(client, "crm", b"").status_code
    problem_of(send(client, "crm", of_zoho()), 429, "A429")
    assert 200 == send(client, "crm", of_zoho(), environ_overrides={"REMOTE_ADDR": "10.0.0.1"}).status_code


def test_forged_notices_do_not_use_up_the_share_of_a_connection(
    house: House, client: Client, zoho: StoredConnection
) -> None:
    for number in range(NOTICES_PER_MINUTE + 1):
        send(client, "crm", b"{}", environ_overrides={"REMOTE_ADDR": f"10.0.0.{number % 9}"})
    for _ in range(NOTICES_PER_MINUTE):
        assert 200 == send(client, "crm", of_zoho()).status_code
    problem_of(send(client, "crm", of_zoho()), 429, "A429")
    assert 1 == channel_of(house, zoho).taken


def test_the_metrics_count_what_became_of_them(house: House, zoho: StoredConnection) -> None:
    asked = whole_app(house).test_client()
    for body in (of_zoho(), of_zoho(), b"{}"):
        asked.post("/v1/connections/crm/notices", data=body)
    shown = asked.get("/metrics").get_data(as_text=True)
    for result in ("taken", "repeated", "refused"):
        assert f'policy_notices_total{{result="{result}"}} 1.0' in shown


def test_a_notice_of_several_rows_is_one(house: House, client: Client, zoho: StoredConnection) -> None:
    body = of_zoho(ids=[str(number) for number in range(1_000)])
    assert 200 == send(client, "crm", body).status_code
    assert 1 == channel_of(house, zoho).taken
    assert 403 == send(client, "crm", json.dumps({"ids": []}).encode()).status_code
