"""What a draft asks and is told in a real browser: before it is one again, by dials, and of rows that no case hits."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from admin.console import console_of
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.policy_store import PolicyStore
from tests.admin.browser import signed_in
from tests.admin.policies.test_policy_cases import FILES
from tests.admin.simulations.conftest import FILES as LEDGER
from tests.admin.workers import answering
from tests.api.house import Clock
from tests.chromium import Seen, launched, needs_chromium, served, watched
from tests.keyboard import Keyboard
from tests.services.decisions.live import furnish, open_house
from tests.services.house import house_policy

pytestmark = needs_chromium

IS_IN_SIGHT = "one => one.getBoundingClientRect().top >= 0 && one.getBoundingClientRect().bottom <= innerHeight"


@dataclass
class Editor:
    """A page of a credit manager with a draft, what was seen on it, and the house behind."""

    page: Page
    keys: Keyboard
    address: str
    seen: Seen
    house: House

    def open(self, part: str) -> None:
        """Open a part of the draft."""
        self.page.goto(f"{self.address}/policies/house/2/edit?part={part}")

    @property
    def state(self) -> str:
        """The state of the draft, as it is stored."""
        with self.house.database.reading() as session:
            return PolicyStore(session).version("house", 2).state

    def text(self, file: str) -> str:
        """Return a file of the draft, as it is stored."""
        with self.house.database.reading() as session:
            return PolicyStore(session).files("house", 2)[file]


@pytest.fixture(scope="module")
def editor(compiled_code: None, tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Editor]:
    """Give the editor, with a worker that answers what edits would change."""
    folder = tmp_path_factory.mktemp("drafts")
    url = f"sqlite:///{shutil.copy(migrated_file, folder / 'policy.db')}"
    house, clock = open_house(Database(url)), Clock()
    house.settings = replace(house.settings, simulation_dir=folder / "simulations")
    furnish(house, house_policy(), LEDGER)
    with house.database.writing() as session:
        PolicyStore(session).add_draft("house", Act("ada", 3), house_policy(), FILES, 1)
    console = console_of(house, clock)
    cookie = signed_in(console, house, clock(), "mia", Role.CREDIT_MANAGER).client.get_cookie("console")
    assert cookie is not None
    told = {"DATABASE_URL": url, "SIMULATION_DIR": str(folder / "simulations")}
    with answering(told), served(console) as address, launched() as browser:
        context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "console", "value": cookie.value, "url": address}])
        page = context.new_page()
        yield Editor(page, Keyboard(page), address, watched(page, address), house)
    house.close()


def test_a_bound_that_is_dragged_and_let_go_is_written_into_its_cell_and_can_be_taken_back(editor: Editor) -> None:
    page, before = editor.page, editor.text("grading.yaml")
    editor.open("grading")
    page.locator(".tabulator-cell", has_text=">= 100000").click()
    page.locator("[data-of-cell]").click()
    slider = page.locator("#curve-value")
    # Whole: what comes above it, or beneath it, moves it no more.
    expect(page.locator("#impact-told")).to_have_attribute("data-state", "told")
    expect(page.locator("#curves [data-took]")).to_contain_text("points in")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    least, most, own = (float(slider.evaluate(f"one => one.{name}")) for name in ("min", "max", "value"))
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * (own - least) / (most - least), middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=4)
    assert before == editor.text("grading.yaml")
    page.mouse.up()
    expect(page.locator("#draft-status")).to_have_text("The change is kept.")
    expect(page.locator(".tabulator-cell", has_text=">= 100000")).to_have_count(0)
    dragged = page.locator(".tabulator-row").first.locator(".tabulator-cell", has_text=">=").inner_text()
    assert before.replace(">= 100000", dragged, 1) == editor.text("grading.yaml") != before
    page.keyboard.press("Control+z")
    expect(page.locator(".tabulator-cell", has_text=">= 100000")).to_be_visible()
    assert before == editor.text("grading.yaml")


def test_a_row_that_no_case_hits_is_gone_to_by_keys_where_it_is_edited(editor: Editor) -> None:
    page = editor.page
    editor.open("cases")
    editor.keys.follow(page.locator("#coverage a", has_text="S2"))
    expect(page.locator(".tabulator-tableholder")).to_be_focused()
    cell = page.locator(".tabulator-range-only-cell-selected")
    expect(cell.locator("xpath=..").locator(".tabulator-cell[tabulator-field=c0]")).to_have_text("S2")
    assert {} == editor.keys.wrong


def test_what_comes_late_leaves_in_sight_what_has_the_focus(editor: Editor) -> None:
    """What the text would change takes seconds to be known, needs much room, and stands above what can be done."""
    page, lengths = editor.page, iter((1, 100))
    page.route("**/impact/panel?*", lambda route: route.fulfill(content_type="text/html", body=_told(next(lengths))))
    page.goto(f"{editor.address}/policies/house/2")
    expect(page.locator("#impact-told p")).to_have_count(1)
    button = page.get_by_role("button", name="Simulate this text now")
    button.focus()
    assert button.evaluate(IS_IN_SIGHT)
    page.evaluate("document.dispatchEvent(new Event('draft:saved'))")
    expect(page.locator("#impact-told p")).to_have_count(100)
    page.unroute("**/impact/panel?*")
    assert button.evaluate(IS_IN_SIGHT)


def _told(lines: int) -> str:
    return f'<div id="impact-told" data-again="0">{"<p>more</p>" * lines}</div>'


def test_what_was_handed_in_is_edited_only_after_a_question(editor: Editor) -> None:
    page, keys, before = editor.page, editor.keys, editor.text("standing.yaml")
    with editor.house.database.writing() as session:
        store = PolicyStore(session)
        store.change_state("house", 2, store.version("house", 2).revision, "submitted", Act("mia", 5))
    editor.open("standing")
    table = page.locator(".tabulator-tableholder")
    keys.to(table)
    keys.press("ArrowRight", "ArrowRight", "7", "Enter")
    leave = page.locator("#draft-confirm button[value=no]")
    expect(leave).to_be_focused()
    keys.press("Escape")
    expect(page.locator("#draft-confirm")).to_be_hidden()
    assert ("submitted", before) == (editor.state, editor.text("standing.yaml"))
    editor.open("standing")
    keys.to(table)
    keys.press("ArrowRight", "ArrowRight", "7", "Enter")
    expect(leave).to_be_focused()
    keys.press("Shift+Tab", "Enter")
    expect(page.locator("#draft-state")).to_have_text("draft")
    expect(table).to_be_focused()
    assert ("draft", before.replace("5000", "7", 1)) == (editor.state, editor.text("standing.yaml"))


def test_nothing_was_complained_of_on_the_way(editor: Editor) -> None:
    # What an edit changes is asked anew with every edit: an answer that comes too late is called off. And an edit of
    # what was handed in is refused with 409, upon which the page asks.
    expected = re.compile(r"no answer: .*/impact/|409 .*/edit/change|Failed to load resource: .* 409 \(CONFLICT\)")
    complaints = [one for one in editor.seen.complaints if not expected.match(one)]
    assert ([], []) == (complaints, editor.seen.strangers)
