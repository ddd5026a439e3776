"""API keys in the console: shown once, no more than one may oneself, and of others seen by who may."""

import datetime as dt
import re
from collections.abc import Callable

import pytest

from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.keys import actor_with_key
from policy_service.storage.key_store import KeyStore, StoredKey
from tests.admin.browser import Browser
from tests.api.house import Clock, store_key, store_person

LIST = "/keys/"
_SECRET = re.compile(r'id="secret"[^>]* value="([^"]+)"')


def keys(house: House, login: str) -> tuple[StoredKey, ...]:
    with house.database.reading() as session:
        return KeyStore(session).page(login, None, 10)


def shown(answer: str) -> str:
    found = _SECRET.search(answer)
    assert found is not None
    return found[1]


def test_a_key_is_shown_once_and_opens_what_was_ticked(
    browser_of: Callable[..., Browser], house: House, clock: Clock
) -> None:
    ana = browser_of("ana", Role.ANALYST)
    assert "There is no key." in ana.words(LIST)
    form = {"name": "Web shop", "scope": "decisions:ask", "expires_on": "", "requests_per_minute": ""}
    text = shown(ana.send(LIST, "/keys/make", form, status=200).text)
    assert text not in ana.open(LIST)
    with house.database.reading() as session:
        assert {"decisions:ask"} == set(actor_with_key(session, text, clock()).permissions)


def test_a_key_can_do_nothing_that_its_owner_may_not(browser_of: Callable[..., Browser], house: House) -> None:
    ana = browser_of("ana", Role.ANALYST)
    assert "people:change" not in ana.open(LIST)
    told = ana.told(LIST, "/keys/make", {"name": "Mine", "scope": "people:change"})
    assert "may not do with this key" in told
    assert () == keys(house, "ana")


@pytest.mark.parametrize(
    "bound",
    [
        {"expires_on": "31.12.2026"},
        {"expires_on": "2026-02-30"},
        {"requests_per_minute": "0"},
        {"requests_per_minute": "6 000"},
        {"requests_per_minute": "1000001"},
    ],
)
def test_a_bound_that_cannot_be_read_is_no_key_without_it(
    browser_of: Callable[..., Browser], house: House, bound: dict[str, str]
) -> None:
    ana = browser_of("ana", Role.ANALYST)
    ana.send(LIST, "/keys/make", {"name": "Web shop", "scope": "decisions:ask", **bound})
    assert "alert-danger" in ana.open(LIST)
    assert () == keys(house, "ana")


def test_what_was_written_and_ticked_stays_in_the_form_of_a_key_that_is_refused(
    browser_of: Callable[..., Browser], house: House
) -> None:
    ana = browser_of("ana", Role.ANALYST)
    answer = ana.send(LIST, "/keys/make", {"name": "Web shop", "scope": "decisions:ask", "expires_on": "2020-01-01"})
    page = ana.open(str(answer.location))
    assert 'value="decisions:ask" checked' in page
    assert 1 == page.count(" checked>")
    assert 'value="Web shop"' in page


def test_a_key_that_may_do_nothing_is_refused_beside_what_was_written(
    browser_of: Callable[..., Browser], house: House
) -> None:
    ana = browser_of("ana", Role.ANALYST)
    page = ana.open(str(ana.send(LIST, "/keys/make", {"name": "Web shop"}).location))
    assert "Tick at least one thing that it may do." in page
    assert 'value="Web shop"' in page
    assert () == keys(house, "ana")


@pytest.mark.parametrize("last", ["2027-02-01", "9999-12-31"])
def test_a_key_counts_to_the_end_of_its_last_day(browser_of: Callable[..., Browser], house: House, last: str) -> None:
    ana = browser_of("ana", Role.ANALYST)
    form = {"name": "Web shop", "scope": "decisions:ask", "expires_on": last, "requests_per_minute": "1000000"}
    ana.send(LIST, "/keys/make", form, status=200)
    (key,) = keys(house, "ana")
    assert key.expires_at is not None
    assert dt.date.fromisoformat(last) == business_day(key.expires_at - 1, house.settings.zone)
    assert 1_000_000 == key.requests_per_minute


def test_a_key_is_rotated_and_revoked(browser_of: Callable[..., Browser], house: House) -> None:
    ana = browser_of("ana", Role.ANALYST)
    ana.send(LIST, "/keys/make", {"name": "Web shop", "scope": "decisions:ask"}, status=200)
    (first,) = keys(house, "ana")
    shown(ana.send(LIST, f"/keys/key/{first.key_id}/rotate", {"hours": "1", "revision": "1"}, status=200).text)
    (second,) = [key for key in keys(house, "ana") if key.replaces == first.key_id]
    assert "The key counts no more." in ana.told(LIST, f"/keys/key/{second.key_id}/revoke", {"revision": "1"})
    assert [False, True] == [
        key.revoked_at is not None for key in sorted(keys(house, "ana"), key=lambda k: k.key_id != first.key_id)
    ]


def test_everybodys_keys_are_seen_and_revoked_by_who_may_alone(
    browser_of: Callable[..., Browser], house: House
) -> None:
    store_person(house, "ana", Role.ANALYST)
    store_key(house, "ana")
    (key,) = keys(house, "ana")
    other, ada = browser_of("olga", Role.ANALYST), browser_of("ada", Role.ADMIN)
    assert key.key_id not in other.open("/keys/?owner=ana")
    assert "another" in other.told(LIST, f"/keys/key/{key.key_id}/revoke", {"revision": "1"})
    assert key.key_id in ada.open("/keys/?all=yes")
    ada.send(LIST, f"/keys/key/{key.key_id}/revoke", {"revision": "1"})
    assert keys(house, "ana")[0].revoked_at is not None
