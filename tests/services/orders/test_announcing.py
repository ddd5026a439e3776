"""Other systems are told of what they wait for: held, released, cancelled; in the transaction of the change."""

import pytest

from policy_service.domain.errors import PolicyServiceError
from tests.services.orders.shop import Shop
from tests.services.told_systems import let_know, told_to

TYPES = ("order.held", "order.released", "order.cancelled")


@pytest.fixture
def told(shop: Shop) -> Shop:
    """Give a shop with a system that is told of everything that becomes of orders."""
    let_know(shop.house, *TYPES)
    return shop


def events(shop: Shop) -> list[tuple[str, str]]:
    return [(body["type"], body["data"]["order_id"]) for body in told_to(shop.house)]


def test_who_waits_for_an_order_is_told_when_it_is_held_and_when_it_is_let_go(told: Shop) -> None:
    told.ask("O1", "5000")
    told.ask("O2", "4500")
    told.release("O1")
    told.cancel("O1")
    told.post(payments="P1,2025-01-19,1000.00,I1")
    told.recheck("O2")
    told.recheck("O2")
    expected = [("held", "O1"), ("held", "O2"), ("released", "O1"), ("cancelled", "O1"), ("released", "O2")]
    assert [(f"order.{word}", order_id) for word, order_id in expected] == events(told)


def test_an_order_held_before_that_opens_is_announced_one_that_opens_at_once_is_not(told: Shop) -> None:
    told.ask("O1", "100")
    told.ask("O2", "4500")
    told.amend("O2", "200")
    told.ask("O3", "90001")
    told.ask("O3", "90001")
    assert [("order.held", "O2"), ("order.released", "O2"), ("order.cancelled", "O3")] == events(told)


def test_whoever_waits_for_an_order_is_told_of_the_one_in_its_place(told: Shop) -> None:
    told.ask("O1", "4500")
    told.amend("O1", "4400", "O2")
    told.amend("O2", "4000", "O3")
    told.amend("O3", "3900", "O4")
    assert [("order.held", "O1"), ("order.held", "O2"), ("order.released", "O3")] == events(told)
    assert "O2" == told_to(told.house)[-1]["data"]["replaces"]


def test_an_announcement_says_what_a_warehouse_needs(told: Shop) -> None:
    told.ask("O1", "5000.5")
    told.release("O1", reason="Guarantee in hand")
    _, released = told_to(told.house)
    data = released["data"]
    assert isinstance(data, dict)
    assert ("orders/O1", "order.released") == (released["subject"], released["type"])
    del data["decision_id"]
    assert {
        "order_id": "O1",
        "customer_id": "C1",
        "state": "released",
        "came_from": "held",
        "cause": "released_by_person",
        "why": "Guarantee in hand",
        "person": "mia",
        "amount": "5000.50",
        "prepaid": "0.00",
        "currency": "CNY",
        "outcome": "hold",
        "reasons": ["OVER_LIMIT"],
        "replaces": "",
    } == data


def test_what_is_refused_is_not_announced(told: Shop) -> None:
    told.ask("O1", "100")
    for refused in (told.release, told.refer):
        with pytest.raises(PolicyServiceError):
            refused("O1")
    assert [] == events(told)
