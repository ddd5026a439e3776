"""Whoever wants an order does not let it go: not by an override of it, nor by one of the standing that holds it."""

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import PERMISSIONS, Permission, Role
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.override_limits import Wanted
from tests.services.decisions.live import act, enforce
from tests.services.given_overrides.giving import (
    ADA,
    APPROVE,
    BOB,
    ORDER,
    amended,
    ask,
    confirmed,
    ended,
    given,
    ordered,
    person,
    refused,
    wanted,
)
from tests.services.given_overrides.test_reach import ALL_OUTPUTS

CAM = person("cam")
#: Of each output the value that can let nothing go, and one that can.
STRICTEST_AND_LOOSER = (
    ("grade", "B", "A"),
    ("credit_limit", "0", "0.01"),
    ("payment_term_days", "0", "1"),
    ("payment_term_kind", "prepayment", "net"),
    ("discount_percent", "0", "0.5"),
    ("discount_days", "0", "1"),
    ("collateral_required", "true", "false"),
    ("watch_list", "true", "false"),
    ("stop_credit", "true", "false"),
    ("grace_days", "0", "1"),
)


def of(order_id: str = "O1", outputs: dict[str, str] | None = None) -> Wanted:
    """Return an override of one order."""
    return wanted(outputs or APPROVE, ORDER, order_id=order_id)


@pytest.mark.parametrize("outputs", [APPROVE, {"outcome": "prepay"}, {"prepay_percent": "99"}])
def test_who_asked_for_an_order_does_not_let_it_go_by_an_override(house: House, outputs: dict[str, str]) -> None:
    ask(house, ADA)
    with pytest.raises(AccessError, match=r"ada asked for order O1 .*Let another person .*A432"):
        given(house, of(outputs=outputs))
    assert given(house, of(outputs=outputs), BOB).state == "in_force"


def test_another_key_of_the_same_person_changes_nothing(house: House) -> None:
    """Two keys of a person, with whatever scopes, are the same person."""
    ask(house, ADA)
    other = Actor(ADA.person, ADA.user_id, ADA.roles, frozenset({Permission.OVERRIDES_GIVE}), key_id="another")
    assert refused(given, house, of(), other) == "A432"


def test_who_amended_an_order_does_not_override_it(house: House) -> None:
    ordered(house, "6000")
    amended(house, "5500", ADA)
    assert refused(given, house, of()) == "A432"


def test_who_asked_for_the_order_that_it_replaces_does_not_override_it(house: House) -> None:
    ask(house, ADA)
    amended(house, "5500", CAM, new_id="O2")
    assert [refused(given, house, of("O2"), by) for by in (ADA, CAM)] == ["A432", "A432"]
    assert given(house, of("O2"), BOB).state == "in_force"


def test_an_author_may_hold_their_own_order_back(house: House) -> None:
    ask(house, ADA, "100")
    assert given(house, of(outputs={"outcome": "decline"})).state == "in_force"


def test_an_author_is_not_the_second_person_either(house: House) -> None:
    ask(house, BOB, "150000")
    waiting = given(house, of(), ADA)
    assert refused(confirmed, house, waiting.override_id, BOB) == "A432"
    assert confirmed(house, waiting.override_id, CAM).state == "in_force"


@pytest.mark.parametrize("outputs", [{"credit_limit": "9000"}, {"stop_credit": "false"}, {"grade": "A"}])
def test_a_standing_is_overridden_by_two_while_an_order_of_the_givers_own_waits(
    house: House, outputs: dict[str, str]
) -> None:
    ask(house, ADA)
    first, second = given(house, wanted(outputs)), given(house, wanted({"stop_credit": "true"}, customer_id="C2"))
    ended(house, first.override_id)
    assert (first.state, second.state) == ("proposed", "in_force")
    assert given(house, wanted(outputs), BOB).state == "in_force"


def test_to_stop_a_customer_takes_one_person_whoever_waits(house: House) -> None:
    ask(house, ADA)
    assert given(house, wanted({"stop_credit": "true"})).state == "in_force"


@pytest.mark.parametrize(("name", "strictest", "looser"), STRICTEST_AND_LOOSER, ids=lambda text: text)
def test_while_an_order_of_ones_own_waits_one_sets_alone_only_what_lets_nothing_go(
    house: House, name: str, strictest: str, looser: str
) -> None:
    enforce(house, ALL_OUTPUTS, act().at)
    ask(house, ADA)
    stricter = given(house, wanted({name: strictest}))
    ended(house, stricter.override_id, BOB)
    assert ["in_force", "proposed"] == [stricter.state, given(house, wanted({name: looser})).state]


def test_an_order_that_does_not_wait_keeps_nobody_from_overriding_the_standing(house: House) -> None:
    ask(house, ADA, "100")
    assert given(house, wanted({"credit_limit": "9000"})).state == "in_force"


def test_who_alone_lets_an_order_go_does_not_amend_it(house: House) -> None:
    """Else whoever wants something else for the same amount would let go what they want."""
    ordered(house, "6000")
    override = given(house, of())
    assert refused(amended, house, "5500", ADA) == "A433"
    assert amended(house, "5500", BOB) == "open"
    ended(house, override.override_id)
    assert amended(house, "99000", ADA) == "held"


def test_what_two_let_go_is_held_when_either_of_them_amends_it(house: House) -> None:
    """Whoever amends it wants it, and so their word does not count for it."""
    ordered(house, "150000")
    confirmed(house, given(house, of()).override_id)
    assert [amended(house, "140000", by) for by in (CAM, ADA)] == ["open", "held"]


def test_a_system_that_asks_can_neither_override_nor_release(house: House) -> None:
    may = {Permission.OVERRIDES_GIVE, Permission.OVERRIDES_CONFIRM, Permission.ORDERS_RELEASE}
    assert not PERMISSIONS[Role.SYSTEM] & may
    shop = person("shop", Role.SYSTEM)
    kinds = (wanted(APPROVE, ORDER, order_id="O1"), wanted({"credit_limit": "9000"}, DecisionType.REVIEW))
    ordered(house, "6000")
    assert [refused(given, house, one, shop) for one in kinds] == ["A403", "A403"]
