"""A walk over every screen of the console in a real browser, in both languages: nothing refused, missing or unsaid."""

import datetime as dt
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from admin.console import PATH, console_of
from policy_service.cli import demo_days
from policy_service.cli.demo import SEED
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.running import open_house
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.house import House
from policy_service.services.named_policies import find_policy
from policy_service.services.people import actor_of
from policy_service.services.sign_in.passwords import change_own_password
from policy_service.settings import read_settings
from policy_service.storage.people_store import PeopleStore
from simulations.cli.demo_command import changed_policy
from simulations.cli.demo_database import Company, fill
from tests.admin.test_translations import catalogue
from tests.api.house import Clock
from tests.chromium import Seen, launched, needs_chromium, served, watched
from tests.services.decisions.live import at

OWN: Final = "correct horse battery"
#: A day on which an invoice has reached the ladder.
LATER: Final = dt.date(2025, 2, 1)
#: Pages of one kind look alike: so many of each are opened.
OF_A_KIND: Final = 2
#: Of one place, whatever it is asked for: lists can be asked in a hundred ways.
OF_A_PLACE: Final = 4
#: As many as a company of some size has, and few enough invoices each for a test.
CUSTOMERS, INVOICES = 2_000, 20_000
LAST_DAY: Final = dt.date(2025, 12, 31)
TODAY: Final = LAST_DAY + dt.timedelta(days=1)
#: The change that waits for approval, of which there is one among many versions.
CHANGE: Final = "/policies/manufacturer_cn/2"
#: What things were named by somebody, with words that the console has too.
NAMES: Final = frozenset({*demo_days.PEOPLE, "system", "ledger"})
#: Whoever holds them sees every screen.
ROLES: Final = (Role.CREDIT_MANAGER, Role.ADMIN, Role.AUDITOR, Role.APPROVER)

pytestmark = needs_chromium


def clock() -> Clock:
    """Return the clock of the day of the demo."""
    return Clock(at(TODAY, 12))


@dataclass
class Walk:
    """What was seen on the way: pages, what is in somebody's way on one, and texts in the other language."""

    seen: Seen
    pages: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    hurdles: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give the house that the demo leaves, of a larger company, where everybody who may see anything is one person."""
    folder = tmp_path_factory.mktemp("walk")
    environment = {"DATABASE_URL": f"sqlite:///{folder / 'policy.db'}", "SIMULATION_DIR": str(folder / "simulations")}
    settings = read_settings(environment)
    begins = LAST_DAY - dt.timedelta(days=730)
    generate(SampleCompany(CUSTOMERS, INVOICES, SEED, begins, LAST_DAY), folder / "ledger")
    changed = changed_policy(find_policy(settings.default_policy, settings.rules_dir), folder / "changed")
    ordering = {f"C{number:09}": "50000" for number in range(1, 61)}
    with pytest.MonkeyPatch.context() as short:
        short.setattr(demo_days, "DAYS", 1)
        company = Company(folder / "ledger", changed, ordering)
        once = fill(settings, folder / "policy.db", company, TODAY, clock())
    made = open_house(settings)
    see_everything(made, once["manager"])
    yield made
    made.close()


def see_everything(house: House, once: str) -> None:
    """Let the manager hold every role that sees a screen, signed in before with a password of their own."""
    with house.database.writing() as session:
        people = PeopleStore(session)
        granted = {"state": "granted", "proposed_by": None, "proposed_at": 1, "granted_by": None, "granted_at": 1}
        for role in ROLES:
            people.set_role(people.person("manager"), role, granted)
        by = Act("manager", clock()())
        change_own_password(house, session, once, OWN, actor_of(session, "manager"), by)


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Give the address of the console."""
    with served(DispatcherMiddleware(NotFound(), {PATH: console_of(house, clock())})) as at:
        yield f"{at}{PATH}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a browser."""
    with launched() as browser:
        yield browser


@pytest.mark.parametrize(("locale", "width"), [("en-US", 1280), ("zh-CN", 1440)])
def test_every_page_is_whole_in_its_language_and_can_be_used_by_everybody(
    chromium: Browser, address: str, locale: str, width: int
) -> None:
    page = chromium.new_context(locale=locale, viewport={"width": width, "height": 900}).new_page()
    walk = Walk(watched(page, address))
    page.goto(f"{address}/")
    _look(page, walk, locale)
    page.fill("#login", "manager")
    page.fill("#password", OWN)
    page.click("main form .btn-primary")
    # Whole: what is still on its way when the next page is opened would seem to have failed.
    page.wait_for_url(f"{address}/")
    _walk_over(page, address, walk, locale)
    assert "" == "\n".join(walk.seen.complaints)
    assert "" == "\n".join(walk.seen.strangers)
    assert "" == "\n".join(walk.hurdles)
    assert "" == "\n".join(walk.unsaid)
    assert {
        "/",
        "/held-orders/",
        "/policies/",
        "/policies/manufacturer_cn/2",
        "/policies/manufacturer_cn/2/edit",
    } <= set(walk.pages)


def _walk_over(page: Page, address: str, walk: Walk, locale: str) -> None:
    ahead, met = deque(["/", "/password", CHANGE, f"{CHANGE}/edit"]), dict[str, int]()
    while ahead:
        path = ahead.popleft()
        kind = _kind(path)
        place = kind.partition("?")[0]
        if path in walk.pages or met.get(kind, 0) >= OF_A_KIND or met.get(place, 0) >= OF_A_PLACE:
            continue
        met.update({each: met.get(each, 0) + 1 for each in {kind, place}})
        walk.pages.append(path)
        page.goto(address + path)
        _look(page, walk, locale, is_first=met[kind] == 1)
        links = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(one => one.href)")
        ahead.extend(link.removeprefix(address).split("#")[0] for link in links if link.startswith(f"{address}/"))


def _kind(path: str) -> str:
    # Of a path what is not an id, and of a question only what it asks about.
    parts = urlsplit(path)
    words = [word if (word.isalpha() and word.islower()) or "-" in word else "*" for word in parts.path.split("/")]
    return "/".join(words) + "?" + "&".join(each.split("=")[0] for each in parts.query.split("&"))


def _look(page: Page, walk: Walk, locale: str, *, is_first: bool = True) -> None:
    where = page.url
    # What is hard to reach on one page of a kind is so on all.
    for found in Axe().run(page).response["violations"] if is_first else ():
        if found["impact"] in ("serious", "critical"):
            walk.hurdles.append(f"{where}: {found['id']} {[node['html'] for node in found['nodes']][:2]}")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        walk.hurdles.append(f"{where}: it is wider than the window")
    if locale == "zh-CN":
        texts = page.evaluate(
            "() => { const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];"
            # Names of the policy are the same in every language.
            " while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('[translate=no], code, pre'))"
            " found.push(walker.currentNode.textContent.trim()); return found; }"
        )
        walk.unsaid.extend(f"{where}: {text}" for text in sorted(set(texts) & _english() - NAMES))


def _english() -> set[str]:
    return {str(message.id) for message in catalogue() if message.id and message.id != message.string}
