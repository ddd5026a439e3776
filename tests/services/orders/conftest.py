"""A shop whose house may decide at once, on either database."""

from collections.abc import Iterator

import pytest

from policy_service.storage.database import Database
from tests.services.decisions.lending import CompiledOnce
from tests.services.orders.shop import POLICY, Shop, open_shop


@pytest.fixture
def shop(database: Database, compiled_once: CompiledOnce) -> Iterator[Shop]:
    """Give a shop over an empty database."""
    made = open_shop(database)
    compiled_once.lend(made.house, POLICY)
    yield made
    made.house.policies.close()
