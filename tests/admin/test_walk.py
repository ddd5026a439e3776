"""A walk over every screen of the console in a real browser, in both languages and two widths of the window.

A page is loaded once in each language and shown in both widths: nothing is refused, missing, unsaid or out of reach.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.routing import MapAdapter, RequestRedirect

from admin.console import PATH, console_of
from policy_service.cli import demo_days
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.override_store import OverrideStore, StoredOverride
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.webhook_store import NewWebhook, WebhookStore
from tests.admin.company import OWN, TODAY, LivedIn, clock
from tests.admin.connected import connect_systems
from tests.admin.test_translations import catalogue
from tests.chromium import Seen, launched, needs_chromium, served, watched

#: Pages of one kind look alike: so many of each are opened.
OF_A_KIND: Final = 2
#: Of one place, whatever it is asked for: lists can be asked in a hundred ways.
OF_A_PLACE: Final = 4
#: What of an address says which form is shown: each is a place of its own.
FORMS: Final = frozenset({"part", "kind", "connection_name"})
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
#: Whoever holds them sees every screen.
ROLES: Final = (Role.CREDIT_MANAGER, Role.ADMIN, Role.AUDITOR, Role.APPROVER, Role.SYSTEM)

pytestmark = needs_chromium


@dataclass
class Walk:
    """What was seen on the way: pages, what is in somebody's way on one, and texts in the other language."""

    page: Page
    address: str
    locale: str
    places: MapAdapter
    seen: Seen
    pages: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    unsaid: list[str] = field(default_factory=list)
    hurdles: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def house(company: LivedIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give the house of the company, where everybody who may see anything is one person."""
    made = company.opened(tmp_path_factory.mktemp("walk"))
    company.welcome(made, "manager")
    with made.database.writing() as session:
        people = PeopleStore(session)
        granted = {"state": "granted", "proposed_by": None, "proposed_at": 1, "granted_by": None, "granted_at": 1}
        for role in ROLES:
            people.set_role(people.person("manager"), role, granted)
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


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_page_is_whole_in_its_language_and_can_be_used_by_everybody(
    chromium: Browser, console: Flask, address: str, locale: str
) -> None:
    page = chromium.new_context(locale=locale, viewport={"width": min(WIDTHS), "height": HEIGHT}).new_page()
    walk = Walk(page, address, locale, console.url_map.bind(""), watched(page, address))
    page.goto(f"{address}/")
    _look(walk)
    page.fill("#login", "manager")
    page.fill("#password", OWN)
    page.click("main form .btn-primary")
    # Whole: what is still on its way when the next page is opened would seem to have failed.
    page.wait_for_url(f"{address}/")
    _walk_over(walk)
    assert "" == "\n".join(walk.seen.complaints)
    assert "" == "\n".join(walk.seen.strangers)
    assert "" == "\n".join(walk.hurdles)
    assert "" == "\n".join(walk.unsaid)
    unseen = _screens(console) - {_screen(walk.places, path)[0] for path in walk.pages}
    assert NO_SCREENS == unseen


def _screens(console: Flask) -> set[str]:
    return {rule.endpoint for rule in console.url_map.iter_rules() if "GET" in (rule.methods or ())}


def _walk_over(walk: Walk) -> None:
    ahead = deque(["/", "/password", CHANGE, f"{CHANGE}/edit", *UNLINKED])
    while ahead:
        path = ahead.popleft()
        place, kind = _kind(walk.places, path)
        if path in walk.pages or walk.met[kind] >= OF_A_KIND or walk.met[place] >= OF_A_PLACE:
            continue
        walk.met.update({place, kind})
        walk.pages.append(path)
        walk.page.goto(walk.address + path)
        _look(walk, is_first=walk.met[kind] == 1)
        links = walk.page.eval_on_selector_all("a[href]:not([download])", "all => all.map(one => one.href)")
        ahead.extend(
            link.removeprefix(walk.address).split("#")[0] for link in links if link.startswith(f"{walk.address}/")
        )


def _kind(places: MapAdapter, path: str) -> tuple[str, str]:
    # Which screen it is and which of its forms, and what the question asks about.
    parts = urlsplit(path)
    endpoint, named = _screen(places, path)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    forms = [f"{name}={value}" for name, value in (*named.items(), *asked) if name in FORMS]
    place = " ".join([endpoint, *forms])
    return place, f"{place}?{'&'.join(name for name, _ in asked)}"


def _screen(places: MapAdapter, path: str) -> tuple[str, Mapping[str, object]]:
    try:
        return places.match(urlsplit(path).path, method="GET")
    except RequestRedirect as other:
        return _screen(places, urlsplit(other.new_url).path)
    except NotFound:
        # Opened all the same, so that it is complained of.
        return path, {}


def _look(walk: Walk, *, is_first: bool = True) -> None:
    page, shape = walk.page, ""
    # What is hard to reach on one page of a kind is so on all.
    if is_first:
        page.evaluate(AXE_SCRIPT)
    for width in sorted(WIDTHS, key=lambda width: width != _width(page)):
        if width != _width(page):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.evaluate(SETTLED)
        if is_first:
            before, shape = shape, page.evaluate(SHAPE)
            walk.hurdles.extend(
                _hurdles(page, _rules(is_same=shape == before, has_contrast=WIDTHS[width] == walk.locale))
            )
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
