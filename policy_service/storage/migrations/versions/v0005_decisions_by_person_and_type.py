"""Decisions found by who asked and by type, however many there are."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FOUND_BY = ("asked_by", "decision_type")


def upgrade() -> None:
    """Make the two indexes."""
    for column in _FOUND_BY:
        name = op.f(f"ix_decisions_{column}_decided_at_decision_id")
        op.create_index(name, "decisions", [column, "decided_at", "decision_id"])


def downgrade() -> None:
    """Take them away."""
    for column in _FOUND_BY:
        op.drop_index(op.f(f"ix_decisions_{column}_decided_at_decision_id"), "decisions")
