"""What one process works with, handed to every service: nothing here is global, nothing reads a clock."""

from collections.abc import Callable

from policy_service.services.checks_made import ChecksMade
from policy_service.services.compiled_policies import CompiledPolicies
from policy_service.services.connections.world import NO_WORLD, World
from policy_service.services.counting import Counting, NoCounting
from policy_service.services.known_customers import KnownCustomers
from policy_service.services.policy_life.check import Check
from policy_service.settings import Settings
from policy_service.storage.database import Database


class House:
    """The database, the settings, compiled policies, prepared customers, and where new ids come from.

    `writer` names this process's hash chains. One house per process; threads share it.
    """

    def __init__(self, settings: Settings, database: Database, new_id: Callable[[], str], writer: str) -> None:
        self.settings = settings
        self.database = database
        self.new_id = new_id
        self.writer = writer
        self.policies = CompiledPolicies()
        self.customers = KnownCustomers()
        self.checks: ChecksMade[Check] = ChecksMade()
        self.counting: Counting = NoCounting()
        self.world: World = NO_WORLD

    def close(self) -> None:
        """Free the engines and the connections."""
        self.policies.close()
        self.database.close()
