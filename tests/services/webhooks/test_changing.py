"""A webhook is checked again whenever it is given another URL, and all that is done to one is in the audit trail."""

import json
from collections.abc import Mapping

import pytest

from policy_service.domain.errors import RequestError
from policy_service.domain.instants import DAY
from policy_service.services.house import House
from policy_service.services.webhooks.managing import (
    change_webhook,
    delete_webhook,
    redeliver,
    rotate_secret,
    send_test,
)
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.outbox import Outbox
from policy_service.storage.webhook_store import Change, StoredWebhook, WebhookStore
from tests.services.webhooks.receiving import NOON, SECRET, World, act, actor, tell, webhook

URL = "https://hooks.example.com/"
ANOTHER = "https://other.example.com:8443/x"


@pytest.fixture
def world() -> World:
    """Give a world in which two hosts are public and one is nobody's business."""
    public = ("93.184.216.34",)
    return World(
        names={
            "hooks.example.com": [public],
            "other.example.com": [public],
            "inside.example.com": [("10.0.0.1",)],
        }
    )


def stored(house: House, webhook_id: str) -> StoredWebhook:
    with house.database.reading() as session:
        return WebhookStore(session).webhook(webhook_id)


def changed(house: House, webhook_id: str, world: World, change: Change) -> StoredWebhook:
    revision = stored(house, webhook_id).revision
    with house.database.writing() as session:
        return change_webhook(
            house, session, webhook_id, change, actor(), act(), revision=revision, resolve=world.resolve
        )


def notes(house: House, webhook_id: str) -> list[tuple[str, Mapping[str, object]]]:
    with house.database.reading() as session:
        events = AuditStore(session).about("webhook", webhook_id)
    return [(each.act, json.loads(each.detail)) for each in events]


@pytest.mark.parametrize(
    ("turned_to", "code"),
    [
        ("https://inside.example.com/", "R473"),
        ("https://169.254.169.254/latest", "R473"),
        ("ftp://hooks.example.com/", "R471"),
    ],
)
def test_a_webhook_is_not_turned_to_an_address_inside(house: House, world: World, turned_to: str, code: str) -> None:
    webhook_id = webhook(house, URL, world)
    with pytest.raises(RequestError) as refused:
        changed(house, webhook_id, world, Change(url=turned_to))
    assert (code, URL) == (refused.value.code, stored(house, webhook_id).url)


def test_everything_done_to_a_webhook_is_in_the_audit_trail(house: House, world: World) -> None:
    webhook_id = webhook(house, URL, world)
    changed(house, webhook_id, world, Change(url=ANOTHER))
    changed(house, webhook_id, world, Change(event_types=("order.released",)))
    revision = stored(house, webhook_id).revision
    with house.database.writing() as session:
        rotate_secret(house, session, webhook_id, "whsec_" + SECRET[6:], actor(), act(), revision=revision)
        send_test(house, session, webhook_id, actor(), act())
        revision = WebhookStore(session).webhook(webhook_id).revision
        delete_webhook(house, session, webhook_id, actor(), act(), revision=revision)
    held, released = {"event_types": ["order.held"]}, {"event_types": ["order.released"]}
    assert [
        ("created", {**held, "host": "hooks.example.com"}),
        ("changed", {**held, "host": "other.example.com:8443", "is_active": True}),
        ("changed", {**released, "is_active": True}),
        ("secret_rotated", {}),
        ("tested", {}),
        ("deleted", {}),
    ] == notes(house, webhook_id)


def test_what_is_sent_again_is_in_the_audit_trail(house: House, world: World) -> None:
    webhook_id = webhook(house, URL, world)
    tell(house, "orders/O1")
    with house.database.writing() as session:
        outbox = Outbox(session)
        (waiting,) = outbox.page(webhook_id, None, None, 9)
        outbox.give_up(NOON + 1, "too old")
        redeliver(house, session, waiting.number, actor(), act())
    assert ("redelivered", {"delivery": waiting.number}) == notes(house, webhook_id)[-1]


def test_the_secret_before_counts_for_a_day(house: House, world: World) -> None:
    webhook_id = webhook(house, URL, world)
    another = SECRET[:-2] + ("A=" if SECRET[-2] != "A" else "B=")
    with house.database.writing() as session:
        rotate_secret(house, session, webhook_id, another, actor(), act(), revision=1)
        store = WebhookStore(session)
        both = [len(store.secrets(webhook_id, at)) for at in (NOON, NOON + DAY - 1, NOON + DAY)]
    assert [2, 2, 1] == both
