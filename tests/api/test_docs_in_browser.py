"""The pages of the documentation in a browser that reaches nothing but this service: nothing is missing or refused."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.house import store_key, store_person
from tests.api.over_sqlite import furnished_house
from tests.api.whole import whole_app
from tests.chromium import Seen, launched, needs_chromium, served, watched

pytestmark = [needs_chromium, pytest.mark.begins_early]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_file) -> Iterator[House]:  # type: ignore[no-untyped-def]
    with furnished_house(migrated_file, tmp_path_factory.mktemp("browser")) as made:
        store_person(made, "vic", Role.VIEWER)
        yield made


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Give the address of the service."""
    with served(whole_app(house)) as at:
        yield at


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with launched() as browser:
        yield browser.new_context(viewport={"width": 1280, "height": 1000})


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture
def seen(page: Page, address: str) -> Seen:
    """Give what is seen in the page, which gets nothing from elsewhere."""
    return watched(page, address)


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
    page.wait_for_function("document.getElementById('r415').getBoundingClientRect().top < innerHeight")
    assert ([], []) == (seen.complaints, seen.strangers)
