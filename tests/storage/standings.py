"""Standings, effects, overrides and tasks to store, of customers who are there."""

import datetime as dt

from sqlalchemy import insert

from policy_service.storage.database import Database
from policy_service.storage.models.ledger import Customer
from policy_service.storage.models.ledger_entries import StandingRow
from policy_service.storage.override_store import StoredOverride
from policy_service.storage.standing_store import StandingStore, StoredStanding
from tests.storage.decisions import append, decided

DAY = dt.date(2026, 3, 1)


def known(database: Database, *customer_ids: str) -> None:
    """Store customers, and a decision D1 that standings may come from."""
    with database.writing() as session:
        session.execute(insert(Customer), [{"customer_id": one, "root_id": one} for one in customer_ids])
    append(database, decided("D1"))


def recorded(database: Database, customer_id: str, valid_from: dt.date, superseded_by: int | None = None) -> None:
    """Store a row of a standings file."""
    row = {
        "customer_id": customer_id,
        "valid_from": valid_from,
        "grade": "B",
        "credit_limit": 80_000,
        "payment_term_days": 30,
        "posted_on": valid_from,
        "posting": 1,
        "superseded_by": superseded_by,
    }
    with database.writing() as session:
        session.execute(insert(StandingRow), [row])


def standing(standing_id: str = "S1", **said: object) -> StoredStanding:
    """Return a standing in force since instant 10 that says this."""
    plain: dict[str, object] = {
        "standing_id": standing_id,
        "customer_id": "C1",
        "state": "in_force",
        "origin": "review",
        "outputs": {"credit_limit": "800.00", "grade": "B"},
        "reviewed_on": DAY,
        "limit_until": None,
        "review_on": None,
        "decision_id": "D1",
        "policy_id": "house",
        "policy_version": 1,
        "approval_role": "",
        "proposed_at": 10,
        "proposed_by": "ada",
        "valid_from": DAY,
        "decided_at": 10,
        "decided_by": "ada",
    }
    return StoredStanding(**{**plain, **said})  # type: ignore[arg-type]


def proposed(standing_id: str = "S2", **said: object) -> StoredStanding:
    """Return a standing that waits for a credit manager."""
    waits: dict[str, object] = {"state": "proposed", "approval_role": "credit_manager", "valid_from": None}
    return standing(standing_id, **{**waits, "decided_at": None, "decided_by": "", **said})


def add(database: Database, *standings: StoredStanding) -> None:
    """Store standings."""
    with database.writing() as session:
        for one in standings:
            StandingStore(session).add(one)


def override(override_id: str = "V1", **said: object) -> StoredOverride:
    """Return an override of the review in force since instant 10 that says this."""
    plain: dict[str, object] = {
        "override_id": override_id,
        "customer_id": "C1",
        "order_id": "",
        "decision_type": "review",
        "outputs": {"credit_limit": "5000"},
        "reason": "Bank guarantee",
        "state": "in_force",
        "person": "ada",
        "given_at": 10,
        "expires_on": DAY,
        "in_force_at": 10,
    }
    return StoredOverride(**{**plain, **said})  # type: ignore[arg-type]
