"""Reviews in the tests of the daily run: a policy that brings some, and which a customer has had."""

import datetime as dt
from typing import Any

from sqlalchemy import select

from policy_service.language.policy import Policy
from policy_service.services.house import House
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.models.decisions import DecisionRow
from tests.services.daily_run.diary import ladder_policy
from tests.services.house import RULE_SETS

STANDING = """
decision_table: standing
hit_policy: unique
rows:
  - {id: S1, when: {grade: A}, then: {credit_limit: 5000, payment_term_days: 30, next_review_days: 10}}
  - {id: S2, when: {grade: B}, then: {credit_limit: 800, payment_term_days: 15, next_review_days: 10,
     approval_role: credit_manager}}
"""
FIRST = dt.date(2025, 3, 1)


def policy(review_on: str = "review_on: [insolvency_notice]") -> Policy:
    """Return the house policy with a review every ten days, and after an insolvency notice."""
    return ladder_policy(standing=STANDING, policy=f"{RULE_SETS['policy']}{review_on}\n")


def reviewed(house: House, customer: str = "C1") -> list[dt.date]:
    """Return the days as of which the customer was reviewed."""
    of_customer = (DecisionRow.decision_type == "review", DecisionRow.customer_id == customer)
    with house.database.reading() as session:
        return list(session.scalars(select(DecisionRow.as_of).where(*of_customer).order_by(DecisionRow.as_of)))


def push(house: House, *entries: Any, at: int = 9) -> None:
    """Post single entries."""
    with house.database.writing() as session:
        LedgerStore(session).upsert(list(entries), "CNY", at, "erp")
