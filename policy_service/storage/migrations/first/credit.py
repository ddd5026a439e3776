"""The first tables: standings, overrides, orders and cases."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the tables."""
    _escalation_cases()
    _orders()
    _overrides()
    _standings()
    _case_notes()
    _case_steps()
    _order_steps()


def drop() -> None:
    """Take them away."""
    for table in (
        "order_steps",
        "case_steps",
        "case_notes",
        "standings",
        "overrides",
        "orders",
        "escalation_cases",
    ):
        op.drop_table(table)


def _escalation_cases() -> None:
    op.create_table(
        "escalation_cases",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("ladder", sa.String(200), nullable=False),
        sa.Column("level", sa.String(200), nullable=False),
        sa.Column("action", sa.String(500), nullable=False),
        sa.Column("channel", sa.String(500), nullable=False),
        sa.Column("owner_role", sa.String(200), nullable=False),
        sa.Column("assigned_to", sa.String(200), nullable=False),
        sa.Column("deadline", sa.Date()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_escalation_cases_state")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_escalation_cases_customer_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_escalation_cases")),
    )
    op.create_index(op.f("ix_escalation_cases_customer_id_opened_on"), "escalation_cases", ["customer_id", "opened_on"])
    op.create_index(
        op.f("ix_escalation_cases_state_owner_role_deadline"), "escalation_cases", ["state", "owner_role", "deadline"]
    )
    op.create_index(
        "uq_escalation_cases_open",
        "escalation_cases",
        ["customer_id", "ladder"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(40), nullable=False),
        sa.Column("base_amount", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("held_since", sa.BigInteger()),
        sa.Column("amended_by", sa.String(200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'held', 'released', 'cancelled', 'invoiced', 'amended')", name=op.f("ck_orders_state")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_orders_customer_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_orders_decision_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_customer_id_asked_at"), "orders", ["customer_id", "asked_at"])
    op.create_index(op.f("ix_orders_state_base_amount"), "orders", ["state", "base_amount"])
    op.create_index(op.f("ix_orders_state_held_since"), "orders", ["state", "held_since"])


def _overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("override_id", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("decision_id", sa.String(40)),
        sa.Column("decision_type", sa.String(40), nullable=False),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("second_person", sa.String(200), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String(200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "decision_type IN ('review', 'order', 'escalation')", name=op.f("ck_overrides_decision_type")
        ),
        sa.CheckConstraint("state IN ('proposed', 'in_force', 'ended', 'rejected')", name=op.f("ck_overrides_state")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_overrides_customer_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_overrides_decision_id")),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_overrides")),
    )
    op.create_index(
        op.f("ix_overrides_customer_id_state_expires_on"), "overrides", ["customer_id", "state", "expires_on"]
    )
    op.create_index(op.f("ix_overrides_order_id"), "overrides", ["order_id"])
    op.create_index(op.f("ix_overrides_state_expires_on"), "overrides", ["state", "expires_on"])


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("standing_id", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date()),
        sa.Column("decision_id", sa.String(40)),
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("policy_version", sa.BigInteger()),
        sa.Column("approval_role", sa.String(40), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("origin IN ('review', 'ladder', 'override', 'recorded')", name=op.f("ck_standings_origin")),
        sa.CheckConstraint("state IN ('proposed', 'in_force', 'ended', 'rejected')", name=op.f("ck_standings_state")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_standings_customer_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_standings_decision_id")),
        sa.PrimaryKeyConstraint("standing_id", name=op.f("pk_standings")),
    )
    op.create_index(op.f("ix_standings_customer_id_valid_from"), "standings", ["customer_id", "valid_from"])
    op.create_index(op.f("ix_standings_state_approval_role"), "standings", ["state", "approval_role"])
    op.create_index(op.f("ix_standings_state_review_on"), "standings", ["state", "review_on"])
    op.create_index(
        "uq_standings_in_force",
        "standings",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'in_force'"),
        postgresql_where=sa.text("state = 'in_force'"),
    )


def _case_notes() -> None:
    op.create_table(
        "case_notes",
        sa.Column(
            "note_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.String(200), nullable=False),
        sa.CheckConstraint("kind IN ('note', 'contact', 'promise', 'dispute')", name=op.f("ck_case_notes_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["escalation_cases.case_id"], name=op.f("fk_case_notes_case_id")),
        sa.PrimaryKeyConstraint("note_number", name=op.f("pk_case_notes")),
    )
    op.create_index(op.f("ix_case_notes_case_id"), "case_notes", ["case_id"])


def _case_steps() -> None:
    op.create_table(
        "case_steps",
        sa.Column(
            "step_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("level", sa.String(200), nullable=False),
        sa.Column("invoice_id", sa.String(200), nullable=False),
        sa.Column("fired_on", sa.Date(), nullable=False),
        sa.Column("decision_id", sa.String(40)),
        sa.Column("released_on", sa.Date()),
        sa.ForeignKeyConstraint(["case_id"], ["escalation_cases.case_id"], name=op.f("fk_case_steps_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_case_steps_decision_id")),
        sa.PrimaryKeyConstraint("step_number", name=op.f("pk_case_steps")),
    )
    op.create_index(
        "uq_case_steps_level",
        "case_steps",
        ["case_id", "level", "invoice_id"],
        unique=True,
        sqlite_where=sa.text("invoice_id <> ''"),
        postgresql_where=sa.text("invoice_id <> ''"),
    )
    op.create_index(
        "uq_case_steps_trigger",
        "case_steps",
        ["case_id", "level", "fired_on"],
        unique=True,
        sqlite_where=sa.text("invoice_id = ''"),
        postgresql_where=sa.text("invoice_id = ''"),
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
