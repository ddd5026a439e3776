"""Amended orders: decided anew, under their id or a new one; a release holds for what was released."""

import pytest

from policy_service.domain.errors import RequestError
from tests.services.orders.shop import Shop


def test_an_amended_order_follows_the_new_decision(shop: Shop) -> None:
    shop.ask("O1", "3000")
    assert "held" == shop.amend("O1", "4001").state
    assert "open" == shop.amend("O1", "4000").state
    assert "cancelled" == shop.amend("O1", "90001").state
    assert "open" == shop.amend("O1", "10", channel="web").state
    assert ["decision", "amended", "amended", "amended", "amended"] == shop.causes("O1")
    assert (1_000, 1_000, 1_000) == _amounts(shop, "O1")


def _amounts(shop: Shop, order_id: str) -> tuple[int, int | None, int]:
    order = shop.order(order_id)
    return order.amount, order.base_amount, order.prepaid


def test_an_amended_order_does_not_count_beside_itself(shop: Shop) -> None:
    shop.ask("O1", "2500")
    assert ("open", 100_000) == (shop.amend("O1", "4000").state, shop.order("O1").exposure)
    assert ("open", 100_000) == (shop.amend("O1", "3999", "O2").state, shop.order("O2").exposure)


def test_under_a_new_id_the_old_order_names_its_successor(shop: Shop) -> None:
    shop.ask("O1", "2500")
    now = shop.amend("O1", "4500", "O2", person="ann")
    assert ("O2", "held", "ann", "O1") == (now.order_id, now.state, now.order.asked_by, now.order.replaces)
    old = shop.order("O1")
    assert ("amended", "amended", "O2") == (old.state, old.cause, old.amended_by)
    assert (["decision", "amended"], ["amended"]) == (shop.causes("O1"), shop.causes("O2"))
    with pytest.raises(RequestError, match=r"O1 is amended by order O2: it cannot be cancelled.*R432"):
        shop.cancel("O1")


def test_an_order_is_not_amended_into_one_that_there_is(shop: Shop) -> None:
    shop.ask("O1")
    shop.ask("O2", customer="C3")
    with pytest.raises(RequestError, match="R433"):
        shop.amend("O1", "50", "O2")
    assert "open" == shop.order("O1").state


def test_an_amendment_that_cannot_be_decided_changes_nothing(shop: Shop) -> None:
    before = shop.ask("O1").order
    for new_id in ("", "O2"):
        with pytest.raises(RequestError, match="R402"):
            shop.amend("O1", "-5", new_id)
    assert (before, 1) == (shop.order("O1"), shop.decisions("O1"))


def test_a_released_order_stays_released_for_what_was_released(shop: Shop) -> None:
    shop.ask("O1", "6000")
    shop.release("O1")
    assert ("released", "mia") == (shop.amend("O1", "5000").state, shop.order("O1").released_by)
    assert "released" == shop.amend("O1", "6000").state
    assert ("held", "", None) == (shop.amend("O1", "6000.01").state, *_release(shop, "O1"))
    assert "held" == shop.amend("O1", "6000").state


def _release(shop: Shop, order_id: str) -> tuple[str, int | None]:
    order = shop.order(order_id)
    return order.released_by, order.released_amount


def test_a_release_goes_over_to_the_successor(shop: Shop) -> None:
    shop.ask("O1", "6000")
    shop.release("O1")
    assert ("released", "mia", 600_000) == (shop.amend("O1", "5500", "O2").state, *_release(shop, "O2"))
    assert "held" == shop.amend("O2", "7000", "O3").state


def test_whatever_is_at_its_end_is_not_amended(shop: Shop) -> None:
    for order_id, end in (("O1", shop.cancel), ("O2", shop.invoice)):
        shop.ask(order_id)
        end(order_id)
        for new_id in ("", "O9"):
            with pytest.raises(RequestError, match="R432"):
                shop.amend(order_id, "50", new_id)
