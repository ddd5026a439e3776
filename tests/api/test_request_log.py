"""Every answered request is one line of the log, with who asked and nothing that is secret."""

import pytest
from flask import Flask
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.house import Client, store_key
from tests.api.whole import whole_app


@pytest.fixture
def app(house: House) -> Flask:
    return whole_app(house)


def lines_of(client: Client, address: str, **headers: str) -> list[dict[str, object]]:
    with capture_logs(processors=[merge_contextvars]) as logs:
        client.get(address, headers=headers)
    return [dict(line) for line in logs if line["event"] == "request_answered"]


def test_an_answer_is_one_line_with_who_asked_for_what(house: House, client: Client) -> None:
    client.of(Role.ADMIN)
    key = store_key(house, "admin")
    (line,) = lines_of(client.with_key(key), "/v1/webhooks/none", **{"X-Request-Id": "mine"})
    assert ("/v1/webhooks/{webhook_id}", "GET", 404, "mine", "admin") == (
        line["endpoint"],
        line["method"],
        line["status"],
        line["request_id"],
        line["person"],
    )
    assert isinstance(line["took"], float)
    assert str(line["key_id"]) in key
    assert key not in str(line)
    assert "Bearer" not in str(line)


def test_somebody_unknown_leaves_a_line_too(client: Client) -> None:
    (line,) = lines_of(client, "/v1/webhooks", Authorization="Bearer wrong-secret")
    assert (401, None) == (line["status"], line.get("person"))
    assert "wrong-secret" not in str(line)


def test_probes_are_logged_only_when_they_fail(client: Client) -> None:
    assert [] == lines_of(client, "/healthz")
    assert [] == lines_of(client, "/metrics")
    assert 1 == len(lines_of(client, "/nowhere"))


def test_a_page_of_the_console_is_one_line_too(client: Client) -> None:
    (line,) = lines_of(client, "/console/customers/file/C1?token=secret")
    assert 302 == line["status"]
    assert str(line["endpoint"]).startswith("/console/customers/")
    assert "C1" not in str(line["endpoint"])
    assert "secret" not in str(line["endpoint"])
