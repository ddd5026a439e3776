"""What a ladder lays over a standing holds until its release, and then what the review says holds again, exactly."""

import datetime as dt

import pytest

from policy_service.services.house import House
from tests.services.decisions.live import TODAY
from tests.services.standings_in_force.reviews import SMALL, begin, done, now, release, review


def test_an_effect_holds_until_its_release(house: House) -> None:
    review(house, SMALL)
    assert begin(house, "L2", {"stop_credit": "true", "credit_limit": "100.00"}) == 2
    assert now(house) == SMALL | {"stop_credit": "true", "credit_limit": "100.00"}
    assert release(house, "L2") == 2
    assert now(house) == SMALL
    assert done(house, "customer", "C1") == ["effects_begun", "effects_ended"]


def test_firing_again_while_in_force_changes_nothing(house: House) -> None:
    review(house, SMALL)
    begin(house, "L2", {"credit_limit": "100.00"})
    assert begin(house, "L2", {"credit_limit": "50.00"}) == 0
    assert now(house)["credit_limit"] == "100.00"


def test_of_several_on_one_item_the_strictest_holds_and_each_ends_by_itself(house: House) -> None:
    review(house, SMALL)
    begin(house, "L2", {"payment_term_days": "10", "prepay_percent": "20"})
    begin(house, "L3", {"payment_term_days": "5"})
    begin(house, "L4", {"payment_term_days": "7", "prepay_percent": "50"})

    assert (now(house)["payment_term_days"], now(house)["prepay_percent"]) == ("5", "50")
    release(house, "L3")
    assert (now(house)["payment_term_days"], now(house)["prepay_percent"]) == ("7", "50")
    release(house, "L4")
    assert (now(house)["payment_term_days"], now(house)["prepay_percent"]) == ("10", "20")


def test_the_reviews_own_value_holds_where_it_is_stricter(house: House) -> None:
    review(house, SMALL)
    begin(house, "L2", {"payment_term_days": "40"})
    assert now(house)["payment_term_days"] == "15"
    review(house, SMALL | {"payment_term_days": "60"})
    assert now(house)["payment_term_days"] == "40"


@pytest.mark.parametrize("output", ["credit_limit", "payment_term_days"])
def test_an_effect_that_nobody_can_compute_makes_the_item_unknown(house: House, output: str) -> None:
    review(house, SMALL)
    begin(house, "L2", {output: ""})
    assert output not in now(house)
    release(house, "L2")
    assert now(house) == SMALL


def test_a_release_of_what_is_not_in_force_does_nothing(house: House) -> None:
    assert release(house, "L2") == 0
    assert done(house, "customer", "C1") == []


def test_effects_belong_to_one_customer(house: House) -> None:
    review(house, SMALL)
    review(house, SMALL, "C2")
    begin(house, "L2", {"stop_credit": "true"})
    release(house, "L2", "C2")
    assert now(house) == SMALL | {"stop_credit": "true"}
    assert now(house, "C2") == SMALL


def test_a_cap_grants_no_limit_once_the_days_of_the_limit_are_over(house: House) -> None:
    """The level fired while there was a limit of 800; when that has lapsed, none is set, and no cap sets one."""
    review(house, SMALL | {"limit_valid_days": "30"})
    begin(house, "L2", {"credit_limit": "640.00"})
    lapsed = TODAY + dt.timedelta(days=30)
    assert [now(house, on=day).get("credit_limit") for day in (TODAY, lapsed)] == ["640.00", None]


def test_an_effect_upon_a_customer_without_a_standing_grants_nothing(house: House) -> None:
    begin(house, "L2", {"credit_limit": "800.00", "grade": "A", "prepay_percent": "100"})
    assert now(house) == {"prepay_percent": "100"}
