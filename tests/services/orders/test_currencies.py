"""Orders in other currencies: kept in their own, counted in the base currency, released only where that is known."""

import pytest

from policy_service.domain.errors import AccessError, RequestError
from policy_service.services.orders.authority import as_seen, exposure_with
from tests.services.orders.shop import Shop


@pytest.fixture
def trading(shop: Shop) -> Shop:
    """Give a shop that knows what a dollar is worth."""
    shop.post(rates="2025-01-10,USD,7.125")
    return shop


def test_an_order_is_kept_in_its_own_currency(trading: Shop) -> None:
    order = trading.ask("O1", "100.10", currency="USD", channel="web").order
    assert ("open", 10_010, "USD", 71_321, 10_010) == (
        order.state,
        order.amount,
        order.currency,
        order.base_amount,
        order.prepaid,
    )
    assert '"order_amount": "100.10"' in order.request


def test_a_held_order_is_decided_again_in_its_own_currency(trading: Shop) -> None:
    assert "held" == trading.ask("O1", "600", currency="USD").state
    assert "held" == trading.decide_again("O1").state
    trading.post(payments="P1,2025-01-19,300.00,I1")
    assert ("released", 427_500) == (trading.recheck("O1").state, trading.order("O1").base_amount)


def test_the_same_amount_in_another_currency_is_another_order(trading: Shop) -> None:
    trading.ask("O1", "100", currency="USD")
    with pytest.raises(RequestError, match="R431"):
        trading.ask("O1", "100")


def test_a_release_does_not_hold_in_another_currency(trading: Shop) -> None:
    trading.ask("O1", "600", currency="USD")
    trading.release("O1")
    assert "released" == trading.amend("O1", "590", currency="USD").state
    now = trading.amend("O1", "590")
    assert ("open", "CNY", "", None) == (
        now.state,
        now.order.currency,
        now.order.released_by,
        now.order.released_amount,
    )


def test_an_order_that_nobody_can_convert_takes_who_may_release_into_any_exposure(trading: Shop) -> None:
    order = trading.ask("O1", "100", currency="KWD").order
    assert ("held", "refer", None, 100_000) == (order.state, order.outcome, order.base_amount, order.amount)
    with pytest.raises(AccessError, match=r"an exposure that is not known.*finance_head.*A431"):
        trading.release("O1", "mia")
    assert "released" == trading.release("O1", "fay").state


def test_what_is_prepaid_is_no_part_of_the_exposure_of_a_release(trading: Shop) -> None:
    order = trading.ask("O1", "1000", currency="USD", channel="web").order
    assert "held" == order.state
    with trading.house.database.reading() as session:
        situation = as_seen(trading.house, session, "C1", trading.act())
    assert 100_000 + 712_500 == exposure_with(order, situation)
