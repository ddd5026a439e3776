"""A house with the small policy in force and its ledger stored, on both databases."""

from collections.abc import Iterator

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.decisions.live import furnish, open_house
from tests.storage.conftest import (  # noqa: F401  # fixtures
    any_server,
    database,
    migrated_file,
    migrated_on_server,
    postgresql_url,
    server,
    sqlite_url,
    url,
)


@pytest.fixture
def house(database: Database) -> Iterator[House]:  # noqa: F811  # a fixture
    """Give the house."""
    made = open_house(database)
    furnish(made)
    yield made
    made.policies.close()
