"""The first tables: people, delivery and jobs."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the tables."""
    _company_settings()
    _idempotency_keys()
    _jobs()
    _leases()
    _setting_changes()
    _users()
    _webhooks()
    _api_keys()
    _idempotency_chunks()
    _outbox()
    _user_roles()


def drop() -> None:
    """Take them away."""
    for table in (
        "user_roles",
        "outbox",
        "idempotency_chunks",
        "api_keys",
        "webhooks",
        "users",
        "setting_changes",
        "leases",
        "jobs",
        "idempotency_keys",
        "company_settings",
    ):
        op.drop_table(table)


def _company_settings() -> None:
    op.create_table(
        "company_settings",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_company_settings")),
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.BigInteger()),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('in_flight', 'answered')", name=op.f("ck_idempotency_keys_state")),
        sa.PrimaryKeyConstraint("asked_by", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_expires_at"), "idempotency_keys", ["expires_at"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("once", sa.String(200)),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("leased_by", sa.String(200), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("heartbeat_at", sa.BigInteger()),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("progress_done", sa.BigInteger(), nullable=False),
        sa.Column("progress_total", sa.BigInteger(), nullable=False),
        sa.Column("is_cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_kind_created_at"), "jobs", ["kind", "created_at"])
    op.create_index(op.f("ix_jobs_once"), "jobs", ["once"], unique=True)
    op.create_index(op.f("ix_jobs_state_created_at"), "jobs", ["state", "created_at"])


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("held_by", sa.String(200), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def _setting_changes() -> None:
    op.create_table(
        "setting_changes",
        sa.Column("change_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("proposed_by", sa.String(200), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_by", sa.String(200)),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'agreed', 'withdrawn')", name=op.f("ck_setting_changes_state")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_setting_changes")),
    )
    op.create_index(op.f("ix_setting_changes_name_proposed_at"), "setting_changes", ["name", "proposed_at"])
    op.create_index(op.f("ix_setting_changes_state"), "setting_changes", ["state"])


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("login", sa.String(200), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("email", sa.String(500), nullable=False),
        sa.Column("password_hash", sa.String(500), nullable=False),
        sa.Column("locale", sa.String(40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
    )
    op.create_index(op.f("ix_users_login"), "users", ["login"], unique=True)


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("webhook_id", sa.String(40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(500), nullable=False),
        sa.Column("previous_secret", sa.String(500), nullable=False),
        sa.Column("previous_secret_until", sa.BigInteger()),
        sa.Column("event_types", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("switched_off_because", sa.String(500), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhooks")),
    )


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("requests_per_minute", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("last_used_at", sa.BigInteger()),
        sa.Column("replaces", sa.String(40)),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["replaces"], ["api_keys.key_id"], name=op.f("fk_api_keys_replaces")),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_api_keys_user_id")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
    )
    op.create_index(op.f("ix_api_keys_secret_hash"), "api_keys", ["secret_hash"], unique=True)
    op.create_index(op.f("ix_api_keys_user_id"), "api_keys", ["user_id"])


def _idempotency_chunks() -> None:
    op.create_table(
        "idempotency_chunks",
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("lines_before", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by", "key"],
            ["idempotency_keys.asked_by", "idempotency_keys.key"],
            name=op.f("fk_idempotency_chunks_asked_by_key"),
        ),
        sa.PrimaryKeyConstraint("asked_by", "key", "lines_before", name=op.f("pk_idempotency_chunks")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(40), nullable=False),
        sa.Column("webhook_id", sa.String(40), nullable=False),
        sa.Column("event_type", sa.String(500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("waits_since", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger()),
        sa.Column("leased_by", sa.String(200), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("last_status", sa.BigInteger()),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'set_aside', 'delivered', 'dead')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.webhook_id"], name=op.f("fk_outbox_webhook_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_state_waits_since"), "outbox", ["state", "waits_since"])
    op.create_index(
        op.f("ix_outbox_webhook_id_state_next_attempt_at"), "outbox", ["webhook_id", "state", "next_attempt_at"]
    )
    op.create_index(op.f("ix_outbox_webhook_id_state_number"), "outbox", ["webhook_id", "state", "number"])


def _user_roles() -> None:
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("proposed_by", sa.String(40)),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", sa.String(40)),
        sa.Column("granted_at", sa.BigInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'granted', 'withdrawn')", name=op.f("ck_user_roles_state")),
        sa.ForeignKeyConstraint(["granted_by"], ["users.user_id"], name=op.f("fk_user_roles_granted_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["users.user_id"], name=op.f("fk_user_roles_proposed_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_user_roles_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_roles")),
    )
    op.create_index(op.f("ix_user_roles_role_state"), "user_roles", ["role", "state"])
