"""Every table as a model; import a model from its own module, `METADATA` holds them all."""

from policy_service.storage.models import (
    audit,
    cases,
    connections,
    decisions,
    delivery,
    jobs,
    ledger,
    ledger_entries,
    mappings,
    mornings,
    notices,
    orders,
    people,
    policies,
    portfolio,
    predictions,
    sign_ins,
    simulations,
    standings,
    write_backs,
)
from policy_service.storage.models.tables import Model

__all__ = [
    "METADATA",
    "audit",
    "cases",
    "connections",
    "decisions",
    "delivery",
    "jobs",
    "ledger",
    "ledger_entries",
    "mappings",
    "mornings",
    "notices",
    "orders",
    "people",
    "policies",
    "portfolio",
    "predictions",
    "sign_ins",
    "simulations",
    "standings",
    "write_backs",
]

METADATA = Model.metadata
