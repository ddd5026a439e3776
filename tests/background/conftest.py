"""A house with the small policy in force and its ledger stored, on both databases."""

from collections.abc import Iterator

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.decisions.live import furnish, open_house


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    """Give the house."""
    made = open_house(database)
    furnish(made)
    yield made
    made.policies.close()
