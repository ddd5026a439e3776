"""Systems that tell of changes by themselves, and what was heard of them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notice_channels",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.String(40), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("watched", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("tried_with", sa.String(64), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("last_notice_at", sa.BigInteger(), nullable=True),
        sa.Column("woken_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_notice_channels_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_notice_channels")),
    )
    op.create_table(
        "heard_notices",
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("known_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f("fk_heard_notices_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "mark", name=op.f("pk_heard_notices")),
    )
    op.create_index(op.f("ix_heard_notices_known_until"), "heard_notices", ["known_until"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("heard_notices")
    op.drop_table("notice_channels")
