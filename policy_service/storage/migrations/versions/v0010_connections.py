"""Other systems that are connected, what they hold, and rows of the ledger that were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_PENDING = sa.text("is_pending")
_TABLES = (
    "connections",
    "connection_states",
    "pulls",
    "pull_cursors",
    "mirrored_rows",
    "row_links",
    "translated_rows",
    "touched_names",
    "written_values",
    "connection_postings",
    "withdrawals",
)


def upgrade() -> None:
    """Make the tables."""
    _make_connections()
    _make_mirror()
    _make_translated()
    _make_postings()


def downgrade() -> None:
    """Take them away."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _make_connections() -> None:
    op.create_table(
        "connections",
        sa.Column(
            "connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("system", sa.String(40), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("schedule_minutes", sa.BigInteger(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("writes_back", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "system IN ('fxiaoke', 'zoho_crm', 'zoho_books', 'drop_folder')", name=op.f("ck_connections_system")
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_connections")),
    )
    op.create_index(op.f("ix_connections_name"), "connections", ["name"], unique=True)
    op.create_table(
        "connection_states",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("job_id", sa.String(40), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("translated_with", sa.String(64), nullable=False),
        sa.Column("read_through", sa.BigInteger(), nullable=False),
        sa.Column("has_left_out", sa.Boolean(), nullable=False),
        sa.Column("rates", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_connection_states_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_connection_states")),
    )
    op.create_table(
        "pulls",
        sa.Column("pull_id", sa.String(40), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=False),
        sa.Column("translated", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("replaced", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.String(40), nullable=True),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'failed', 'stopped')", name=op.f("ck_pulls_state")),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.connection_id"], name=op.f("fk_pulls_connection_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.import_id"], name=op.f("fk_pulls_import_id")),
        sa.PrimaryKeyConstraint("pull_id", name=op.f("pk_pulls")),
    )
    op.create_index(op.f("ix_pulls_connection_id_started_at"), "pulls", ["connection_id", "started_at"])


def _make_mirror() -> None:
    op.create_table(
        "pull_cursors",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object_name", sa.String(200), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("sweep", sa.BigInteger(), nullable=False),
        sa.Column("is_sweeping", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_pull_cursors_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "object_name", name=op.f("pk_pull_cursors")),
    )
    op.create_table(
        "mirrored_rows",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object_name", sa.String(200), nullable=False),
        sa.Column("row_id", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("is_pending", sa.Boolean(), nullable=False),
        sa.Column("sweep", sa.BigInteger(), nullable=False),
        sa.Column("listing", sa.String(200), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_mirrored_rows_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "object_name", "row_id", name=op.f("pk_mirrored_rows")),
    )
    op.create_index(
        "ix_mirrored_rows_pending",
        "mirrored_rows",
        ["connection_id", "object_name", "row_id"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_table(
        "row_links",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object_name", sa.String(200), nullable=False),
        sa.Column("row_id", sa.String(200), nullable=False),
        sa.Column("looked_object", sa.String(200), nullable=False),
        sa.Column("looked_row", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_row_links_connection_id")
        ),
        sa.PrimaryKeyConstraint(
            "connection_id", "object_name", "row_id", "looked_object", "looked_row", name=op.f("pk_row_links")
        ),
    )
    op.create_index(
        op.f("ix_row_links_connection_id_looked_object_looked_row"),
        "row_links",
        ["connection_id", "looked_object", "looked_row"],
    )


def _make_translated() -> None:
    op.create_table(
        "translated_rows",
        sa.Column(
            "row_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("object_name", sa.String(200), nullable=False),
        sa.Column("row_id", sa.String(200), nullable=False),
        sa.Column("entry_table", sa.String(40), nullable=False),
        sa.Column("entry_key", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("invoice_id", sa.String(200), nullable=False),
        sa.Column("order_id", sa.String(200), nullable=False),
        sa.Column("parent_id", sa.String(200), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_translated_rows_connection_id")
        ),
        sa.PrimaryKeyConstraint("row_number", name=op.f("pk_translated_rows")),
    )
    op.create_index(
        op.f("ix_translated_rows_connection_id_customer_id"), "translated_rows", ["connection_id", "customer_id"]
    )
    op.create_index(
        op.f("ix_translated_rows_connection_id_entry_table_entry_key"),
        "translated_rows",
        ["connection_id", "entry_table", "entry_key"],
    )
    op.create_index(
        op.f("ix_translated_rows_connection_id_invoice_id"), "translated_rows", ["connection_id", "invoice_id"]
    )
    op.create_index(
        op.f("ix_translated_rows_connection_id_object_name_row_id"),
        "translated_rows",
        ["connection_id", "object_name", "row_id"],
    )
    op.create_index(op.f("ix_translated_rows_connection_id_order_id"), "translated_rows", ["connection_id", "order_id"])
    op.create_index(
        op.f("ix_translated_rows_connection_id_parent_id"), "translated_rows", ["connection_id", "parent_id"]
    )
    op.create_table(
        "touched_names",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_touched_names_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "kind", "name", name=op.f("pk_touched_names")),
    )
    op.create_table(
        "written_values",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object_name", sa.String(200), nullable=False),
        sa.Column("row_id", sa.String(200), nullable=False),
        sa.Column("field", sa.String(200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_written_values_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "object_name", "row_id", "field", name=op.f("pk_written_values")),
    )


def _make_postings() -> None:
    op.create_table(
        "connection_postings",
        sa.Column("posting", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_connection_postings_connection_id")
        ),
        sa.ForeignKeyConstraint(["posting"], ["postings.number"], name=op.f("fk_connection_postings_posting")),
        sa.PrimaryKeyConstraint("posting", name=op.f("pk_connection_postings")),
    )
    op.create_index(op.f("ix_connection_postings_connection_id"), "connection_postings", ["connection_id"])
    op.create_table(
        "withdrawals",
        sa.Column("posting", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_table", sa.String(40), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["posting"], ["postings.number"], name=op.f("fk_withdrawals_posting")),
        sa.PrimaryKeyConstraint("posting", "entry_table", name=op.f("pk_withdrawals")),
    )
    op.create_index(op.f("ix_withdrawals_entry_table_posting"), "withdrawals", ["entry_table", "posting"])
