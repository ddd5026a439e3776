"""Every blueprint of the API, in the order of its description."""

from typing import Final

from policy_service.api import (
    audit,
    cases,
    customers,
    decision_batches,
    decisions,
    imports,
    jobs,
    keys,
    ledger,
    notices,
    orders,
    overrides,
    people,
    policies,
    policy_drafts,
    policy_steps,
    replays,
    settings,
    standings,
    turning_points,
    webhooks,
)
from policy_service.api.endpoints import Endpoints

BLUEPRINTS: Final[tuple[Endpoints, ...]] = (
    decisions.blueprint,
    decision_batches.blueprint,
    replays.blueprint,
    turning_points.blueprint,
    people.blueprint,
    keys.blueprint,
    settings.blueprint,
    ledger.blueprint,
    imports.blueprint,
    orders.blueprint,
    customers.blueprint,
    standings.blueprint,
    overrides.blueprint,
    cases.blueprint,
    jobs.blueprint,
    webhooks.blueprint,
    notices.blueprint,
    policies.blueprint,
    policy_drafts.blueprint,
    policy_steps.blueprint,
    audit.blueprint,
)
