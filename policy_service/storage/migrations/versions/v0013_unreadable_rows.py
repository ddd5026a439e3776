"""Which mirrored rows their mapping cannot read: they are counted until they are mended."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLE = "unreadable_rows"


def upgrade() -> None:
    """Make the table, and let every row be read again, which fills it."""
    op.create_table(
        _TABLE,
        sa.Column("connection_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object_name", sa.String(200), nullable=False),
        sa.Column("row_id", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.connection_id"], name=op.f(f"fk_{_TABLE}_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "object_name", "row_id", name=op.f(f"pk_{_TABLE}")),
    )
    op.execute("UPDATE connection_states SET translated_with = ''")


def downgrade() -> None:
    """Take it away."""
    op.drop_table(_TABLE)
