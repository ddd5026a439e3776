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
#: Nothing is said of a score of 4, nor of a net worth of 400 to 500.
SCORECARD = """\
scorecard: grading
title: {en: Grading, zh: 评级}
characteristics:
  - {fact: net_worth, weight: 1, attributes: [{when: ">= 500", points: 5}, {when: "< 400", points: 3}], unknown: 4}
bands:
  - {grade: A, when: "> 4"}
  - {grade: B, when: "< 4", reason: SMALL_FIRM}
"""

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


def stored(house: House, file: str = "standing.yaml", number: int = 3) -> str:
    """Return a table of the draft as it is stored."""
    with house.database.reading() as session:
        return PolicyStore(session).files("house", number)[file]


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


def test_holes_of_a_scorecard_are_filled_from_the_list_of_problems(
    chromium: Chromium, console: Flask, house: House, browser_of: Callable[..., Browser]
) -> None:
    enforce(house, house_policy({"grading": SCORECARD}), since=3, files={**FILES, "grading.yaml": SCORECARD})
    manager = browser_of("mia", Role.CREDIT_MANAGER)
    manager.send("/policies/house/3", "/policies/house/3/draft")
    with served(console) as address:
        page = opened(chromium, address, manager)
        page.goto(f"{address}/policies/house/4/edit?part=grading")
        page.wait_for_selector(".tabulator-row")
        for _ in range(2):
            page.locator("#problems button").first.focus()
            kept(page, lambda: page.keyboard.press("Enter"))
            page.wait_for_function("() => document.getElementById('problems-state').className !== 'state'")
        assert not page.locator("#problems button").count()
    text = stored(house, "grading.yaml", 4)
    assert '{when: ">= 500", points: 5}, {when: "[400.00..500.00)", points: 5}' in text
    assert '  - {grade: B, when: "<= 4", reason: SMALL_FIRM}' in text
