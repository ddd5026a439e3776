"""The first tables: standings, overrides and orders."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the tables."""
    _orders()
    _overrides()
    _review_tasks()
    _standing_effects()
    _standings()
    _order_steps()


def drop() -> None:
    """Take them away."""
    for table in (
        "order_steps",
        "standings",
        "standing_effects",
        "review_tasks",
        "overrides",
        "orders",
    ):
        op.drop_table(table)


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(40), nullable=False),
        sa.Column("base_amount", sa.BigInteger()),
        sa.Column("prepaid", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.String(40), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("exposure", sa.BigInteger()),
        sa.Column("held_since", sa.BigInteger()),
        sa.Column("referred_to", sa.String(40), nullable=False),
        sa.Column("released_by", sa.String(200), nullable=False),
        sa.Column("released_amount", sa.BigInteger()),
        sa.Column("replaces", sa.String(200), nullable=False),
        sa.Column("amended_by", sa.String(200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'held', 'released', 'cancelled', 'invoiced', 'amended')", name=op.f("ck_orders_state")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_orders_customer_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_orders_decision_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_asked_at_order_id"), "orders", ["asked_at", "order_id"])
    op.create_index(op.f("ix_orders_customer_id_asked_at"), "orders", ["customer_id", "asked_at"])
    op.create_index(op.f("ix_orders_state_held_since_order_id"), "orders", ["state", "held_since", "order_id"])


def _overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("override_id", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("decision_type", sa.String(40), nullable=False),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("largest_amount", sa.BigInteger()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("authority", sa.String(40), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("second_person", sa.String(200), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("in_force_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String(200), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "decision_type IN ('review', 'order', 'escalation')", name=op.f("ck_overrides_decision_type")
        ),
        sa.CheckConstraint("state IN ('proposed', 'in_force', 'ended', 'rejected')", name=op.f("ck_overrides_state")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_overrides_customer_id")),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_customer_id_expires_on"), "overrides", ["customer_id", "expires_on"])
    op.create_index(op.f("ix_overrides_given_at_override_id"), "overrides", ["given_at", "override_id"])
    op.create_index(op.f("ix_overrides_order_id"), "overrides", ["order_id"])
    op.create_index(op.f("ix_overrides_state_expires_on"), "overrides", ["state", "expires_on"])


def _review_tasks() -> None:
    op.create_table(
        "review_tasks",
        sa.Column(
            "task_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("decision_id", sa.String(40), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("tried_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_review_tasks_customer_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_review_tasks_decision_id")),
        sa.PrimaryKeyConstraint("task_number", name=op.f("pk_review_tasks")),
    )
    op.create_index(op.f("ix_review_tasks_closed_at_opened_on"), "review_tasks", ["closed_at", "opened_on"])
    op.create_index(
        "uq_review_tasks_open",
        "review_tasks",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _standing_effects() -> None:
    op.create_table(
        "standing_effects",
        sa.Column(
            "effect_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("ladder", sa.String(200), nullable=False),
        sa.Column("level", sa.String(200), nullable=False),
        sa.Column("output", sa.String(200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.String(40)),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("begun_by", sa.String(200), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_standing_effects_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.decision_id"], name=op.f("fk_standing_effects_decision_id")
        ),
        sa.PrimaryKeyConstraint("effect_number", name=op.f("pk_standing_effects")),
    )
    op.create_index(op.f("ix_standing_effects_customer_id_begun_at"), "standing_effects", ["customer_id", "begun_at"])
    op.create_index(
        "uq_standing_effects_in_force",
        "standing_effects",
        ["customer_id", "ladder", "level", "output"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("standing_id", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("limit_until", sa.Date()),
        sa.Column("review_on", sa.Date()),
        sa.Column("decision_id", sa.String(40), nullable=False),
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("approval_role", sa.String(200), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("origin IN ('review', 'cuts')", name=op.f("ck_standings_origin")),
        sa.CheckConstraint("state IN ('proposed', 'in_force', 'ended', 'rejected')", name=op.f("ck_standings_state")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_standings_customer_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_standings_decision_id")),
        sa.PrimaryKeyConstraint("standing_id", name=op.f("pk_standings")),
    )
    op.create_index(op.f("ix_standings_customer_id_proposed_at"), "standings", ["customer_id", "proposed_at"])
    op.create_index(op.f("ix_standings_state_proposed_at"), "standings", ["state", "proposed_at"])
    op.create_index(op.f("ix_standings_state_review_on"), "standings", ["state", "review_on"])
    op.create_index(
        "uq_standings_in_force",
        "standings",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'in_force'"),
        postgresql_where=sa.text("state = 'in_force'"),
    )
    op.create_index(
        "uq_standings_proposed",
        "standings",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )


def _order_steps() -> None:
    op.create_table(
        "order_steps",
        sa.Column(
            "step_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("from_state", sa.String(40), nullable=False),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("prepaid", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.String(40)),
        sa.CheckConstraint(
            "to_state IN ('open', 'held', 'released', 'cancelled', 'invoiced', 'amended')",
            name=op.f("ck_order_steps_to_state"),
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_order_steps_decision_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_steps_order_id")),
        sa.PrimaryKeyConstraint("step_number", name=op.f("pk_order_steps")),
    )
    op.create_index(op.f("ix_order_steps_order_id"), "order_steps", ["order_id"])
