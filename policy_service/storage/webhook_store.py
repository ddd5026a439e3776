"""Webhooks kept: where events are sent, which of them, and the secrets that sign them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.models.delivery import OutboxEvent, Webhook


@dataclass(frozen=True, slots=True)
class StoredWebhook:
    """A webhook without its secrets; `revision` is what a change of it has to name."""

    webhook_id: str
    url: str
    event_types: tuple[str, ...]
    is_active: bool
    switched_off_because: str
    created_at: Instant
    created_by: str
    revision: int


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook to be stored."""

    webhook_id: str
    url: str
    event_types: tuple[str, ...]
    secret: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed of a webhook; none leaves it as it is."""

    url: str | None = None
    event_types: tuple[str, ...] | None = None
    is_active: bool | None = None


_FIELDS: Final = StoredWebhook.__slots__


class WebhookStore:
    """The webhooks within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: NewWebhook, at: Instant, person: str) -> StoredWebhook:
        """Store a webhook, active from now on."""
        row = Webhook(
            webhook_id=new.webhook_id,
            url=new.url,
            secret=new.secret,
            previous_secret="",
            event_types=_listed(new.event_types),
            is_active=True,
            switched_off_because="",
            created_at=at,
            created_by=person,
        )
        self._session.add(row)
        self._session.flush()
        return _stored(row)

    def webhook(self, webhook_id: str) -> StoredWebhook:
        """Return a webhook; NotStored S209 for an unknown id."""
        return _stored(self._row(webhook_id))

    def page(self, after: str, limit: int) -> tuple[StoredWebhook, ...]:
        """Return webhooks in the order they were made in, those behind the id `after`."""
        found = select(Webhook).where(Webhook.webhook_id > after).order_by(Webhook.webhook_id).limit(limit)
        return tuple(map(_stored, self._session.scalars(found)))

    def change(self, webhook_id: str, revision: int, change: Change) -> StoredWebhook:
        """Change a webhook; Conflict S208 if it is not at that revision. Whatever switched it off is forgotten."""
        row = self._at_revision(webhook_id, revision)
        if change.url is not None:
            row.url = change.url
        if change.event_types is not None:
            row.event_types = _listed(change.event_types)
        if change.is_active is not None:
            row.is_active = change.is_active
            row.switched_off_because = ""
        self._session.flush()
        return _stored(row)

    def change_secret(self, webhook_id: str, revision: int, secret: str, both_until: Instant) -> StoredWebhook:
        """Give a webhook another secret; the one before it signs too, until then."""
        row = self._at_revision(webhook_id, revision)
        row.previous_secret, row.previous_secret_until, row.secret = row.secret, both_until, secret
        self._session.flush()
        return _stored(row)

    def switch_off(self, webhook_id: str, reason: str) -> None:
        """Send nothing to a webhook any more, for that reason."""
        row = self._row(webhook_id)
        row.is_active, row.switched_off_because = False, reason
        self._session.flush()

    def remove(self, webhook_id: str, revision: int) -> None:
        """Take a webhook away with all its events; Conflict S208 if it is not at that revision."""
        # Whoever is storing an event for it ends first; then all of its events are seen.
        self._session.get(Webhook, webhook_id, with_for_update=True)
        row = self._at_revision(webhook_id, revision)
        self._session.execute(delete(OutboxEvent).where(OutboxEvent.webhook_id == webhook_id))
        self._session.delete(row)
        self._session.flush()

    def secrets(self, webhook_id: str, at: Instant) -> Sequence[str]:
        """Return the secrets that sign now, the newest first."""
        row = self._row(webhook_id)
        is_signing = row.previous_secret_until is not None and at < row.previous_secret_until
        return (row.secret, row.previous_secret) if is_signing else (row.secret,)

    def _row(self, webhook_id: str) -> Webhook:
        row = self._session.get(Webhook, webhook_id)
        if row is None:
            raise not_stored(f"webhook {webhook_id[:40]!r}")
        return row

    def _at_revision(self, webhook_id: str, revision: int) -> Webhook:
        row = self._row(webhook_id)
        if row.revision != revision:
            raise changed_since_read("the webhook")
        return row


def _stored(row: Webhook) -> StoredWebhook:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return StoredWebhook(**{**fields, "event_types": tuple(json.loads(row.event_types))})


def _listed(event_types: Sequence[str]) -> str:
    return json.dumps(sorted(set(event_types)))
