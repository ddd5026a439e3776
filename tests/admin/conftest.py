"""A console over a small live house: customers, invoices, the small policy in force, and an order that is held."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest
from flask import Flask

from admin.console import console_of, open_console
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.admin.browser import Browser, signed_in
from tests.admin.company import LivedIn, lived_in
from tests.api.house import Clock
from tests.services.decisions.lending import CompiledOnce
from tests.services.decisions.live import furnish, open_house
from tests.services.house import house_policy
from tests.services.sign_in.cheap_passwords import cheap_passwords
from tests.storage.rows import fill

__all__ = ["cheap_passwords"]


@pytest.fixture(scope="session")
def company(compiled_code: None, tmp_path_factory: pytest.TempPathFactory) -> LivedIn:
    """Give the company of 2,000 customers that the demo leaves, to copy; what it simulates is not compiled for it."""
    return lived_in(tmp_path_factory)


@pytest.fixture
def clock() -> Clock:
    """Give the clock by which the console acts."""
    return Clock()


@pytest.fixture
def house(sqlite_url: str, databases: Mapping[str, Database], compiled_once: CompiledOnce) -> Iterator[House]:
    """Give a furnished house; pages do not know which database is behind them, so one will do."""
    made = open_house(databases[sqlite_url])
    compiled_once.lend(made, house_policy())
    fill(made, "furnished", furnish)
    yield made
    made.close()


@pytest.fixture(scope="session")
def console_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give the console that all tests share, each over its own house: to make one takes longer than most tests."""
    nowhere = Database(f"sqlite:///{tmp_path_factory.mktemp('console') / 'nowhere.db'}")
    yield console_of(open_house(nowhere))
    nowhere.close()


@pytest.fixture
def console(console_of_all: Flask, house: House, clock: Clock) -> Flask:
    """Give the console over the house."""
    open_console(console_of_all, house, clock)
    return console_of_all


@pytest.fixture
def browser(console: Flask) -> Browser:
    """Give the browser of somebody who is not signed in."""
    return Browser(console)


@pytest.fixture
def browser_of(console: Flask, house: House, clock: Clock) -> Callable[..., Browser]:
    """Give what makes the browser of a person: `browser_of("ada", Role.ANALYST)`."""
    return partial(signed_in, console, house, clock())


@pytest.fixture
def manager(browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of a credit manager."""
    return browser_of("mia", Role.CREDIT_MANAGER)
