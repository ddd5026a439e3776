"""Every role at every endpoint: who may, is let in; who may not, is refused, and nothing has changed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

import pytest
import yaml
from flask import Flask
from sqlalchemy import func, literal, select, union_all
from werkzeug.test import TestResponse

from policy_service.domain.permissions import PERMISSIONS, Permission, Role
from policy_service.services.house import House
from policy_service.storage.key_store import KeyStore
from policy_service.storage.models import METADATA
from policy_service.storage.people_store import PeopleStore
from tests.api.asking import problem_of
from tests.api.house import Client, store_key, store_person
from tests.api.over_sqlite import furnished_house
from tests.api.whole import whole_app

OPEN: Final = "open"
TABLE: Final[Mapping[str, str | list[str]]] = yaml.safe_load(
    Path(__file__).with_name("authorisation.yaml").read_text(encoding="utf-8")
)
GUARDED: Final = [endpoint for endpoint, needed in TABLE.items() if needed != OPEN]
#: What the addresses name: nothing that there is, so that whoever is let in changes nothing either.
NAMED: Final = {"number": "1", "day": "2020-01-01", "table": "payments", "role": "viewer", "name": "nothing.yaml"}
#: More roles than one person should have.
ALL: Final = "omni"
addresses = count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[House]:
    """Give one house for all these tests, with somebody of each role, and one of all roles."""
    with furnished_house(migrated_file, tmp_path_factory.mktemp("authorisation")) as made:
        for role in Role:
            store_person(made, role.value, role)
        store_person(made, ALL, *Role)
        yield made


@pytest.fixture(scope="module")
def app(house: House) -> Flask:
    """Give the application as it is served, over that house."""
    return whole_app(house)


@pytest.fixture(scope="module")
def client(app: Flask) -> Client:
    """Give a client without a key."""
    made = app.test_client()
    assert isinstance(made, Client)
    return made


@pytest.fixture(scope="module")
def clients(client: Client, house: House) -> Mapping[Role, Client]:
    """Give a client of each role, with a key of all its scopes."""
    return {role: client.with_key(store_key(house, role.value)) for role in Role}


@pytest.fixture(scope="module")
def nobodies(client: Client, house: House) -> Mapping[str, Client]:
    """Give the clients that nobody stands behind."""
    return {case: client.with_key(key) for case, key in keys_that_count_no_more(house).items()} | {"no key": client}


@pytest.fixture(scope="module")
def with_scopes(client: Client, house: House) -> Callable[[frozenset[Permission]], Client]:
    """Give what returns a client of somebody of all roles whose key is for these things alone; one for each set."""
    return cache(lambda scopes: client.with_key(store_key(house, ALL, scopes=tuple(sorted(scopes)))))


@pytest.fixture(scope="module")
def wide(client: Client, house: House) -> Client:
    """Give a viewer's client with a key for everything, as left by a role that was taken away."""
    return client.with_key(store_key(house, Role.VIEWER.value, scopes=tuple(Permission)))


def keys_that_count_no_more(house: House) -> Mapping[str, str]:
    keys = {
        "expired": store_key(house, ALL, expires_at=2),
        "revoked": store_key(house, ALL),
        "of no person": "cps_0198c1d2a3b4c5d6e7f8091a2b3c4d5e_" + "x" * 43,
        "no key at all": "open sesame",
    }
    good = store_key(house, ALL)
    keys["another secret"] = good[:-1] + ("A" if good[-1] != "A" else "B")
    store_person(house, "gone", *Role)
    keys["of somebody who left"] = store_key(house, "gone")
    with house.database.writing() as session:
        people = PeopleStore(session)
        people.change(people.person("gone"), {"is_active": False})
        KeyStore(session).revoke([keys["revoked"].split("_")[1]], 2)
    return keys


def needed_for(endpoint: str) -> frozenset[Permission]:
    needed = TABLE[endpoint]
    return frozenset(map(Permission, [needed] if isinstance(needed, str) else needed))


def ask(client: Client, endpoint: str) -> TestResponse:
    """Ask an endpoint for what there is not, from an address of its own: no address is refused too often."""
    method, path = endpoint.split(" ")
    address = re.sub(r"{(\w+)}", lambda found: NAMED.get(found[1], "nothing"), path)
    return client.open(
        address,
        method=method,
        json=None if method in ("GET", "DELETE") else {},
        headers={"Idempotency-Key": f"key-{next(addresses)}"},
        environ_overrides={"REMOTE_ADDR": f"client-{next(addresses)}"},
        buffered=True,
    )


