"""The editor of a draft: each change stored as it is made, by whoever may, and never over somebody else's."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from policy_service.domain.permissions import Role
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


def test_an_edit_of_a_text_that_somebody_changed_since_is_refused_and_tells_who_did(
    editor: Browser, house: House, browser_of: Callable[..., Browser]
) -> None:
    seen = set_limit(house, "7000")
    changed(browser_of("ana", Role.ANALYST), set_limit(house, "6000"))
    answer = changed(editor, seen, status=409)
    assert ("S208", [("ana", ["standing.yaml"], ["rows 1, then, credit_limit"])]) == (
        answer["code"],
        [(one["person"], one["files"], one["cells"]) for one in answer["changes"]],
    )
    assert "6000" in text(house, "standing.yaml")


def test_a_half_typed_cell_is_not_stored_and_the_others_of_its_change_are(editor: Browser, house: House) -> None:
    other = ["rows", 1, "then", "credit_limit"]
    change = set_limit(house, "700 +")
    change["edits"].append({"do": "set", "path": other, "value": "900"})
    answer = changed(editor, change)
    assert [CELL] == [one["path"] for one in answer["refused"]]
    assert ("5000" in text(house, "standing.yaml"), "900" in text(house, "standing.yaml")) == (True, True)


def test_a_half_typed_cell_alone_stores_nothing(editor: Browser, house: House) -> None:
    before = version(house)
    answer = changed(editor, set_limit(house, "700 +"))
    assert (False, "R583", [CELL]) == (answer["ok"], answer["code"], [one["path"] for one in answer["problems"]])
    assert before == version(house)


def test_what_the_linter_finds_is_stored_and_told_with_its_row_and_what_would_mend_it(
    editor: Browser, house: House
) -> None:
    change = set_limit(house, "A") | {"edits": [{"do": "remove", "path": ["rows", 1]}]}
    changed(editor, change)
    answer = editor.client.get(f"{DRAFT}/edit/findings").get_json()
    gap = next(one for one in answer["findings"] if one["code"] == "C101")
    assert ("error", {"grade": "B"}, ["rows", 0]) == (gap["severity"], gap["fill"]["when"], gap["fill"]["like"])
    assert (version(house).revision, False) == (answer["revision"], answer["is_green"])


def test_a_version_that_was_handed_in_is_edited_only_by_who_confirms_it(editor: Browser, house: House) -> None:
    changed(editor, set_limit(house, "7000"))
    form = {"note": "More", "revision": str(version(house).revision)}
    editor.send(DRAFT, f"{DRAFT}/submit", form)
    assert "submitted" == version(house).state
    assert "R584" == changed(editor, set_limit(house, "8000"), status=409)["code"]
    assert "submitted" == version(house).state
    assert "draft" == changed(editor, set_limit(house, "8000", confirmed=True))["state"]


def test_who_may_not_edit_is_led_to_the_version_and_changes_nothing(
    editor: Browser, house: House, browser_of: Callable[..., Browser]
) -> None:
    approver = browser_of("dora", Role.APPROVER)
    assert DRAFT in str(approver.client.get(f"{DRAFT}/edit").location)
    assert "A403" == changed(approver, set_limit(house, "1"), status=403)["code"]
    assert "Edit it as tables" not in approver.open(DRAFT)
    assert "5000" in text(house, "standing.yaml")
    assert "Edit it as tables" in editor.open(DRAFT)


def test_what_is_in_force_has_no_editor(manager: Browser) -> None:
    assert str(manager.client.get(f"{LIVE}/edit").location).endswith(f"{LIVE}#grading")


def test_a_change_without_the_guard_of_the_page_is_refused(editor: Browser, house: House) -> None:
    changed(editor, set_limit(house, "1"), status=400, guard="")
    assert "5000" in text(house, "standing.yaml")


@pytest.mark.parametrize(
    "body", [None, [], {"revision": 1}, {"revision": 1, "file": "standing.yaml", "edits": [{"do": "eat"}]}]
)
def test_what_is_no_change_is_refused(editor: Browser, body: object) -> None:
    assert "R580" == changed(editor, body, status=422)["code"]  # type: ignore[arg-type]


def test_the_editor_has_a_tab_for_every_part_and_the_sheet_all_its_cells(editor: Browser, house: House) -> None:
    page = editor.open(f"{DRAFT}/edit?part=standing")
    for part in ("grading", "standing", "order_check", "collection", "parameters", "facts", "formulas", "cases"):
        assert f"part={part}" in page
    sheet = editor.client.get(f"{DRAFT}/edit/sheets/standing").get_json()
    (grid,) = sheet["grids"]
    assert ["id", "grade", "credit_limit"] == [column["name"] for column in grid["columns"]][:3]
    assert [["S1", "A", "5000"], ["S2", "B", "800"]] == [row["cells"][:3] for row in grid["rows"]][:2]
    words = editor.client.get(f"{DRAFT}/edit/words").get_json()["words"]
    assert {"net_worth", "OVER_LIMIT", "materiality"} <= {word["name"] for word in words}
    editor.client.get(f"{DRAFT}/edit/sheets/nothing")
    assert 404 == editor.client.get(f"{DRAFT}/edit/sheets/nothing").status_code
    assert version(house).revision == sheet["revision"]


def test_whom_findings_concern_is_counted_over_a_small_ledger(editor: Browser, house: House) -> None:
    changed(editor, set_limit(house, "A") | {"edits": [{"do": "remove", "path": ["rows", 1]}]})
    findings = editor.client.get(f"{DRAFT}/edit/findings").get_json()["findings"]
    told = editor.client.get(f"{DRAFT}/edit/concerned").get_json()
    at = next(number for number, one in enumerate(findings) if one["code"] == "C101")
    assert (True, "1") == (told["is_counted"], told["concerned"][at]["customers"])
