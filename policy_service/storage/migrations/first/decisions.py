"""The first tables: policies, decisions, seals and acts."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the tables."""
    _audit_events()
    _chain_heads()
    _decisions()
    _policies()
    _seals()
    _policy_versions()
    _policy_submissions()
    _policy_version_steps()
    _policy_approvals()


def drop() -> None:
    """Take them away."""
    for table in (
        "policy_approvals",
        "policy_version_steps",
        "policy_submissions",
        "policy_versions",
        "seals",
        "policies",
        "decisions",
        "chain_heads",
        "audit_events",
    ):
        op.drop_table(table)


def _audit_events() -> None:
    op.create_table(
        "audit_events",
        sa.Column("event_id", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("key_id", sa.String(40)),
        sa.Column("request_id", sa.String(200), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject_kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("writer", sa.String(200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_at_event_id"), "audit_events", ["at", "event_id"])
    op.create_index(op.f("ix_audit_events_person_at"), "audit_events", ["person", "at"])
    op.create_index(
        op.f("ix_audit_events_subject_kind_subject_id_at"), "audit_events", ["subject_kind", "subject_id", "at"]
    )
    op.create_index(op.f("ix_audit_events_writer_sequence"), "audit_events", ["writer", "sequence"], unique=True)


def _chain_heads() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("log", sa.String(40), nullable=False),
        sa.Column("writer", sa.String(200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("log", "writer", name=op.f("pk_chain_heads")),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(40), nullable=False),
        sa.Column("request_id", sa.String(200), nullable=False),
        sa.Column("decision_type", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("policy_hash", sa.String(64), nullable=False),
        sa.Column("engine_version", sa.String(500), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("known_until", sa.BigInteger(), nullable=False),
        sa.Column("ledger_head", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("took", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("writer", sa.String(200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint(
            "decision_type IN ('review', 'order', 'escalation')", name=op.f("ck_decisions_decision_type")
        ),
        sa.CheckConstraint("purpose IN ('live', 'dry_run', 'shadow')", name=op.f("ck_decisions_purpose")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
    )
    op.create_index(
        op.f("ix_decisions_customer_id_decided_at_decision_id"),
        "decisions",
        ["customer_id", "decided_at", "decision_id"],
    )
    op.create_index(op.f("ix_decisions_decided_at_decision_id"), "decisions", ["decided_at", "decision_id"])
    op.create_index(op.f("ix_decisions_order_id"), "decisions", ["order_id"])
    op.create_index(
        op.f("ix_decisions_outcome_decided_at_decision_id"), "decisions", ["outcome", "decided_at", "decision_id"]
    )
    op.create_index(op.f("ix_decisions_request_id"), "decisions", ["request_id"])
    op.create_index(op.f("ix_decisions_writer_sequence"), "decisions", ["writer", "sequence"], unique=True)


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("policy_id", name=op.f("pk_policies")),
    )


def _seals() -> None:
    op.create_table(
        "seals",
        sa.Column(
            "seal_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("log", sa.String(40), nullable=False),
        sa.Column("writer", sa.String(200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.Column("sealed_at", sa.BigInteger(), nullable=False),
        sa.Column("previous_mac", sa.String(64), nullable=False),
        sa.Column("key_name", sa.String(40), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seal_number", name=op.f("pk_seals")),
    )
    op.create_index(op.f("ix_seals_log_writer_sequence"), "seals", ["log", "writer", "sequence"])


def _policy_versions() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("canonical_text", sa.Text()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("hands", sa.Text(), nullable=False),
        sa.Column("based_on", sa.BigInteger()),
        sa.Column("effective_from", sa.BigInteger()),
        sa.Column("effective_until", sa.BigInteger()),
        sa.Column("retires_at", sa.BigInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "effective_from IS NULL OR state IN ('scheduled', 'active', 'retired')",
            name=op.f("ck_policy_versions_effective"),
        ),
        sa.CheckConstraint("state = 'draft' OR canonical_text IS NOT NULL", name=op.f("ck_policy_versions_text")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'scheduled', 'active', 'retired')",
            name=op.f("ck_policy_versions_state"),
        ),
        sa.CheckConstraint("(canonical_text IS NULL) = (sha256 IS NULL)", name=op.f("ck_policy_versions_hash")),
        sa.CheckConstraint(
            "effective_until IS NULL OR effective_from IS NOT NULL", name=op.f("ck_policy_versions_period")
        ),
        sa.CheckConstraint("retires_at IS NULL OR effective_from IS NOT NULL", name=op.f("ck_policy_versions_retires")),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.policy_id"], name=op.f("fk_policy_versions_policy_id")),
        sa.PrimaryKeyConstraint("policy_id", "number", name=op.f("pk_policy_versions")),
    )
    op.create_index(
        op.f("ix_policy_versions_policy_id_effective_from"),
        "policy_versions",
        ["policy_id", "effective_from"],
        unique=True,
    )
    op.create_index(op.f("ix_policy_versions_sha256"), "policy_versions", ["sha256"])
    op.create_index(op.f("ix_policy_versions_state"), "policy_versions", ["state"])


def _policy_submissions() -> None:
    op.create_table(
        "policy_submissions",
        sa.Column(
            "submission_number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("submitted_by", sa.String(200), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.Column("approvers_needed", sa.BigInteger(), nullable=False),
        sa.Column("hands", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'approved', 'void')", name=op.f("ck_policy_submissions_state")),
        sa.CheckConstraint("approvers_needed > 0", name=op.f("ck_policy_submissions_approvers")),
        sa.ForeignKeyConstraint(
            ["policy_id", "number"],
            ["policy_versions.policy_id", "policy_versions.number"],
            name=op.f("fk_policy_submissions_policy_id_number"),
        ),
        sa.PrimaryKeyConstraint("submission_number", name=op.f("pk_policy_submissions")),
    )
    op.create_index(op.f("ix_policy_submissions_policy_id_number"), "policy_submissions", ["policy_id", "number"])


def _policy_version_steps() -> None:
    op.create_table(
        "policy_version_steps",
        sa.Column(
            "step_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("key_id", sa.String(40)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_bypass", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id", "number"],
            ["policy_versions.policy_id", "policy_versions.number"],
            name=op.f("fk_policy_version_steps_policy_id_number"),
        ),
        sa.PrimaryKeyConstraint("step_number", name=op.f("pk_policy_version_steps")),
    )
    op.create_index(op.f("ix_policy_version_steps_policy_id_number"), "policy_version_steps", ["policy_id", "number"])


def _policy_approvals() -> None:
    op.create_table(
        "policy_approvals",
        sa.Column("submission_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(40)),
        sa.Column("is_bypass", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_number"],
            ["policy_submissions.submission_number"],
            name=op.f("fk_policy_approvals_submission_number"),
        ),
        sa.PrimaryKeyConstraint("submission_number", "person", name=op.f("pk_policy_approvals")),
    )
