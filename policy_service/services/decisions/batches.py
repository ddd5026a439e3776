"""Some questions answered in one transaction: what they need is read for all of them at once."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.facts.knowledge import Knowledge
from policy_service.services.actor import Actor
from policy_service.services.compiled_policies import CompiledPolicy
from policy_service.services.decisions.answering import Answered, answer_in
from policy_service.services.decisions.deciding import Asked, Situation
from policy_service.services.decisions.in_force import Kept, group_of, kept_of
from policy_service.services.house import House
from policy_service.storage.customer_locks import lock_customers


class Batch:
    """Questions upon some customers, who are held until the transaction ends, under one version and on one day."""

    def __init__(
        self, house: House, session: Session, version: CompiledPolicy, customer_ids: Collection[str], act: Act
    ) -> None:
        self._house = house
        self._session = session
        self._version = version
        self._knowledge = Knowledge(business_day(act.at, house.settings.zone), includes_day=True)
        self._ledger = house.customers.at(session)
        members = {member for customer_id in customer_ids for member in self._group_of(customer_id)}
        # All at once and in their order: batches that held them one by one could wait for each other.
        lock_customers(session, members)
        self._ledger = house.customers.at(session)
        self._kept = self._read(members)
        self._touched = set[str]()

    def answer(self, asked: Asked, actor: Actor, act: Act) -> Answered:
        """Answer a question as `answering.answer` does; it sees what those before it have done."""
        members = self._group_of(asked.customer_id)
        kept = self._kept if self._touched.isdisjoint(members) else self._read(members)
        self._touched.update(members)
        situation = Situation(self._version, self._ledger, self._knowledge, act.at, kept)
        return answer_in(self._house, self._session, asked, actor, act, situation)

    def _group_of(self, customer_id: str) -> Collection[str]:
        return group_of(self._version, self._ledger, customer_id, self._knowledge)

    def _read(self, customer_ids: Collection[str]) -> Kept:
        return kept_of(self._session, customer_ids, self._knowledge.day, self._ledger.head)
