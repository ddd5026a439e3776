"""Some questions answered in one transaction: what they need is read for all of them at once, and written at once."""

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.facts.knowledge import Knowledge
from policy_service.services.actor import Actor
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.answering import Answered, answer_in, is_new_order
from policy_service.services.decisions.deciding import Asked, Situation
from policy_service.services.decisions.in_force import group_of, kept_of, reads_groups
from policy_service.services.house import House
from policy_service.services.known_customers import KnownLedger
from policy_service.storage.kept_together import Kept, SeenTogether, held_and_seen_together
from policy_service.storage.new_orders import NewOrders
from policy_service.storage.order_store import OrderStore


class Batch:
    """Questions upon some customers, who are held until the transaction ends, under one version and on one day.

    `customer_ids` and `order_ids` are all that will be asked about.
    """

    def __init__(
        self,
        house: House,
        session: Session,
        version: CompiledPolicy,
        customer_ids: Collection[str],
        order_ids: Iterable[str],
        act: Act,
    ) -> None:
        self._house = house
        self._session = session
        self._version = version
        self._order_ids = frozenset(order_ids)
        self._knowledge = Knowledge(business_day(act.at, house.settings.zone), includes_day=True)
        self._orders = NewOrders(session, house.writer)
        self._touched = set[str]()
        self._ledger, self._members, seen = self._held(frozenset(customer_ids))
        self._kept = seen.kept
        self._asked_before = set(seen.known_orders)

    def read_again(self) -> None:
        """Forget what was read and what is not stored yet: part of it was taken back."""
        self._orders.forget()
        self._touched.clear()
        self._kept = self._read(self._members)
        self._asked_before = set(OrderStore(self._session).known(self._order_ids))

    def answer(self, asked: Asked, actor: Actor, act: Act) -> Answered:
        """Answer a question as `answering.answer` does; it sees what those before it have done."""
        members = self._group_of(asked.customer_id)
        if not self._touched.isdisjoint(members):
            self.store()
            self._kept = self._kept.updated(self._read(members), members)
            self._touched.difference_update(members)
        is_new = asked.order_id not in self._asked_before
        situation = Situation(self._version, self._ledger, self._knowledge, act.at, self._kept, is_new_order=is_new)
        if not is_new_order(asked, situation):
            # Whatever it does is found in the database only.
            self._touched.update(members)
        answered = answer_in(self._house, self._session, asked, actor, act, situation, self._orders)
        if answered.order:
            self._asked_before.add(asked.order_id)
            self._kept = self._kept.with_order(self._session, answered.order.order)
        return answered

    def store(self) -> None:
        """Store what is not stored yet: new orders with their decisions."""
        self._orders.store()

    @property
    def waiting(self) -> int:
        """How many decisions are not stored yet."""
        return len(self._orders)

    def _held(self, customer_ids: frozenset[str]) -> tuple[KnownLedger, frozenset[str], SeenTogether]:
        # All at once and in their order: batches that held them one by one could wait for each other.
        house, session, held = self._house, self._session, customer_ids
        if reads_groups(self._version):
            held = self._groups_of(customer_ids, house.customers.at(session))
        while True:
            seen = held_and_seen_together(session, held, self._knowledge.day, self._order_ids)
            ledger = house.customers.at_head(session, seen.head)
            members = self._groups_of(customer_ids, ledger)
            if held.issuperset(members):
                return ledger, held, seen
            # A group has grown.
            held = members

    def _groups_of(self, customer_ids: Collection[str], ledger: KnownLedger) -> frozenset[str]:
        groups = (group_of(self._version, ledger, one, self._knowledge) for one in customer_ids)
        return frozenset(member for group in groups for member in group)

    def _group_of(self, customer_id: str) -> Collection[str]:
        return group_of(self._version, self._ledger, customer_id, self._knowledge)

    def _read(self, customer_ids: Collection[str]) -> Kept:
        return kept_of(self._session, customer_ids, self._knowledge.day, self._ledger.head)
