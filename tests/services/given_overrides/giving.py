"""Overrides that persons give, confirm, reject and end, and orders that are decided under them."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from policy_service.domain.decisions import Override
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.permissions import Role, permissions_of
from policy_service.services.actor import Actor
from policy_service.services.decisions.answering import Answered, answer
from policy_service.services.given_overrides import confirm, end, give, reject
from policy_service.services.house import House
from policy_service.services.orders.life import amend
from policy_service.services.override_limits import Wanted
from policy_service.storage.job_store import JobStore
from policy_service.storage.override_store import OverrideStore, StoredOverride
from tests.services.decisions.live import TODAY, act, asked

REVIEW, ORDER = DecisionType.REVIEW, DecisionType.ORDER
IN_A_WEEK = TODAY + dt.timedelta(days=7)
APPROVE = {"outcome": "approve"}


def person(login: str, *roles: Role) -> Actor:
    """Return a person with these roles, a credit manager unless others are named."""
    held = frozenset(roles or (Role.CREDIT_MANAGER,))
    return Actor(login, f"u-{login}", held, permissions_of(held))


ADA, BOB = person("ada"), person("bob")


def wanted(outputs: dict[str, str], kind: DecisionType = REVIEW, **said: Any) -> Wanted:
    """Return an override of C1 for a week."""
    plain = Wanted("C1", kind, outputs, "Bank guarantee", IN_A_WEEK)
    return replace(plain, **said)


def given(house: House, one: Wanted, by: Actor = ADA, on: dt.date = TODAY) -> StoredOverride:
    """Give an override."""
    with house.database.writing() as session:
        return give(house, session, one, by, act(on, by.person))


def confirmed(house: House, override_id: str, by: Actor = BOB, on: dt.date = TODAY) -> StoredOverride:
    """Confirm an override."""
    with house.database.writing() as session:
        return confirm(house, session, override_id, by, act(on, by.person))


def ended(house: House, override_id: str, by: Actor = ADA, on: dt.date = TODAY) -> StoredOverride:
    """End an override."""
    with house.database.writing() as session:
        return end(house, session, override_id, "Guarantee withdrawn", by, act(on, by.person))


def rejected(house: House, override_id: str, by: Actor = BOB) -> StoredOverride:
    """Reject an override."""
    with house.database.writing() as session:
        return reject(house, session, override_id, "Not agreed", by, act(person=by.person))


def refused(do: Any, *arguments: Any, **more: Any) -> str:
    """Return the code of the refusal."""
    with pytest.raises(PolicyServiceError) as error:
        do(*arguments, **more)
    return error.value.code


def counting(house: House, kind: DecisionType = REVIEW, on: dt.date = TODAY) -> tuple[Override, ...]:
    """Return what counts on the day."""
    with house.database.reading() as session:
        return OverrideStore(session).in_force("C1", kind, on)


def ordered(house: House, amount: str, order_id: str = "O1", customer: str = "C1", on: dt.date = TODAY) -> Answered:
    """Ask for an order."""
    with house.database.writing() as session:
        shop = person("shop", Role.SYSTEM)
        return answer(house, session, asked(customer, amount, order_id), shop, act(on, "shop"))


def amended(house: House, amount: str) -> str:
    """Amend the order O1 to another amount, and return its state."""
    with house.database.writing() as session:
        return amend(house, session, "O1", {"order_amount": amount}, person("shop", Role.SYSTEM), act()).state


def outcome(answered: Answered) -> Outcome | None:
    """Return what was decided."""
    return answered.given.decision.chain.outcome


def woken(house: House) -> list[str]:
    """Return why held orders are to be decided again."""
    with house.database.reading() as session:
        return sorted(job.arguments["cause"] for job in JobStore(session).page(limit=9) if job.kind == "recheck_orders")
