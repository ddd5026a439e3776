"""Orders of a customer that facts count, found at once however many were taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME = "ix_orders_customer_id_counted"
_COUNTED = sa.text("state <> 'amended' AND (state <> 'cancelled' OR cause <> 'cancelled')")


def upgrade() -> None:
    """Make the index."""
    op.create_index(_NAME, "orders", ["customer_id"], sqlite_where=_COUNTED, postgresql_where=_COUNTED)


def downgrade() -> None:
    """Take it away."""
    op.drop_index(_NAME, "orders")
