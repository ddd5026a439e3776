"""Whoever comes with a key that counts is let in; anybody else is told nothing of why not."""

import pytest
from flask import Flask

from policy_service.api.authentication import KNOWN_FOR, KnownKeys
from policy_service.domain.errors import AccessError
from policy_service.domain.instants import DAY, SECOND
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.key_store import KeyStore
from policy_service.storage.people_store import PeopleStore
from tests.api.asking import problem_of
from tests.api.house import Client, Clock, store_key, store_person

HOUSE_IS_EMPTY = True


def refused_with(client: Client, authorization: str | None) -> object:
    """Return the problem that the header must meet."""
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = client.get("/v1/keys", headers=headers)
    assert "Bearer" == answer.headers["WWW-Authenticate"]
    return {name: each for name, each in problem_of(answer, 401, "A401").items() if name != "request_id"}


def test_every_refusal_is_the_same(client: Client, house: House, clock: Clock) -> None:
    store_person(house, "ada", Role.ANALYST)
    store_person(house, "gone", Role.ANALYST)
    good = store_key(house, "ada")
    bad = {
        "no header": None,
        "nothing": "",
        "another scheme": f"Basic {good}",
        "the key alone": good,
        "a key without its end": f"Bearer {good[:-1]}",
        "a key with more": f"Bearer {good}x",
        "an unknown key": f"Bearer cps_{'0' * 32}_{'x' * 43}",
        "no secret": f"Bearer {good.rsplit('_', 1)[0][:36]}_",
        "too long": "Bearer " + "x" * 10_000,
        "other letters": "Bearer cps_ключ_секрет".encode().decode("latin-1"),
        "expired": f"Bearer {store_key(house, 'ada', expires_at=clock.instant)}",
        "of somebody inactive": f"Bearer {store_key(house, 'gone')}",
        "revoked": f"Bearer {(revoked := store_key(house, 'ada'))}",
    }
    with house.database.writing() as session:
        KeyStore(session).revoke([revoked.split("_")[1]], 1)
        PeopleStore(session).change(PeopleStore(session).person("gone"), {"is_active": False})
    refusals = {name: refused_with(client, header) for name, header in bad.items()}
    assert len({str(each) for each in refusals.values()}) == 1, refusals
    assert 200 == client.with_key(good).get("/v1/keys").status_code


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(client: Client, house: House, scheme: str) -> None:
    store_person(house, "ada", Role.ANALYST)
    key = store_key(house, "ada")
    assert 200 == client.get("/v1/keys", headers={"Authorization": f"{scheme} {key}"}).status_code


def test_a_key_is_known_for_a_second_and_then_looked_up_anew(house: House) -> None:
    store_person(house, "ada", Role.ANALYST)
    key, present = store_key(house, "ada"), [0.0]
    keys = KnownKeys(house.database, lambda: present[0])
    assert "ada" == keys.actor(f"Bearer {key}", 5).person
    with house.database.writing() as session:
        KeyStore(session).revoke([key.split("_")[1]], 5)
    present[0] = KNOWN_FOR * 0.9
    assert "ada" == keys.actor(f"Bearer {key}", 6).person
    present[0] = KNOWN_FOR
    with pytest.raises(AccessError, match="no valid API key"):
        keys.actor(f"Bearer {key}", 7)


def test_what_this_process_revokes_counts_no_more_at_once(client: Client, house: House) -> None:
    store_person(house, "ada", Role.ANALYST)
    first, second = store_key(house, "ada"), store_key(house, "ada")
    assert 200 == client.with_key(second).get("/v1/keys").status_code
    assert 200 == client.with_key(first).delete(f"/v1/keys/{second.split('_')[1]}").status_code
    assert 401 == client.with_key(second).get("/v1/keys").status_code


def test_the_use_of_a_key_is_noted_once_a_minute(client: Client, house: House, clock: Clock) -> None:
    store_person(house, "ada", Role.ANALYST)
    key = store_key(house, "ada")

    def used_at() -> int | None:
        with client.with_key(key).get("/v1/keys"), house.database.reading() as session:
            pass
        with house.database.reading() as session:
            return KeyStore(session).key(key.split("_")[1]).last_used_at

    first = used_at()
    assert first == clock.instant
    clock.instant += 59 * SECOND
    assert first == used_at()
    clock.instant += 2 * SECOND
    assert clock.instant + 1 == used_at()


def test_a_use_that_cannot_be_noted_keeps_nobody_out(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AccessError("A401", "no", remedy="none")

    monkeypatch.setattr(KeyStore, "used", fail)
    store_person(house, "ada", Role.ANALYST)
    with client.with_key(store_key(house, "ada")).get("/v1/keys") as answer:
        assert 200 == answer.status_code


def test_a_clock_that_goes_back_keeps_nobody_out(client: Client, clock: Clock) -> None:
    analyst = client.of(Role.ANALYST)
    assert 200 == analyst.get("/v1/keys").status_code
    clock.instant -= 30 * DAY
    assert 200 == analyst.get("/v1/keys").status_code


def test_no_address_of_the_api_is_open_but_that_of_notices(app: Flask, client: Client) -> None:
    opened = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/v1/") or rule.rule == "/v1/openapi.json":
            continue
        path = rule.build(dict.fromkeys(rule.arguments, "1"))
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            assert path is not None
            answer = client.open(path[1], method=method, json={})
            if answer.status_code not in (401, 429):
                opened.append((method, rule.rule, answer.status_code))
    # These prove themselves, and are refused else.
    assert [("POST", "/v1/connections/<name>/notices", 403)] == opened
