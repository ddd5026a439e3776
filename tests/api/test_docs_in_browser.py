"""The pages of the documentation in a browser that reaches nothing but this service: nothing is missing or refused."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Page, Route, sync_playwright
from waitress.server import create_server

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.house import store_key, store_person
from tests.api.over_sqlite import furnished_house
from tests.api.whole import whole_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed here.")


@dataclass
class Seen:
    """What went wrong in the browser, and whom it asked besides this service."""

    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_file) -> Iterator[House]:  # type: ignore[no-untyped-def]
    with furnished_house(migrated_file, tmp_path_factory.mktemp("browser")) as made:
        store_person(made, "vic", Role.VIEWER)
        yield made


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Give the address of the service."""
    server = create_server(whole_app(house), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_context(viewport={"width": 1280, "height": 1000})
        browser.close()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(context: BrowserContext, address: str, seen: Seen) -> Iterator[Page]:
    """Give a page that gets nothing from elsewhere, and says what it misses."""

    def let_through(route: Route) -> None:
        if route.request.url.startswith((f"{address}/", "data:")):
            route.continue_()
        else:
            seen.strangers.append(route.request.url)
            route.abort()

    page = context.new_page()
    page.route("**/*", let_through)
    page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("requestfailed", lambda asked: seen.complaints.append(f"no answer: {asked.url}"))
    page.on("response", lambda got: seen.complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    yield page
    page.close()


def test_every_endpoint_is_shown_with_its_examples(page: Page, address: str, seen: Seen) -> None:
    page.goto(f"{address}/docs/")
    page.wait_for_selector(".opblock-tag")
    described = page.evaluate("fetch('../v1/openapi.json').then((answer) => answer.json())")
    tags = page.locator(".opblock-tag")
    assert len(described["tags"]) == tags.count()
    for number in range(tags.count()):
        tags.nth(number).click()
    page.wait_for_function(
        "wanted => document.querySelectorAll('.opblock').length === wanted",
        arg=sum(method != "parameters" for item in described["paths"].values() for method in item),
    )
    page.locator("#operations-decisions-post_decisions .opblock-summary-control").click()
    page.wait_for_selector("#operations-decisions-post_decisions .responses-wrapper")
    shown = page.locator("#operations-decisions-post_decisions").inner_text()
    assert "2026/0815" in shown
    assert "OVER_LIMIT" in shown
    assert ([], []) == (seen.complaints, seen.strangers)


def test_an_endpoint_can_be_tried_out_with_a_key(page: Page, address: str, seen: Seen, house: House) -> None:
    page.goto(f"{address}/docs/")
    page.locator("#operations-tag-customers").click()
    page.locator("#operations-customers-get_customers .opblock-summary-control").click()
    page.wait_for_selector("#operations-customers-get_customers .try-out__btn")
    page.locator("button.authorize").first.click()
    page.locator("#auth-bearer-value").fill(store_key(house, "vic"))
    page.locator(".modal-btn.authorize").click()
    page.locator(".btn-done").click()
    operation = page.locator("#operations-customers-get_customers")
    operation.locator(".try-out__btn").click()
    operation.locator(".execute").click()
    operation.locator(".live-responses-table .response-col_status").first.wait_for()
    assert "200" in operation.locator(".live-responses-table .response-col_status").nth(1).inner_text()
    assert "next_cursor" in operation.locator(".live-responses-table").inner_text()
    assert ([], []) == (seen.complaints, seen.strangers)


def test_the_page_of_errors_leads_to_the_code(page: Page, address: str, seen: Seen) -> None:
    page.goto(f"{address}/docs/errors#r415")
    assert page.evaluate("document.getElementById('r415').getBoundingClientRect().top") < 1000
    assert ([], []) == (seen.complaints, seen.strangers)
