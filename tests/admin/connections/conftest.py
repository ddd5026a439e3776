"""A console over a house that is connected with the small made-up system."""

from collections.abc import Callable

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.admin.browser import Browser
from tests.api.house import Clock
from tests.services.connections.small_system import Pulling, SmallSystem


@pytest.fixture
def system() -> SmallSystem:
    """Give a system with two customers, of whom one has two invoices, one of them void."""
    small = SmallSystem()
    small.put("Accounts", "A1", name="Ada")
    small.put("Accounts", "A2", name="<b>Bob</b>", parent="A1")
    small.put("Orders", "O1", account="A1", day="2025-01-02", amount="100.00")
    small.put("Orders", "O2", account="A1", day="2025-01-02", amount="7.00")
    small.put("Invoices", "1", number="N1", account="A1", order="O1", due="2025-02-01", amount="100.00")
    small.put("Invoices", "2", number="N2", account="A1", order="O2", due="soon", amount="7.00")
    small.put("Invoices", "3", number="N3", account="A1", order="O1", due="2025-02-01", amount="7.00", state="void")
    return small


@pytest.fixture
def pulling(house: House, system: SmallSystem, clock: Clock) -> Pulling:
    """Give the connection `small` of the house, by the console's clock."""
    made = Pulling(house, system)
    made.at = clock()
    return made


@pytest.fixture
def shop(pulling: Pulling, browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of somebody who may write the ledger."""
    return browser_of("shop", Role.SYSTEM)
