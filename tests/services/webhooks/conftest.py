"""A house on both databases whose webhooks may go to this machine, and receivers that really listen."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from policy_service.services.house import House
from policy_service.settings import Settings, read_settings
from policy_service.storage.database import Database
from tests.services.webhooks.receiving import LOOPBACK, Receiver, World, receiving


@pytest.fixture
def settings() -> Settings:
    rules = str(Path(__file__).parents[3] / "rules")
    return replace(read_settings({"RULES_DIR": rules}), webhook_allow_http=True, webhook_allowed_networks=(LOOPBACK,))


@pytest.fixture
def house(settings: Settings, database: Database) -> House:
    numbers = count(1)
    return House(settings, database, lambda: f"{next(numbers):032}", "test/1")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def world() -> World:
    return World()
