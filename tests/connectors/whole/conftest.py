"""A house without a ledger, connected with a stand-in that is as new."""

import pytest

from policy_service.services.house import House
from tests.connectors.stand_ins import (  # noqa: F401  # fixtures, by their names
    books_process,
    crm_process,
    fxiaoke,
    fxiaoke_process,
    zoho_books,
    zoho_crm,
)
from tests.connectors.whole.chain import Chain
from tests.services.decisions.live import enforce
from tests.services.house import house_policy


@pytest.fixture
def house(bare: House) -> House:
    """Give a house with a policy and no ledger."""
    enforce(bare, house_policy())
    return bare


@pytest.fixture(params=["fxiaoke", "zoho_books", "zoho_crm"])
def chain(request: pytest.FixtureRequest, house: House) -> Chain:
    """Give the house connected with each system in turn."""
    return Chain(house, request.getfixturevalue(request.param))
