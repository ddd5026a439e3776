"""To end somebody's word that keeps orders back lets orders go: that takes their authority, and no own order."""

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.services.given_overrides.giving import (
    ADA,
    ANA,
    APPROVE,
    BOB,
    FAY,
    ORDER,
    ask,
    ended,
    given,
    ordered,
    person,
    refused,
    wanted,
)
from tests.services.standings_in_force.reviews import begin

KEEPS_BACK = [{"stop_credit": "true"}, {"credit_limit": "2000"}, {"credit_limit": "0"}, {"prepay_percent": "100"}]


@pytest.mark.parametrize("outputs", KEEPS_BACK)
def test_what_keeps_orders_back_is_ended_with_the_authority_of_its_giver(house: House, outputs: dict[str, str]) -> None:
    ordered(house, "1")
    override = given(house, wanted(outputs), FAY).override_id
    with pytest.raises(AccessError, match=r"fay gave the override .* as finance_head, which ana is not.*A435"):
        ended(house, override, ANA)
    assert refused(ended, house, override, BOB) == "A435"
    assert ended(house, override, person("gus", Role.FINANCE_HEAD)).state == "ended"


@pytest.mark.parametrize("outputs", [{"outcome": "decline"}, {"outcome": "hold"}, {"outcome": "prepay"}])
def test_so_is_what_was_said_of_orders(house: House, outputs: dict[str, str]) -> None:
    given(house, wanted(outputs, ORDER), FAY)
    ordered(house, "100")
    of_one = given(house, wanted({"outcome": "decline"}, ORDER, order_id="O1"), FAY).override_id
    assert refused(ended, house, of_one, ANA) == "A435"
    assert ended(house, of_one, FAY).state == "ended"


@pytest.mark.parametrize("outputs", [{"credit_limit": "9000"}, {"stop_credit": "false"}, {"grace_days": "30"}])
def test_anybody_may_end_what_only_lets_orders_go(house: House, outputs: dict[str, str]) -> None:
    ordered(house, "1")
    assert ended(house, given(house, wanted(outputs), FAY).override_id, ANA).state == "ended"


def test_an_order_let_go_by_a_word_may_be_kept_back_by_anybody(house: House) -> None:
    ordered(house, "6000")
    assert ended(house, given(house, wanted(APPROVE, ORDER, order_id="O1"), FAY).override_id, ANA).state == "ended"


def test_what_a_ladder_lays_over_it_does_not_make_it_anybodys(house: House) -> None:
    """The stop of the ladder ends by itself; the person's would have stayed."""
    override = given(house, wanted({"credit_limit": "2000"}), FAY).override_id
    begin(house, "L2", {"credit_limit": "0"})
    assert refused(ended, house, override, ANA) == "A435"


@pytest.mark.parametrize("outputs", KEEPS_BACK[:2])
def test_nobody_ends_what_keeps_their_own_order_back_be_it_their_own_word(
    house: House, outputs: dict[str, str]
) -> None:
    override = given(house, wanted(outputs), ADA).override_id
    ask(house, BOB, "3000")
    with pytest.raises(AccessError, match=r"bob asked for order O1 .*cannot end what keeps it back.*A432"):
        ended(house, override, BOB)
    assert ended(house, override, ADA).state == "ended"


def test_what_waits_for_a_second_person_keeps_nothing_back(house: House) -> None:
    waiting = given(house, wanted({"prepay_percent": "0"}), FAY)
    assert (waiting.state, ended(house, waiting.override_id, ANA).state) == ("proposed", "ended")


def test_what_no_review_has_set_yet_may_be_less_by_what_a_person_said(house: House) -> None:
    override = given(house, wanted({"credit_limit": "2000"}), FAY).override_id
    assert refused(ended, house, override, ANA) == "A435"
