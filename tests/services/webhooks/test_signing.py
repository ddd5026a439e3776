"""A receiver checks with the published library what this service signed."""

import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from policy_service.domain.instants import SECOND
from policy_service.services.webhooks.signing import SECRET_BYTES, secret_text, signed_headers

OLD, NEW = secret_text(b"o" * SECRET_BYTES), secret_text(b"n" * SECRET_BYTES)
BODY = '{"id": "1", "data": {"customer": "客户"}}'


def _now() -> int:
    return time.time_ns() // 1_000


def test_the_library_verifies_what_is_signed() -> None:
    headers = dict(signed_headers("event-1", BODY, _now(), (NEW,)))
    assert {"id": "1", "data": {"customer": "客户"}} == Webhook(NEW).verify(BODY, headers)


def test_both_secrets_verify_while_one_replaces_the_other() -> None:
    headers = dict(signed_headers("event-1", BODY, _now(), (NEW, OLD)))
    for secret in (OLD, NEW):
        assert Webhook(secret).verify(BODY, headers)


@pytest.mark.parametrize(
    ("body", "changed"),
    [(BODY + " ", {}), (BODY, {"webhook-id": "event-2"}), (BODY, {"webhook-timestamp": "1"})],
)
def test_anything_changed_does_not_verify(body: str, changed: dict[str, str]) -> None:
    headers = {**signed_headers("event-1", BODY, _now(), (NEW,)), **changed}
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body, headers)


def test_what_was_sent_long_ago_does_not_verify() -> None:
    headers = dict(signed_headers("event-1", BODY, _now() - 301 * SECOND, (NEW,)))
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, headers)
