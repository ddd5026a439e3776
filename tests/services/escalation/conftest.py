"""An empty house on either database; what stands in it a test says."""

import pytest

from policy_service.services.house import House


@pytest.fixture
def house(bare: House) -> House:
    """Give a house with nothing in it."""
    return bare
