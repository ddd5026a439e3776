"""A house without a ledger, connected with a stand-in that is as new."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.connectors.stand_ins import (  # noqa: F401  # fixtures, by their names
    books_process,
    crm_process,
    fxiaoke,
    fxiaoke_process,
    zoho_books,
    zoho_crm,
)
from tests.connectors.whole.chain import Chain
from tests.services.decisions.live import enforce, open_house
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


@pytest.fixture
def undisturbed(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[House]:
    """Give another house without a ledger, in a file of its own."""
    file = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("undisturbed")))
    database = Database(f"sqlite:///{file}")
    made = open_house(database)
    enforce(made, house_policy())
    yield made
    made.policies.close()
    database.close()
