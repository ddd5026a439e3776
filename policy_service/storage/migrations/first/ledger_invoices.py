"""The first tables: invoices of the ledger and what hangs on them."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the tables."""
    _ledger_adjustments()
    _ledger_disputes()
    _ledger_invoices()
    _ledger_payments()
    _ledger_promises()


def drop() -> None:
    """Take them away."""
    for table in (
        "ledger_promises",
        "ledger_payments",
        "ledger_invoices",
        "ledger_disputes",
        "ledger_adjustments",
    ):
        op.drop_table(table)


def _ledger_adjustments() -> None:
    op.create_table(
        "ledger_adjustments",
        sa.Column("adjustment_id", sa.String(200), nullable=False),
        sa.Column("history_of", sa.String(200), nullable=False),
        sa.Column("invoice_id", sa.String(200), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["history_of"], ["customers.customer_id"], name=op.f("fk_ledger_adjustments_history_of")
        ),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_adjustments")),
    )
    op.create_index(op.f("ix_ledger_adjustments_history_of"), "ledger_adjustments", ["history_of"])
    op.create_index(op.f("ix_ledger_adjustments_invoice_id"), "ledger_adjustments", ["invoice_id"])
    op.create_index(
        "uq_ledger_adjustments_id",
        "ledger_adjustments",
        ["adjustment_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def _ledger_disputes() -> None:
    op.create_table(
        "ledger_disputes",
        sa.Column("dispute_id", sa.String(200), nullable=False),
        sa.Column("history_of", sa.String(200), nullable=False),
        sa.Column("invoice_id", sa.String(200), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("closed", sa.Date()),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(["history_of"], ["customers.customer_id"], name=op.f("fk_ledger_disputes_history_of")),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_disputes")),
    )
    op.create_index(op.f("ix_ledger_disputes_history_of"), "ledger_disputes", ["history_of"])
    op.create_index(op.f("ix_ledger_disputes_invoice_id"), "ledger_disputes", ["invoice_id"])
    op.create_index(
        "uq_ledger_disputes_id",
        "ledger_disputes",
        ["dispute_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def _ledger_invoices() -> None:
    op.create_table(
        "ledger_invoices",
        sa.Column("invoice_id", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(40), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("order_date", sa.Date()),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_ledger_invoices_customer_id")
        ),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_invoices")),
    )
    op.create_index(op.f("ix_ledger_invoices_customer_id"), "ledger_invoices", ["customer_id"])
    op.create_index(
        "uq_ledger_invoices_id",
        "ledger_invoices",
        ["invoice_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def _ledger_payments() -> None:
    op.create_table(
        "ledger_payments",
        sa.Column("payment_id", sa.String(200), nullable=False),
        sa.Column("history_of", sa.String(200), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("invoice_id", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("matures_on", sa.Date()),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(["history_of"], ["customers.customer_id"], name=op.f("fk_ledger_payments_history_of")),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_payments")),
    )
    op.create_index(op.f("ix_ledger_payments_history_of"), "ledger_payments", ["history_of"])
    op.create_index(op.f("ix_ledger_payments_invoice_id"), "ledger_payments", ["invoice_id"])
    op.create_index(
        "uq_ledger_payments_id",
        "ledger_payments",
        ["payment_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def _ledger_promises() -> None:
    op.create_table(
        "ledger_promises",
        sa.Column("promise_id", sa.String(200), nullable=False),
        sa.Column("history_of", sa.String(200), nullable=False),
        sa.Column("invoice_id", sa.String(200), nullable=False),
        sa.Column("made", sa.Date(), nullable=False),
        sa.Column("promised", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(["history_of"], ["customers.customer_id"], name=op.f("fk_ledger_promises_history_of")),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_promises")),
    )
    op.create_index(op.f("ix_ledger_promises_history_of"), "ledger_promises", ["history_of"])
    op.create_index(op.f("ix_ledger_promises_invoice_id"), "ledger_promises", ["invoice_id"])
    op.create_index(
        "uq_ledger_promises_id",
        "ledger_promises",
        ["promise_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
