"""Another system that waits to be told: what is put into the outbox for it, in the transaction of what it is about."""

import json
from typing import Any

from sqlalchemy import select

from policy_service.services.house import House
from policy_service.storage.models.delivery import OutboxEvent
from policy_service.storage.webhook_store import NewWebhook, WebhookStore


def let_know(house: House, *types: str) -> None:
    """Let a system be told of events of these types from now on."""
    with house.database.writing() as session:
        WebhookStore(session).add(NewWebhook("W1", "https://erp.example/events", types, "whsec_AAAA"), 1, "ada")


def told_to(house: House) -> list[dict[str, Any]]:
    """Return the bodies of all events that systems are told of, in their order."""
    with house.database.reading() as session:
        return [json.loads(body) for body in session.scalars(select(OutboxEvent.body).order_by(OutboxEvent.event_id))]
