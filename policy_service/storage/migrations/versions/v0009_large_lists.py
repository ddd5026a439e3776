"""What the first page counts, found in indexes alone: held orders with their amounts, limits that end."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FOUND_BY = (("orders", ["state", "base_amount"]), ("standings", ["state", "limit_until"]))


def upgrade() -> None:
    """Make the two indexes."""
    for table, columns in _FOUND_BY:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def downgrade() -> None:
    """Take them away."""
    for table, columns in _FOUND_BY:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)
