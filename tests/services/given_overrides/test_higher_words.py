"""What a head of finance said of all orders is not passed over, order by order, by somebody with a lower role."""

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.orders.queue import order_file
from policy_service.services.orders.rechecking import recheck_held
from policy_service.services.orders.releasing import release
from tests.api.house import store_person
from tests.services.decisions.live import act
from tests.services.given_overrides.giving import (
    ANA,
    APPROVE,
    BOB,
    FAY,
    ORDER,
    confirmed,
    given,
    ordered,
    outcome,
    person,
    refused,
    wanted,
)

GUS = person("gus", Role.FINANCE_HEAD)


def released(house: House, by: Actor, order_id: str = "O1") -> str:
    """Release an order, and return its state."""
    with house.database.writing() as session:
        return release(house, session, order_id, "Paid by wire", by, act(person=by.person)).order.state


@pytest.mark.parametrize("word", ["decline", "hold"])
@pytest.mark.parametrize("one", [APPROVE, {"outcome": "prepay"}])
def test_one_order_is_let_go_against_a_word_on_all_of_them_by_two_of_whom_one_has_its_rank(
    house: House, word: str, one: dict[str, str]
) -> None:
    store_person(house, "gus", Role.FINANCE_HEAD)
    given(house, wanted({"outcome": word}, ORDER), FAY)
    ordered(house, "100")
    waiting = given(house, wanted(one, ORDER, order_id="O1"), ANA)
    assert waiting.state == "proposed"
    with pytest.raises(AccessError, match=r"fay keeps the order back as finance_head.* bob is not finance_head.*A436"):
        confirmed(house, waiting.override_id, BOB)
    assert confirmed(house, waiting.override_id, GUS).state == "in_force"
    assert outcome(ordered(house, "100")) == one["outcome"]


def test_whoever_has_that_rank_lets_it_go_alone(house: House) -> None:
    given(house, wanted({"outcome": "decline"}, ORDER), FAY)
    assert ordered(house, "100").order.state == "cancelled"  # type: ignore[union-attr]  # it was asked for
    assert given(house, wanted(APPROVE, ORDER, order_id="O1"), GUS).state == "in_force"
    assert ordered(house, "100").order.state == "open"  # type: ignore[union-attr]  # it was asked for


def test_a_word_of_ones_own_rank_is_passed_over_as_ever(house: House) -> None:
    given(house, wanted({"outcome": "decline"}, ORDER), person("amy", Role.ANALYST))
    ordered(house, "100")
    assert given(house, wanted(APPROVE, ORDER, order_id="O1"), ANA).state == "in_force"


def test_what_was_let_go_before_the_word_on_all_orders_counts_no_more(house: House) -> None:
    ordered(house, "6000")
    assert given(house, wanted(APPROVE, ORDER, order_id="O1"), ANA).state == "in_force"
    given(house, wanted({"outcome": "hold"}, ORDER), FAY)
    assert recheck_held(house, None, "override", act()).still_held == ("O1",)
    (aside,) = ordered(house, "6000").given.decision.result["set_aside"]  # type: ignore[misc]  # plain data
    assert aside["why"] == "fay said otherwise of all orders, as finance_head."  # type: ignore[call-overload]


@pytest.mark.parametrize("order_id", ["", "O1"])
def test_what_somebody_keeps_back_is_released_by_their_rank_alone(house: House, order_id: str) -> None:
    ordered(house, "6000")
    given(house, wanted({"outcome": "hold"}, ORDER, order_id=order_id), FAY)
    with house.database.reading() as session:
        assert order_file(house, session, "O1", act()).may_release == (Role.FINANCE_HEAD,)
    assert refused(released, house, ANA) == "A436"
    assert released(house, GUS) == "released"
