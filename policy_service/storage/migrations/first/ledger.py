"""The first tables: what came into the ledger when."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make the tables."""
    _customers()
    _imports()
    _ledger_state()
    _import_notes()
    _postings()
    _posted_customers()


def drop() -> None:
    """Take them away."""
    for table in (
        "posted_customers",
        "postings",
        "import_notes",
        "ledger_state",
        "imports",
        "customers",
    ):
        op.drop_table(table)


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("root_id", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
    )
    op.create_index(op.f("ix_customers_root_id"), "customers", ["root_id"])


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("import_id", sa.String(40), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("source", sa.String(500), nullable=False),
        sa.Column("base_currency", sa.String(40), nullable=False),
        sa.Column("differing", sa.String(40), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("replaced", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("quarantined", sa.BigInteger(), nullable=False),
        sa.Column("warnings", sa.BigInteger(), nullable=False),
        sa.Column("posting", sa.BigInteger()),
        sa.CheckConstraint("differing IN ('refuse', 'replace')", name=op.f("ck_imports_differing")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_started_at"), "imports", ["started_at"])


def _ledger_state() -> None:
    op.create_table(
        "ledger_state",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("base_currency", sa.String(40), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("orders_since", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_state")),
    )


def _import_notes() -> None:
    op.create_table(
        "import_notes",
        sa.Column("import_id", sa.String(40), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("file", sa.String(500), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("entry_table", sa.String(40), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("further", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('quarantined', 'warning')", name=op.f("ck_import_notes_kind")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.import_id"], name=op.f("fk_import_notes_import_id")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_import_notes")),
    )
    op.create_index(op.f("ix_import_notes_import_id_code"), "import_notes", ["import_id", "code"])


def _postings() -> None:
    op.create_table(
        "postings",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("import_id", sa.String(40)),
        sa.ForeignKeyConstraint(["import_id"], ["imports.import_id"], name=op.f("fk_postings_import_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_postings")),
    )
    op.create_index(op.f("ix_postings_stored_at"), "postings", ["stored_at"], unique=True)


def _posted_customers() -> None:
    op.create_table(
        "posted_customers",
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_posted_customers_customer_id")
        ),
        sa.ForeignKeyConstraint(["posting"], ["postings.number"], name=op.f("fk_posted_customers_posting")),
        sa.PrimaryKeyConstraint("posting", "customer_id", name=op.f("pk_posted_customers")),
    )
    op.create_index(op.f("ix_posted_customers_customer_id_posting"), "posted_customers", ["customer_id", "posting"])
