"""Overrides in the console: given, confirmed or refused by a second person, and ended."""

from collections.abc import Callable, Mapping

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.override_store import OverrideStore, StoredOverride
from tests.admin.browser import Browser

NEW = "/overrides/new/C1?what=review:credit_limit"
WANTED = {"what": "review:credit_limit", "reason": "Bank guarantee", "expires_on": "2025-06-30"}


def given(house: House) -> StoredOverride:
    """Return the override that was given last."""
    with house.database.reading() as session:
        return OverrideStore(session).page()[0]


def give(browser: Browser, value: str, **more: str) -> Mapping[str, str]:
    """Give an override of the limit of C1, and return the headers of the answer."""
    return browser.send(NEW, "/overrides/new/C1", {**WANTED, "value": value, **more}).headers


def test_a_small_override_counts_at_once_with_who_why_and_until_when(house: House, manager: Browser) -> None:
    give(manager, "6000.00")
    override = given(house)
    said = (override.state, override.person, override.reason, dict(override.outputs))
    assert ("in_force", "mia", "Bank guarantee", {"credit_limit": "6000.00"}) == said
    assert "Credit limit 6,000.00 override mia 2025-01-20" in manager.words("/customers/file/C1")


def test_a_large_one_waits_and_is_confirmed_by_somebody_else(house: House, browser_of: Callable[..., Browser]) -> None:
    manager, head = browser_of("mia", Role.CREDIT_MANAGER), browser_of("finn", Role.FINANCE_HEAD)
    give(manager, "200000.00")
    page = f"/overrides/override/{given(house).override_id}"
    assert "You gave it" in manager.words(page)
    assert "gave the override" in manager.told(page, f"{page}/confirm", {"revision": "1"})
    assert "200,000.00" in head.words("/overrides/")
    assert "The override counts now." in head.told(page, f"{page}/confirm", {"revision": "1"})
    assert ("in_force", "finn") == (given(house).state, given(house).second_person)


def test_one_that_waits_is_refused_with_a_reason(house: House, browser_of: Callable[..., Browser]) -> None:
    give(browser_of("mia", Role.CREDIT_MANAGER), "200000.00")
    page = f"/overrides/override/{given(house).override_id}"
    head = browser_of("finn", Role.FINANCE_HEAD)
    assert "is refused" in head.told(page, f"{page}/reject", {"revision": "1", "reason": "No guarantee seen"})
    assert ("rejected", "No guarantee seen") == (given(house).state, given(house).end_reason)


def test_what_another_person_changed_meanwhile_is_not_confirmed(
    house: House, browser_of: Callable[..., Browser]
) -> None:
    give(browser_of("mia", Role.CREDIT_MANAGER), "200000.00")
    page = f"/overrides/override/{given(house).override_id}"
    browser_of("finn", Role.FINANCE_HEAD).send(page, f"{page}/confirm", {"revision": "7"})
    assert "proposed" == given(house).state


def test_an_override_is_ended_before_its_day(house: House, manager: Browser) -> None:
    give(manager, "6000.00")
    page = f"/overrides/override/{given(house).override_id}"
    assert "has ended" in manager.told(page, f"{page}/end", {"revision": "1", "reason": "Guarantee withdrawn"})
    assert "ended" == given(house).state


def test_a_refused_one_stores_nothing_and_keeps_what_was_typed(house: House, manager: Browser) -> None:
    give(manager, "a lot")
    page = manager.open(NEW)
    assert "alert-danger" in page
    assert 'value="a lot"' in page
    manager.send(NEW, "/overrides/new/C1", {**WANTED, "value": "1", "expires_on": ""})
    assert "names no last day" in manager.words(NEW)
    with house.database.reading() as session:
        assert () == OverrideStore(session).page()


def test_who_only_looks_is_offered_no_form_and_cannot_send_one(
    house: House, browser_of: Callable[..., Browser]
) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    assert "You may not give overrides." in viewer.words(NEW)
    give(viewer, "6000.00")
    with house.database.reading() as session:
        assert () == OverrideStore(session).page()
