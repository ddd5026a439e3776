"""A pull that would withdraw more than stays: a person sees whose rows they are, and says that they are gone."""

import json

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.instants import SECOND
from policy_service.services.background_jobs import work_one
from policy_service.services.connections.runs import runs
from policy_service.services.connections.scheduling import PULL_CONNECTION
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.pull_store import StoredPull
from tests.admin.browser import Browser
from tests.api.house import Clock
from tests.services.connections.small_system import SYSTEM, Pulling

PAGE = "/connections/connection/small"
WITHDRAW = f"{PAGE}/withdraw"


def last_run(house: House) -> StoredPull:
    """Return the last run."""
    with house.database.reading() as session:
        return runs(session, "small", SYSTEM, 1)[0]


def asked(house: House) -> list[bool]:
    """Return of each pull that was asked for whether it may withdraw much."""
    with house.database.reading() as session:
        found = AuditStore(session).page(act="pull_asked")
    return [json.loads(event.detail)["withdraws_much"] for event in found]


@pytest.fixture
def run(pulling: Pulling, clock: Clock) -> StoredPull:
    """Give the run that a person is asked about: of 62 customers 55 are gone, one of them with an order."""
    for number in range(60):
        pulling.system.put("Accounts", f"M{number:02}", name="<i>Many</i>")
    pulling.system.put("Orders", "MO", account="M00", day="2025-01-02", amount="5.00")
    pulling.pull()
    for number in range(55):
        pulling.system.delete("Accounts", f"M{number:02}")
    pulling.system.delete("Orders", "MO")
    with pytest.raises(ConnectorError):
        pulling.pull()
    clock.instant = pulling.at + SECOND
    return last_run(pulling.house)


def page_of(run: StoredPull) -> str:
    """Return the address of a run's page."""
    return f"{PAGE}/run/{run.pull_id}"


def test_the_run_shows_how_much_is_gone_and_of_which_customers(shop: Browser, run: StoredPull) -> None:
    words = shop.words(page_of(run))
    assert "56 of the " in words
    assert "Customers concerned 55" in words
    assert "M00 <i>Many</i> 1 1 M01 <i>Many</i> 1 0" in words
    assert "/customers/file/M00" in shop.open(page_of(run))
    assert "Pull, and withdraw them" in words
    assert f"/run/{run.pull_id}#gone" in shop.open(PAGE)


def test_it_is_withdrawn_once_somebody_has_said_that_it_is_gone(
    house: House, shop: Browser, run: StoredPull, clock: Clock
) -> None:
    told = shop.told(page_of(run), WITHDRAW, {"pull_id": run.pull_id})
    assert "Say first that the rows are really gone over there." in told
    assert [] == asked(house)
    told = shop.told(page_of(run), WITHDRAW, {"pull_id": run.pull_id, "sure": "yes"})
    assert "what is gone over there is withdrawn" in told
    assert [True] == asked(house)
    assert work_one(house, (PULL_CONNECTION,), "worker", clock)
    assert ("done", 56) == (last_run(house).state, last_run(house).withdrawn)
    assert "It has been pulled again since." in shop.words(page_of(run))


def test_what_nobody_has_seen_is_not_withdrawn(pulling: Pulling, shop: Browser, run: StoredPull) -> None:
    with pytest.raises(ConnectorError):
        pulling.pull()
    told = shop.told(page_of(run), WITHDRAW, {"pull_id": run.pull_id, "sure": "yes"})
    assert "Somebody else changed the connection small." in told
    assert [] == asked(pulling.house)


def test_a_pull_that_waits_already_withdraws_no_more_than_it_was_asked_to(
    house: House, shop: Browser, run: StoredPull
) -> None:
    shop.send(PAGE, f"{PAGE}/pull")
    told = shop.told(PAGE, WITHDRAW, {"pull_id": run.pull_id, "sure": "yes"})
    assert "Another pull is under way." in told
    assert "Pull, and withdraw them" not in shop.words(page_of(run))
    assert "done" != last_run(house).state


def test_whoever_may_only_read_sees_it_and_decides_nothing(house: House, manager: Browser, run: StoredPull) -> None:
    words = manager.words(page_of(run))
    assert "Customers concerned 55" in words
    assert "Somebody who may write the ledger decides." in words
    manager.send("/customers/file/C1", WITHDRAW, {"pull_id": run.pull_id, "sure": "yes"})
    assert [] == asked(house)
