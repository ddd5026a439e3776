"""What the first page counts, found in indexes alone: held orders with their amounts, limits that end."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_HELD = "ix_orders_state_held_since_order_id"
_LIMITS = "ix_standings_state_limit_until"


def upgrade() -> None:
    """Let the index of held orders have their amounts, and make one of limits by their end."""
    op.drop_index(op.f(_HELD), "orders")
    op.create_index(op.f(f"{_HELD}_base_amount"), "orders", ["state", "held_since", "order_id", "base_amount"])
    op.create_index(op.f(_LIMITS), "standings", ["state", "limit_until"])


def downgrade() -> None:
    """Take them back."""
    op.drop_index(op.f(_LIMITS), "standings")
    op.drop_index(op.f(f"{_HELD}_base_amount"), "orders")
    op.create_index(op.f(_HELD), "orders", ["state", "held_since", "order_id"])
