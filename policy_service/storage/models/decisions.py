"""Decisions as they were given, chained, and the seals on the heads of chains."""

from typing import Final

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import (
    Day,
    Exact,
    Hash,
    Identifier,
    Instant,
    Line,
    OwnId,
    RowNumber,
    Whole,
    Word,
    one_of,
)
from policy_service.storage.models.tables import Model

DECISION_TYPES: Final = ("review", "order", "escalation")
#: Answered and acted upon; answered only; computed beside the live one and not answered.
PURPOSES: Final = ("live", "dry_run", "shadow")


class Linked:
    """A record's link in the chain of its writer: `hash` is over the previous record's hash and the record."""

    writer: Mapped[Identifier]
    sequence: Mapped[Whole]
    previous_hash: Mapped[Hash]
    hash: Mapped[Hash]


class DecisionRow(Linked, Model):
    """One decision; `result` holds the canonical bytes that a replay must give again.

    `ledger_head` is the last posting that was known, `known_until` the instant it was asked for, `took` the
    microseconds from question to answer; `outcome` is empty where a type has none.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("decision_type", DECISION_TYPES),
        one_of("purpose", PURPOSES),
        Index(None, "writer", "sequence", unique=True),
        Index(None, "decided_at", "decision_id"),
        Index(None, "customer_id", "decided_at", "decision_id"),
        Index(None, "outcome", "decided_at", "decision_id"),
        Index(None, "asked_by", "decided_at", "decision_id"),
        Index(None, "decision_type", "decided_at", "decision_id"),
        Index(None, "order_id"),
        Index(None, "request_id"),
    )

    decision_id: Mapped[OwnId] = mapped_column(primary_key=True)
    request_id: Mapped[Identifier]
    decision_type: Mapped[Word]
    purpose: Mapped[Word]
    customer_id: Mapped[Identifier]
    order_id: Mapped[Identifier]
    policy_id: Mapped[Identifier]
    policy_version: Mapped[Whole]
    policy_hash: Mapped[Hash]
    engine_version: Mapped[Line]
    as_of: Mapped[Day]
    decided_at: Mapped[Instant]
    known_until: Mapped[Instant]
    ledger_head: Mapped[Whole]
    asked_by: Mapped[Identifier]
    took: Mapped[Whole]
    outcome: Mapped[Word]
    result: Mapped[Exact]


class ChainHead(Model):
    """Where a writer's chain ends; whoever appends locks it."""

    __tablename__ = "chain_heads"

    log: Mapped[Word] = mapped_column(primary_key=True)
    writer: Mapped[Identifier] = mapped_column(primary_key=True)
    sequence: Mapped[Whole]
    hash: Mapped[Hash]


class SealRow(Model):
    """The head of a chain at an instant under an HMAC whose key is not in the database.

    Each seal covers the one made before it, of whatever chain; `key_name` tells keys apart without telling the key.
    """

    __tablename__ = "seals"
    __table_args__ = (Index(None, "log", "writer", "sequence"),)

    seal_number: Mapped[RowNumber]
    log: Mapped[Word]
    writer: Mapped[Identifier]
    sequence: Mapped[Whole]
    head_hash: Mapped[Hash]
    sealed_at: Mapped[Instant]
    previous_mac: Mapped[Hash]
    key_name: Mapped[Word]
    mac: Mapped[Hash]
