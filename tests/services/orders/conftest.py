"""A shop whose house may decide at once, on either database."""

from collections.abc import Iterator

import pytest

from policy_service.storage.database import Database
from tests.services.orders.shop import Shop, open_shop
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
def shop(database: Database) -> Iterator[Shop]:  # noqa: F811  # a fixture
    """Give a shop over an empty database."""
    made = open_shop(database)
    yield made
    made.house.policies.close()
