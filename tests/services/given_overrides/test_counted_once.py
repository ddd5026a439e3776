"""What persons let go is counted once: not twice for one order, nor beside the exposure that it has become."""

from policy_service.services.house import House
from tests.services.decisions.live import act, enforce
from tests.services.given_overrides.giving import ADA, ANA, APPROVE, ORDER, given, ordered, owes, wanted
from tests.services.given_overrides.test_reach import lets_go, state_of
from tests.services.house import policy_with


def test_two_overrides_of_one_order_count_its_amount_once(house: House) -> None:
    ordered(house, "60000")
    both = [given(house, wanted(outputs, ORDER, order_id="O1"), ADA) for outputs in (APPROVE, {"prepay_percent": "50"})]
    assert ["in_force", "in_force"] == [one.state for one in both]


def test_an_order_that_was_let_go_counts_as_exposure_and_no_more_as_one_to_go(house: House) -> None:
    owes(house, "119000")
    assert ["in_force", "in_force"] == [lets_go(house, order_id, "40000") for order_id in ("O1", "O2")]


def test_a_limit_that_another_override_sets_counts_as_far_as_it_goes(house: House) -> None:
    given(house, wanted({"credit_limit": "6000"}))
    assert ["in_force", "proposed"] == [lets_go(house, "O1", "94000"), lets_go(house, "O2", "7000")]


def test_a_limit_that_another_override_takes_away_counts_as_nothing(house: House) -> None:
    given(house, wanted({"credit_limit": "unknown"}))
    assert "in_force" == lets_go(house, "O1", "99000")


def test_beside_an_unlimited_limit_nothing_is_let_go_by_one(house: House) -> None:
    given(house, wanted({"credit_limit": "unlimited"}))
    assert "proposed" == lets_go(house, "O1", "6000")


def test_where_less_is_to_be_prepaid_the_whole_order_counts(house: House) -> None:
    held = "then: {outcome: hold}, reason: OVER_LIMIT"
    prepaid = policy_with("order_check", held, held.replace("hold", "hold, prepay_percent: 50"))
    enforce(house, prepaid, act().at)
    owes(house, "130000")
    ordered(house, "80000")
    assert "proposed" == given(house, wanted({"prepay_percent": "49"}, ORDER, order_id="O1"), ANA).state


def test_what_a_limit_leads_to_is_the_limit_whatever_is_owed(house: House) -> None:
    owes(house, "900000")
    assert ["in_force", "proposed"] == [state_of(house, {"credit_limit": limit}) for limit in ("100000", "100000.01")]
