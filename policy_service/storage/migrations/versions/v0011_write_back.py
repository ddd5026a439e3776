"""What is written back into other systems."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COUNTS = (
    "rows",
    "planned",
    "written",
    "refused",
    "waiting",
    "gone",
    "without_standing",
    "fields_left_out",
    "tasks",
    "handed_over",
    "tasks_refused",
    "uncertain",
)


def upgrade() -> None:
    """Make the tables."""
    _make_runs()
    _make_results()


def downgrade() -> None:
    """Take them away."""
    for name in ("handed_cases", "row_writes", "pushes", "push_states"):
        op.drop_table(name)


def _make_runs() -> None:
    op.create_table(
        "push_states",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_id", sa.String(40), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        _of_connection("push_states"),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_push_states")),
    )
    op.create_table(
        "pushes",
        sa.Column("push_id", sa.String(40), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("is_dry", sa.Boolean(), nullable=False),
        sa.Column("mapping_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.Column("looked_by", sa.String(200), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'failed', 'stopped')", name=op.f("ck_pushes_state")),
        _of_connection("pushes"),
        sa.PrimaryKeyConstraint("push_id", name=op.f("pk_pushes")),
    )
    op.create_index(op.f("ix_pushes_connection_id_started_at"), "pushes", ["connection_id", "started_at"])


def _make_results() -> None:
    op.create_table(
        "row_writes",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object_name", sa.String(200), nullable=False),
        sa.Column("row_id", sa.String(200), nullable=False),
        sa.Column("push_id", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("sent_values", sa.Text(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        _of_connection("row_writes"),
        sa.PrimaryKeyConstraint("connection_id", "object_name", "row_id", name=op.f("pk_row_writes")),
    )
    op.create_index(
        op.f("ix_row_writes_connection_id_is_done_written_at"),
        "row_writes",
        ["connection_id", "is_done", "written_at"],
    )
    op.create_table(
        "handed_cases",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("level", sa.String(200), nullable=False),
        sa.Column("push_id", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("object_name", sa.String(200), nullable=False),
        sa.Column("row_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("code", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('intended', 'done', 'refused', 'uncertain')", name=op.f("ck_handed_cases_state")),
        _of_connection("handed_cases"),
        sa.ForeignKeyConstraint(["case_id"], ["escalation_cases.case_id"], name=op.f("fk_handed_cases_case_id")),
        sa.PrimaryKeyConstraint("connection_id", "case_id", "level", name=op.f("pk_handed_cases")),
    )
    op.create_index(op.f("ix_handed_cases_connection_id_state"), "handed_cases", ["connection_id", "state"])


def _of_connection(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["connection_id"], ["connections.connection_id"], name=op.f(f"fk_{table}_connection_id")
    )
