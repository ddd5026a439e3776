"""Questions to the endpoint, and what an answer must always look like."""

from collections.abc import Mapping

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ORDER: Mapping[str, object] = {
    "type": "order",
    "customer_id": "C000000001",
    "as_of": "2026-01-01",
    "facts": {"order_amount": "5000.00"},
}
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "remedy", "request_id"}


def ask(client: FlaskClient, **changes: object) -> TestResponse:
    """Ask about an order, changed as given; a change to None takes the key away."""
    return client.post(
        "/v1/decisions", json={key: each for key, each in {**ORDER, **changes}.items() if each is not None}
    )


def send(client: FlaskClient, body: bytes | str, content_type: str = "application/json") -> TestResponse:
    """Send a body as it is."""
    return client.post("/v1/decisions", data=body, content_type=content_type)


def problem_of(answer: TestResponse, status: int, code: str) -> Mapping[str, object]:
    """Return the problem that the answer must be."""
    body = answer.get_json(force=True)
    assert (status, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert body.keys() - {"errors"} == PROBLEM_KEYS
    assert (status, code, f"/docs/errors#{code.lower()}") == (body["status"], body["code"], body["type"])
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in str(body)
    return body
