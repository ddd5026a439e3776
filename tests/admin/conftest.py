"""A console over a small live house: customers, invoices, the small policy in force, and an order that is held."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask

from admin.console import console_of
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.admin.browser import Browser, signed_in
from tests.admin.company import LivedIn, lived_in
from tests.api.house import Clock
from tests.services.decisions.live import furnish, open_house
from tests.services.sign_in.cheap_passwords import cheap_passwords

__all__ = ["cheap_passwords"]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> LivedIn:
    """Give the company of 2,000 customers that the demo leaves, to copy."""
    return lived_in(tmp_path_factory)


@pytest.fixture
def clock() -> Clock:
    """Give the clock by which the console acts."""
    return Clock()


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    """Give a furnished house; pages do not know which database is behind them, so one will do."""
    database = Database(sqlite_url)
    made = open_house(database)
    furnish(made)
    yield made
    made.close()


@pytest.fixture
def console(house: House, clock: Clock) -> Flask:
    """Give the console over the house."""
    return console_of(house, clock)


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
