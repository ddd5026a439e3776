"""The page in a browser: nothing is refused or asked for elsewhere, nothing is hard to reach, everything works."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from simulations.report.page.writing import write_page
from tests.chromium import launched, needs_chromium
from tests.simulations.report.page.pages import (
    CONFIRMED,
    HOSTILE,
    compared_runs,
    compared_with_itself,
    of_nobody,
    under_stress,
)

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SCREENS = {"desk": (1366, 768), "phone": (390, 844)}

pytestmark = needs_chromium


@dataclass
class Seen:
    """What a page complained of, and what it asked for."""

    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    for language in ("en", "zh"):
        write_page(made / f"moved-{language}.html", compared_runs(), CONFIRMED, language)
        write_page(made / f"same-{language}.html", compared_with_itself(), CONFIRMED, language)
        write_page(made / f"stressed-{language}.html", compared_runs(), under_stress(), language)
        write_page(made / f"nobody-{language}.html", of_nobody(), CONFIRMED, language)
    return made


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(browser: Browser, seen: Seen) -> Iterator[Page]:
    """Give a page that notes its complaints, also what its security policy refuses, and every address it asks for."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.on("console", lambda said: seen.complaints.append(said.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("dialog", lambda dialog: seen.complaints.append(dialog.message))
    page.on("request", lambda asked: seen.asked.append(asked.url))
    yield page
    page.close()


@pytest.mark.parametrize(
    ("name", "screen"),
    [("moved-en", "desk"), ("moved-zh", "phone"), ("same-en", "phone"), ("same-zh", "desk"), ("stressed-en", "phone")],
)
def test_nothing_is_refused_asked_for_or_hard_to_reach(
    page: Page, folder: Path, seen: Seen, name: str, screen: str
) -> None:
    address = (folder / f"{name}.html").as_uri()
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    page.wait_for_selector(".picture svg")
    assert width == page.evaluate("document.documentElement.scrollWidth")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [] == [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
    assert ([], [address]) == (seen.complaints, seen.asked)


def test_every_picture_is_drawn_and_says_in_words_what_it_shows(page: Page, folder: Path) -> None:
    page.goto((folder / "moved-en.html").as_uri())
    pictures = page.locator(".picture")
    assert pictures.count() == page.locator(".picture svg path").evaluate_all(
        "paths => new Set(paths.map((path) => path.closest('.picture').id)).size"
    )
    assert "" not in pictures.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")


def test_no_word_of_a_picture_reaches_beyond_it(page: Page, folder: Path) -> None:
    page.goto((folder / "moved-en.html").as_uri())
    expect(page.locator(".picture svg").first).to_be_visible()
    cut_off = page.evaluate(
        """() => [...document.querySelectorAll(".picture svg text")].filter((text) =>
             text.getBoundingClientRect().right > text.ownerSVGElement.getBoundingClientRect().right + 1)
             .map((text) => text.textContent)"""
    )
    assert cut_off == []


def test_a_picture_of_nothing_has_an_axis_of_nothing(page: Page, folder: Path) -> None:
    page.goto((folder / "nobody-en.html").as_uri())
    expect(page.locator(".picture svg").first).to_be_visible()
    said = page.locator(".picture svg text").all_text_contents()
    assert {"0"} == {text for text in said if text.replace(".", "").isdecimal()}


def test_customers_are_sorted_and_filtered_by_keyboard(page: Page, folder: Path) -> None:
    page.goto((folder / "moved-en.html").as_uri())
    names = "rows => rows.map((row) => row.dataset.customer)"
    rows = page.locator("#customer-rows tbody tr")
    by_money = rows.evaluate_all(names)
    assert len(by_money) > 1
    page.locator("th[data-sort=customer] button").focus()
    page.keyboard.press("Enter")
    assert sorted(by_money) == rows.evaluate_all(names)
    assert "ascending" == page.locator("th[data-sort=customer]").get_attribute("aria-sort")
    page.keyboard.press("Enter")
    assert sorted(by_money, reverse=True) == rows.evaluate_all(names)
    page.locator("#filter-customer").fill(f"{HOSTILE}{by_money[0][-1]}")
    assert [by_money[0]] == rows.evaluate_all(names)
    assert "1 of 1 customers" == page.locator("#state").inner_text()
    page.locator("#reset").press("Enter")
    assert by_money == rows.evaluate_all(names)


def test_a_number_leads_to_the_customers_behind_it(page: Page, folder: Path) -> None:
    page.goto((folder / "moved-en.html").as_uri())
    page.locator("summary").first.click()
    link = page.locator("a[data-month]").first
    month = link.get_attribute("data-month")
    link.click()
    assert page.url.endswith("#customers")
    months = page.locator("#customer-rows tbody tr").evaluate_all(
        "rows => rows.map((row) => row.dataset.date.slice(0, 7))"
    )
    assert {month} == set(months)
    assert month == page.locator("#filter-month").input_value()


def test_without_scripts_every_figure_is_there(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "moved-en.html").as_uri())
    assert "Pictures need JavaScript" in page.locator("noscript").first.inner_text()
    assert not page.locator(".picture").first.is_visible()
    assert page.locator("#customer-rows tbody tr").first.is_visible()
    context.close()


def test_on_paper_tables_are_open_and_pictures_fit(page: Page, folder: Path) -> None:
    page.goto((folder / "moved-en.html").as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#month-rows").is_visible()
    assert not page.locator("nav").is_visible()
    widths = page.locator(".picture svg").evaluate_all(
        "all => all.map((one) => [one.getBoundingClientRect().width, one.closest('figure').clientWidth])"
    )
    assert [] == [pair for pair in widths if abs(pair[0] - pair[1]) > 1]
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_on_paper_no_word_of_a_picture_is_smaller_than_a_footnote(page: Page, folder: Path) -> None:
    """8 pixels of a page are 6 points."""
    page.goto((folder / "moved-en.html").as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    sizes = page.locator(".picture svg text").evaluate_all(
        "all => all.map((one) => one.getScreenCTM().a * parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes
    assert 8 < min(sizes)
