"""Pulls killed at any moment and gone on with: the ledger is that of one pull that nobody disturbed."""

import random
import select
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from policy_service.services.connections.runs import runs
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.connectors.stand_ins import Json, StandIn
from tests.connectors.whole.chain import KEY, SHOP, Chain
from tests.nursery import Born, born
from tests.services.decisions.live import enforce, open_house
from tests.services.house import house_policy

#: Rows that change whenever a pull has come to its end, by system.
TOUCHED: dict[str, tuple[str, dict[str, Json]]] = {
    "fxiaoke": ("PaymentPlanObj", {"plan_payment_amount": "5000.00"}),
    "zoho_books": ("invoices", {"due_date": "2026-05-05"}),
    "zoho_crm": ("Accounts", {"Account_Name": "Renamed"}),
}
#: Seconds after which a pull is killed at the latest: a fraction of what it takes.
LATEST = 0.6
#: So many kills prove nothing of where they come.
FEW = 3


@pytest.fixture
def undisturbed(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[House]:
    """Give another house, in a file of its own."""
    file = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("undisturbed")))
    database = Database(f"sqlite:///{file}")
    house = open_house(database)
    enforce(house, house_policy())
    yield house
    house.policies.close()
    database.close()


def test_a_killed_pull_is_gone_on_with(fxiaoke: StandIn, house: House, undisturbed: House, url: str) -> None:
    _kill(Chain(house, fxiaoke), undisturbed, url, times=3, seed=5)


@pytest.mark.long
def test_a_pull_killed_twenty_times_comes_to_the_same_ledger(chain: Chain, undisturbed: House, url: str) -> None:
    _kill(chain, undisturbed, url, times=20, seed=7)


def _kill(chain: Chain, undisturbed: House, url: str, times: int, seed: int) -> None:
    delays = random.Random(seed)
    if chain.name == "fxiaoke":
        chain.set(page_rows="20")
    # Each process that is killed before it has kept its token asks for one.
    chain.stand_in.settings(tokens_in_10_minutes=0)
    killed = ended = 0
    while killed < times:
        with _pulling(chain, url) as child:
            assert child.said() == "begins"
            if _says_something(child, delays.uniform(0, LATEST)):
                assert child.said() == "done"
                ended += 1
                name, values = TOUCHED[chain.name]
                chain.stand_in.change(name, touch=5, **{"with": values})
            else:
                child.kill()
                killed += 1
    with chain.house.database.reading() as session:
        broken_off = [run for run in runs(session, chain.name, SHOP, times * 2) if run.code == "X168"]
    # Of a few kills each may come before the first page.
    assert len(broken_off) <= killed
    assert times <= FEW or sum(run.pages for run in broken_off) > 0
    chain.pull()
    assert [] == chain.differences()
    other = Chain(undisturbed, chain.stand_in)
    other.pull()
    assert _histories(other) == _histories(chain)
    print(f"{killed} pulls were killed, {ended} came to their end before")


def _pulling(chain: Chain, url: str) -> AbstractContextManager[Born]:
    settings = {
        "DATABASE_URL": url,
        "DEFAULT_POLICY": "house",
        "CONNECTIONS_KEY": KEY,
        "CONNECTOR_ORIGINS": chain.stand_in.origin,
    }
    return born("tests.connectors.whole.child", chain.name, environment=settings)


def _says_something(child: Born, seconds: float) -> bool:
    ready, _, _ = select.select([child.stdout], [], [], seconds)
    return bool(ready)


def _histories(chain: Chain) -> object:
    ledger = chain.ledger()
    assert ledger is not None
    return ledger.histories
