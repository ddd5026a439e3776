"""Questions to /v1/decisions as a shop or an analyst sends them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.test import TestResponse

from policy_service.domain.permissions import Role
from tests.api.house import Client

ORDER: Mapping[str, object] = {
    "type": "order",
    "customer_id": "C1",
    "order_id": "O1",
    "facts": {"order_amount": "100.00"},
}
REVIEW: Mapping[str, object] = {"type": "review", "customer_id": "C1"}
LINES = "application/x-ndjson"


def shop(client: Client) -> Client:
    """Return the client of a web shop."""
    return client.of(Role.SYSTEM)


def analyst(client: Client) -> Client:
    """Return the client of an analyst."""
    return client.of(Role.ANALYST)


def changed(question: Mapping[str, object], **changes: object) -> dict[str, object]:
    """Return the question, changed as given; a change to None takes the key away."""
    return {key: each for key, each in {**question, **changes}.items() if each is not None}


def ask(client: Client, **changes: object) -> TestResponse:
    """Ask about an order, changed as given."""
    return client.post("/v1/decisions", json=changed(ORDER, **changes))


def body_of(answer: TestResponse, status: int = 201) -> dict[str, Any]:
    """Return the body of an answer that must have that status."""
    body: dict[str, Any] = answer.get_json()
    assert answer.status_code == status, body
    return body


def send_lines(client: Client, lines: Sequence[object], **headers: str) -> list[dict[str, Any]]:
    """Return what a batch of these questions (or texts, as they are) is answered, line by line."""
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return read_lines(client.post("/v1/decisions/batch", data=body, content_type=LINES, headers=headers))


def read_lines(answer: TestResponse) -> list[dict[str, Any]]:
    """Return the lines of an answer."""
    assert answer.status_code == 200, answer.get_data()
    assert LINES == answer.mimetype
    return [json.loads(line) for line in answer.get_data().splitlines()]
