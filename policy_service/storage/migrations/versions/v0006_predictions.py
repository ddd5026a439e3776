"""What simulations found, what was predicted of a version when it was approved, and what happened since."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and the two tables."""
    op.add_column("simulation_runs", sa.Column("summary", sa.Text(), nullable=True))
    op.create_table(
        "policy_predictions",
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(40), nullable=False),
        sa.Column("run_key", sa.String(64), nullable=False),
        sa.Column("ledger_at", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["policy_id", "number"],
            ["policy_versions.policy_id", "policy_versions.number"],
            name=op.f("fk_policy_predictions_policy_id_number"),
        ),
        sa.PrimaryKeyConstraint("policy_id", "number", name=op.f("pk_policy_predictions")),
    )
    op.create_table(
        "policy_months",
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id", "number"],
            ["policy_predictions.policy_id", "policy_predictions.number"],
            name=op.f("fk_policy_months_policy_id_number"),
        ),
        sa.PrimaryKeyConstraint("policy_id", "number", "begins", name=op.f("pk_policy_months")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("policy_months")
    op.drop_table("policy_predictions")
    op.drop_column("simulation_runs", "summary")
