"""What is gone over there and not withdrawn yet: counted by table, of the customers that it is of."""

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Role
from policy_service.ledger.columns import Table
from policy_service.services.connections.withdrawing import Gone, GoneOf, gone_over_there
from policy_service.services.house import House
from tests.services.connections.small_system import SYSTEM, Pulling, SmallSystem
from tests.services.decisions.live import person


@pytest.fixture
def pulling(house: House) -> Pulling:
    """Give a connection with 60 customers, the first with two orders, of which everything was pulled."""
    system = SmallSystem(page_size=100)
    for number in range(60):
        system.put("Accounts", f"M{number:02}", name="Many")
    for order in ("O1", "O2"):
        system.put("Orders", order, account="M00", day="2025-01-02", amount="5.00")
    made = Pulling(house, system)
    made.pull()
    return made


def gone(pulling: Pulling, most: int = 200) -> Gone:
    """Return what is gone."""
    with pulling.house.database.reading() as session:
        return gone_over_there(session, "small", SYSTEM, most)


def test_nothing_is_gone_while_everything_is_there(pulling: Pulling) -> None:
    assert Gone({}, 0, ()) == gone(pulling)


def test_what_was_not_withdrawn_is_counted_by_table_and_customer(pulling: Pulling) -> None:
    for number in range(55):
        pulling.system.delete("Accounts", f"M{number:02}")
    pulling.system.delete("Orders", "O1")
    pulling.system.delete("Orders", "O2")
    with pytest.raises(ConnectorError):
        pulling.pull()
    found = gone(pulling, 2)
    first, second = GoneOf("M00", {Table.CUSTOMERS: 1, Table.ORDERS: 2}), GoneOf("M01", {Table.CUSTOMERS: 1})
    assert Gone({Table.CUSTOMERS: 55, Table.ORDERS: 2}, 55, (first, second)) == found


def test_what_is_withdrawn_is_gone_no_longer(pulling: Pulling) -> None:
    pulling.system.delete("Accounts", "M59")
    pulling.pull()
    assert Gone({}, 0, ()) == gone(pulling)


def test_nobody_sees_it_who_may_not_read_the_ledger(pulling: Pulling) -> None:
    with pulling.house.database.reading() as session, pytest.raises(AccessError):
        gone_over_there(session, "small", person("ann", Role.ADMIN))
