"""An empty house on either database; what stands in it a test says."""

from collections.abc import Iterator

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.decisions.live import open_house


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    """Give a house with nothing in it."""
    made = open_house(database)
    yield made
    made.policies.close()
