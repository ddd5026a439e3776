"""A connection that is pulled every half hour, with one invoice over there."""

from policy_service.services.connections import runs, setting_up
from policy_service.services.connections.setting_up import Changes
from policy_service.services.house import House
from policy_service.storage.connection_store import StoredState
from tests.services.connections.small_system import SYSTEM, Pulling, SmallSystem
from tests.services.decisions.live import enforce
from tests.services.house import house_policy


def pulled_every_half_hour(bare: House) -> Pulling:
    """Return a house with a connection that is pulled every half hour, and a system with one invoice."""
    enforce(bare, house_policy())
    small = SmallSystem()
    small.put("Accounts", "A1", name="Ada")
    small.put("Orders", "O1", account="A1", day="2025-01-02", amount="100.00")
    small.put("Invoices", "1", number="I1", account="A1", order="O1", due="2025-02-01", amount="100.00")
    made = Pulling(bare, small)
    change(made, Changes(schedule_minutes=30, is_on=True))
    return made


def change(pulling: Pulling, changes: Changes) -> None:
    """Change the connection."""
    with pulling.house.database.writing() as session:
        setting_up.change(pulling.house, session, "small", changes, SYSTEM, pulling.act())


def state(pulling: Pulling) -> StoredState:
    """Return how the connection fares."""
    with pulling.house.database.reading() as session:
        return runs.overview(session, "small", SYSTEM).state
