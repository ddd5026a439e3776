"""The forms of the editor for parameters, ladders, formulas and facts: who sees and changes what, what is refused."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.policy_store import PolicyStore
from tests.admin.browser import Browser
from tests.services.decisions.live import enforce
from tests.services.house import FACTS, REASONS, RULE_SETS, house_policy

DIALS = RULE_SETS["policy"].replace(
    "{value: 100.00, type: money,", "{value: 100.00, type: money, min: 0, max: 500, step: 10,"
)
FIGURES = (
    'formula: figures\ntitle: {en: Figures, zh: 数字}\nvalues:\n  # A third\n  third: open_balance / 3\n  lead: "5"\n'
)
TEXTS = {
    "facts": FACTS,
    "reasons": REASONS,
    **RULE_SETS,
    "policy": DIALS.replace("[grading,", "[figures, grading,"),
    "figures": FIGURES,
}
FILES = {f"{name}.yaml": text for name, text in TEXTS.items()}
DRAFT = "/policies/house/2"
FACT = {
    "name": "region",
    "kind": "category",
    "source": "customer",
    "values": "north, south",
    "en": "Region",
    "zh": "地区",
}

PARAMETER = {
    "name": "patience",
    "kind": "days",
    "value": "7",
    "minimum": "0",
    "maximum": "30",
    "step": "1",
    "en": "Patience",
    "zh": "耐心",
}


@pytest.fixture
def house(house: House) -> House:
    """Give a house with a draft of two kinds of forms."""
    policy = house_policy({name: text for name, text in TEXTS.items() if name not in ("facts", "reasons")})
    with house.database.writing() as session:
        PolicyStore(session).add_draft("house", Act("ada", 3), policy, FILES, 1)
    return house


def files(house: House) -> dict[str, str]:
    """Return the files of the draft as they are stored."""
    with house.database.reading() as session:
        return dict(PolicyStore(session).files("house", 2))


def revision(house: House) -> int:
    """Return the revision of the draft."""
    with house.database.reading() as session:
        return PolicyStore(session).version("house", 2).revision


def posted(by: Browser, path: str, body: dict[str, Any]) -> TestResponse:
    """Send what a script of the editor would."""
    guard = re.search(
        r'(?:data-csrf|name="csrf_token" value)="([^"]+)"', by.client.get(f"{DRAFT}/edit?part=parameters").text
    )
    assert guard is not None
    return by.client.post(f"{DRAFT}/edit/{path}", json=body, headers={"X-CSRFToken": unescape(guard[1])})


def paths(page: str) -> list[str]:
    """Return where the fields of a page say that their values stand."""
    return re.findall(r"data-path='([^']*)'", page)


def test_a_parameter_is_a_dial_with_its_range(manager: Browser, house: House) -> None:
    page = manager.open(f"{DRAFT}/edit?part=parameters")
    assert 'type="range" class="custom-range" min="0" max="500" step="10" value="100.00"' in page
    assert '["parameters", "materiality", "value"]' in paths(page)
    assert '<div class="curve" data-parameter="materiality"></div>' in page
    assert "重要性" in manager.open(f"{DRAFT}/edit?part=parameters", **{"Accept-Language": "zh"})


@pytest.mark.parametrize(("value", "is_kept"), [("250", True), ("500.01", False), ("-1", False), ("much", False)])
def test_a_dial_is_kept_within_its_range(manager: Browser, house: House, value: str, is_kept: bool) -> None:
    edit = {"do": "set", "path": ["parameters", "materiality", "value"], "value": value}
    body = {"revision": revision(house), "file": "policy.yaml", "edits": [edit]}
    assert is_kept is posted(manager, "change", body).get_json()["ok"]
    kept = FILES["policy.yaml"].replace("100.00", value) if is_kept else FILES["policy.yaml"]
    assert kept == files(house)["policy.yaml"]


def test_a_ladder_is_drawn_with_a_form_for_each_step(manager: Browser, house: House) -> None:
    page = manager.open(f"{DRAFT}/edit?part=collection")
    words = manager.words(f"{DRAFT}/edit?part=collection")
    assert "L1 on day 1, remind; L2 on day 30, demand payment" in words
    assert "T1 past_due_balance > 3000" in words
    assert '["levels", 1, "release", "overdue_balance"]' in map(unescape, paths(page))
    assert '"id": "L3"' in unescape(page)


def test_a_formula_says_where_it_cannot_be_read_and_keeps_nothing(manager: Browser, house: House) -> None:
    body = {"file": "figures.yaml", "path": ["values", "third"], "text": "open_balanse / 3"}
    (problem,) = posted(manager, "formula", body).get_json()["problems"]
    assert ("L201", 0) == (problem["code"], problem["at"])
    assert [] == posted(manager, "formula", {**body, "text": "open_balance / 4"}).get_json()["problems"]
    assert FILES == files(house)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"file": "figures.yaml", "path": "values", "text": "1"}, 422),
        ({"file": "figures.yaml", "path": ["values", "none"], "text": "1"}, 422),
        ({"file": "none.yaml", "path": ["values", "third"], "text": "1"}, 404),
    ],
)
def test_what_is_no_question_about_a_formula_is_refused(
    manager: Browser, house: House, body: dict[str, Any], status: int
) -> None:
    answer = posted(manager, "formula", body)
    assert status == answer.status_code
    assert answer.get_json()["said"]


def test_formulas_offer_names_and_keep_the_comments_around(manager: Browser, house: House) -> None:
    page = manager.open(f"{DRAFT}/edit?part=figures")
    assert 'role="combobox"' in page
    assert '"name": "materiality"' in page
    edit = {"do": "set", "path": ["values", "third"], "value": "open_balance / 4"}
    posted(manager, "change", {"revision": revision(house), "file": "figures.yaml", "edits": [edit]})
    assert FIGURES.replace("balance / 3", "balance / 4") == files(house)["figures.yaml"]


def test_a_declared_fact_is_in_the_file_and_on_the_page(manager: Browser, house: House) -> None:
    page = f"{DRAFT}/edit?part=facts"
    told = manager.told(page, f"{DRAFT}/edit/facts", {**FACT, "revision": str(revision(house))})
    assert "The fact is declared." in told
    assert "region Region" in told
    assert (
        FACTS + "region: {source: customer, type: category, values: [north, south], title: {en: Region, zh: 地区}}\n"
        == (files(house)["facts.yaml"])
    )


def test_a_fact_that_there_is_already_is_refused_and_what_was_typed_stays(manager: Browser, house: House) -> None:
    form = {**FACT, "name": "exposure", "revision": str(revision(house))}
    answer = manager.send(f"{DRAFT}/edit?part=facts", f"{DRAFT}/edit/facts", form, 422)
    assert "exposure is a fact already" in answer.text
    assert 'value="exposure"' in answer.text
    assert 'value="north, south"' in answer.text
    assert FILES == files(house)


def test_a_fact_declared_upon_an_older_revision_is_refused(manager: Browser, house: House) -> None:
    seen = str(revision(house))
    page = f"{DRAFT}/edit?part=facts"
    manager.send(page, f"{DRAFT}/edit/facts", {**FACT, "revision": seen})
    manager.send(page, f"{DRAFT}/edit/facts", {**FACT, "name": "area", "revision": seen}, 409)
    assert "area" not in files(house)["facts.yaml"]


@pytest.mark.parametrize("part", ["parameters", "collection", "figures", "facts", "formulas", "cases"])
def test_who_may_not_edit_reads_the_same_form(browser_of: Callable[..., Browser], house: House, part: str) -> None:
    page = browser_of("vic", Role.VIEWER).open(f"{DRAFT}/edit?part={part}")
    assert "data-edits" not in page
    assert "/edit/facts" not in page
    assert "/edit/parameters" not in page
    assert "draft.js" not in page
    assert page.count("<fieldset ") == page.count("<fieldset disabled>")


def test_who_may_not_edit_changes_nothing(browser_of: Callable[..., Browser], house: House) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    edit = {"do": "set", "path": ["parameters", "materiality", "value"], "value": "1"}
    body = {"revision": revision(house), "file": "policy.yaml", "edits": [edit]}
    assert 403 == posted(viewer, "change", body).status_code
    form = {**FACT, "revision": str(revision(house))}
    viewer.send(f"{DRAFT}/edit?part=facts", f"{DRAFT}/edit/facts", form, 403)
    viewer.send(f"{DRAFT}/edit?part=parameters", f"{DRAFT}/edit/parameters", {**PARAMETER, **form}, 403)
    assert FILES == files(house)


def test_a_text_in_force_is_read_in_its_forms(manager: Browser, house: House) -> None:
    enforce(house, house_policy(), since=2, files=FILES)
    assert "data-edits" not in manager.open("/policies/house/3/edit?part=collection")


def test_a_part_that_is_no_yaml_is_shown_as_text(manager: Browser, house: House) -> None:
    with house.database.writing() as session:
        broken = {**FILES, "policy.yaml": "policy: [house", "facts.yaml": "a: ]"}
        PolicyStore(session).add_draft("house", Act("ada", 4), None, broken, 1)
    for part in ("parameters", "facts"):
        assert "Change it as text" in manager.words(f"/policies/house/3/edit?part={part}")


def test_a_declared_parameter_is_a_dial_behind_the_others(manager: Browser, house: House) -> None:
    before = files(house)["policy.yaml"]
    page = f"{DRAFT}/edit?part=parameters"
    told = manager.told(page, f"{DRAFT}/edit/parameters", {**PARAMETER, "revision": str(revision(house))})
    assert "The parameter is declared." in told
    assert re.search(r'type="range"[^>]*min="0" max="30" step="1" value="7"[^>]*"dial-patience"', manager.open(page))
    after = files(house)["policy.yaml"]
    added = "patience: {value: 7, type: days, min: 0, max: 30, step: 1, title: {en: Patience, zh: 耐心}}"
    assert added in after
    assert all(line in after for line in before.splitlines() if "parameters" not in line)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"value": "31"}, "31"), ({"name": "grade"}, "grade is a fact already."), ({"value": "some"}, "some")],
)
def test_what_is_no_parameter_is_refused_and_stays_in_the_form(
    manager: Browser, house: House, given: dict[str, str], said: str
) -> None:
    before = files(house)
    form = {**PARAMETER, **given, "revision": str(revision(house))}
    answer = manager.send(f"{DRAFT}/edit?part=parameters", f"{DRAFT}/edit/parameters", form, 422)
    page = unescape(answer.text)
    assert said in page.partition("<main")[2]
    assert f'value="{form["name"]}"' in page
    assert before == files(house)
