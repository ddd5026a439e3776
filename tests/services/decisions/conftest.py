"""A house over an empty database of either kind, with the small policy in force and its ledger stored."""

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
def bare(database: Database) -> Iterator[House]:  # noqa: F811  # a fixture
    """Give a house without a policy and without a ledger."""
    made = open_house(database)
    yield made
    made.policies.close()


@pytest.fixture
def house(bare: House) -> House:
    """Give a house in which everything is ready to decide."""
    furnish(bare)
    return bare
