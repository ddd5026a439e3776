"""The first tables."""

from policy_service.storage.migrations.first import (
    cases,
    credit,
    decisions,
    ledger,
    ledger_entries,
    ledger_invoices,
    service,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PARTS = (ledger, ledger_entries, ledger_invoices, decisions, credit, cases, service)


def upgrade() -> None:
    """Make every table."""
    for part in _PARTS:
        part.create()


def downgrade() -> None:
    """Take every table away."""
    for part in reversed(_PARTS):
        part.drop()
