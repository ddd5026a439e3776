"""Customers kept in memory, with a count of how often that spared a look into the database."""

from policy_service.facts.customer_day import PreparedCustomer
from policy_service.services.counting import Counting
from policy_service.services.known_customers import KnownCustomers


class CountedCustomers(KnownCustomers):
    """The prepared customers of a process whose figures are shown."""

    def __init__(self, counting: Counting) -> None:
        super().__init__()
        self._counting = counting

    def customer(self, customer_id: str, posting: int) -> PreparedCustomer | None:
        """Return the customer if it is kept and holds at that posting, and count whether it did."""
        found = super().customer(customer_id, posting)
        self._counting.looked_up(is_kept=found is not None)
        return found
