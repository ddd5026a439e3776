"""Simulations, and the approvals that rest on them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of simulations, and room for what approvals say of them."""
    op.create_table(
        "simulation_runs",
        sa.Column("job_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("candidate_policy", sa.String(200), nullable=False),
        sa.Column("candidate_number", sa.BigInteger(), nullable=False),
        sa.Column("candidate_sha256", sa.String(64), nullable=False),
        sa.Column("candidate_text", sa.Text(), nullable=False),
        sa.Column("baseline_policy", sa.String(200)),
        sa.Column("baseline_number", sa.BigInteger()),
        sa.Column("baseline_sha256", sa.String(64)),
        sa.Column("baseline_text", sa.Text()),
        sa.Column("is_plain", sa.Boolean(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("step_done", sa.BigInteger(), nullable=False),
        sa.Column("step_total", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("run_key", sa.String(64)),
        sa.Column("ledger_hash", sa.String(64)),
        sa.Column("ledger_at", sa.BigInteger()),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.CheckConstraint("kind IN ('simulation', 'sweep', 'seek')", name=op.f("ck_simulation_runs_kind")),
        sa.CheckConstraint("(finished_at IS NULL) = (run_key IS NULL)", name=op.f("ck_simulation_runs_finished")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.job_id"], name=op.f("fk_simulation_runs_job_id")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_simulation_runs")),
    )
    op.create_index(op.f("ix_simulation_runs_asked_at_job_id"), "simulation_runs", ["asked_at", "job_id"])
    op.create_index(
        op.f("ix_simulation_runs_candidate_sha256_finished_at"), "simulation_runs", ["candidate_sha256", "finished_at"]
    )
    op.create_index(op.f("ix_simulation_runs_expires_at"), "simulation_runs", ["expires_at"])
    op.add_column("policy_submissions", sa.Column("simulation_days", sa.BigInteger()))
    op.add_column("policy_approvals", sa.Column("simulation_key", sa.String(64)))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("policy_approvals", "simulation_key")
    op.drop_column("policy_submissions", "simulation_days")
    op.drop_table("simulation_runs")
