"""Held orders are released by another person, with a reason, up to the exposure that the person answers for."""

import json

import pytest

from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.permissions import Role
from policy_service.services.orders.queue import order_file
from policy_service.storage.order_store import OrderStore
from tests.services.decisions.live import enforce
from tests.services.house import RULE_SETS, house_policy
from tests.services.orders.shop import ORDER_CHECK, Shop


def test_a_release_says_who_and_why(shop: Shop) -> None:
    shop.ask("O1", "5000")
    now = shop.release("O1", "ben", "Cheque seen")
    assert ("released", "released_by_person", "ben") == (now.state, now.order.cause, now.order.released_by)
    assert ("ben", "Cheque seen") == (shop.steps("O1")[-1].person, shop.steps("O1")[-1].reason)
    assert "held" == shop.ask("O2", "1").state


@pytest.mark.parametrize("reason", ["", "  x ", "x" * 501])
def test_a_release_needs_a_reason(shop: Shop, reason: str) -> None:
    shop.ask("O1", "5000")
    with pytest.raises(RequestError, match="R440"):
        shop.release("O1", reason=reason)


@pytest.mark.parametrize("end", ["open", "declined", "cancelled", "invoiced"])
def test_only_a_held_order_is_released(shop: Shop, end: str) -> None:
    shop.ask("O1", "90001" if end == "declined" else "100")
    if end in ("cancelled", "invoiced"):
        {"cancelled": shop.cancel, "invoiced": shop.invoice}[end]("O1")
    with pytest.raises(RequestError, match=r"it cannot be released.*R432"):
        shop.release("O1")
    with pytest.raises(RequestError, match=r"it cannot be referred.*R432"):
        shop.refer("O1")


def test_nobody_releases_an_order_they_asked_for_or_amended(shop: Shop) -> None:
    shop.ask("O1", "5000", person="ann")
    shop.ask("O2", "5000")
    shop.amend("O2", "5001", person="mia")
    for order_id, author in (("O1", "ann"), ("O2", "mia")):
        with pytest.raises(AccessError, match="A430"):
            shop.release(order_id, author)
    assert "released" == shop.release("O1", "ben").state


def test_a_release_stays_within_the_authority_of_the_role(shop: Shop) -> None:
    """C1 owes 1000: an order of 199,000 makes 200,000, which an analyst answers for."""
    shop.ask("O1", "80000")
    shop.ask("O2", "80000")
    shop.ask("O3", "39000")
    for order_id in ("O1", "O2", "O3"):
        assert "released" == shop.release(order_id, "ann").state
    shop.ask("O4", "0.01")
    with pytest.raises(AccessError, match=r"leads to 200000\.01 CNY, more than ann answers for.*credit_manager.*A431"):
        shop.release("O4", "ann")
    assert ("held", "released") == (shop.order("O4").state, shop.release("O4", "mia").state)


def test_what_is_beyond_the_credit_manager_is_for_the_head_of_finance(shop: Shop) -> None:
    for number in range(12):
        shop.ask(f"O{number}", "85000")
        shop.release(f"O{number}", "fay")
    shop.ask("O12", "1")
    with pytest.raises(AccessError, match=r"Refer it to: finance_head.*A431"):
        shop.release("O12", "mia")


def test_a_referred_order_is_in_the_queue_of_the_role_until_it_moves(shop: Shop) -> None:
    shop.ask("O1", "5000")
    shop.refer("O1", Role.CREDIT_MANAGER)
    with shop.house.database.reading() as session:
        page = OrderStore(session).page(state="held", referred_to="credit_manager")
    assert ["O1"] == [order.order_id for order in page.orders]
    assert ("decision", "referred", "Large") == (page.orders[0].cause, *_last(shop, "O1"))
    assert ("", "released") == (shop.release("O1").order.referred_to, shop.order("O1").state)


def _last(shop: Shop, order_id: str) -> tuple[str, str]:
    step = shop.steps(order_id)[-1]
    return step.cause, step.reason


def test_an_order_is_referred_to_a_role_that_releases(shop: Shop) -> None:
    shop.ask("O1", "5000")
    with pytest.raises(RequestError, match=r"sales releases no orders.*analyst, credit_manager, finance_head.*R435"):
        shop.refer("O1", Role.SALES)


def test_the_file_of_a_held_order_says_what_would_be_owed_and_who_may_release_it(shop: Shop) -> None:
    shop.ask("O1", "85000")
    shop.release("O1")
    shop.ask("O2", "85000")
    shop.ask("O3", "50000")
    shop.release("O2")
    with shop.house.database.reading() as session:
        file = order_file(shop.house, session, "O3", shop.act())
        open_one = order_file(shop.house, session, "O1", shop.act())
    assert (22_100_000, (Role.CREDIT_MANAGER, Role.FINANCE_HEAD)) == (file.exposure_if_released, file.may_release)
    assert (["decision"], 1) == ([step.cause for step in file.steps], len(file.decisions))
    assert (None, ()) == (open_one.exposure_if_released, open_one.may_release)
    assert "OVER_LIMIT" == json.loads(file.order.reasons)[0]["code"]


def test_where_the_exposure_is_the_groups_the_group_counts_for_a_release(shop: Shop) -> None:
    """C1 owes 1000 and C2, of the same group, 300; C2 is let go 160,000, and so C1 39,000 more than 200,000."""
    policy = RULE_SETS["policy"] + "exposure_level: group\n"
    enforce(shop.house, house_policy({"policy": policy, "order_check": ORDER_CHECK}), since=shop.act().at)
    for order_id in ("O1", "O2"):
        shop.ask(order_id, "80000", customer="C2")
        assert "released" == shop.release(order_id, "ann").state
    shop.ask("O3", "38700.01")
    with pytest.raises(AccessError, match=r"leads to 200000\.01 CNY"):
        shop.release("O3", "ann")


def test_nobody_releases_what_stands_for_an_order_of_theirs(shop: Shop) -> None:
    shop.ask("O1", "5000", person="ann")
    shop.amend("O1", "5001", "O2", person="ben")
    for author in ("ann", "ben"):
        with pytest.raises(AccessError, match="A430"):
            shop.release("O2", author)
    assert "released" == shop.release("O2", "mia").state


def test_whoever_asks_again_for_an_order_that_waits_does_not_release_it(shop: Shop) -> None:
    shop.ask("O1", "5000")
    shop.ask("O1", "5000", person="ann")
    with pytest.raises(AccessError, match="A430"):
        shop.release("O1", "ann")
    assert "released" == shop.release("O1", "ben").state


def test_whoever_asks_again_for_an_order_that_was_declined_does_not_release_it_later(shop: Shop) -> None:
    shop.ask("O1", "90001")
    shop.ask("O1", "90001", person="ann")
    assert ["declined", "declined"] == shop.causes("O1")
    assert "held" == shop.amend("O1", "5000").state
    with pytest.raises(AccessError, match="A430"):
        shop.release("O1", "ann")
    assert "released" == shop.release("O1", "ben").state
