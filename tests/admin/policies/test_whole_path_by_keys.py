"""From an edit to the decision that it changes, by three sign-ins and the keyboard alone, in both languages.

The company of 2,000 customers, and a simulation worker over its ledger that answers what each edit would change.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from admin.console import PATH, console_of
from policy_service.cli.demo_days import SHOP
from policy_service.domain.acting import Act
from policy_service.domain.outcomes import DecisionType
from policy_service.services.background_jobs import work_one
from policy_service.services.decisions.answering import answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.house import House
from policy_service.services.people import actor_of
from policy_service.services.request_facts import ORDER_AMOUNT
from simulations.jobs.work import SIMULATION_WORK
from tests.admin.company import OWN, LivedIn, clock, environment_of
from tests.admin.test_translations import catalogue
from tests.admin.workers import answering
from tests.api.house import Clock
from tests.chromium import PATIENCE, launched, needs_chromium, served, watched
from tests.keyboard import Keyboard

pytestmark = [needs_chromium, pytest.mark.begins_early]

POLICY = "manufacturer_cn"
MANAGER, APPROVER = "manager", "approver"
#: Orders and money, in either language.
WORTH = re.compile(r"[1-9][\d,]* (?:of|笔).*[1-9][\d,]*\.\d\d CNY", re.DOTALL)
#: The id of the row and the name of the column in which one cell is marked.
SELECTED = """() => {
  const cell = document.querySelector('.tabulator-cell.tabulator-range-only-cell-selected');
  if (!cell) return '';
  const id = cell.parentElement.querySelector('.tabulator-cell[tabulator-field="c0"]');
  const field = cell.getAttribute('tabulator-field');
  return `${id.textContent} ${document.querySelector(`.tabulator-col[tabulator-field="${field}"] span`).textContent}`;
}"""


@dataclass
class Console:
    """The console over the company, with the worker that answers what edits would change."""

    house: House
    address: str
    now: Clock

    def simulate(self) -> None:
        """Do the simulations that wait, as the service does beside answering."""
        while work_one(self.house, list(SIMULATION_WORK.handlers), "worker", self.now, SIMULATION_WORK.handlers):
            pass

    def order(self, customer_id: str, order_id: str) -> None:
        """Ask about an order, as a shop does."""
        with self.house.database.writing() as session:
            asked = Asked(DecisionType.ORDER, customer_id, {ORDER_AMOUNT: "900"}, order_id)
            answer(self.house, session, asked, actor_of(session, SHOP), Act(SHOP, self.now()))


@pytest.fixture(scope="module")
def console(company: LivedIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Give the console at its address."""
    folder = tmp_path_factory.mktemp("path")
    house = company.opened(folder)
    company.welcome(house, MANAGER, APPROVER)
    now = clock()
    app = DispatcherMiddleware(NotFound(), {PATH: console_of(house, now)})
    with answering(environment_of(folder)), served(app) as at:
        yield Console(house, f"{at}{PATH}", now)
    house.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a browser without a window."""
    with launched() as browser:
        yield browser


@dataclass
class Path:
    """Who walks the path: one browser, in one language, with nothing but keys."""

    page: Page
    keys: Keyboard
    said: Mapping[str, str]
    address: str

    def link(self, text: str, within: str = "main") -> Locator:
        """Return the link of that text."""
        return self.page.locator(within).get_by_role("link", name=text, exact=True).first

    def button(self, text: str) -> Locator:
        """Return the button of that text in English."""
        return self.page.get_by_role("button", name=self.said.get(text, text), exact=True).first

    def into_the_content(self) -> None:
        """Skip what every page has, by the link that is there for it."""
        self.keys.to(self.page.locator(".skip-link"))
        self.keys.press("Enter")
        expect(self.page.locator("#content")).to_be_focused()

    def screen(self, text: str) -> None:
        """Go to a screen by the menu."""
        self.keys.follow(self.link(self.said.get(text, text), ".side-bar"))
        expect(self.page.locator(".side-bar [aria-current=page]")).to_have_text(self.said.get(text, text))
        self.into_the_content()

    def sign_in(self, login: str) -> None:
        """Sign in, on the page that somebody who is not signed in is led to."""
        expect(self.page.locator("#login")).to_be_focused()
        self.page.keyboard.type(login)
        self.keys.fill(self.page.locator("#password"), OWN)
        with self.page.expect_navigation(url=f"{self.address}/"):
            self.keys.press("Enter")

    def sign_out(self) -> None:
        """Sign out."""
        self.keys.follow(self.button("Sign out"))
        expect(self.page.locator("#login")).to_be_visible()


@pytest.fixture(params=["en-US", "zh-CN"])
def path(request: pytest.FixtureRequest, chromium: Browser, console: Console) -> Iterator[Path]:
    """Give a browser in each language; nothing is complained of, and one always sees where one is."""
    context = chromium.new_context(locale=request.param, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    seen, keys = watched(page, console.address), Keyboard(page)
    is_chinese = request.param == "zh-CN"
    said = {str(one.id): str(one.string if is_chinese else one.id) for one in catalogue() if one.id}
    page.goto(f"{console.address}/")
    yield Path(page, keys, said, console.address)
    # What an edit changes is asked anew with every edit: an answer that comes too late is called off.
    assert ([], []) == ([one for one in seen.complaints if "/impact/" not in one], seen.strangers)
    assert {} == keys.wrong
    context.close()


def test_an_edit_is_made_weighed_approved_and_decides(path: Path, console: Console) -> None:
    page, keys = path.page, path.keys
    prepaid = "20" if path.said["Sign in"] == "Sign in" else "30"
    path.sign_in(MANAGER)

    # A draft with the text in force, and its table of limits.
    path.screen("Policies")
    listed = page.locator("main tr", has_text=POLICY).get_by_role("link").first
    title = listed.inner_text()
    keys.follow(listed)
    expect(page.locator("h1")).to_have_text(title)
    keys.follow(page.locator("main tr", has=page.locator(".state.good")).locator("a"))
    keys.follow(path.button("Begin a draft with this text"))
    expect(page.locator("main .alert-success")).to_have_text(path.said["A draft is begun."])
    version = page.url
    path.into_the_content()
    keys.follow(path.link(path.said["Edit it as tables"]))
    keys.follow(page.locator(".nav-tabs a[href$='part=standing']"))
    impact = page.locator("#impact-told")
    expect(impact).to_contain_text(path.said["No order is decided otherwise."])

    # Those of grade BB are to prepay a part: the panel beside the table says which orders that moves.
    _write(path, "S30", "prepay_percent", prepaid)
    expect(impact).to_contain_text(WORTH)
    expect(page.locator("#problems-state")).to_have_text(path.said["green"])

    # It is simulated, and handed in.
    keys.follow(page.locator("main nav a", has_text=re.compile(r"^\d+$")))
    expect(page).to_have_url(version)
    path.into_the_content()
    keys.follow(path.button("Simulate this text now"))
    expect(page.locator("#simulation[data-under-way]")).to_be_visible()
    console.simulate()
    expect(path.link(path.said["The whole report"])).to_be_visible()
    keys.fill(page.locator("#note-submit"), "BB prepays a part")
    keys.follow(path.button("Hand it in for approval"))
    expect(page.locator("main .alert-success")).to_have_text(path.said["It is handed in."])
    path.sign_out()

    # Somebody else reads what changed and what it does, and approves.
    path.sign_in(APPROVER)
    path.into_the_content()
    keys.follow(page.locator(f"main a[href='{urlsplit(version).path}']"))
    expect(page.locator("#changes li")).to_have_count(1)
    expect(page.locator("#changes li")).to_contain_text(prepaid)
    expect(page.locator("#simulation")).to_contain_text(WORTH)
    path.into_the_content()
    keys.follow(path.button("Approve this text"))
    expect(page.locator("main .alert-success")).to_have_text(path.said["It is approved by you."])
    path.sign_out()

    # The manager puts it in force, at once.
    path.sign_in(MANAGER)
    path.screen("Policies")
    keys.follow(page.locator(f"main a[href='{urlsplit(version).path}']"))
    path.into_the_content()
    keys.follow(path.button("Put it on the schedule"))
    expect(page.locator("h1 .state.good")).to_be_visible()

    # A review of somebody of that grade says what the new version says, and so does the next order.
    path.screen("Customers")
    keys.to(page.locator("#grade"))
    keys.press("b")
    expect(page.locator("#grade")).to_have_value("BB")
    keys.follow(path.button("Search"))
    path.into_the_content()
    keys.follow(page.locator("main tbody a").first)
    customer_id = urlsplit(page.url).path.rpartition("/")[2]
    path.into_the_content()
    keys.follow(path.button("Run a review now"))
    expect(page.locator("main .alert-success")).to_be_visible()
    expect(page.locator("main tr", has_text=path.said["Prepayment, per cent"])).to_contain_text(prepaid)
    path.into_the_content()
    keys.follow(page.locator("main .figure-card a[href*='/why/']"))
    expect(page.locator(f".figures a[href='{urlsplit(version).path}']")).to_be_visible()
    console.order(customer_id, f"BB-{prepaid}")
    path.screen("Decisions")
    keys.follow(page.locator("main tbody tr", has_text=f"BB-{prepaid}").locator("a[href*='/decision/']"))
    expect(page.locator(f".figures a[href='{urlsplit(version).path}']")).to_be_visible()
    expect(page.locator("h1 .state")).to_have_text(path.said["paid in advance"])


def _write(path: Path, row: str, column: str, text: str) -> None:
    """Go to the cell of the table by arrows, type into it, and wait until it is kept."""
    page, keys = path.page, path.keys
    table = page.locator(".tabulator-tableholder")
    keys.to(table)
    for key, wanted in (("ArrowDown", row), ("ArrowRight", column)):
        while wanted not in _selected(page).split():
            keys.press(key)
    page.keyboard.type(text)
    keys.press("Enter")
    expect(page.locator("#draft-status")).to_have_text(path.said["The change is kept."])
    expect(table).to_be_focused()


def _selected(page: Page) -> str:
    """Return of which row and column the cell is that is selected, as the table shows it."""
    return str(page.evaluate(SELECTED))