def rows(house: House) -> Mapping[str, int]:
    """Return how many rows each table has."""
    with house.database.reading() as session:
        counts = (select(literal(table.name), func.count()).select_from(table) for table in METADATA.sorted_tables)
        rows = session.execute(union_all(*counts)).all()
        return dict(zip((row[0] for row in rows), (row[1] for row in rows), strict=True))


def as_described(rule: str) -> str:
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule)


def endpoints_of(app: Flask) -> Sequence[str]:
    """Return every method of every address, as the table writes them."""
    return [
        f"{method} {as_described(rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def test_the_table_says_of_every_endpoint_who_may_and_of_no_other(app: Flask) -> None:
    assert sorted(endpoints_of(app)) == sorted(TABLE)


def test_the_description_says_the_same(client: Client) -> None:
    described = {
        f"{method.upper()} {path}": operation["x-scope"]
        for path, item in client.get("/v1/openapi.json").get_json()["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }
    first = {endpoint: needed if isinstance(needed, str) else needed[0] for endpoint, needed in TABLE.items()}
    # What stands beside the API is not described, the notices of other systems are.
    guarded = {endpoint: needed for endpoint, needed in first.items() if needed != OPEN}
    assert described == guarded | {"POST /v1/connections/{name}/notices": OPEN}


def test_every_permission_opens_something() -> None:
    # Of all keys of others: whoever may see to these asks the endpoints of one's own. Standings come as other entries.
    # Systems are connected in the console and on the command line.
    assert {permission for endpoint in GUARDED for permission in needed_for(endpoint)} == set(Permission) - {
        Permission.KEYS_ALL,
        Permission.STANDINGS_RECORD,
        Permission.CONNECTIONS_CONNECT,
    }


@pytest.mark.parametrize("endpoint", [each for each in TABLE if TABLE[each] == OPEN])
def test_what_is_open_needs_no_key(client: Client, endpoint: str) -> None:
    answer = ask(client, endpoint)
    if answer.status_code == 403:
        # Who sends a notice needs no key either, but has to prove that it is one.
        problem_of(answer, 403, "X180")
    assert answer.status_code != 401


@pytest.mark.parametrize("endpoint", GUARDED)
def test_without_a_key_that_counts_nobody_gets_in(nobodies: Mapping[str, Client], house: House, endpoint: str) -> None:
    before = rows(house)
    answers = {case: ask(client, endpoint) for case, client in nobodies.items()}
    assert dict.fromkeys(nobodies, (401, "Bearer")) == {
        case: (answer.status_code, answer.headers.get("WWW-Authenticate")) for case, answer in answers.items()
    }
    for answer in answers.values():
        problem_of(answer, 401, "A401")
    assert before == rows(house)


@pytest.mark.parametrize("endpoint", GUARDED)
def test_a_role_gets_in_where_it_may_and_nowhere_else(
    clients: Mapping[Role, Client], house: House, endpoint: str
) -> None:
    needed = needed_for(endpoint)
    may = {role for role in Role if PERMISSIONS[role] & needed}
    before = rows(house)
    for role in set(Role) - may:
        problem_of(ask(clients[role], endpoint), 403, "A403")
    assert before == rows(house)
    assert {} == {role: status for role in may if (status := ask(clients[role], endpoint).status_code) in (401, 403)}


@pytest.mark.parametrize("endpoint", GUARDED)
def test_a_key_opens_no_more_than_its_scopes_whatever_the_roles(
    with_scopes: Callable[[frozenset[Permission]], Client], endpoint: str
) -> None:
    needed = needed_for(endpoint)
    problem_of(ask(with_scopes(frozenset(Permission) - needed), endpoint), 403, "A403")
    allowed = [with_scopes(frozenset({each})) for each in needed]
    assert not {ask(client, endpoint).status_code for client in allowed} & {401, 403}


@pytest.mark.parametrize("endpoint", GUARDED)
def test_a_key_opens_no_more_than_the_roles_whatever_its_scopes(wide: Client, endpoint: str) -> None:
    answer = ask(wide, endpoint)
    if PERMISSIONS[Role.VIEWER] & needed_for(endpoint):
        assert answer.status_code not in (401, 403)
    else:
        problem_of(answer, 403, "A403")
