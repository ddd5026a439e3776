"""An override is checked when it is given, and counts until its last day."""

import datetime as dt

import pytest

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.services.decisions.live import TODAY, act
from tests.services.given_overrides.giving import (
    APPROVE,
    BOB,
    IN_A_WEEK,
    ORDER,
    counting,
    ended,
    given,
    ordered,
    outcome,
    person,
    refused,
    wanted,
    woken,
)


def test_a_small_override_counts_at_once_until_its_last_day(house: House) -> None:
    override = given(house, wanted({"credit_limit": "6000"}))

    assert (override.state, override.person, override.in_force_at) == ("in_force", "ada", act().at)
    assert [one.override_id for one in counting(house, on=IN_A_WEEK)] == [override.override_id]
    assert counting(house, on=IN_A_WEEK + dt.timedelta(days=1)) == ()


def test_what_an_override_sets_is_what_orders_are_checked_against_as_long_as_it_counts(house: House) -> None:
    assert outcome(ordered(house, "4500")) is Outcome.HOLD
    given(house, wanted({"credit_limit": "6000"}))

    again = ordered(house, "4500")
    assert outcome(again) is Outcome.APPROVE
    assert again.given.standing.values["credit_limit"] == 600_000
    assert outcome(ordered(house, "4500", "O2", on=IN_A_WEEK + dt.timedelta(days=1))) is Outcome.HOLD


def test_an_override_of_an_order_is_applied_to_that_order_and_shown(house: House) -> None:
    ordered(house, "4500")
    override = given(house, wanted(APPROVE, ORDER, order_id="O1"))

    again = ordered(house, "4500")
    assert outcome(again) is Outcome.APPROVE
    shown = again.given.decision.result["overrides"]
    assert [one["id"] for one in shown] == [override.override_id]  # type: ignore[attr-defined]
    assert outcome(ordered(house, "4500", "O2")) is Outcome.HOLD


def test_held_orders_are_decided_again_when_an_override_takes_force_and_when_it_ends(house: House) -> None:
    ordered(house, "4500")
    override = given(house, wanted({"credit_limit": "6000"}))
    assert woken(house) == ["override"]
    ended(house, override.override_id, on=IN_A_WEEK)
    assert woken(house) == ["override", "override"]


def test_who_may_not_give_gives_none(house: House) -> None:
    assert refused(given, house, wanted({"credit_limit": "1"}), person("eve", Role.SALES)) == "A403"


#: What can never be applied, with the code of its refusal.
NEVER = (
    (wanted({"credit_limit": "1"}, customer_id="C9"), "R404"),
    (wanted({"credit_limit": "1"}, reason="  ab  "), "R440"),
    (wanted({"credit_limit": "1"}, reason="a" * 501), "R440"),
    (wanted({"credit_limit": "1"}, reason="a\x00bc"), "R440"),
    (wanted({}), "R444"),
    (wanted({"owner": "ada"}, DecisionType.ESCALATION), "R444"),
    (wanted({"outcome": "approve"}), "R444"),
    (wanted({"credit_limit": "5"}, ORDER), "R444"),
    (wanted({"watch_list": "true"}), "R444"),
    (wanted({"outcome": "maybe"}, ORDER), "R444"),
    (wanted({"credit_limit": "much"}), "R444"),
    (wanted({"credit_limit": "1.005"}), "R444"),
    (wanted({"credit_limit": "-1"}), "R444"),
    (wanted({"prepay_percent": "100.5"}, ORDER), "R444"),
    (wanted({"grade": "Z"}), "R444"),
    (wanted({"credit_limit": "1"}, expires_on=TODAY - dt.timedelta(days=1)), "R445"),
    (wanted({"credit_limit": "1"}, expires_on=TODAY + dt.timedelta(days=366)), "R445"),
)


def test_an_override_that_can_never_be_applied_is_refused_at_once(house: House) -> None:
    assert [refused(given, house, one) for one, _ in NEVER] == [code for _, code in NEVER]


@pytest.mark.parametrize("days", [0, 365])
def test_it_may_count_today_only_and_for_a_year(house: House, days: int) -> None:
    last = TODAY + dt.timedelta(days=days)
    assert given(house, wanted({"credit_limit": "1"}, expires_on=last)).expires_on == last


@pytest.mark.parametrize("text", ["unlimited", "unknown"])
def test_a_limit_may_be_set_to_unlimited_and_to_none(house: House, text: str) -> None:
    override = given(house, wanted({"credit_limit": text}))
    assert override.state == ("proposed" if text == "unlimited" else "in_force")


def test_of_one_output_only_one_override_is_open(house: House) -> None:
    first = given(house, wanted({"credit_limit": "100", "grade": "A"}))
    with pytest.raises(PolicyServiceError) as error:
        given(house, wanted({"credit_limit": "50", "payment_term_days": "5"}), BOB)
    assert error.value.code == "R447"
    assert first.override_id in error.value.message

    given(house, wanted({"payment_term_days": "5"}))
    given(house, wanted({"credit_limit": "100"}, customer_id="C2"))
    given(house, wanted(APPROVE, ORDER))
    given(house, wanted(APPROVE, ORDER, order_id="O1"))
    ended(house, first.override_id)
    given(house, wanted({"credit_limit": "50"}))


def test_one_that_waits_is_open_and_one_that_has_expired_is_not(house: House) -> None:
    given(house, wanted({"credit_limit": "900000"}))
    assert refused(given, house, wanted({"credit_limit": "1"})) == "R447"
    later = IN_A_WEEK + dt.timedelta(days=1)
    given(house, wanted({"credit_limit": "1"}, expires_on=later), on=later)
