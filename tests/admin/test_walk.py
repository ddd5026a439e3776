"""A walk over every screen of the console in a real browser, in both languages and two widths of the window.

A page is loaded once in each language and shown in both widths: nothing is refused, missing, unsaid or out of reach.
The pages are found first and divided into parts, each a test, so that several processes can walk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Final

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from admin.console import PATH, console_of
from policy_service.cli import demo_days
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.override_store import OverrideStore, StoredOverride
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.webhook_store import NewWebhook, WebhookStore
from tests.admin.company import OWN, TODAY, LivedIn, clock, for_all
from tests.admin.connected import connect_systems
from tests.admin.test_translations import catalogue
from tests.admin.way import Way, kept_way, links_in, way_from, within
from tests.chromium import Seen, launched, needs_chromium, served, watched

#: Into so many tests the pages are divided.
PARTS: Final = 12
#: The widths of the window, and in which language contrasts are measured in each: that takes longer than all the rest,
#: and the colours of a page are the same in both.
WIDTHS: Final = {1280: "en-US", 1440: "zh-CN"}
HEIGHT: Final = 900
#: A page has taken another width: what watches its size has been told.
SETTLED: Final = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
#: Rules of axe whose answer depends on how much room there is, besides that on contrasts.
MEASURING: Final = ("scrollable-region-focusable",)
#: What a page is made of, and what of it is shown: whatever other rules of axe look at.
SHAPE: Final = """() => document.documentElement.outerHTML
  + Array.from(document.querySelectorAll('*'), one => Number(one.checkVisibility())).join('')"""
#: What a page says: its texts, and what is said of parts that have none. Names of a policy are the same everywhere.
TEXTS: Final = """() => {
  const isName = element => element.closest('[translate=no], code, pre, [lang]:not(html)');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [document.title];
  while (walker.nextNode())
    if (!isName(walker.currentNode.parentElement)) found.push(walker.currentNode.textContent.trim());
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (!isName(element)) found.push(element.getAttribute(name).trim());
  return found;
}"""
#: The change that waits for approval, of which there is one among many versions.
CHANGE: Final = "/policies/manufacturer_cn/2"
#: What a form leads to, or what is in no list that the walk passes.
UNLINKED: Final = (f"{CHANGE}/impact", "/simulations/compared/?run=1", "/overrides/override/o1", "/webhooks/webhook/w1")
#: What is asked for by pages, is a file, or leads elsewhere: no screen.
NO_SCREENS: Final = frozenset(
    {
        *("static", "admin.static", "policies.echarts", "simulations_report.part", "simulations.file"),
        *(f"policies.edit_{what}" for what in ("concerned", "findings", "sheet", "words")),
        *("policies.curve", "policies.dials", "policies.impact_panel"),
        *("customers.facts_of", "mappings.anew", "simulations_behind.none", "simulations_report.none"),
        *("simulations_new.usual", "sign_in.show"),
        *(f"connections_{part}.all" for part in ("account", "mapping", "notices", "write-back")),
        *(f"connections_{part}.anew" for part in ("account", "mapping", "notices")),
    }
)
#: What things were named by somebody, with words that the console has too.
NAMES: Final = frozenset({*demo_days.PEOPLE, "system", "ledger"})
#: Whoever holds these sees every screen but those by which somebody else says where payments come from.
ROLES: Final = {
    "manager": (Role.CREDIT_MANAGER, Role.ADMIN, Role.AUDITOR, Role.APPROVER),
    "admin": (Role.ADMIN, Role.SYSTEM),
}
#: What the second of them opens.
CONNECTIONS: Final = "/connections/"

pytestmark = [needs_chromium, pytest.mark.begins_early]


@dataclass
class Walk:
    """One person in one language: what was seen on the way, what is in somebody's way on a page, and foreign texts."""

    page: Page
    address: str
    locale: str
    login: str
    seen: Seen
    unsaid: list[str] = field(default_factory=list)
    hurdles: list[str] = field(default_factory=list)

    def found(self) -> str:
        """Return what was found since this was last asked, in lines; nothing if all is well."""
        kinds = {"complaint": self.seen.complaints, "stranger": self.seen.strangers}
        kinds |= {"hurdle": self.hurdles, "unsaid": self.unsaid}
        said = "\n".join(f"{self.locale} {kind}: {one}" for kind, ones in kinds.items() for one in ones)
        for ones in kinds.values():
            ones.clear()
        return said


