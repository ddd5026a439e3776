"""A house over an empty database of either kind, with the small policy in force and its ledger stored."""

from collections.abc import Iterator

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.decisions.live import furnish, open_house


@pytest.fixture
def bare(database: Database) -> Iterator[House]:
    """Give a house without a policy and without a ledger."""
    made = open_house(database)
    yield made
    made.policies.close()


@pytest.fixture
def house(bare: House) -> House:
    """Give a house in which everything is ready to decide."""
    furnish(bare)
    return bare
