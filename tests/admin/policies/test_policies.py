"""A policy's versions on the screen: read, drafted, changed, handed in, approved by another person, put in force."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from tests.admin.browser import Browser
from tests.services.decisions.live import enforce
from tests.services.house import FACTS, REASONS, RULE_SETS, house_policy

#: The version in force, with its files, and the draft made of it.
LIVE, DRAFT = "/policies/house/2", "/policies/house/3"
FILES = {f"{name}.yaml": text for name, text in {"facts": FACTS, "reasons": REASONS, **RULE_SETS}.items()}
CHANGED = RULE_SETS["policy"].replace("value: 100.00", "value: 250.00")


@pytest.fixture
def house(house: House) -> House:
    """Give a house whose policy in force has its files."""
    enforce(house, house_policy(), since=2, files=FILES)
    return house


@pytest.fixture
def approver(browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of somebody who approves policies."""
    return browser_of("dora", Role.APPROVER)


def version(house: House, number: int = 3) -> PolicyVersion:
    """Return a version as it is stored."""
    with house.database.reading() as session:
        return PolicyStore(session).version("house", number)


def kept(manager: Browser, house: House, text: str = CHANGED, revision: int | None = None) -> str:
    """Keep another text of the draft, and return what the page says then."""
    form = {"file": "policy.yaml", "text": text, "revision": str(revision or version(house).revision)}
    return manager.told(f"{DRAFT}/text", f"{DRAFT}/text", form)


def drafted(manager: Browser, house: House) -> None:
    """Begin a draft that says something else than what is in force."""
    manager.send(LIVE, f"{LIVE}/draft")
    kept(manager, house)


def handed_in(manager: Browser, house: House) -> None:
    """Hand such a draft in."""
    drafted(manager, house)
    form = {"note": "Small debts matter less", "revision": str(version(house).revision)}
    assert "It is handed in." in manager.told(DRAFT, f"{DRAFT}/submit", form)


def in_force(manager: Browser, approver: Browser, house: House, number: int) -> None:
    """Approve a version that is handed in, and let it count at once."""
    page = f"/policies/house/{number}"
    approver.send(page, f"{page}/approve", {"sha256": version(house, number).sha256 or "", "note": ""})
    manager.send(page, f"{page}/schedule", {"day": "", "note": ""})
    assert "active" == version(house, number).state


def test_everything_that_a_version_says_stands_on_its_page(manager: Browser) -> None:
    page = manager.words(LIVE)
    for said in (
        "House policy",
        "Materiality",
        "S1",
        ">= 100000",
        "5000",
        "Over the limit",
        "remind",
        "materiality",
    ):
        assert said in page
    assert "内部政策" in manager.open(LIVE, **{"Accept-Language": "zh"})


def test_policies_are_listed_by_their_titles(manager: Browser) -> None:
    for page in ("/policies/", "/policies/house"):
        assert "House policy" in manager.words(page)
        assert "内部政策" in manager.open(page, **{"Accept-Language": "zh"})
    assert "House policy house version 2" in manager.words("/policies/")


def test_a_change_goes_from_a_draft_through_another_persons_approval_into_force(
    manager: Browser, approver: Browser, house: House
) -> None:
    handed_in(manager, house)
    assert "parameter materiality: 100 -> 250" in approver.words(DRAFT)
    form = {"sha256": version(house).sha256 or "", "note": "I agree"}
    assert "It is approved by you." in approver.told(DRAFT, f"{DRAFT}/approve", form)
    manager.send(DRAFT, f"{DRAFT}/schedule", {"day": "", "note": ""})
    assert ("active", "retired") == (version(house).state, version(house, 2).state)


def test_what_was_in_force_comes_back_as_a_new_version(manager: Browser, approver: Browser, house: House) -> None:
    handed_in(manager, house)
    in_force(manager, approver, house, 3)
    manager.send(LIVE, f"{LIVE}/draft")
    revision = str(version(house, 4).revision)
    manager.send("/policies/house/4", "/policies/house/4/submit", {"note": "As before", "revision": revision})
    in_force(manager, approver, house, 4)
    manager.send(DRAFT, f"{DRAFT}/roll-back", {"day": "", "note": "It let too much go"})
    assert version(house, 3).sha256 == version(house, 5).sha256
    assert ("retired", "active") == (version(house, 4).state, version(house, 5).state)


