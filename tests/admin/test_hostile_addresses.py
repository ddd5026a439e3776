"""Whatever stands in an address of the console, the answer is a page: never the service's own fault."""

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug.routing import BuildError, Rule

import admin
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.admin.browser import Browser
from tests.services.decisions.live import answered, asked, person

#: What no page asks for.
HOSTILE = ("99999999999999999999", "a\x00b", "WyJhIiwiYiJd")
#: The same again for whoever has the time.
MORE = ("-1", "٣", "1e9", "2025-02-30", "9999-12-31", '"><script>', "../../etc/passwd", "a" * 3_000, "WzEsMl0")
_READ = re.compile(r'(?:args\.get\(|for name in \()((?:"\w+"(?:, )?)+)')


@pytest.fixture
def everybody(house: House, browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of somebody who sees every screen, over a house where something happened."""
    answered(house, asked(order="100000", order_id="O1"), person("sam", Role.SALES))
    answered(house, asked("C1", order=None), person("ana", Role.ANALYST))
    return browser_of("root", *Role)


def parameters() -> list[str]:
    """Return the names of what screens read from an address."""
    texts = [path.read_text("utf-8") for path in Path(admin.__file__).parent.rglob("*.py")]
    return sorted({name for text in texts for names in _READ.findall(text) for name in re.findall(r"\w+", names)})


@pytest.mark.parametrize("hostile", [*HOSTILE, *(pytest.param(one, marks=pytest.mark.long) for one in MORE)])
def test_every_page_answers_whatever_stands_in_its_address(everybody: Browser, hostile: str) -> None:
    named = parameters()
    assert {"after", "state", "as_of"} <= set(named)
    asked_for = dict.fromkeys(named, hostile)
    statuses = {
        rule.rule: status_of(everybody, address, asked_for)
        for rule in everybody.client.application.url_map.iter_rules()
        for address in addresses(everybody, rule, hostile)
    }
    assert len(statuses) > 20
    assert {} == {rule: status for rule, status in statuses.items() if status >= 500}


def status_of(browser: Browser, address: str, asked_for: Mapping[str, str]) -> int:
    """Return how a page answers; a file that is sent is closed."""
    with closing(browser.client.get(address, query_string=asked_for)) as answer:
        return answer.status_code


def addresses(browser: Browser, rule: Rule, hostile: str) -> list[str]:
    """Return the addresses of a page with something that is there and with something hostile in each place."""
    if "GET" not in (rule.methods or ()) or "static" in rule.endpoint:
        return []
    adapter = browser.client.application.url_map.bind("localhost")
    found = []
    for value in ("C1", "1", hostile):
        try:
            found.append(adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, value)))
        except (BuildError, ValueError):
            continue
    return found
