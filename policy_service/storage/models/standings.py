"""Standings of customers, effects of ladders on them, reviews that found none, and overrides of persons."""

from typing import Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import (
    Day,
    Identifier,
    Instant,
    LongText,
    Money,
    OwnId,
    RowNumber,
    Whole,
    Word,
    one_of,
)
from policy_service.storage.models.decisions import DECISION_TYPES
from policy_service.storage.models.tables import Model, Revised

STANDING_STATES: Final = ("proposed", "in_force", "ended", "rejected")
#: All that a review said; or what was in force before with the review's cuts, while its rises wait for approval.
STANDING_ORIGINS: Final = ("review", "cuts")
OVERRIDE_STATES: Final = ("proposed", "in_force", "ended", "rejected")
_IN_FORCE = text("state = 'in_force'")
_PROPOSED = text("state = 'proposed'")
_NOT_ENDED = text("ended_at IS NULL")
_OPEN = text("closed_at IS NULL")


class StandingRow(Revised, Model):
    """What a review made of a customer; `outputs` are texts by name as canonical JSON, an output not set is absent.

    A proposed standing waits for a person of `approval_role`. At most one of a customer is in force, at most one
    proposed. It is in force from `decided_at` until `ended_at`. `valid_from` is the business day it came into
    force, `reviewed_on` that of the review; `limit_until` the first day without its limit, and `review_on` the day
    of the next review, none where there is none. `note` is what was said on approval or rejection.
    """

    __tablename__ = "standings"
    __table_args__ = (
        one_of("state", STANDING_STATES),
        one_of("origin", STANDING_ORIGINS),
        Index("uq_standings_in_force", "customer_id", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
        Index("uq_standings_proposed", "customer_id", unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
        Index(None, "customer_id", "proposed_at"),
        Index(None, "state", "proposed_at"),
        Index(None, "state", "review_on"),
        Index(None, "state", "limit_until"),
    )

    standing_id: Mapped[OwnId] = mapped_column(primary_key=True)
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    state: Mapped[Word]
    origin: Mapped[Word]
    outputs: Mapped[LongText]
    valid_from: Mapped[Day | None]
    reviewed_on: Mapped[Day]
    limit_until: Mapped[Day | None]
    review_on: Mapped[Day | None]
    decision_id: Mapped[OwnId] = mapped_column(ForeignKey("decisions.decision_id"))
    policy_id: Mapped[Identifier]
    policy_version: Mapped[Whole]
    approval_role: Mapped[Identifier]
    proposed_at: Mapped[Instant]
    proposed_by: Mapped[Identifier]
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[Identifier]
    note: Mapped[LongText]
    ended_at: Mapped[Instant | None]


class StandingEffect(Model):
    """What a level or trigger of a ladder does to one output of a customer's standing, until it is released.

    `value` is its text, empty where nobody knows it.
    """

    __tablename__ = "standing_effects"
    __table_args__ = (
        Index(
            "uq_standing_effects_in_force",
            "customer_id",
            "ladder",
            "level",
            "output",
            unique=True,
            sqlite_where=_NOT_ENDED,
            postgresql_where=_NOT_ENDED,
        ),
        Index(None, "customer_id", "begun_at"),
    )

    effect_number: Mapped[RowNumber]
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    ladder: Mapped[Identifier]
    level: Mapped[Identifier]
    output: Mapped[Identifier]
    value: Mapped[LongText]
    decision_id: Mapped[OwnId | None] = mapped_column(ForeignKey("decisions.decision_id"))
    begun_at: Mapped[Instant]
    begun_by: Mapped[Identifier]
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[Identifier]


class ReviewTask(Model):
    """A review that could not say a standing: somebody has to look. At most one of a customer is open.

    `reasons` are the codes of the latest try, as JSON.
    """

    __tablename__ = "review_tasks"
    __table_args__ = (
        Index("uq_review_tasks_open", "customer_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "closed_at", "opened_on"),
    )

    task_number: Mapped[RowNumber]
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    decision_id: Mapped[OwnId] = mapped_column(ForeignKey("decisions.decision_id"))
    reasons: Mapped[LongText]
    opened_on: Mapped[Day]
    opened_at: Mapped[Instant]
    tried_on: Mapped[Day]
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[Identifier]


class OverrideRow(Revised, Model):
    """A person's word over the rules': for a customer, or for one order; `outputs` are texts by name as JSON.

    It counts from `in_force_at` until `ended_at`, not after the business day `expires_on`, and only for an order of
    at most `largest_amount` in the base currency, what it was of then (none: of any amount). Where one person's word
    is not enough it waits for a second one, who confirms it at `confirmed_at`. `authority` is the highest role of the
    giver then by which orders are released. `end_reason` says why it was ended early or rejected.
    """

    __tablename__ = "overrides"
    __table_args__ = (
        one_of("state", OVERRIDE_STATES),
        one_of("decision_type", DECISION_TYPES),
        Index(None, "customer_id", "expires_on"),
        Index(None, "state", "expires_on"),
        Index(None, "given_at", "override_id"),
        Index(None, "order_id"),
    )

    override_id: Mapped[OwnId] = mapped_column(primary_key=True)
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    order_id: Mapped[Identifier]
    decision_type: Mapped[Word]
    outputs: Mapped[LongText]
    reason: Mapped[LongText]
    largest_amount: Mapped[Money | None]
    state: Mapped[Word]
    person: Mapped[Identifier]
    authority: Mapped[Word]
    given_at: Mapped[Instant]
    expires_on: Mapped[Day]
    second_person: Mapped[Identifier]
    confirmed_at: Mapped[Instant | None]
    in_force_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[Identifier]
    end_reason: Mapped[LongText]
