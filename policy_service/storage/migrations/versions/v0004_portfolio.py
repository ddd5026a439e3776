"""The portfolio as it was last counted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MONEY = (
    "exposure",
    "open_balance",
    "overdue",
    "disputed",
    "unapplied_cash",
    "open_orders",
    "unmatured_bills",
    "not_due",
    "days_1_30",
    "days_31_60",
    "days_61_90",
    "days_over_90",
)
_INVOICES = ("invoices_not_due", "invoices_1_30", "invoices_31_60", "invoices_61_90", "invoices_over_90")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "portfolio_customers",
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("has_standing", sa.Boolean(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in (*_MONEY, *_INVOICES, "sales_90d")),
        sa.Column("months", sa.LargeBinary(), nullable=False),
        sa.Column("fault", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_portfolio_customers_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_portfolio_customers")),
    )
    op.create_table(
        "portfolio_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.Column("posting", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.String(200), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("chains", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_portfolio_days")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("portfolio_days")
    op.drop_table("portfolio_customers")
