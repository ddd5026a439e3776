"""The scopes that the how-to pages list are enough to check, to look into and to pull."""

import re
from pathlib import Path

import pytest

from policy_service.services.connections.setting_up import remote_fields
from policy_service.services.house import House
from tests.connectors.whole.chain import SHOP, Chain

PAGES = Path(__file__).parents[3] / "docs" / "how-to"


@pytest.fixture(params=["zoho_books", "zoho_crm"])
def chain(request: pytest.FixtureRequest, house: House) -> Chain:
    """Give the house connected with each system that has scopes."""
    return Chain(house, request.getfixturevalue(request.param))


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Give one kind of database: scopes are nothing to it."""
    return sqlite_url


def scopes(page: str) -> list[str]:
    (listed,) = re.findall(r"```scopes\n(.*?)```", (PAGES / page).read_text("utf-8"), re.DOTALL)
    return [str(scope) for scope in listed.split()]


def test_listed_scopes_are_enough_to_read(chain: Chain) -> None:
    chain.stand_in.settings(scopes=[*scopes(f"connect-{chain.name.replace('_', '-')}.md")])
    chain.stand_in.tell("sign_in_again")
    chain.read_all()
    assert chain.check()
    assert remote_fields(chain.house, chain.name, "Accounts" if chain.name == "zoho_crm" else "contacts", SHOP)
    chain.pull()
    assert ([], []) == (chain.differences(), chain.stand_in.refusals())
