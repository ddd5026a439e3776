"""The queue of held orders in a browser: payments that would release them, rows chosen by keys, a table too wide."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from admin.console import PATH
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.admin.browser import Browser
from tests.chromium import launched, needs_chromium, served, watched
from tests.services.decisions.live import answered, asked, person

pytestmark = needs_chromium


@pytest.fixture
def page(console: Flask, house: House, manager: Browser) -> Iterator[Page]:
    """Give the queue with two orders of one customer, in a narrow window of a credit manager; nothing is complained."""
    for number in (1, 2):
        question = asked(order=f"{number}00000", order_id=f"O{number}")
        answered(house, question, person("sam", Role.SALES))
    manager.open("/held-orders/")
    cookie = manager.client.get_cookie("console")
    assert cookie is not None
    with launched() as browser, served(DispatcherMiddleware(NotFound(), {PATH: console})) as address:
        context = browser.new_context(viewport={"width": 620, "height": 700})
        context.add_cookies([{"name": "console", "value": cookie.value, "url": address}])
        opened = context.new_page()
        seen = watched(opened, address)
        opened.goto(f"{address}{PATH}/held-orders/")
        yield opened
        assert ([], []) == (seen.complaints, seen.strangers)


def test_the_queue_is_worked_by_keys_alone(page: Page) -> None:
    expect(page.locator("[data-payment] > a")).to_have_count(0)
    assert all("release it" in text or "CNY" in text for text in page.locator("[data-payment]").all_inner_texts())

    place = page.locator(".table-scroll")
    assert ("region", "Held orders", "0") == tuple(
        place.get_attribute(name) for name in ("role", "aria-label", "tabindex")
    )
    assert "more-right" in str(place.get_attribute("class"))
    place.focus()
    page.keyboard.press("ArrowRight")
    expect(place).to_have_class(re.compile("more-left"))

    page.locator("#choose-all").focus()
    page.keyboard.press("Space")
    assert "Chosen: 2" == page.locator("#how-many").inner_text()
    page.locator('input[name="chosen"]').first.focus()
    page.keyboard.press("Space")
    assert "Chosen: 1" == page.locator("#how-many").inner_text()
    assert 0 == Axe().run(page).violations_count

    page.locator("#reason").focus()
    page.keyboard.type("Paid today")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("1 done, 0 refused.")


def test_a_table_that_fits_is_no_stop_of_the_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 1600, "height": 800})
    expect(page.locator(".table-scroll[tabindex]")).to_have_count(0)
    assert page.locator(".table-scroll").get_attribute("role") is None
