"""An order decided upon as if entries of customers were others; nothing is stored."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.decisions import ChainResult
from policy_service.domain.entries import CustomerHistory
from policy_service.domain.errors import FactError, RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.facts.currency import RateTable
from policy_service.facts.customer_day import PreparedCustomer
from policy_service.services.chain_decision import Grounds, judged, read
from policy_service.services.code_book import CodeBook
from policy_service.services.decisions.deciding import Situation
from policy_service.services.decisions.in_force import in_force
from policy_service.services.decisions.order_amounts import read_asked
from policy_service.services.decisions.weighing import Subject
from policy_service.services.house import House
from policy_service.services.known_customers import KnownCustomers, KnownLedger
from policy_service.services.orders.content import prepaid_of, request_of
from policy_service.services.record import About
from policy_service.services.standings import Standing
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.order_store import StoredOrder


class _SupposedLedger(KnownLedger):
    """The ledger with other histories of some customers."""

    def __init__(
        self, known: KnownCustomers, session: Session, head: int, supposed: Mapping[str, PreparedCustomer]
    ) -> None:
        super().__init__(known, session, head)
        self._supposed = supposed

    def history(self, customer_id: str) -> CustomerHistory:
        """Return all that is known of the customer, or is supposed."""
        supposed = self._supposed.get(customer_id)
        return supposed.history if supposed else super().history(customer_id)

    def customer(self, customer_id: str) -> PreparedCustomer:
        """Return the customer, as supposed if it is one of those."""
        return self._supposed.get(customer_id) or super().customer(customer_id)


def supposed(
    session: Session, order: StoredOrder, situation: Situation, ledger: KnownLedger
) -> tuple[ChainResult, Standing] | None:
    """Return what the order check says with this ledger, and under which standing; none where it cannot be decided."""
    version, day, head = situation.version, situation.knowledge.day, situation.ledger.head
    policy, codes = version.policy, CodeBook(version.policy)
    subject = Subject(DecisionType.ORDER, order.customer_id, order.order_id, order.base_amount)
    counts = in_force(session, situation.kept, version, ledger, situation.knowledge, subject, codes)
    about = About(DecisionType.ORDER, order.customer_id, day, policy, version.hash, set_aside=counts.set_aside)
    try:
        asked = read_asked(session, request_of(order, policy), order.currency, policy, codes, day, head)
        grounds = Grounds(
            order.customer_id,
            ledger,
            situation.knowledge,
            counts.standing,
            counts.terms,
            asked.values,
            counts.orders,
        )
        reading = read(version, DecisionType.ORDER, grounds, codes)
        return judged(version, about, reading, counts.overrides, codes).chain, counts.standing
    except (FactError, RequestError):
        return None


def with_prepaid_now(session: Session, order: StoredOrder, situation: Situation) -> StoredOrder:
    """Return the order with what of it is wanted before delivery as things are now; as it is where nobody can say."""
    found = supposed(session, order, situation, situation.ledger)
    return replace(order, prepaid=prepaid_of(order.amount, *found)) if found else order


class Supposing:
    """One order, decided upon in a situation with other histories."""

    def __init__(self, house: House, session: Session, order: StoredOrder, situation: Situation) -> None:
        self._house = house
        self._session = session
        self._order = order
        self._situation = situation
        frame = LedgerStore(session).load_frame(through=situation.ledger.head)
        self._rates, self._has_orders_file = RateTable(frame), frame.has_orders_file

    def outcome(self, histories: Iterable[CustomerHistory]) -> Outcome | None:
        """Return the outcome of the order with these histories; none where it cannot be decided."""
        found = supposed(self._session, self._order, self._situation, self._with(histories))
        return found[0].outcome if found else None

    def _with(self, histories: Iterable[CustomerHistory]) -> KnownLedger:
        supposed = {
            history.customer_id: PreparedCustomer(history, self._rates, self._has_orders_file) for history in histories
        }
        return _SupposedLedger(self._house.customers, self._session, self._situation.ledger.head, supposed)
