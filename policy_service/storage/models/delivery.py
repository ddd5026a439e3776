"""What is answered once and told to others: idempotency keys, webhooks, and the outbox of their events."""

from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import (
    Claim,
    Exact,
    Hash,
    Identifier,
    Instant,
    Line,
    LongText,
    OwnId,
    RowNumber,
    Whole,
    Word,
    one_of,
)
from policy_service.storage.models.tables import Model, Revised

KEY_STATES: Final = ("in_flight", "answered")
EVENT_STATES: Final = ("waiting", "delivered", "dead")


class IdempotencyKey(Revised, Model):
    """A creating request of one asker: in flight, or with the answer it was given."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (one_of("state", KEY_STATES), Index(None, "expires_at"))

    asked_by: Mapped[Identifier] = mapped_column(primary_key=True)
    key: Mapped[Identifier] = mapped_column(primary_key=True)
    endpoint: Mapped[Line]
    body_hash: Mapped[Hash]
    state: Mapped[Word]
    status: Mapped[Whole | None]
    headers: Mapped[LongText]
    answer: Mapped[Exact | None]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class Webhook(Revised, Model):
    """An address that is told of events of some kinds (`event_types`, a JSON list), and the secret it checks them by.

    The secret signs what is sent, so it is kept as it is; whoever reads the database can sign as this service.
    """

    __tablename__ = "webhooks"

    webhook_id: Mapped[OwnId] = mapped_column(primary_key=True)
    url: Mapped[LongText]
    secret: Mapped[Line]
    event_types: Mapped[LongText]
    is_active: Mapped[Claim]
    created_at: Mapped[Instant]
    created_by: Mapped[Identifier]


class OutboxEvent(Revised, Model):
    """An event for one webhook, stored with the change it tells of; `body` is the CloudEvent as it is sent.

    Whoever delivers it takes it until `lease_until`. After the last attempt it is dead, until sent again.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", EVENT_STATES),
        Index(None, "state", "next_attempt_at"),
        Index(None, "webhook_id", "state"),
    )

    number: Mapped[RowNumber]
    event_id: Mapped[OwnId]
    webhook_id: Mapped[OwnId] = mapped_column(ForeignKey("webhooks.webhook_id"))
    event_type: Mapped[Line]
    body: Mapped[LongText]
    created_at: Mapped[Instant]
    state: Mapped[Word]
    attempts: Mapped[Whole]
    next_attempt_at: Mapped[Instant | None]
    leased_by: Mapped[Identifier]
    lease_until: Mapped[Instant | None]
    last_status: Mapped[Whole | None]
    last_error: Mapped[LongText]
    delivered_at: Mapped[Instant | None]
