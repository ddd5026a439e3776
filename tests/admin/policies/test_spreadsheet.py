"""A table edited in a real browser by keys alone: typed into, pasted over, taken back, and stored all the while."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.policy_store import PolicyStore
from tests.admin.browser import Browser
from tests.chromium import launched, needs_chromium, served, watched
from tests.services.decisions.live import enforce
from tests.services.house import FACTS, REASONS, RULE_SETS, house_policy

FILES = {f"{name}.yaml": text for name, text in {"facts": FACTS, "reasons": REASONS, **RULE_SETS}.items()}

pytestmark = needs_chromium


@pytest.fixture
def house(house: House) -> House:
    """Give a house whose policy in force has its files."""
    enforce(house, house_policy(), since=2, files=FILES)
    return house


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Give a browser without a window."""
    with launched() as browser:
        yield browser


def opened(chromium: Chromium, address: str, browser: Browser) -> Page:
    """Return a page of whoever is signed in with that browser."""
    context = chromium.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    cookie = browser.client.get_cookie("console")
    assert cookie is not None
    context.add_cookies([{"name": "console", "value": cookie.value, "url": address}])
    return context.new_page()


def stored(house: House) -> str:
    """Return the table of the draft as it is stored."""
    with house.database.reading() as session:
        return PolicyStore(session).files("house", 3)["standing.yaml"]


def kept(page: Page, what: Callable[[], object], status: str = "The change is kept.") -> None:
    """Do something, and wait until the page says how it went."""
    page.evaluate("document.getElementById('draft-status').textContent = ''")
    what()
    page.wait_for_function("(text) => document.getElementById('draft-status').textContent.startsWith(text)", arg=status)


def test_a_table_is_edited_by_keys_alone(
    chromium: Chromium, console: Flask, house: House, browser_of: Callable[..., Browser]
) -> None:
    manager = browser_of("mia", Role.CREDIT_MANAGER)
    manager.send("/policies/house/2", "/policies/house/2/draft")
    before = stored(house)
    with served(console) as address:
        page = opened(chromium, address, manager)
        seen = watched(page, address)
        page.goto(f"{address}/policies/house/3/edit?part=standing")
        page.wait_for_selector(".tabulator-row")
        page.locator(".tabulator-tableholder").focus()
        for key in ("ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        page.keyboard.type("6000")
        kept(page, lambda: page.keyboard.press("Enter"))
        assert before.replace("5000", "6000") == stored(house)

        page.keyboard.type("900 +")
        kept(page, lambda: page.keyboard.press("Enter"), "The policy cannot be read with this:")
        assert page.locator(".has-refused .sr-only").inner_text().strip().startswith("not kept:")
        assert before.replace("5000", "6000") == stored(house)

        page.evaluate("navigator.clipboard.writeText('700\\t20\\r\\n')")
        page.keyboard.press("ArrowUp")
        kept(page, lambda: page.keyboard.press("Control+v"))
        assert before.replace("800, payment_term_days: 15", "700, payment_term_days: 20").replace("5000", "6000") == (
            stored(house)
        )
        for _ in range(2):
            kept(page, lambda: page.keyboard.press("Control+z"))
        assert before == stored(house)
        # What an edit changes is asked anew with every edit: an answer that comes too late is called off.
        complaints = [one for one in seen.complaints if "no answer: " not in one or "/impact/" not in one]
        assert ([], []) == (complaints, seen.strangers)
