"""What is answered once and told to others: idempotency keys, webhooks, and the outbox of their events."""

from typing import Final

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
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
#: In turn; failed too often to keep the later ones waiting; received; given up.
EVENT_STATES: Final = ("waiting", "set_aside", "delivered", "dead")


class IdempotencyKey(Revised, Model):
    """A creating request of one asker, with the answer it was given.

    A request answered in one transaction is stored answered. One that is answered bit by bit is in flight until its
    last bit; whoever answers it holds it until `lease_until`. `body_hash` is of the body, of a body in bits as far
    as it is answered, and `lines` counts these.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (one_of("state", KEY_STATES), Index(None, "expires_at"))

    asked_by: Mapped[Identifier] = mapped_column(primary_key=True)
    key: Mapped[Identifier] = mapped_column(primary_key=True)
    endpoint: Mapped[LongText]
    body_hash: Mapped[Hash]
    state: Mapped[Word]
    lease_until: Mapped[Instant | None]
    lines: Mapped[Whole]
    status: Mapped[Whole | None]
    headers: Mapped[LongText]
    answer: Mapped[Exact | None]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]


class IdempotencyChunk(Model):
    """Some lines of a body in bits, answered in the transaction of their effect; `body_hash` is of all lines so far."""

    __tablename__ = "idempotency_chunks"
    __table_args__ = (ForeignKeyConstraint(["asked_by", "key"], ["idempotency_keys.asked_by", "idempotency_keys.key"]),)

    asked_by: Mapped[Identifier] = mapped_column(primary_key=True)
    key: Mapped[Identifier] = mapped_column(primary_key=True)
    lines_before: Mapped[Whole] = mapped_column(primary_key=True, autoincrement=False)
    lines: Mapped[Whole]
    body_hash: Mapped[Hash]
    answer: Mapped[Exact]


class Webhook(Revised, Model):
    """An address that is told of events of some kinds (`event_types`, a JSON list), and the secret it checks them by.

    The secret signs what is sent, so it is kept as it is; whoever reads the database can sign as this service.
    Until `previous_secret_until` the secret before it signs too. `switched_off_because` says why it is not active.
    """

    __tablename__ = "webhooks"

    webhook_id: Mapped[OwnId] = mapped_column(primary_key=True)
    url: Mapped[LongText]
    secret: Mapped[Line]
    previous_secret: Mapped[Line]
    previous_secret_until: Mapped[Instant | None]
    event_types: Mapped[LongText]
    is_active: Mapped[Claim]
    switched_off_because: Mapped[Line]
    created_at: Mapped[Instant]
    created_by: Mapped[Identifier]


class OutboxEvent(Revised, Model):
    """An event for one webhook, stored with the change it tells of; `body` is the CloudEvent as it is sent.

    It waits since it was put in, or since somebody had it sent again. Whoever delivers it takes it until
    `lease_until`. One that failed a few times is set aside, so that the later ones go ahead. After the last attempt
    it is dead.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", EVENT_STATES),
        Index(None, "state", "waits_since"),
        Index(None, "webhook_id", "state", "number"),
        Index(None, "webhook_id", "state", "next_attempt_at"),
    )

    number: Mapped[RowNumber]
    event_id: Mapped[OwnId]
    webhook_id: Mapped[OwnId] = mapped_column(ForeignKey("webhooks.webhook_id"))
    event_type: Mapped[Line]
    body: Mapped[LongText]
    created_at: Mapped[Instant]
    waits_since: Mapped[Instant]
    state: Mapped[Word]
    attempts: Mapped[Whole]
    next_attempt_at: Mapped[Instant | None]
    leased_by: Mapped[Identifier]
    lease_until: Mapped[Instant | None]
    last_status: Mapped[Whole | None]
    last_error: Mapped[LongText]
    delivered_at: Mapped[Instant | None]
