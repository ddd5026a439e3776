"""A decision given, as it is stored at the end of this process's chain."""

from datetime import date
from enum import StrEnum

import msgspec

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.domain.outcomes import DecisionType
from policy_service.engines.version import ENGINE_VERSION
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.chain_decision import Decision
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.house import House


class Purpose(StrEnum):
    """What a decision is given for: to be acted upon, to see what would come, beside the live one."""

    LIVE = "live"
    DRY_RUN = "dry_run"
    SHADOW = "shadow"


class Matter(msgspec.Struct, frozen=True):
    """What was decided upon: who or which order, as of which day, knowing what."""

    decision_type: DecisionType
    customer_id: str
    order_id: str
    as_of: date
    known_until: Instant
    ledger_head: int
    purpose: Purpose


class NewDecision(msgspec.Struct, frozen=True):
    """A decision as it will be stored; columns of the same names say what each is."""

    decision_id: str
    request_id: str
    decision_type: str
    purpose: str
    customer_id: str
    order_id: str
    policy_id: str
    policy_version: int
    policy_hash: str
    engine_version: str
    as_of: date
    decided_at: Instant
    known_until: Instant
    ledger_head: int
    asked_by: str
    took: int
    outcome: str
    result: bytes


def new_decision(
    house: House, version: CompiledPolicy, matter: Matter, decision: Decision, act: Act, took: int
) -> NewDecision:
    """Return what is to be stored of a decision, under an id of its own; `took` is in microseconds."""
    outcome = decision.chain.outcome
    return NewDecision(
        decision_id=house.new_id(),
        request_id=act.request_id,
        decision_type=matter.decision_type.value,
        purpose=matter.purpose.value,
        customer_id=matter.customer_id,
        order_id=matter.order_id,
        policy_id=version.policy.id,
        policy_version=version.number,
        policy_hash=version.hash,
        engine_version=ENGINE_VERSION,
        as_of=matter.as_of,
        decided_at=act.at,
        known_until=matter.known_until,
        ledger_head=matter.ledger_head,
        asked_by=act.person,
        took=took,
        outcome=outcome.value if outcome else "",
        result=canonical_bytes(decision.result),
    )
