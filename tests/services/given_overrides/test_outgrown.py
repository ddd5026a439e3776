"""An override of an order counts for what the order was when it was given: amended to more, it is decided anew."""

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.decisions.answering import answer
from policy_service.services.house import House
from policy_service.services.orders.rechecking import recheck_held
from policy_service.storage.order_store import OrderStore
from policy_service.storage.override_store import OverrideStore
from tests.services.decisions.live import act, asked, post
from tests.services.given_overrides.giving import (
    APPROVE,
    ORDER,
    amended,
    confirmed,
    given,
    ordered,
    person,
    refused,
    wanted,
)

RATES = {"rates": "date,currency,rate\n2025-01-01,USD,7.00\n2025-01-01,JPY,0.05\n"}


def vouched(house: House, **outputs: str) -> str:
    """Let the order O1 go by an override of one person, and return its id."""
    override = given(house, wanted(outputs or APPROVE, ORDER, order_id="O1"))
    assert override.state == "in_force"
    return override.override_id


def overrides(house: House, override_id: str) -> tuple[str, str]:
    """Return the state of an override, and who ended it."""
    with house.database.reading() as session:
        found = OverrideStore(session).load(override_id)
    return found.state, found.ended_by


def test_what_one_person_let_go_does_not_count_when_the_order_grows(house: House) -> None:
    """Four split orders of 60,000 stay what they were: none of them becomes one of 100,000."""
    ordered(house, "60000")
    vouched(house)
    assert [amended(house, amount) for amount in ("59999.99", "60000.00", "60000.01")] == ["open", "open", "held"]


def test_an_order_that_the_recheck_released_is_held_again_when_it_grows(house: House) -> None:
    ordered(house, "60000")
    vouched(house)
    assert recheck_held(house, None, "override", act()).released == ("O1",)
    assert amended(house, "60000.01") == "held"
    assert recheck_held(house, None, "override", act()).still_held == ("O1",)


def test_what_two_let_go_does_not_count_when_the_order_grows(house: House) -> None:
    ordered(house, "150000")
    confirmed(house, given(house, wanted(APPROVE, ORDER, order_id="O1")).override_id)
    assert [amended(house, amount) for amount in ("149999.99", "150000.01")] == ["open", "held"]


def test_what_waits_for_a_second_person_does_not_count_for_more_either(house: House) -> None:
    ordered(house, "150000")
    waiting = given(house, wanted(APPROVE, ORDER, order_id="O1")).override_id
    amended(house, "150000.01")
    confirmed(house, waiting)
    assert recheck_held(house, None, "override", act()).still_held == ("O1",)


@pytest.mark.parametrize(
    ("currency", "amount", "state"),
    [("USD", "60000", "held"), ("USD", "8000", "held"), ("JPY", "60000", "open"), ("USD", "1", "open")],
)
def test_an_order_in_another_currency_is_another_order(house: House, currency: str, amount: str, state: str) -> None:
    post(house, RATES, at=2)
    ordered(house, "60000")
    override = vouched(house)
    # A dollar, and 60,000 yen, fit the limit by themselves.
    assert amended(house, amount, currency=currency) == state
    assert overrides(house, override) == ("ended", "shop")


def test_a_hold_stays_whatever_the_order_is_amended_to(house: House) -> None:
    post(house, RATES, at=2)
    ordered(house, "100")
    override = vouched(house, outcome="hold")
    assert amended(house, "1", currency="USD") == "held"
    assert overrides(house, override) == ("in_force", "")


def test_an_order_that_grows_in_its_own_currency_while_the_rate_falls_is_decided_anew(house: House) -> None:
    post(house, RATES, at=2)
    shop = person("shop", Role.SYSTEM)
    with house.database.writing() as session:
        answer(house, session, asked("C1", "1000", "O1", currency="USD"), shop, act())
    vouched(house)
    post(house, {"rates": RATES["rates"] + "2025-01-19,USD,6.00\n"}, at=3)
    assert amended(house, "1000.01", currency="USD") == "held"


def test_an_order_that_nobody_can_convert_does_not_grow_under_the_word_of_two(house: House) -> None:
    """What it comes to in base currency was not known then, so the override knows no largest amount of it."""
    ordered(house, "100")
    assert amended(house, "100", currency="CHF") == "held"
    with house.database.reading() as session:
        assert OrderStore(session).load("O1").base_amount is None
    waiting = given(house, wanted(APPROVE, ORDER, order_id="O1"))
    assert waiting.state == "proposed"
    assert refused(confirmed, house, waiting.override_id) == "A434"
    confirmed(house, waiting.override_id, person("fay", Role.FINANCE_HEAD))
    amended(house, "100.01", currency="CHF")
    assert overrides(house, waiting.override_id) == ("ended", "shop")
