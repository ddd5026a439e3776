"""The first tables: customers, events, orders, standings and rates of the ledger."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the tables."""
    _ledger_rates()
    _ledger_customers()
    _ledger_events()
    _ledger_orders()
    _ledger_standings()


def drop() -> None:
    """Take them away."""
    for table in (
        "ledger_standings",
        "ledger_orders",
        "ledger_events",
        "ledger_customers",
        "ledger_rates",
    ):
        op.drop_table(table)


def _ledger_rates() -> None:
    op.create_table(
        "ledger_rates",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(40), nullable=False),
        sa.Column("rate", sa.String(40), nullable=False),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_rates")),
    )
    op.create_index(
        "uq_ledger_rates_id",
        "ledger_rates",
        ["date", "currency"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def _ledger_customers() -> None:
    op.create_table(
        "ledger_customers",
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("parent_id", sa.String(200), nullable=False),
        sa.Column("currency", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("posted_on", sa.Date()),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_ledger_customers_customer_id")
        ),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_customers")),
    )
    op.create_index(op.f("ix_ledger_customers_customer_id"), "ledger_customers", ["customer_id"])
    op.create_index(
        "uq_ledger_customers_id",
        "ledger_customers",
        ["customer_id", "valid_from"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_index(
        "uq_ledger_customers_undated",
        "ledger_customers",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL AND valid_from IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL AND valid_from IS NULL"),
    )


def _ledger_events() -> None:
    op.create_table(
        "ledger_events",
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(500), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_ledger_events_customer_id")),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_events")),
    )
    op.create_index(op.f("ix_ledger_events_customer_id"), "ledger_events", ["customer_id"])
    op.create_index(
        "uq_ledger_events_id",
        "ledger_events",
        ["event_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def _ledger_orders() -> None:
    op.create_table(
        "ledger_orders",
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(40), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name=op.f("fk_ledger_orders_customer_id")),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_orders")),
    )
    op.create_index(op.f("ix_ledger_orders_customer_id"), "ledger_orders", ["customer_id"])
    op.create_index(
        "uq_ledger_orders_id",
        "ledger_orders",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )


def _ledger_standings() -> None:
    op.create_table(
        "ledger_standings",
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("credit_limit", sa.BigInteger()),
        sa.Column("payment_term_days", sa.BigInteger()),
        sa.Column("posted_on", sa.Date()),
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_ledger_standings_customer_id")
        ),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_ledger_standings")),
    )
    op.create_index(op.f("ix_ledger_standings_customer_id"), "ledger_standings", ["customer_id"])
    op.create_index(
        "uq_ledger_standings_id",
        "ledger_standings",
        ["customer_id", "valid_from"],
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
