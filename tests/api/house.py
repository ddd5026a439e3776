"""The application over a house to decide in, with people of every role, and clients that come with their keys."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from policy_service.api.blueprints import BLUEPRINTS
from policy_service.api.edge import open_edge, register_edge
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Role, permissions_of
from policy_service.running import new_id
from policy_service.services.house import House
from policy_service.services.keys import hash_of, key_text
from policy_service.storage.key_store import KeyStore, StoredKey
from policy_service.storage.people_store import PeopleStore
from simulations.api.parts import SIMULATION_ENDPOINTS
from tests.services.decisions.live import at

#: The largest request body of the tests' application.
MAX_BODY = 256 * 1024


class Clock:
    """The instant at which the application thinks it is; every look takes a microsecond, and a test may move it."""

    def __init__(self, instant: Instant | None = None) -> None:
        self.instant = at() if instant is None else instant

    def __call__(self) -> Instant:
        self.instant += 1
        return self.instant


class Client(FlaskClient):
    """A client without a key, from which clients with a person's key are had."""

    def of(self, *roles: Role) -> "Client":
        """Return a client of a person who holds these roles; always the same person, with the same key."""
        login = "-".join(sorted(role.value for role in roles)).replace("_", "-")
        keys: dict[str, str] = self.application.extensions["tests.keys"]
        if login not in keys:
            keys[login] = self._stored(login, *roles)
        return self.with_key(keys[login])

    def as_(self, login: str, *roles: Role) -> "Client":
        """Return a client of the person of that login, who is stored with these roles unless known already.

        Each has a key of its own.
        """
        return self.with_key(self._stored(login, *roles))

    def with_key(self, key: str) -> "Client":
        """Return a client that sends this key."""
        client = self.application.test_client()
        assert isinstance(client, Client)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return client

    def forget_keys(self) -> None:
        """Let the application look every key up anew, as it does after a second."""
        self.application.extensions["policy_service.edge"].keys.forget()

    def _stored(self, login: str, *roles: Role) -> str:
        house: House = self.application.extensions["tests.house"]
        store_person(house, login, *roles)
        return store_key(house, login)


def described_app(house: House) -> Flask:
    """Return an application that answers every endpoint; describing them takes a while, so make one for all tests."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.test_client_class = Client
    register_edge(app, house, (*BLUEPRINTS, *SIMULATION_ENDPOINTS))
    return app


def move_in(app: Flask, house: House, clock: Callable[[], Instant]) -> None:
    """Let the application answer over this house; all that it does happens in one second, however long it takes."""
    let_in(app, house)
    open_edge(app, house, clock, lambda: 0.0)


def let_in(app: Flask, house: House) -> None:
    """Let clients of the application be of people who are stored in this house."""
    app.extensions["tests.house"] = house
    app.extensions["tests.keys"] = {}


def store_person(house: House, login: str, *roles: Role) -> None:
    """Store a person to whom these roles are granted, without asking anybody; nothing if the login is known."""
    with house.database.writing() as session:
        people = PeopleStore(session)
        if people.find(login) is not None:
            return
        person = people.add(new_id(), login, login.title(), f"{login}@example.test", 1)
        granted: dict[str, Any] = {"state": "granted", "proposed_at": 1, "granted_at": 1}
        for role in roles:
            people.set_role(person, role, granted | {"proposed_by": None, "granted_by": None})


def store_key(house: House, login: str, **changes: Any) -> str:
    """Store a key with every scope of the person's roles, changed as given, and return its text."""
    secret = secrets.token_urlsafe(32)
    with house.database.writing() as session:
        people = PeopleStore(session)
        person = people.person(login)
        scopes = permissions_of(Role(each.role) for each in people.roles([login]) if each.state == "granted")
        said: dict[str, Any] = {
            "key_id": new_id(),
            "login": login,
            "name": "Key of the tests",
            "scopes": tuple(sorted(scopes)),
            "requests_per_minute": None,
            "created_at": 1,
            "expires_at": None,
            "revoked_at": None,
            "last_used_at": None,
            "replaces": None,
        }
        key = StoredKey(**said | changes)
        KeyStore(session).add(key, person.user_id, hash_of(secret))
    return key_text(key.key_id, secret)
