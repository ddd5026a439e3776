"""The first tables: cases, and days that were run."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the tables."""
    _run_days()
    _customer_mornings()
    _escalation_cases()
    _case_notes()
    _case_steps()


def drop() -> None:
    """Take them away."""
    for table in (
        "case_steps",
        "case_notes",
        "escalation_cases",
        "customer_mornings",
        "run_days",
    ):
        op.drop_table(table)


def _run_days() -> None:
    op.create_table(
        "run_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.String(200), nullable=False),
        sa.Column("ledger_head", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_run_days")),
    )


def _customer_mornings() -> None:
    op.create_table(
        "customer_mornings",
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("triggers", sa.Text(), nullable=False),
        sa.Column("review_waits_since", sa.Date()),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_customer_mornings_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_mornings")),
    )
    op.create_index(op.f("ix_customer_mornings_day"), "customer_mornings", ["day"])


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
        op.f("ix_escalation_cases_state_deadline_case_id"), "escalation_cases", ["state", "deadline", "case_id"]
    )
    op.create_index(
        "uq_escalation_cases_open",
        "escalation_cases",
        ["customer_id", "ladder"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
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
        sa.CheckConstraint(
            "kind IN ('note', 'contact', 'promise', 'dispute', 'assignment', 'deadline', 'approval', 'fault')",
            name=op.f("ck_case_notes_kind"),
        ),
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
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("ladder", sa.String(200), nullable=False),
        sa.Column("level", sa.String(200), nullable=False),
        sa.Column("invoice_id", sa.String(200), nullable=False),
        sa.Column("fired_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("action", sa.String(500), nullable=False),
        sa.Column("channel", sa.String(500), nullable=False),
        sa.Column("owner_role", sa.String(200), nullable=False),
        sa.Column("deadline", sa.Date()),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("approval_role", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("decision_id", sa.String(40)),
        sa.Column("released_on", sa.Date()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('fired', 'passed_over', 'proposed', 'refused', 'lapsed')", name=op.f("ck_case_steps_state")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["escalation_cases.case_id"], name=op.f("fk_case_steps_case_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_case_steps_customer_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name=op.f("fk_case_steps_decision_id")),
        sa.PrimaryKeyConstraint("step_number", name=op.f("pk_case_steps")),
    )
    op.create_index(op.f("ix_case_steps_case_id"), "case_steps", ["case_id"])
    op.create_index(op.f("ix_case_steps_fired_on"), "case_steps", ["fired_on"])
    op.create_index(op.f("ix_case_steps_state_approval_role"), "case_steps", ["state", "approval_role"])
    op.create_index(
        "uq_case_steps_level",
        "case_steps",
        ["customer_id", "ladder", "level", "invoice_id"],
        unique=True,
        sqlite_where=sa.text("invoice_id <> ''"),
        postgresql_where=sa.text("invoice_id <> ''"),
    )
    op.create_index(
        "uq_case_steps_trigger",
        "case_steps",
        ["customer_id", "ladder", "level", "fired_on"],
        unique=True,
        sqlite_where=sa.text("invoice_id = ''"),
        postgresql_where=sa.text("invoice_id = ''"),
    )
