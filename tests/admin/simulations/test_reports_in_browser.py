"""Reports in a real browser: the pictures are drawn under the console's policy for scripts and styles."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from admin.console import PATH
from policy_service.services.house import House
from tests.admin.browser import Browser
from tests.admin.simulations.conftest import ask, work
from tests.chromium import launched, needs_chromium, served, watched

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def page(consoled: Flask, analyst: Browser) -> Iterator[Page]:
    """Give a page of a browser in which the analyst is signed in."""
    cookie = analyst.client.get_cookie("console", path="/")
    assert cookie is not None
    with served(DispatcherMiddleware(NotFound(), {PATH: consoled})) as address, launched() as chromium:
        context = chromium.new_context(base_url=f"{address}{PATH}/", viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "console", "value": cookie.value, "url": address}])
        yield context.new_page()


def test_every_picture_is_drawn_and_nothing_is_refused(page: Page, analyst: Browser, made: House, done: str) -> None:
    sweep = ask(analyst, "sweep", **{"parameter-1": "materiality", "low-1": "0", "high-1": "400", "step-1": "200"})
    work(made)
    page.goto("simulations/")
    seen = watched(page, page.url.partition(f"{PATH}/")[0])
    for path, pictures in (
        (f"simulations/report/{done}", ".report .picture"),
        (f"simulations/report/{sweep}", ".run-curve"),
    ):
        page.goto(path)
        places = page.locator(pictures).count()
        assert places == page.locator(f"{pictures} svg").count()
        serious = [
            one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")
        ]
        assert [] == serious
    assert ([], []) == (seen.complaints, seen.strangers)


def test_the_marks_of_an_axis_are_told_apart_however_little_a_figure_changes(page: Page, done: str) -> None:
    page.goto(f"simulations/report/{done}")
    written = page.evaluate(
        """async (address) => {
          const { shortOver } = await import(address);
          return [
            [1960, 1970, 1980, 1990].map(shortOver([1957, 1992], "en")),
            [0, 20000000, 40000000].map(shortOver([0, null, 51000000], "zh")),
            [5].map(shortOver([5, 5], "en")),
          ];
        }""",
        f"{PATH}/static/axis.js",
    )
    assert [["1.96K", "1.97K", "1.98K", "1.99K"], ["0", "2000万", "4000万"], ["5"]] == written
