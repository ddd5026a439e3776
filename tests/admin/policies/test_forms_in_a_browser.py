"""The forms of the editor in a real browser: what is kept as it is typed, completed, drawn, refused and taken back."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
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
from tests.admin.policies.test_policy_forms import FILES, TEXTS
from tests.api.house import Clock
from tests.chromium import Seen, launched, needs_chromium, served, watched
from tests.services.decisions.live import furnish, open_house
from tests.services.house import house_policy

pytestmark = needs_chromium


@dataclass
class Editor:
    """An open page of the editor of a draft, what was seen on it, and the house behind."""

    page: Page
    address: str
    seen: Seen
    house: House

    def open(self, part: str) -> None:
        """Open the form of a part."""
        self.page.goto(f"{self.address}/policies/house/2/edit?part={part}")

    def kept(self, file: str) -> str:
        """Return a file of the draft as it is stored, once the page says that it is kept."""
        expect(self.page.locator("#draft-status")).to_have_text("The change is kept.")
        with self.house.database.reading() as session:
            return PolicyStore(session).files("house", 2)[file]


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Editor]:
    """Give the browser of a credit manager at a draft."""
    file = shutil.copy(migrated_file, tmp_path_factory.mktemp("forms") / "policy.db")
    house, clock = open_house(Database(f"sqlite:///{file}")), Clock()
    furnish(house)
    policy = house_policy({name: text for name, text in TEXTS.items() if name not in ("facts", "reasons")})
    with house.database.writing() as session:
        PolicyStore(session).add_draft("house", Act("ada", 3), policy, FILES, 1)
    console = console_of(house, clock)
    cookie = signed_in(console, house, clock(), "mia", Role.CREDIT_MANAGER).client.get_cookie("console")
    assert cookie is not None
    with served(console) as address, launched() as browser:
        context = browser.new_context(locale="en-US")
        context.add_cookies([{"name": "console", "value": cookie.value, "url": address}])
        page = context.new_page()
        yield Editor(page, address, watched(page, address), house)
    house.close()


def test_a_dial_is_turned_refused_beside_it_and_taken_back(editor: Editor) -> None:
    page = editor.page
    editor.open("parameters")
    page.focus('[data-of="dial-materiality"]')
    page.keyboard.press("ArrowRight")
    assert FILES["policy.yaml"].replace("100.00", "110") == editor.kept("policy.yaml")
    expect(page.locator("#dial-materiality")).to_have_value("110")
    page.fill("#dial-materiality", "900")
    page.keyboard.press("Enter")
    expect(page.locator("#dial-materiality-said")).to_contain_text("outside its range")
    page.click("#undo")
    expect(page.locator("#dial-materiality")).to_have_value("100.00")
    expect(page.locator('[data-of="dial-materiality"]')).to_have_value("100")
    expect(page.locator("#dial-materiality-said")).to_be_hidden()
    assert FILES["policy.yaml"] == editor.kept("policy.yaml")


def test_a_formula_is_completed_by_keys_and_points_at_what_cannot_be_read(editor: Editor) -> None:
    page, field = editor.page, "#formula-third"
    editor.open("figures")
    page.fill(field, "")
    page.locator(field).press_sequentially("open_bal")
    expect(page.locator(f"{field}-names [aria-selected=true]")).to_contain_text("open_balance")
    page.keyboard.press("Enter")
    expect(page.locator(field)).to_have_value("open_balance")
    expect(page.locator(field)).to_have_attribute("aria-expanded", "false")
    page.locator(field).press_sequentially(" / fuor")
    page.keyboard.press("Escape")
    expect(page.locator(f"{field}-said .pointer")).to_have_text("open_balance / fuor\n               ^")
    page.fill(field, "open_balance / 4")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(f"{field}-said")).to_be_hidden()
    assert "third: open_balance / 4\n" in editor.kept("figures.yaml")


def test_a_level_is_added_set_drawn_moved_and_taken_out(editor: Editor) -> None:
    page = editor.page
    editor.open("collection")
    page.click("#add-level")
    expect(page.locator("#level-2-days")).to_be_focused()
    page.fill("#level-2-days", "60")
    page.keyboard.press("Enter")
    expect(page.locator("#ladder-said")).to_contain_text("L3 on day 60, remind")
    expect(page.locator("#level-2-summary")).to_contain_text("60 days past due")
    page.fill("#level-2-effects-new-name", "prepay_percent")
    page.fill("#level-2-effects-new-value", "100")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#level-2-summary")).to_contain_text("Prepayment, per cent: 100")
    added = "{id: L3, days_past_due: 60, action: remind, effects: {prepay_percent: 100}}"
    assert added in editor.kept("collection.yaml")
    page.click("#level-2-up")
    expect(page.locator("#level-1-summary")).to_contain_text("L3")
    page.click("#level-1-out")
    expect(page.locator("#level-2-summary")).to_have_count(0)
    assert FILES["collection.yaml"] == editor.kept("collection.yaml")


def test_nothing_was_complained_of_on_the_way(editor: Editor) -> None:
    # Whoever leaves a page no longer waits for what it asked for.
    complaints = [said for said in editor.seen.complaints if not said.startswith("no answer")]
    assert ([], []) == (complaints, editor.seen.strangers)
