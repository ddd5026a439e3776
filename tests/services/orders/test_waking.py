"""What frees a part of the limit, and a rate that was missing, has the customer's other held orders decided again."""

import pytest

from policy_service.ledger.columns import Table
from policy_service.services.ledger_in.pushing import Pushed, push
from policy_service.services.orders.rechecking import recheck_held
from policy_service.services.orders.waking import RECHECK_ORDERS
from policy_service.storage.job_store import JobStore
from tests.services.orders.shop import Shop


def woken(shop: Shop) -> list[tuple[str, list[str]]]:
    """Return why, and of which customers, held orders are to be decided again."""
    with shop.house.database.reading() as session:
        jobs = [job for job in JobStore(session).page(limit=9) if job.kind == RECHECK_ORDERS]
    return [(job.arguments["cause"], job.arguments["customers"]) for job in jobs]


@pytest.fixture
def full(shop: Shop) -> Shop:
    """Fill the limit of C1 with O1, so that O2 is held."""
    assert [shop.ask("O1", "3000").state, shop.ask("O2", "3000").state, woken(shop)] == ["open", "held", []]
    return shop


@pytest.mark.parametrize("new_id", ["", "O3"])
def test_an_order_amended_to_less_lets_the_next_one_go(full: Shop, new_id: str) -> None:
    full.amend("O1", "100", new_id)
    assert woken(full) == [("order_amended", ["C1"])]
    assert recheck_held(full.house, ["C1"], "order_amended", full.act("clock")).released == ("O2",)


def test_so_does_one_that_is_cancelled(full: Shop) -> None:
    full.cancel("O1")
    assert woken(full) == [("order_cancelled", ["C1"])]
    assert recheck_held(full.house, ["C1"], "order_cancelled", full.act("clock")).released == ("O2",)


def test_an_order_that_takes_as_much_as_before_frees_nothing(full: Shop) -> None:
    full.amend("O1", "3000.01")
    full.amend("O2", "2900")
    assert woken(full) == []


def test_a_rate_that_arrives_wakes_whoever_waits(shop: Shop) -> None:
    assert shop.ask("O1", "10", currency="USD").state == "held"
    rate = Pushed(Table.RATES, {"date": "2025-01-19", "currency": "USD", "rate": "7.00"})
    shop.within(lambda session: push(shop.house, session, [rate], shop.act("books")))
    assert woken(shop) == [("ledger_posted", ["C1"])]
    assert recheck_held(shop.house, ["C1"], "ledger_posted", shop.act("clock")).released == ("O1",)
