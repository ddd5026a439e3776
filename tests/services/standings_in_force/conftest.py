"""A house over an empty database of either kind, with the small policy in force and its ledger stored."""

from collections.abc import Iterator

import pytest

from policy_service.services.compiled_policies import CompiledPolicies
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.services.decisions.live import furnish, open_house
from tests.storage.rows import fill


@pytest.fixture(scope="session")
def compiled() -> Iterator[CompiledPolicies]:
    """Give policies that are compiled once for all tests: every house has the same one."""
    policies = CompiledPolicies()
    yield policies
    policies.close()


@pytest.fixture
def house(database: Database, compiled: CompiledPolicies) -> House:
    """Give a house in which everything is ready to decide."""
    made = open_house(database)
    made.policies = compiled
    fill(made, "furnished", furnish)
    return made
