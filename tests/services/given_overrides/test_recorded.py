"""What is done to an override takes the permission for it, and is in the audit trail with all that was said."""

import json
from collections.abc import Callable, Mapping

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.override_store import StoredOverride
from tests.services.decisions.live import act, post
from tests.services.given_overrides.giving import (
    ADA,
    ANA,
    APPROVE,
    BOB,
    IN_A_WEEK,
    ORDER,
    SHOP,
    amended,
    confirmed,
    ended,
    given,
    ordered,
    person,
    refused,
    rejected,
    wanted,
)

#: More than one person may say.
LARGE = {"credit_limit": "900000"}


def notes(house: House, override: StoredOverride) -> list[tuple[str, str, Mapping[str, object]]]:
    with house.database.reading() as session:
        events = AuditStore(session).about("override", override.override_id)
    return [(each.act, each.person, json.loads(each.detail)) for each in events]


def done(house: House, override: StoredOverride) -> list[tuple[str, str, object, object]]:
    return [(name, by, said["state"], said.get("end_reason")) for name, by, said in notes(house, override)]


def test_the_audit_trail_says_what_was_overridden_for_whom_why_and_until_when(house: House) -> None:
    override = given(house, wanted({"credit_limit": "100"}))
    assert [
        (
            "override_given",
            "ada",
            {
                "override_id": override.override_id,
                "customer_id": "C1",
                "order_id": "",
                "decision_type": "review",
                "outputs": {"credit_limit": "100"},
                "reason": "Bank guarantee",
                "expires_on": IN_A_WEEK.isoformat(),
                "state": "in_force",
                "given_by": "ada",
            },
        )
    ] == notes(house, override)


def test_who_confirmed_and_who_ended_it_is_in_the_audit_trail(house: House) -> None:
    override = given(house, wanted(LARGE))
    confirmed(house, override.override_id)
    ended(house, override.override_id)
    assert [
        ("override_given", "ada", "proposed", None),
        ("override_confirmed", "bob", "in_force", None),
        ("override_ended", "ada", "ended", "Guarantee withdrawn"),
    ] == done(house, override)


def test_who_rejected_it_is_in_the_audit_trail(house: House) -> None:
    override = given(house, wanted(LARGE))
    rejected(house, override.override_id)
    assert [
        ("override_given", "ada", "proposed", None),
        ("override_rejected", "bob", "rejected", "Not agreed"),
    ] == done(house, override)


def test_one_that_ends_because_its_order_was_amended_is_in_the_audit_trail(house: House) -> None:
    post(house, {"rates": "date,currency,rate\n2025-01-01,USD,7.00\n"}, at=2)
    ordered(house, "6000")
    override = given(house, wanted(APPROVE, ORDER, order_id="O1"))
    amended(house, "6000", currency="USD")
    assert ("override_ended", "shop", "ended", "Order O1 was amended beyond it.") == done(house, override)[-1]


@pytest.mark.parametrize("by", [ANA, person("eve", Role.SALES), SHOP], ids=lambda one: one.person)
@pytest.mark.parametrize("verb", [confirmed, rejected])
def test_whoever_may_not_confirm_neither_confirms_nor_rejects(
    house: House, verb: Callable[..., StoredOverride], by: object
) -> None:
    override = given(house, wanted(LARGE))
    assert "A403" == refused(verb, house, override.override_id, by)
    assert "in_force" == confirmed(house, override.override_id).state


def test_whoever_may_not_give_ends_none(house: House) -> None:
    override = given(house, wanted({"credit_limit": "100"}))
    assert "A403" == refused(ended, house, override.override_id, person("eve", Role.SALES))


def test_one_that_counts_from_the_first_counts_from_then_on_when_a_second_person_says_it_too(house: House) -> None:
    override = given(house, wanted({"credit_limit": "6000"}))
    both = confirmed(house, override.override_id, BOB, IN_A_WEEK)
    assert (act().at, "bob", act(IN_A_WEEK).at) == (both.in_force_at, both.second_person, both.confirmed_at)
    waiting = given(house, wanted(LARGE, customer_id="C2"), ADA)
    assert (None, act(IN_A_WEEK).at) == (
        waiting.in_force_at,
        confirmed(house, waiting.override_id, BOB, IN_A_WEEK).in_force_at,
    )