def test_who_has_a_hand_in_a_text_neither_finds_nor_can_send_its_approval(
    browser_of: Callable[..., Browser], house: House
) -> None:
    both = browser_of("bea", Role.CREDIT_MANAGER, Role.APPROVER)
    handed_in(both, house)
    assert "another person approves it" in both.words(DRAFT)
    assert f"{DRAFT}/approve" not in both.open(DRAFT)
    form = {"sha256": version(house).sha256 or "", "note": ""}
    assert "has a hand in" in both.told(DRAFT, f"{DRAFT}/approve", form)
    assert "submitted" == version(house).state


def test_an_approval_is_of_the_text_that_was_read(manager: Browser, approver: Browser, house: House) -> None:
    handed_in(manager, house)
    read = version(house).sha256 or ""
    kept(manager, house, CHANGED.replace("250.00", "900.00"))
    manager.send(DRAFT, f"{DRAFT}/submit", {"note": "More", "revision": str(version(house).revision)})
    approver.send(DRAFT, f"{DRAFT}/approve", {"sha256": read, "note": ""})
    assert "submitted" == version(house).state


def test_two_editors_do_not_overwrite_each_other(manager: Browser, house: House) -> None:
    manager.send(LIVE, f"{LIVE}/draft")
    seen = version(house).revision
    assert "Kept." in kept(manager, house, revision=seen)
    other = CHANGED.replace("250.00", "900.00")
    form = {"file": "policy.yaml", "text": other, "revision": str(seen)}
    answer = manager.send(f"{DRAFT}/text", f"{DRAFT}/text", form, status=409).text
    assert "Somebody else changed" in unescape(answer)
    assert "250.00" in manager.open(f"{DRAFT}/text?file=policy.yaml")


def test_a_text_that_another_editor_was_faster_than_stays_in_the_form(manager: Browser, house: House) -> None:
    """Nor is it kept by being sent a second time: the form stays that of the revision its writer saw."""
    manager.send(LIVE, f"{LIVE}/draft")
    seen = version(house).revision
    kept(manager, house, revision=seen)
    form = {"file": "policy.yaml", "text": CHANGED.replace("250.00", "900.00"), "revision": str(seen)}
    page = manager.send(f"{DRAFT}/text", f"{DRAFT}/text", form, status=409).text
    (typed,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert form["text"].strip() == unescape(typed).strip()
    assert f'name="revision" value="{seen}"' in page


def test_a_text_that_cannot_be_read_is_kept_and_the_checks_say_where_it_fails(manager: Browser, house: House) -> None:
    manager.send(LIVE, f"{LIVE}/draft")
    kept(manager, house, CHANGED.replace("250.00", "much"))
    page = manager.words(DRAFT)
    assert "not green" in page
    assert "policy.yaml line 5" in page
    assert "cannot be compared" in page
    form = {"note": "Try it", "revision": str(version(house).revision)}
    manager.send(DRAFT, f"{DRAFT}/submit", form)
    assert "draft" == version(house).state


@pytest.mark.parametrize(("step", "form"), [("changes", "Which row?"), ("reject", "Not now")])
def test_an_approver_gives_it_back_with_a_word(
    manager: Browser, approver: Browser, house: House, step: str, form: str
) -> None:
    handed_in(manager, house)
    approver.send(DRAFT, f"{DRAFT}/{step}", {"note": form})
    assert "draft" == version(house).state
    assert form in manager.words(DRAFT)


def test_who_only_looks_changes_nothing(browser_of: Callable[..., Browser], house: House, manager: Browser) -> None:
    drafted(manager, house)
    viewer = browser_of("vic", Role.VIEWER)
    assert "textarea" not in viewer.open(f"{DRAFT}/text")
    before = version(house)
    form = {"file": "policy.yaml", "text": "policy: house", "revision": str(before.revision)}
    viewer.send(DRAFT, f"{DRAFT}/text", form)
    viewer.send(DRAFT, f"{DRAFT}/submit", {"note": "Now", "revision": str(before.revision)})
    assert before == version(house)
    browser_of("sys", Role.SYSTEM).open("/policies/", status=403)


def test_a_version_begins_on_a_day_and_leaves_the_schedule(manager: Browser, approver: Browser, house: House) -> None:
    handed_in(manager, house)
    approver.send(DRAFT, f"{DRAFT}/approve", {"sha256": version(house).sha256 or "", "note": ""})
    manager.send(DRAFT, f"{DRAFT}/schedule", {"day": "2025-03-01", "note": ""})
    assert ("scheduled", "active") == (version(house).state, version(house, 2).state)
    manager.send(DRAFT, f"{DRAFT}/unschedule", {"note": ""})
    assert "approved" == version(house).state
