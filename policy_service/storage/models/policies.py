"""Policies, their versions, and every step of a version's life with who took it."""

from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import (
    Claim,
    Hash,
    Identifier,
    Instant,
    LongText,
    OwnId,
    RowNumber,
    Whole,
    Word,
    one_of,
)
from policy_service.storage.models.tables import Model, Revised

VERSION_STATES: Final = ("draft", "submitted", "approved", "scheduled", "active", "retired")
SUBMISSION_STATES: Final = ("open", "approved", "void")


class PolicyRow(Model):
    """A policy: what its versions are versions of."""

    __tablename__ = "policies"

    policy_id: Mapped[Identifier] = mapped_column(primary_key=True)
    created_at: Mapped[Instant]
    created_by: Mapped[Identifier]


class PolicyVersionRow(Revised, Model):
    """One version: its canonical text and hash, its state, and the period in which it counts.

    A version counts from `effective_from` until before `effective_until` (none: without end), whatever its
    state says, so that it begins on time with nobody there to switch it on. `files` are the YAML files as
    edited, as JSON by name; a draft whose files cannot be read yet has no canonical text. `hands` is the JSON
    list of everyone who has a hand in the text: who wrote or submitted it, or the draft that it was made from.
    `retires_at` is the end that a person set; the period ends there, or where the next version begins.
    """

    __tablename__ = "policy_versions"
    __table_args__ = (
        one_of("state", VERSION_STATES),
        CheckConstraint("state = 'draft' OR canonical_text IS NOT NULL", name="text"),
        CheckConstraint("(canonical_text IS NULL) = (sha256 IS NULL)", name="hash"),
        # Whatever a program does wrong, a text that was not approved never counts.
        CheckConstraint("effective_from IS NULL OR state IN ('scheduled', 'active', 'retired')", name="effective"),
        CheckConstraint("effective_until IS NULL OR effective_from IS NOT NULL", name="period"),
        CheckConstraint("retires_at IS NULL OR effective_from IS NOT NULL", name="retires"),
        Index(None, "policy_id", "effective_from", unique=True),
        Index(None, "sha256"),
        Index(None, "state"),
    )

    policy_id: Mapped[Identifier] = mapped_column(ForeignKey("policies.policy_id"), primary_key=True)
    number: Mapped[Whole] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[Word]
    canonical_text: Mapped[LongText | None]
    sha256: Mapped[Hash | None]
    files: Mapped[LongText]
    hands: Mapped[LongText]
    based_on: Mapped[Whole | None]
    effective_from: Mapped[Instant | None]
    effective_until: Mapped[Instant | None]
    retires_at: Mapped[Instant | None]


class PolicyVersionStep(Model):
    """One step of a version's life: who did what when, to which text, and why.

    `step` is the state arrived at, or another word such as `edited`. `is_bypass` marks a step taken without the
    approval that settings ask for.
    """

    __tablename__ = "policy_version_steps"
    __table_args__ = (
        ForeignKeyConstraint(["policy_id", "number"], ["policy_versions.policy_id", "policy_versions.number"]),
        Index(None, "policy_id", "number"),
    )

    step_number: Mapped[RowNumber]
    policy_id: Mapped[Identifier]
    number: Mapped[Whole]
    step: Mapped[Word]
    at: Mapped[Instant]
    person: Mapped[Identifier]
    key_id: Mapped[OwnId | None]
    sha256: Mapped[Hash | None]
    note: Mapped[LongText]
    is_bypass: Mapped[Claim]


class PolicySubmission(Model):
    """A text handed in for approval, with what was asked of approval then: later settings do not touch it.

    With `simulation_days` it needs a simulation of the ledger as it was no more than so many days before. `hands` is
    the JSON list of those who cannot approve it. An edit, or approvers who want changes, make it void.
    """

    __tablename__ = "policy_submissions"
    __table_args__ = (
        one_of("state", SUBMISSION_STATES),
        CheckConstraint("approvers_needed > 0", name="approvers"),
        ForeignKeyConstraint(["policy_id", "number"], ["policy_versions.policy_id", "policy_versions.number"]),
        Index(None, "policy_id", "number"),
    )

    submission_number: Mapped[RowNumber]
    policy_id: Mapped[Identifier]
    number: Mapped[Whole]
    state: Mapped[Word]
    sha256: Mapped[Hash]
    submitted_by: Mapped[Identifier]
    submitted_at: Mapped[Instant]
    approvers_needed: Mapped[Whole]
    simulation_days: Mapped[Whole | None]
    hands: Mapped[LongText]


class PolicyApproval(Model):
    """One person's approval of one submission; nobody counts twice, with whatever key or role they come.

    `simulation_key` is the key of the simulation that it rests on, where one was demanded.
    """

    __tablename__ = "policy_approvals"

    submission_number: Mapped[Whole] = mapped_column(
        ForeignKey("policy_submissions.submission_number"), primary_key=True, autoincrement=False
    )
    person: Mapped[Identifier] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    sha256: Mapped[Hash]
    note: Mapped[LongText]
    key_id: Mapped[OwnId | None]
    is_bypass: Mapped[Claim]
    simulation_key: Mapped[Hash | None]
