"""One application for each test of the HTTP edge, over a house on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from flask import Flask

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.api.house import Client, Clock, described_app, move_in
from tests.services.decisions.live import furnish, open_house
from tests.storage.rows import fill


@pytest.fixture
def clock() -> Clock:
    """Give the clock by which the application acts."""
    return Clock()


@pytest.fixture
def house(bare: House, request: pytest.FixtureRequest) -> House:
    """Give a house with the small policy in force and its ledger stored; an empty one to a module that says so."""
    if not getattr(request.module, "HOUSE_IS_EMPTY", False):
        fill(bare, "furnished", furnish)
    return bare


@pytest.fixture(scope="session")
def app_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give the application that all tests share, each over its own house."""
    nowhere = Database(f"sqlite:///{tmp_path_factory.mktemp('api') / 'nowhere.db'}")
    yield described_app(open_house(nowhere))
    nowhere.close()


@pytest.fixture
def app(app_of_all: Flask, house: House, clock: Clock) -> Flask:
    """Give the application over the house."""
    move_in(app_of_all, house, clock)
    return app_of_all


@pytest.fixture
def client(app: Flask) -> Client:
    """Give a client without a key; `client.of(Role.ANALYST)` and `client.as_("ada")` have one."""
    made = app.test_client()
    assert isinstance(made, Client)
    return made
