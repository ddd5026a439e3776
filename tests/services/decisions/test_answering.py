"""An answer counts: the order, the standing and the cases become what is decided, in one transaction."""

from threading import Thread

import pytest
from sqlalchemy import func, select

from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.services.decisions.deciding import Asked
from policy_service.services.house import House
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.delivery import OutboxEvent, Webhook
from policy_service.storage.models.orders import AskedOrder
from tests.services.decisions.live import (
    GROUP_STANDINGS,
    GROUPED,
    answered,
    asked,
    furnish,
    person,
    stored,
)
from tests.services.house import DAY_30, policy_with

SHOP = person("shop", Role.SYSTEM)


def test_an_order_takes_the_state_that_its_decision_says(house: House) -> None:
    states = [answered(house, asked(order=amount, order_id=f"O{amount}")).order for amount in ("100", "9999")]
    assert ["open", "held"] == [order.state for order in states if order]


def test_a_customer_never_reviewed_is_reviewed_before_the_first_order_and_no_other(house: House) -> None:
    first, second = answered(house, asked()), answered(house, asked(order_id="O2"))
    assert first.first_review
    assert ("review", "live") == (
        stored(house, first.first_review).decision_type,
        stored(house, first.first_review).purpose,
    )
    assert "5000.00" == first.given.decision.result["facts"]["credit_limit"]["value"]  # type: ignore[index]
    assert second.first_review is None


def test_a_review_sets_the_standing(house: House) -> None:
    made = answered(house, asked(order=None)).standing
    assert made
    assert made.in_force
    assert "5000.00" == made.in_force.outputs["credit_limit"]


def test_an_escalation_opens_a_case(house: House) -> None:
    made = answered(house, Asked(DecisionType.ESCALATION, "C1"), day=DAY_30)
    assert ["collection"] == [case.ladder for case in made.cases]


def test_a_live_order_needs_an_id(house: House) -> None:
    with pytest.raises(RequestError) as refused:
        answered(house, Asked(DecisionType.ORDER, "C1", {"order_amount": "1"}))
    assert "R425" == refused.value.code


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        (SHOP, DecisionType.REVIEW),
        (person("eve", Role.VIEWER), DecisionType.ORDER),
        (person("eve", Role.APPROVER), DecisionType.ESCALATION),
    ],
)
def test_who_may_not_ask_may_not(house: House, who: object, kind: DecisionType) -> None:
    with pytest.raises(AccessError):
        answered(house, Asked(kind, "C1", {"order_amount": "1"}, "O1"), who)  # type: ignore[arg-type]


def test_what_fails_afterwards_leaves_no_decision(house: House) -> None:
    answered(house, asked(order="100"))
    with pytest.raises(RequestError, match="another amount"):
        answered(house, asked(order="200"))
    with house.database.reading() as session:
        assert 1 == len(DecisionStore(session).page(order_id="O1").decisions)


def test_webhooks_are_told_of_every_live_decision(house: House) -> None:
    with house.database.writing() as session:
        session.add(
            Webhook(
                webhook_id="w1",
                url="https://hooks.example.test",
                event_types='["decision.given"]',
                secret="",
                previous_secret="",
                is_active=True,
                switched_off_because="",
                created_at=1,
                created_by="ada",
            )
        )
    made = answered(house, asked())
    with house.database.reading() as session:
        bodies = [row.body for row in session.scalars(select(OutboxEvent))]
    assert 2 == len(bodies)
    assert any(made.given.decision_id in body and '"outcome":"approve"' in body for body in bodies)


def at_once(house: House, questions: list[Asked]) -> list[str]:
    """Ask all the questions at the same time and return the states of the orders."""
    states: list[str] = []

    def ask_one(question: Asked) -> None:
        order = answered(house, question, SHOP).order
        assert order
        states.append(order.state)

    threads = [Thread(target=ask_one, args=[question]) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(states)


def test_of_orders_at_once_no_more_pass_than_the_limit_takes(house: House) -> None:
    """The limit is 5000, 1000 are owed: one order of 3000 fits, a second one does not."""
    states = at_once(house, [asked(order="3000", order_id=f"O{number}") for number in range(6)])
    assert ["held"] * 5 + ["open"] == states


def test_of_orders_at_once_within_a_group_no_more_pass_than_its_limit_takes(bare: House) -> None:
    furnish(bare, OF_GROUPS_LIMITED, {**GROUPED, **GROUP_STANDINGS})
    questions = [asked(f"C{1 + number % 2}", "3000", f"O{number}") for number in range(6)]
    assert ["held"] * 5 + ["open"] == at_once(bare, questions)


def test_of_twins_one_is_the_order_and_the_others_the_same_one_again(house: House) -> None:
    states = at_once(house, [asked(order="3000")] * 4)
    assert ["open"] * 4 == states
    with house.database.reading() as session:
        assert 1 == session.scalar(select(func.count()).select_from(AskedOrder))


#: An order passes while the group stays within its limits.
OF_GROUPS_LIMITED = policy_with(
    "order_check", '{exposure + order_amount: "> credit_limit"}', '{order_amount: "> group.headroom"}'
)
