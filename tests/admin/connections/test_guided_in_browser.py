"""The guided path in a real browser, by keys: a stand-in of Fxiaoke is connected, mapped, pulled and looked at."""

import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.fernet import Fernet
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from admin.console import PATH
from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.connections.scheduling import PULL_CONNECTION
from policy_service.services.connections.world import World, open_any
from policy_service.services.house import House
from tests.admin.browser import Browser
from tests.admin.test_translations import catalogue
from tests.api.house import Clock
from tests.chromium import Seen, launched, needs_chromium, served, watched
from tests.connectors.stand_ins import StandIn, fxiaoke, fxiaoke_process

__all__ = ["fxiaoke", "fxiaoke_process"]

pytestmark = [needs_chromium, pytest.mark.begins_early]

#: What a person reads on a page, but for names.
_TEXTS = (
    "() => { const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];"
    " while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('[translate=no], code, pre'))"
    " found.push(walker.currentNode.textContent.trim()); return found; }"
)


@pytest.fixture
def connectable(house: House, fxiaoke: StandIn, clock: Clock) -> House:
    """Give the house in a world with other systems."""
    key = Fernet.generate_key().decode()
    house.settings = replace(house.settings, connections_key=(key,), connector_origins=(fxiaoke.origin,))
    house.world = World(clock, time.monotonic, time.sleep, random.Random(1).random, open_any)
    return house


@pytest.fixture(params=["en-US", "zh-CN"])
def seen_page(
    request: pytest.FixtureRequest, connectable: House, console: Flask, browser_of: Callable[..., Browser]
) -> Iterator[tuple[Page, Seen]]:
    """Give a page in which somebody is signed in who may write the ledger, and what is complained of in it."""
    assert connectable.settings.connections_key
    cookie = browser_of("shop", Role.SYSTEM).client.get_cookie("console", path="/")
    assert cookie is not None
    with served(DispatcherMiddleware(NotFound(), {PATH: console})) as address, launched() as chromium:
        context = chromium.new_context(
            base_url=f"{address}{PATH}/", locale=request.param, viewport={"width": 1280, "height": 900}
        )
        context.add_cookies([{"name": "console", "value": cookie.value, "url": address}])
        page = context.new_page()
        yield page, watched(page, address)


def test_a_system_is_connected_mapped_and_pulled_by_keys(
    seen_page: tuple[Page, Seen],
    fxiaoke: StandIn,
    connectable: House,
    clock: Clock,
) -> None:
    page, seen = seen_page
    page.goto("connections/")
    _look(page, "empty")
    _press(page, "main a.btn-primary")
    page.focus("#system-fxiaoke")
    page.keyboard.press("Space")
    page.focus("#name")
    page.keyboard.type("crm")
    _look(page, "new")
    page.keyboard.press("Enter")
    page.wait_for_url("**/connections/account/crm")
    sign_in = fxiaoke.sign_in
    for field, text in {
        "setting.origin": fxiaoke.origin,
        "setting.app_id": sign_in["appId"],
        "secret.app_secret": sign_in["appSecret"],
        "secret.permanent_code": sign_in["permanentCode"],
        "setting.open_user_id": sign_in["currentOpenUserId"],
    }.items():
        page.focus(f"[id='{field}']")
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    _look(page, "account")
    _press(page, "button[name=check]")
    assert "FSCID_SAMPLE" in page.inner_text(".alert-success >> nth=1")
    assert sign_in["appSecret"] not in page.content()
    _look(page, "checked")
    _press(page, "#check a.btn-primary")
    _look(page, "without_mapping")
    _press(page, "main form button.btn-primary")
    _look(page, "proposed")
    page.focus("#rows-now")
    page.keyboard.press("Space")
    _press(page, "main form button.btn-outline-primary")
    assert page.locator(".beside").count(), page.inner_text("main")
    _look(page, "tried")
    _press(page, "main form button.btn-primary")
    page.wait_for_url("**/connections/mapping/crm")
    _look(page, "mapping")
    _press(page, "td a.btn >> nth=1")
    _look(page, "column")
    page.goto("connections/connection/crm")
    _look(page, "steps")
    _press(page, ".steps button")
    _look(page, "waiting")
    assert work_one(connectable, (PULL_CONNECTION,), "worker", clock)
    page.goto("connections/connection/crm")
    _look(page, "pulled")
    assert page.locator("td .state.good").count(), page.inner_text("main")
    page.goto("connections/mapping/crm/preview")
    _look(page, "preview")
    page.goto("connections/write-back/crm")
    _look(page, "write_back")
    page.goto("connections/connection/crm")
    _press(page, "#fares td a >> nth=0")
    _look(page, "run")
    page.goto("connections/connection/crm/unmapped")
    _look(page, "unmapped")
    page.goto("connections/")
    _look(page, "list")
    assert ([], []) == (seen.complaints, seen.strangers)


def _english() -> set[str]:
    return {str(message.id) for message in catalogue() if message.id and message.id != message.string}


def _press(page: Page, what: str) -> None:
    page.locator(what).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _look(page: Page, name: str) -> None:
    violations = Axe().run(page).response["violations"]
    serious = [
        (one["id"], [node["html"] for node in one["nodes"]][:2])
        for one in violations
        if one["impact"] in ("serious", "critical")
    ]
    assert [] == serious, name
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), name
    if page.evaluate("document.documentElement.lang") != "en":
        assert set() == _english() & set(page.evaluate(_TEXTS)), name
    if folder := os.environ.get("PICTURES"):
        language = page.evaluate("document.documentElement.lang")
        page.screenshot(path=Path(folder) / f"{name}-{language}.png", full_page=True)
