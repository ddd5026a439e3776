"""A shop whose house may decide at once, on either database."""

from collections.abc import Iterator

import pytest

from policy_service.storage.database import Database
from tests.services.orders.shop import Shop, open_shop


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    """Give a shop over an empty database."""
    made = open_shop(database)
    yield made
    made.house.policies.close()
