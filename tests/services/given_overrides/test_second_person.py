"""Above a threshold, and where nobody can tell, one person's word is not enough."""

from typing import Any, TypeAlias

import pytest

from policy_service.services.house import House
from tests.services.decisions.live import act, enforce, post
from tests.services.given_overrides.giving import (
    APPROVE,
    ORDER,
    ended,
    given,
    ordered,
    refused,
    wanted,
)
from tests.services.house import INVOICES, policy_with

Cases: TypeAlias = tuple[tuple[dict[str, str], str], ...]
#: Overrides of a review, and what becomes of each.
OF_REVIEWS: Cases = (
    ({"credit_limit": "100000"}, "in_force"),
    ({"credit_limit": "100000.01"}, "proposed"),
    ({"credit_limit": "unlimited"}, "proposed"),
    ({"stop_credit": "true"}, "in_force"),
    ({"stop_credit": "false"}, "in_force"),
    ({"grade": "A", "payment_term_days": "90"}, "in_force"),
)
#: Overrides of an order one cent above the threshold.
OF_A_LARGE_ORDER: Cases = (
    (APPROVE, "proposed"),
    ({"outcome": "prepay"}, "proposed"),
    ({"prepay_percent": "99"}, "proposed"),
    ({"prepay_percent": "100"}, "in_force"),
    ({"outcome": "hold"}, "in_force"),
    ({"outcome": "decline"}, "in_force"),
)


def states(house: House, cases: Cases, **said: Any) -> list[str]:
    """Return what becomes of each override, given one after the other was ended."""
    found = []
    for outputs, _ in cases:
        override = given(house, wanted(outputs, **said))
        ended(house, override.override_id)
        found.append(override.state)
    return found


def test_a_limit_above_the_threshold_needs_a_second_person(house: House) -> None:
    assert states(house, OF_REVIEWS) == [state for _, state in OF_REVIEWS]


def test_a_stop_is_cleared_by_two_where_more_than_the_threshold_is_owed(house: House) -> None:
    post(house, {"invoices": INVOICES + "I9,C1,2025-01-02,2025-02-01,99000.01\n"}, at=2)
    assert given(house, wanted({"stop_credit": "false"})).state == "proposed"
    assert given(house, wanted({"stop_credit": "false"}, customer_id="C2")).state == "in_force"


def test_what_is_owed_counts_the_orders_that_were_let_through(house: House) -> None:
    enforce(house, policy_with("standing", "credit_limit: 5000", "credit_limit: unlimited"), act().at)
    ordered(house, "99000.00")
    first = given(house, wanted({"stop_credit": "false"}))
    ended(house, first.override_id)
    ordered(house, "0.01", "O2")
    second = given(house, wanted({"stop_credit": "false"}))
    assert (first.state, second.state) == ("in_force", "proposed")


def test_an_order_above_the_threshold_is_let_go_by_two(house: House) -> None:
    ordered(house, "100000.01")
    assert states(house, OF_A_LARGE_ORDER, kind=ORDER, order_id="O1") == [state for _, state in OF_A_LARGE_ORDER]


def test_an_order_at_the_threshold_is_let_go_by_one(house: House) -> None:
    ordered(house, "100000")
    assert given(house, wanted(APPROVE, ORDER, order_id="O1")).state == "in_force"


@pytest.mark.parametrize("order_id", ["", "O9"])
def test_where_the_amount_cannot_be_told_two_are_needed(house: House, order_id: str) -> None:
    assert given(house, wanted(APPROVE, ORDER, order_id=order_id)).state == "proposed"


def test_an_order_of_another_customer_is_refused(house: House) -> None:
    ordered(house, "10", customer="C2")
    assert refused(given, house, wanted(APPROVE, ORDER, order_id="O1")) == "R446"
