"""An empty house on either database; what stands in it a test says."""

from collections.abc import Iterator

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.decisions.live import open_house
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
    """Give a house with nothing in it."""
    made = open_house(database)
    yield made
    made.policies.close()
