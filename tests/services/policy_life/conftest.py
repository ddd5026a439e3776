"""A seeded house over an empty database of either kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.policy_life.living import open_house, seeded, write_rules
from tests.storage.rows import fill


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a rules folder with the small policy."""
    return write_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def house(database: Database, rules: Path) -> Iterator[House]:
    """Give a house with the small policy in force as version 1."""
    made = open_house(database, rules)
    fill(made, "seeded", seeded)
    yield made
    made.policies.close()
