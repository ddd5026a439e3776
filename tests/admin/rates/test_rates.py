"""Currencies and rates in the console: what holds today, what is missing, and a new one entered."""

from collections.abc import Callable

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.admin.browser import Browser
from tests.services.decisions.live import answered, asked, person, post
from tests.services.house import INVOICES

LIST = "/rates/"
EURO = {"day": "2025-01-10", "currency": "eur", "rate": "7.85"}


@pytest.fixture
def shop(browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of somebody who may write the ledger."""
    return browser_of("shop", Role.SYSTEM)


def test_a_rate_that_is_entered_is_that_of_today(shop: Browser) -> None:
    assert "The rate of EUR for 2025-01-10 is stored." in shop.told(LIST, "/rates/enter", EURO)
    words = shop.words(LIST)
    assert "EUR 7.85 2025-01-10 10" in words
    assert "EUR 7.85 2025-01-10 10" in shop.words("/rates/?currency=EUR")


def test_a_rate_of_the_same_day_takes_the_place_of_the_one_before(shop: Browser) -> None:
    shop.send(LIST, "/rates/enter", EURO)
    shop.send(LIST, "/rates/enter", {**EURO, "rate": "7.90"})
    words = shop.words(LIST)
    assert "7.90" in words
    assert "7.85" not in words


@pytest.mark.parametrize("wrong", [{"rate": "a lot"}, {"rate": "0"}, {"currency": "EEE"}, {"day": "2025-02-30"}])
def test_what_is_no_rate_is_refused_and_what_was_written_stays(shop: Browser, wrong: dict[str, str]) -> None:
    page = shop.open(str(shop.send(LIST, "/rates/enter", {**EURO, **wrong}).location))
    assert "alert-danger" in page
    assert f'value="{wrong.get("rate", "7.85")}"' in page
    assert "Rates by day" not in page


def test_who_may_not_write_the_ledger_enters_no_rate(manager: Browser, shop: Browser) -> None:
    assert "Enter a rate" not in manager.words(LIST)
    told = manager.told("/customers/file/C1", "/rates/enter", EURO)
    assert "ledger:write" in told
    assert "7.85" not in manager.words(LIST)


def test_currencies_without_a_rate_are_listed_with_the_orders_that_wait_for_one(house: House, manager: Browser) -> None:
    post(house, {"customers": "customer_id,currency\nC9,USD\n", "invoices": INVOICES.partition("\n")[0] + "\n"}, at=2)
    assert "USD – customers: 1, held orders: 0" in manager.words(LIST)
    answered(house, asked(order="100", order_id="O1", currency="JPY"), person("sam", Role.SALES))
    assert "JPY – customers: 0, held orders: 1" in manager.words(LIST)
