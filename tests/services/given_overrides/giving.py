"""Overrides that persons give, confirm, reject and end, and orders that are decided under them."""

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal
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
from policy_service.services.orders.amending import amend
from policy_service.services.override_limits import Wanted
from policy_service.storage.job_store import JobStore
from policy_service.storage.override_store import OverrideStore, StoredOverride
from tests.services.decisions.live import TODAY, act, asked, post
from tests.services.house import INVOICES

REVIEW, ORDER = DecisionType.REVIEW, DecisionType.ORDER
IN_A_WEEK = TODAY + dt.timedelta(days=7)
APPROVE = {"outcome": "approve"}


def person(login: str, *roles: Role) -> Actor:
    """Return a person with these roles, a credit manager unless others are named."""
    held = frozenset(roles or (Role.CREDIT_MANAGER,))
    return Actor(login, f"u-{login}", held, permissions_of(held))


ADA, BOB = person("ada"), person("bob")
ANA, FAY = person("ana", Role.ANALYST), person("fay", Role.FINANCE_HEAD)
SHOP = person("shop", Role.SYSTEM)


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
    """Let the shop ask for an order."""
    with house.database.writing() as session:
        return answer(house, session, asked(customer, amount, order_id), SHOP, act(on, "shop"))


def ask(house: House, by: Actor, amount: str = "6000", order_id: str = "O1") -> Answered:
    """Let somebody ask for an order of C1; above 5000 it is held."""
    with house.database.writing() as session:
        return answer(house, session, asked("C1", amount, order_id), by, act(person=by.person))


def amended(house: House, amount: str, by: Actor = SHOP, new_id: str = "", currency: str = "") -> str:
    """Amend the order O1, and return the state of what stands then."""
    facts, said = {"order_amount": amount}, act(person=by.person)
    with house.database.writing() as session:
        return amend(house, session, "O1", facts, by, said, new_order_id=new_id, currency=currency).state


def owes(house: House, *amounts: str) -> None:
    """Let C1 owe the last amount in all, and before it, one after another, the others."""
    rows = [
        f"I9{number},C1,2025-01-02,2025-02-01,{Decimal(amount) - Decimal(before)}\n"
        for number, (before, amount) in enumerate(itertools.pairwise(("1000", *amounts)))
    ]
    post(house, {"invoices": INVOICES + "".join(rows)}, at=1 + len(rows))


def outcome(answered: Answered) -> Outcome | None:
    """Return what was decided."""
    return answered.given.decision.chain.outcome


def woken(house: House) -> list[str]:
    """Return why held orders are to be decided again."""
    with house.database.reading() as session:
        return sorted(job.arguments["cause"] for job in JobStore(session).page(limit=9) if job.kind == "recheck_orders")
