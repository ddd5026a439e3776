"""Pulls killed at any moment and gone on with: the ledger is that of one pull that nobody disturbed."""

import random

import pytest

from policy_service.services.connections.runs import runs
from policy_service.services.house import House
from tests.connectors.stand_ins import Json
from tests.connectors.whole.chain import SHOP, Chain
from tests.connectors.whole.killing import Killing, histories

#: Rows that change whenever a pull has come to its end, by system.
TOUCHED: dict[str, tuple[str, dict[str, Json]]] = {
    "fxiaoke": ("PaymentPlanObj", {"plan_payment_amount": "5000.00"}),
    "zoho_books": ("invoices", {"due_date": "2026-05-05"}),
    "zoho_crm": ("Invoices", {"Due_Date": "2026-05-05"}),
}
#: So many kills prove nothing of where they come.
FEW = 3


def test_a_killed_pull_is_gone_on_with(chain: Chain, url: str) -> None:
    _kill(chain, url, times=2, seed=5)


@pytest.mark.long
def test_a_pull_killed_twenty_times_comes_to_the_same_ledger(chain: Chain, undisturbed: House, url: str) -> None:
    _kill(chain, url, times=20, seed=7)
    other = Chain(undisturbed, chain.stand_in)
    other.read_all()
    other.pull()
    assert histories(other) == histories(chain)


def _kill(chain: Chain, url: str, times: int, seed: int) -> None:
    killing = Killing(chain, url, random.Random(seed))
    chain.read_all()
    if chain.name == "fxiaoke":
        chain.set(page_rows="20")
    # Each process that is killed before it has kept its token asks for one.
    chain.stand_in.settings(tokens_in_10_minutes=0)
    killed = ended = 0
    while killed < times:
        if killing.kills("pull"):
            killed += 1
        else:
            ended += 1
            name, values = TOUCHED[chain.name]
            chain.stand_in.change(name, touch=50, **{"with": values})
    with chain.house.database.reading() as session:
        broken_off = [run for run in runs(session, chain.name, SHOP, times * 2) if run.code == "X168"]
    # Of a few kills each may come before the first page.
    assert len(broken_off) <= killed
    assert times <= FEW or sum(run.pages for run in broken_off) > 0
    chain.pull()
    assert [] == chain.differences()
    print(f"{killed} pulls were killed with {sum(run.pages for run in broken_off)} pages, {ended} came to their end")
