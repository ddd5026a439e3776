"""Where a system has nothing, too much, or no end of an answer: the ledger is what is there, or stays as it was."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.fxiaoke.connector import open_fxiaoke
from policy_service.connectors.http.channel import Channel
from policy_service.connectors.http.limits import Limits
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import Connector, System
from policy_service.connectors.systems import checked_account
from policy_service.connectors.zoho.books import ZohoBooks
from policy_service.connectors.zoho.crm import ZohoCrm
from policy_service.services.connections.pulling import pull
from policy_service.services.house import House
from tests.connectors.stand_ins import StandIn, stand_in
from tests.connectors.whole.chain import Chain
from tests.connectors.whole.truth import books_of, differences

#: One row more than page numbers reach, and some that need a second token.
MANY: Final = 2_450
#: 1 May 2026, 16:00 in China: later than anything that the sample company did.
MAY: Final = 1_777_622_400_000
#: No step of an answer takes longer than this; what a stand-in stalls for is far longer.
HURRIED: Final = Limits(seconds_of_step=0.3)


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Give one kind of database: what another system answers is nothing to it."""
    return sqlite_url


@pytest.fixture(scope="module")
def crowded_process() -> Iterator[StandIn]:
    """Give a Zoho CRM with more invoices than page numbers reach."""
    with stand_in("zoho-crm", customers=10, invoices=MANY) as made:
        yield made


@pytest.mark.long
def test_more_rows_of_one_second_than_page_numbers_reach_are_brought_by_tokens(
    crowded_process: StandIn, house: House
) -> None:
    rows = sorted(crowded_process.rows("Invoices"))
    # As an import over there leaves them.
    crowded_process.change("Invoices", set={row_id: {"Due_Date": "2026-06-30"} for row_id in rows}, at=MAY)
    crowded_process.fault("expired_page_tokens", query="page_token=", skip=1)
    chain = Chain(house, crowded_process)
    chain.read_all()
    chain.pull()
    assert [] == chain.differences()
    assert [] == [reason for reason in crowded_process.refusals() if "page_token" not in reason]
    (told,) = _faults(crowded_process)
    assert (True, 1) == (int(str(told["met"])) > 2, told["done"])


def _faults(system: StandIn) -> list[dict[str, object]]:
    found = system.get("faults")["faults"]
    assert isinstance(found, list)
    return [dict(one) for one in found if isinstance(one, dict)]


#: The objects that are pulled, receivables first: nothing is left that names what is gone.
OBJECTS: Final = {
    "fxiaoke": ("OrderPaymentObj", "PaymentObj", "PaymentPlanObj", "SalesOrderObj", "AccountObj"),
    "zoho_books": ("customerpayments", "invoices", "contacts"),
    "zoho_crm": ("Invoices", "Accounts"),
}


def test_a_company_without_a_row_has_no_customers(chain: Chain) -> None:
    _delete_everything(chain)
    run = chain.pull()
    # Of what is deleted Zoho CRM tells: there is nothing here that could be.
    assert ("done", 0, 0) == (run.state, run.changed, run.customers)
    assert [] == chain.differences()


@pytest.mark.long
def test_a_company_that_lost_every_row_is_not_believed_before_a_person_has_looked(chain: Chain) -> None:
    chain.read_all()
    chain.pull()
    before = books_of(chain.ledger())
    _delete_everything(chain)
    chain.sleep(25 * 3_600)
    with pytest.raises(ConnectorError, match=r"\[X166\]"):
        chain.pull()
    assert [] == differences(before, books_of(chain.ledger()))
    pull(chain.house, chain.name, chain.act(), "a person", lambda _rows: None, withdraws_much=True)
    assert [] == chain.differences()
    assert {} == books_of(chain.ledger()).invoices


def _delete_everything(chain: Chain) -> None:
    for name in OBJECTS[chain.name]:
        chain.stand_in.change(name, delete=sorted(chain.stand_in.rows(name)))


@pytest.mark.long
def test_an_answer_that_stalls_is_given_up_and_asked_for_again(chain: Chain) -> None:
    channels: list[Channel] = []

    def open_hurried(system: System, given: Account, means: Means) -> Connector:
        account = checked_account(system, given)
        if system is not System.FXIAOKE:
            kind = ZohoBooks if system is System.ZOHO_BOOKS else ZohoCrm
            return kind(account, means, limits=HURRIED)
        channels.append(Channel(account.settings["origin"], (), means, HURRIED))
        return open_fxiaoke(account, means, channels[-1])

    chain.house.world = replace(chain.house.world, open_connector=open_hurried)
    chain.stand_in.fault("stalled", path=r"^/(crm/v8|books/v3|cgi/crm)/", skip=1, seconds=20)
    try:
        chain.pull()
    finally:
        for channel in channels:
            channel.close()
    assert [] == chain.differences()
    assert [1] == [one["done"] for one in _faults(chain.stand_in)]


@pytest.mark.long
def test_access_that_is_taken_away_changes_nothing_until_it_is_given_again(chain: Chain) -> None:
    chain.pull()
    before = books_of(chain.ledger())
    chain.stand_in.fault("authentication_failure", times=None, path=r"^/(crm/v8|books/v3|cgi/crm)/")
    with pytest.raises(ConnectorError):
        chain.pull()
    assert [] == differences(before, books_of(chain.ledger()))
    chain.stop_faults()
    chain.sleep(3_600)
    chain.pull()
    assert [] == chain.differences()
