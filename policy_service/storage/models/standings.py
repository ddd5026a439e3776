"""Standings of customers, proposed, in force and ended, and a person's overrides."""

from typing import Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Day, Identifier, Instant, LongText, OwnId, Whole, Word, one_of
from policy_service.storage.models.decisions import DECISION_TYPES
from policy_service.storage.models.tables import Model, Revised

STANDING_STATES: Final = ("proposed", "in_force", "ended", "rejected")
#: A review, an effect of a ladder or its release, a person's override, the standings file at cutover.
STANDING_ORIGINS: Final = ("review", "ladder", "override", "recorded")
OVERRIDE_STATES: Final = ("proposed", "in_force", "ended", "rejected")
_IN_FORCE = text("state = 'in_force'")


class StandingRow(Revised, Model):
    """What a customer stood at from an instant on; `outputs` are the values by name as canonical JSON.

    A proposed standing waits for a person of `approval_role`. At most one of a customer is in force.
    `review_on` is the day of the next review, none where none is due.
    """

    __tablename__ = "standings"
    __table_args__ = (
        one_of("state", STANDING_STATES),
        one_of("origin", STANDING_ORIGINS),
        Index("uq_standings_in_force", "customer_id", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
        Index(None, "customer_id", "valid_from"),
        Index(None, "state", "approval_role"),
        Index(None, "state", "review_on"),
    )

    standing_id: Mapped[OwnId] = mapped_column(primary_key=True)
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    state: Mapped[Word]
    origin: Mapped[Word]
    outputs: Mapped[LongText]
    valid_from: Mapped[Day]
    review_on: Mapped[Day | None]
    decision_id: Mapped[OwnId | None] = mapped_column(ForeignKey("decisions.decision_id"))
    policy_id: Mapped[Identifier]
    policy_version: Mapped[Whole | None]
    approval_role: Mapped[Word]
    proposed_at: Mapped[Instant]
    proposed_by: Mapped[Identifier]
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[Identifier]
    ended_at: Mapped[Instant | None]


class OverrideRow(Revised, Model):
    """A person's word over the rules': for a customer, or for one order; `outputs` are texts by name as JSON.

    `expires_on` is the last day it counts. Above a threshold it waits for a second person.
    """

    __tablename__ = "overrides"
    __table_args__ = (
        one_of("state", OVERRIDE_STATES),
        one_of("decision_type", DECISION_TYPES),
        Index(None, "customer_id", "state", "expires_on"),
        Index(None, "state", "expires_on"),
        Index(None, "order_id"),
    )

    override_id: Mapped[OwnId] = mapped_column(primary_key=True)
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    order_id: Mapped[Identifier]
    decision_id: Mapped[OwnId | None] = mapped_column(ForeignKey("decisions.decision_id"))
    decision_type: Mapped[Word]
    outputs: Mapped[LongText]
    reason: Mapped[LongText]
    state: Mapped[Word]
    person: Mapped[Identifier]
    given_at: Mapped[Instant]
    expires_on: Mapped[Day]
    second_person: Mapped[Identifier]
    confirmed_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[Identifier]
