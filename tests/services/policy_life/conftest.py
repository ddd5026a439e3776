"""A seeded house over an empty database of either kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.policy_life.living import open_house, seeded, write_rules
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


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a rules folder with the small policy."""
    return write_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def house(database: Database, rules: Path) -> Iterator[House]:  # noqa: F811  # a fixture
    """Give a house with the small policy in force as version 1."""
    made = open_house(database, rules)
    seeded(made)
    yield made
    made.policies.close()
