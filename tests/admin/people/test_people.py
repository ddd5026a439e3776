"""People in the console: roles that take two people, passwords shown once, and who finds what."""

import re
from collections.abc import Callable

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.people import roles_of
from policy_service.services.sign_in.passwords import PasswordState, password_state
from policy_service.storage.people_store import PeopleStore
from tests.admin.browser import Browser
from tests.api.house import Clock, store_person

LIST = "/people/"
EVA = "/people/person/eva"
_SECRET = re.compile(r'id="secret"[^>]* value="([^"]+)"')


@pytest.fixture
def ada(browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of an administrator."""
    return browser_of("ada", Role.ADMIN)


@pytest.fixture
def ben(browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of another one."""
    return browser_of("ben", Role.ADMIN)


def revision(house: House, login: str = "eva") -> dict[str, str]:
    with house.database.reading() as session:
        return {"revision": str(PeopleStore(session).person(login).revision)}


def roles(house: House, login: str = "eva") -> set[str]:
    with house.database.reading() as session:
        return set(roles_of(session, login))


def can_sign_in_with(house: House, clock: Clock, login: str = "eva") -> PasswordState:
    with house.database.reading() as session:
        return password_state(session, PeopleStore(session).person(login), clock())


def test_somebody_is_added_and_stands_in_the_list(ada: Browser) -> None:
    told = ada.told(LIST, "/people/add", {"login": "eva", "name": "Eva Zhao", "email": ""})
    assert "eva is added." in told
    assert "eva Eva Zhao no role active" in told


def test_what_is_no_login_is_told_beside_what_was_typed(ada: Browser) -> None:
    ada.send(LIST, "/people/add", {"login": "Eva!", "name": "Eva Zhao"})
    page = ada.open(LIST)
    assert "alert-danger" in page
    assert 'value="Eva!"' in page


def test_a_sensitive_role_counts_once_a_second_person_agrees(ada: Browser, ben: Browser, house: House) -> None:
    store_person(house, "eva")
    assert "The role is proposed" in ada.told(EVA, f"{EVA}/give", {"role": "approver", **revision(house)})
    assert "Waits for your word" not in ada.words(LIST)
    assert set() == roles(house)
    assert "Role: approver eva ada" in ben.words(LIST)
    told = ben.told(LIST, f"{EVA}/roles/approver/agree", {"from": "list"})
    assert "The role is granted: approver for eva." in told
    assert "Waits for your word" not in told
    assert {"approver"} == roles(house)


def test_nobody_agrees_to_their_own_proposal_by_any_form(ada: Browser, house: House) -> None:
    store_person(house, "eva")
    ada.send(EVA, f"{EVA}/give", {"role": "approver", **revision(house)})
    told = ada.told(EVA, f"{EVA}/roles/approver/agree", revision(house))
    assert "Nobody agrees to what they proposed themselves." in told
    assert set() == roles(house)


def test_a_plain_role_counts_at_once_and_is_withdrawn_by_one(ada: Browser, house: House) -> None:
    store_person(house, "eva")
    ada.send(EVA, f"{EVA}/give", {"role": "viewer", **revision(house)})
    assert {"viewer"} == roles(house)
    ada.send(EVA, f"{EVA}/roles/viewer/withdraw", revision(house))
    assert set() == roles(house)


def test_what_another_changed_meanwhile_is_not_overwritten(ada: Browser, ben: Browser, house: House) -> None:
    store_person(house, "eva")
    seen = revision(house)
    ben.send(EVA, f"{EVA}/change", {"name": "Eva Z.", "email": "", **seen})
    ada.send(EVA, f"{EVA}/change", {"name": "Eva Zhao", "email": "", **seen})
    assert "Eva Z." in ada.words(EVA)


def test_a_one_time_password_is_shown_once_and_kept_nowhere(ada: Browser, house: House, clock: Clock) -> None:
    store_person(house, "eva", Role.VIEWER)
    answer = ada.send(EVA, f"{EVA}/password", status=200)
    found = _SECRET.search(answer.text)
    assert found is not None
    assert found[1] not in ada.open(EVA)
    with ada.client.session_transaction() as kept:
        assert found[1] not in str(dict(kept))
    assert PasswordState.GIVEN == can_sign_in_with(house, clock)


def test_one_for_a_sensitive_role_waits_for_whoever_may_agree(
    ada: Browser, browser_of: Callable[..., Browser], house: House, clock: Clock
) -> None:
    store_person(house, "eva", Role.FINANCE_HEAD)
    browser_of("ben", Role.ADMIN)
    dora = browser_of("dora", Role.APPROVER)
    assert "does not count yet" in ada.send(EVA, f"{EVA}/password", status=200).text
    assert PasswordState.WAITS == can_sign_in_with(house, clock)
    assert "One-time password good until" not in ada.words(LIST)
    assert "One-time password good until" in dora.words(LIST)
    assert "counts from now on" in dora.told(LIST, f"{EVA}/password/agree", {"from": "list"})
    assert PasswordState.GIVEN == can_sign_in_with(house, clock)


def test_who_may_only_agree_to_passwords_sees_nobody(browser_of: Callable[..., Browser], house: House) -> None:
    store_person(house, "eva")
    dora = browser_of("dora", Role.APPROVER)
    assert "eva" not in dora.words(LIST)
    dora.open(EVA, status=403)


def test_who_may_not_see_people_does_not_find_the_screen(browser_of: Callable[..., Browser]) -> None:
    seller = browser_of("sam", Role.SALES)
    assert "/people/" not in seller.open("/")
    seller.open(LIST, status=403)


def test_who_only_looks_finds_no_form_and_cannot_send_one(browser_of: Callable[..., Browser], house: House) -> None:
    store_person(house, "eva")
    auditor = browser_of("aud", Role.AUDITOR)
    assert "Grant or propose" not in auditor.open(EVA)
    assert "may not do this" in auditor.told(EVA, f"{EVA}/give", {"role": "viewer", **revision(house)})
    assert set() == roles(house)


def test_whoever_is_made_inactive_loses_every_role(ada: Browser, house: House) -> None:
    store_person(house, "eva", Role.VIEWER)
    assert "eva is inactive" in ada.told(EVA, f"{EVA}/active", {"active": "no", **revision(house)})
    assert set() == roles(house)