@pytest.fixture(scope="module")
def house(company: LivedIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give the house of the company, where everybody who may see anything is one person."""
    made = company.opened(tmp_path_factory.mktemp("walk"))
    # What is made now has the same ids in each process, which stand behind those of the company: addresses are shared.
    numbers = count(1)
    made.new_id = lambda: f"f{next(numbers):031x}"
    company.welcome(made, *ROLES)
    with made.database.writing() as session:
        people = PeopleStore(session)
        granted = {"state": "granted", "proposed_by": None, "proposed_at": 1, "granted_by": None, "granted_at": 1}
        for login, roles in ROLES.items():
            for role in roles:
                people.set_role(people.person(login), role, granted)
        word = StoredOverride(
            "o1", "C000000001", "", "order", {"outcome": "hold"}, "Fraud", "in_force", "mia", 1, TODAY
        )
        OverrideStore(session).add(replace(word, in_force_at=1))
        hook = NewWebhook("w1", "https://erp.example.test/", ("order.held",), "whsec_" + "c2VjcmV0" * 4)
        WebhookStore(session).add(hook, 1, "manager")
    connect_systems(made, clock()())
    yield made
    made.close()


@pytest.fixture(scope="module")
def console(house: House) -> Flask:
    """Give the console over the house."""
    return console_of(house, clock())


@pytest.fixture(scope="module")
def address(console: Flask) -> Iterator[str]:
    """Give the address of the console."""
    with served(DispatcherMiddleware(NotFound(), {PATH: console})) as at:
        yield f"{at}{PATH}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a browser."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def walks(chromium: Browser, address: str) -> tuple[Walk, ...]:
    """Give a walk of each person in each language, signed in by a page that was looked at, too."""
    made = tuple(_begun(chromium, address, locale, login) for login in ROLES for locale in WIDTHS.values())
    assert "" == "".join(walk.found() for walk in made)
    return made


@pytest.fixture(scope="module")
def way(walks: tuple[Walk, ...], console: Flask, tmp_path_factory: pytest.TempPathFactory) -> Way:
    """Give the pages to open, the same for all processes."""
    places = console.url_map.bind("")

    def links_of(path: str) -> list[str]:
        walk = _over(walks, path)[0]
        answer = walk.page.request.get(walk.address + path)
        return links_in(answer.text(), answer.url, walk.address)

    begin = ("/", "/password", CHANGE, f"{CHANGE}/edit", *UNLINKED)
    return kept_way(for_all(tmp_path_factory) / "way.json", places, lambda: way_from(begin, places, links_of))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_whole_in_both_languages_and_can_be_used_by_everybody(
    walks: tuple[Walk, ...], way: Way, part: int
) -> None:
    for stop in way.stops[part::PARTS]:
        for walk in _over(walks, stop.path):
            walk.page.goto(walk.address + stop.path)
            _look(walk, is_first=stop.is_first)
            links = walk.page.eval_on_selector_all("a[href]:not([download])", "all => all.map(one => one.href)")
            missed = way.misses(within(links, walk.address))
            walk.hurdles.extend(f"{stop.path} leads where nobody walks: {path}" for path in missed)
    assert "" == "\n".join(filter(None, (walk.found() for walk in walks)))


def test_every_screen_is_on_the_way(console: Flask, way: Way) -> None:
    screens = {rule.endpoint for rule in console.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert NO_SCREENS == screens - way.screens()


def _over(walks: tuple[Walk, ...], path: str) -> list[Walk]:
    login = "admin" if f"{path}/".startswith(CONNECTIONS) else "manager"
    return [walk for walk in walks if walk.login == login]


def _begun(chromium: Browser, address: str, locale: str, login: str) -> Walk:
    context = chromium.new_context(locale=locale, viewport={"width": min(WIDTHS), "height": HEIGHT})
    context.add_init_script(AXE_SCRIPT)
    page = context.new_page()
    walk = Walk(page, address, locale, login, watched(page, address))
    page.goto(f"{address}/")
    _look(walk)
    page.fill("#login", login)
    page.fill("#password", OWN)
    page.click("main form .btn-primary")
    # Whole: what is still on its way when the next page is opened would seem to have failed.
    page.wait_for_url(f"{address}/")
    return walk


def _look(walk: Walk, *, is_first: bool = True) -> None:
    page, shape = walk.page, ""
    for width in sorted(WIDTHS, key=lambda width: width != _width(page)):
        if width != _width(page):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.evaluate(SETTLED)
        # What is hard to reach on one page of a kind is so on all.
        if is_first:
            before, shape = shape, page.evaluate(SHAPE)
            rules = _rules(is_same=shape == before, has_contrast=WIDTHS[width] == walk.locale)
            walk.hurdles.extend(_hurdles(page, rules))
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            walk.hurdles.append(f"{page.url}: it is wider than the window of {width}")
    walk.unsaid.extend(f"{page.url}: {text}" for text in sorted(set(page.evaluate(TEXTS)) & _foreign(walk.locale)))


def _rules(*, is_same: bool, has_contrast: bool) -> dict[str, object]:
    # What a page is and shows is the same as before: then only rules that measure can say something else.
    if is_same:
        return {"runOnly": [*MEASURING, *(("color-contrast",) if has_contrast else ())]}
    return {"rules": {"color-contrast": {"enabled": has_contrast}}}


def _width(page: Page) -> int:
    assert page.viewport_size is not None
    return page.viewport_size["width"]


def _hurdles(page: Page, rules: Mapping[str, object]) -> Iterator[str]:
    options = {"resultTypes": ["violations"], **rules}
    for found in page.evaluate("options => axe.run(options).then(results => results.violations)", options):
        if found["impact"] in ("serious", "critical"):
            yield f"{page.url}, {_width(page)}: {found['id']} {[node['html'] for node in found['nodes']][:2]}"


@cache
def _foreign(locale: str) -> frozenset[str]:
    """Return the texts of the other language; names and what both say alike are of none."""
    said = [(str(one.id), str(one.string)) for one in catalogue() if one.id and one.id != one.string]
    others, own = zip(*(said if locale == "zh-CN" else [(chinese, english) for english, chinese in said]), strict=True)
    return frozenset(others) - frozenset(own) - NAMES
