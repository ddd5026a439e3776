"""What payment would let a held order go is found by trying: that much does, a minor unit less does not."""

import pytest

from policy_service.domain.outcomes import Outcome
from policy_service.services.orders.clearing import Clearing, Due, clearing_payment
from tests.services.decisions.live import enforce
from tests.services.house import house_policy
from tests.services.orders.shop import ORDER_CHECK, Shop

PAST_DUE = ORDER_CHECK.replace("stop_credit: true", 'oldest_days_past_due: "> 5"')


def clearing(shop: Shop, order_id: str = "O1") -> Clearing | None:
    with shop.house.database.reading() as session:
        return clearing_payment(shop.house, session, shop.order(order_id), shop.act())


def test_an_order_over_the_limit_needs_as_much_as_it_is_over(shop: Shop) -> None:
    shop.ask("O1", "4500.01")
    assert Clearing((Due("I1", 50_001, "CNY"),), Outcome.APPROVE) == clearing(shop)


def test_the_oldest_items_are_paid_first_and_that_payment_releases_the_order(shop: Shop) -> None:
    shop.post(invoices="I8,C1,2025-01-03,2025-01-10,300.00,,\nI9,C1,2025-01-04,2025-02-10,700.00,,")
    shop.ask("O1", "4000")
    expected = (Due("I8", 30_000, "CNY"), Due("I1", 70_000, "CNY"))
    assert Clearing(expected, Outcome.APPROVE) == clearing(shop)
    shop.post(payments="P1,2025-01-20,300.00,I8\nP2,2025-01-20,699.99,I1")
    assert Clearing((Due("I1", 1, "CNY"),), Outcome.APPROVE) == clearing(shop)
    assert "held" == shop.recheck("O1").state
    shop.post(payments="P3,2025-01-20,0.01,I1")
    assert Clearing((), Outcome.APPROVE) == clearing(shop)
    assert "released" == shop.recheck("O1").state


def test_an_order_held_for_what_is_past_due_needs_the_items_past_due_in_full(shop: Shop) -> None:
    enforce(shop.house, house_policy({"order_check": PAST_DUE}), since=shop.act().at)
    shop.post(invoices="I8,C1,2025-01-03,2025-01-10,300.00,,\nI9,C1,2025-01-04,2025-01-12,200.00,,")
    shop.ask("O1", "10")
    expected = (Due("I8", 30_000, "CNY"), Due("I9", 20_000, "CNY"))
    assert Clearing(expected, Outcome.APPROVE) == clearing(shop)


def test_of_an_item_that_is_partly_paid_the_rest_is_needed(shop: Shop) -> None:
    enforce(shop.house, house_policy({"order_check": PAST_DUE}), since=shop.act().at)
    shop.post(invoices="I8,C1,2025-01-03,2025-01-10,300.00,,\nI9,C1,2025-01-04,2025-01-12,200.00,,")
    shop.post(payments="P1,2025-01-18,100.00,I8\nP2,2025-01-19,50.00,I8")
    shop.ask("O1", "10")
    expected = (Due("I8", 15_000, "CNY"), Due("I9", 20_000, "CNY"))
    assert Clearing(expected, Outcome.APPROVE) == clearing(shop)


@pytest.mark.parametrize(("amount", "more"), [("5000.01", {}), ("10", {"channel": "phone"})])
def test_where_no_payment_helps_none_is_named(shop: Shop, amount: str, more: dict[str, str]) -> None:
    shop.ask("O1", amount, **more)
    assert None is clearing(shop)


def test_trying_changes_nothing(shop: Shop) -> None:
    shop.ask("O1", "4500")
    before = shop.order("O1")
    clearing(shop)
    assert (before, 1) == (shop.order("O1"), shop.decisions("O1"))
    assert "held" == shop.recheck("O1").state
