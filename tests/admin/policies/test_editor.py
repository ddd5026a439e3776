"""The editor of a draft: each change stored as it is made, by whoever may, and never over somebody else's."""

import re
from html import unescape
from typing import Any

import pytest

from policy_service.services.house import House
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from tests.admin.browser import Browser
from tests.services.decisions.live import enforce
from tests.services.house import FACTS, REASONS, RULE_SETS, house_policy

LIVE, DRAFT = "/policies/house/2", "/policies/house/3"
FILES = {f"{name}.yaml": text for name, text in {"facts": FACTS, "reasons": REASONS, **RULE_SETS}.items()}
CELL = ["rows", 0, "then", "credit_limit"]


@pytest.fixture
def house(house: House) -> House:
    """Give a house whose policy in force has its files."""
    enforce(house, house_policy(), since=2, files=FILES)
    return house


@pytest.fixture
def editor(manager: Browser) -> Browser:
    """Give the browser of a manager who has begun a draft."""
    manager.send(LIVE, f"{LIVE}/draft")
    return manager


def version(house: House, number: int = 3) -> PolicyVersion:
    """Return a version as it is stored."""
    with house.database.reading() as session:
        return PolicyStore(session).version("house", number)


def text(house: House, file: str) -> str:
    """Return a file of the draft as it is stored."""
    with house.database.reading() as session:
        return PolicyStore(session).files("house", 3)[file]


def changed(browser: Browser, change: dict[str, Any], status: int = 200, guard: str | None = None) -> dict[str, Any]:
    """Send a change as the page does, and return the answer, which has to have that status."""
    if guard is None:
        found = re.search(r'data-csrf="([^"]+)"', browser.client.get(f"{DRAFT}/edit").text)
        found = found or re.search(r'name="csrf_token" value="([^"]+)"', browser.client.get(LIVE).text)
        guard = unescape(found[1]) if found else ""
    answer = browser.client.post(f"{DRAFT}/edit/change", json=change, headers={"X-CSRFToken": guard})
    assert status == answer.status_code, answer.text
    made: dict[str, Any] = answer.get_json(silent=True) or {}
    return made


def set_limit(house: House, value: str, **more: object) -> dict[str, Any]:
    """Return the change that sets the limit of the first row."""
    edits = [{"do": "set", "path": CELL, "value": value}]
    return {"revision": version(house).revision, "file": "standing.yaml", "edits": edits, **more}


def test_a_cell_is_stored_and_taken_back_to_the_very_text(editor: Browser, house: House) -> None:
    before = text(house, "standing.yaml")
    answer = changed(editor, set_limit(house, "7000"))
    assert before.replace("5000", "7000", 1) == text(house, "standing.yaml")
    changed(editor, {"revision": answer["revision"], **answer["undo"]})
    assert before == text(house, "standing.yaml")
