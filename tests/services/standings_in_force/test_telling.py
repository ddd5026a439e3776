"""What changes of a standing is announced with it, and wakes the orders that wait for it."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from policy_service.domain.permissions import Role
from policy_service.services.decisions.answering import answer
from policy_service.services.house import House
from policy_service.storage.job_store import JobStore
from policy_service.storage.models.delivery import OutboxEvent
from policy_service.storage.webhook_store import NewWebhook, WebhookStore
from tests.services.decisions.live import act, asked
from tests.services.standings_in_force.reviews import (
    BY_MANAGER,
    LARGE,
    SMALL,
    actor,
    approved,
    begin,
    rejected,
    release,
    review,
)

TYPES = ("standing.changed", "standing.proposed")


@pytest.fixture(autouse=True)
def webhook(house: House) -> None:
    """Let somebody want to be told."""
    new = NewWebhook("W1", "https://erp.example.test/events", TYPES, "secret")
    with house.database.writing() as session:
        WebhookStore(session).add(new, 1, "ada")


def told(house: House) -> list[tuple[str, str, dict[str, Any]]]:
    """Return type, subject and data of every event, the first one first."""
    with house.database.reading() as session:
        bodies = session.scalars(select(OutboxEvent.body).order_by(OutboxEvent.number))
        events = [json.loads(body) for body in bodies]
    return [(event["type"], event["subject"], event["data"]) for event in events]


def held_order(house: House) -> None:
    """Let an order of C1 be held: it is far above every limit."""
    with house.database.writing() as session:
        answer(house, session, asked("C1", "9000000"), actor("shop", Role.SYSTEM), act())


def woken(house: House) -> int:
    """Return how often held orders are to be decided again."""
    with house.database.reading() as session:
        return sum(job.kind == "recheck_orders" for job in JobStore(session).page(limit=99))


def test_a_change_says_what_was_and_what_is(house: House) -> None:
    review(house, {"credit_limit": "800.00", "payment_term_days": "15"})
    review(house, {"credit_limit": "900.00", "payment_term_days": "15"})
    kind, subject, data = told(house)[-1]
    assert (kind, subject) == ("standing.changed", "customers/C1")
    assert data["cause"] == "review"
    assert data["changed"] == {"credit_limit": {"from": "800.00", "to": "900.00"}}
    assert data["outputs"] == {"credit_limit": "900.00", "payment_term_days": "15", "stop_credit": "false"}


def test_a_review_that_changes_nothing_is_not_announced(house: House) -> None:
    review(house, SMALL)
    review(house, SMALL)
    assert len(told(house)) == 1


def test_a_proposal_and_its_approval_are_announced_and_a_rejection_is_not(house: House) -> None:
    waiting = review(house, LARGE | BY_MANAGER).proposed
    assert waiting is not None
    ((kind, _, data),) = told(house)
    assert (kind, data["approval_role"]) == ("standing.proposed", "credit_manager")
    assert data["rises"] == ["grade", "credit_limit", "payment_term_days"]
    approved(house, waiting.standing_id)
    assert [(kind, data["cause"]) for kind, _, data in told(house)[1:]] == [("standing.changed", "approval")]

    again = review(house, LARGE | BY_MANAGER | {"credit_limit": "unlimited"}).proposed
    assert again is not None
    before = len(told(house))
    rejected(house, again.standing_id)
    assert len(told(house)) == before


def test_effects_are_announced_when_they_begin_and_when_they_end(house: House) -> None:
    begin(house, "L2", {"stop_credit": "true"})
    begin(house, "L2", {"stop_credit": "true"})
    release(house, "L2")
    effect = {"ladder": "collection", "level": "L2", "output": "stop_credit", "value": "true"}
    assert told(house) == [
        ("standing.changed", "customers/C1", {"customer_id": "C1", "cause": cause, "effects": [effect]})
        for cause in ("effects_begun", "effects_ended")
    ]


def test_held_orders_are_decided_again_when_more_is_granted(house: House) -> None:
    review(house, SMALL)
    held_order(house)
    review(house, SMALL | {"grace_days": "5"})
    assert woken(house) == 1


def test_held_orders_are_decided_again_when_a_rise_is_approved(house: House) -> None:
    review(house, SMALL)
    held_order(house)
    waiting = review(house, LARGE | BY_MANAGER).proposed
    assert waiting is not None
    assert woken(house) == 0
    approved(house, waiting.standing_id)
    assert woken(house) == 1


def test_held_orders_are_decided_again_when_a_ladder_lets_go(house: House) -> None:
    review(house, SMALL)
    begin(house, "L2", {"stop_credit": "true"})
    held_order(house)
    release(house, "L2")
    assert woken(house) == 1


def test_held_orders_are_left_alone_when_nothing_is_granted(house: House) -> None:
    review(house, SMALL)
    held_order(house)
    review(house, SMALL)
    review(house, SMALL | {"payment_term_days": "10"})
    begin(house, "L2", {"stop_credit": "true"})
    assert woken(house) == 0
