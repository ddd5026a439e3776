"""Decisions to store, as services hand them over."""

import datetime as dt
from dataclasses import dataclass

from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore


@dataclass(frozen=True, slots=True)
class Decision:
    """What is stored of a decision."""

    decision_id: str
    request_id: str = "request-1"
    decision_type: str = "order"
    purpose: str = "live"
    customer_id: str = "C1"
    order_id: str = "O1"
    policy_id: str = "house"
    policy_version: int = 1
    policy_hash: str = "0" * 64
    engine_version: str = "1"
    as_of: dt.date = dt.date(2026, 3, 1)
    decided_at: int = 1_000_000
    known_until: int = 999_999
    ledger_head: int = 7
    asked_by: str = "shop"
    took: int = 250
    outcome: str = "approve"
    result: bytes = b'{"outcome":"approve"}'


@dataclass(frozen=True, slots=True)
class Act:
    """What is stored of an act."""

    event_id: str
    at: int = 1
    person: str = "ada"
    act: str = "approved"
    subject_kind: str = "policy"
    subject_id: str = "house"
    detail: str = "{}"
    request_id: str = ""
    key_id: str | None = None


def decided(decision_id: str, **said: object) -> Decision:
    """Return a decision that says this."""
    return Decision(decision_id, **said)  # type: ignore[arg-type]


def append(database: Database, *decisions: Decision, writer: str = "worker-1") -> None:
    """Store decisions, each in a transaction of its own."""
    for decision in decisions:
        with database.writing() as session:
            DecisionStore(session).append(writer, [decision])
