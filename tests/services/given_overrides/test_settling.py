"""What waits is confirmed by another person, what counts is ended early, and each only once."""

import datetime as dt
from dataclasses import replace

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.services.decisions.live import act, enforce
from tests.services.given_overrides.giving import (
    BOB,
    IN_A_WEEK,
    confirmed,
    counting,
    ended,
    given,
    person,
    refused,
    rejected,
    wanted,
)
from tests.services.house import RULE_SETS, house_policy


def test_one_that_waits_counts_once_another_person_has_confirmed_it(house: House) -> None:
    waiting = given(house, wanted({"credit_limit": "900000"}))
    assert counting(house) == ()
    settled = confirmed(house, waiting.override_id)

    assert (settled.state, settled.second_person) == ("in_force", "bob")
    assert [one.override_id for one in counting(house)] == [waiting.override_id]


@pytest.mark.parametrize("roles", [(Role.CREDIT_MANAGER,), (Role.FINANCE_HEAD, Role.CREDIT_MANAGER)])
def test_the_giver_never_confirms_whatever_the_role_and_the_key(house: House, roles: tuple[Role, ...]) -> None:
    waiting = given(house, wanted({"credit_limit": "900000"}))
    with_another_key = replace(person("ada", *roles), key_id="key-2")
    assert refused(confirmed, house, waiting.override_id, with_another_key) == "R443"
    assert counting(house) == ()


def test_who_may_not_confirm_confirms_none(house: House) -> None:
    waiting = given(house, wanted({"credit_limit": "900000"}))
    assert refused(confirmed, house, waiting.override_id, person("eve", Role.ANALYST)) == "A403"
    assert refused(rejected, house, waiting.override_id, person("eve", Role.ANALYST)) == "A403"


def test_what_has_expired_while_it_waited_is_not_confirmed(house: House) -> None:
    waiting = given(house, wanted({"credit_limit": "900000"}))
    assert confirmed(house, waiting.override_id, on=IN_A_WEEK).state == "in_force"
    other = given(house, wanted({"credit_limit": "900000"}, customer_id="C2"))
    assert refused(confirmed, house, other.override_id, on=IN_A_WEEK + dt.timedelta(days=1)) == "R441"


def test_what_the_policy_by_now_does_not_set_is_not_confirmed(house: House) -> None:
    waiting = given(house, wanted({"credit_limit": "900000", "grace_days": "3"}))
    without = RULE_SETS["standing"].replace(", grace_days: 5", "").replace(", grace_days: 0", "")
    enforce(house, house_policy({"standing": without}), act().at)
    assert refused(confirmed, house, waiting.override_id) == "R444"


def test_a_rejected_one_never_counts(house: House) -> None:
    waiting = given(house, wanted({"credit_limit": "900000"}))
    settled = rejected(house, waiting.override_id)
    assert (settled.state, settled.ended_by, settled.end_reason) == ("rejected", "bob", "Not agreed")
    assert refused(confirmed, house, waiting.override_id) == "R441"
    assert refused(ended, house, waiting.override_id) == "R441"


def test_one_in_force_is_ended_early_and_then_no_more(house: House) -> None:
    override = given(house, wanted({"credit_limit": "6000"}))
    done = ended(house, override.override_id, BOB)
    assert (done.state, done.ended_by, done.end_reason) == ("ended", "bob", "Guarantee withdrawn")
    assert counting(house) == ()
    assert refused(ended, house, override.override_id) == "R441"
    assert refused(confirmed, house, override.override_id) == "R441"
    assert refused(rejected, house, override.override_id) == "R441"


def test_one_that_waits_is_taken_back_by_its_giver(house: House) -> None:
    waiting = given(house, wanted({"credit_limit": "900000"}))
    assert ended(house, waiting.override_id).state == "ended"
    assert refused(confirmed, house, waiting.override_id) == "R441"


def test_one_that_has_expired_is_not_ended_again(house: House) -> None:
    override = given(house, wanted({"credit_limit": "6000"}))
    assert refused(ended, house, override.override_id, on=IN_A_WEEK + dt.timedelta(days=1)) == "R441"


def test_an_id_that_is_none_is_said_to_be_none(house: House) -> None:
    assert [refused(do, house, "none") for do in (confirmed, ended, rejected)] == ["S209"] * 3
