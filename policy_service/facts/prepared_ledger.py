"""A ledger for measuring: each customer's entries as columns, prepared when first asked for and then kept."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from policy_service.domain.entries import Ledger
from policy_service.domain.errors import FactError
from policy_service.domain.values import Currency
from policy_service.facts.currency import RateTable
from policy_service.facts.customer_day import CustomerDay, OrderDecisions, PreparedCustomer
from policy_service.facts.debtor import Debtor, Member, StandingTerms
from policy_service.facts.groups_of_day import GroupsOfDay
from policy_service.facts.knowledge import Knowledge


class PreparedLedger:
    """A ledger with its customers' prepared histories, at most `capacity` of them at a time."""

    def __init__(self, ledger: Ledger, capacity: int = 10_000) -> None:
        self._ledger = ledger
        self._capacity = capacity
        self._prepared: dict[str, PreparedCustomer] = {}

    @property
    def currency(self) -> Currency:
        """The base currency, in which every fact is measured."""
        return self._ledger.base_currency

    def group_of(self, customer_id: str, knowledge: Knowledge) -> Sequence[str]:
        """Return the customers with the same root parent as of the day, itself included, by id."""
        return self._groups.group_of(customer_id, knowledge.day)

    def customer_day(self, customer_id: str, knowledge: Knowledge, decisions: OrderDecisions) -> CustomerDay:
        """Return the customer as of the day; FactError F103 if the ledger has no such customer.

        The latest day of each customer is kept. So measuring is cheap where decisions of one sitting (review,
        escalation, order) are handed the same `decisions` object, and cheaper than anew as long as the day and the
        ledger are the same.
        """
        return self.customer(customer_id).on(knowledge, decisions)

    def debtor(
        self,
        customer_ids: Sequence[str],
        knowledge: Knowledge,
        decisions: OrderDecisions,
        terms: Mapping[str, StandingTerms],
    ) -> Debtor:
        """Return the customers measured as one; FactError F103 if the ledger lacks one of them."""
        members = [
            Member(self.customer_day(one, knowledge, decisions), terms.get(one, _NO_TERMS)) for one in customer_ids
        ]
        return Debtor(members, knowledge)

    def customer(self, customer_id: str) -> PreparedCustomer:
        """Return the customer; FactError F103 if the ledger has no such customer."""
        prepared = self._prepared.get(customer_id)
        if prepared is None:
            history = self._ledger.histories.get(customer_id)
            if history is None:
                raise no_such_customer(customer_id)
            if len(self._prepared) >= self._capacity:
                del self._prepared[next(iter(self._prepared))]
            prepared = PreparedCustomer(history, self._rates, self._ledger.has_orders_file)
            self._prepared[customer_id] = prepared
        return prepared

    @cached_property
    def _rates(self) -> RateTable:
        return RateTable(self._ledger)

    @cached_property
    def _groups(self) -> GroupsOfDay:
        return GroupsOfDay(self._ledger)


def no_such_customer(customer_id: str) -> FactError:
    """Return the error for a customer that the ledger does not have."""
    return FactError(
        "F103", f"The ledger has no customer {customer_id[:40]}.", remedy="Ask for a customer of the customers file."
    )


_NO_TERMS: Final = StandingTerms()
