"""What payment would let a held order go: the smallest one, on the oldest open items first, tried and not guessed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.entries import Adjustment, CustomerHistory, Payment
from policy_service.domain.errors import FactError, RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.facts.currency import RateTable
from policy_service.facts.customer_day import PreparedCustomer
from policy_service.facts.measure import open_items
from policy_service.services.chain_decision import Grounds, judged, read
from policy_service.services.code_book import CodeBook
from policy_service.services.decisions.deciding import Situation
from policy_service.services.decisions.in_force import Subject, in_force
from policy_service.services.decisions.order_amounts import read_asked
from policy_service.services.house import House
from policy_service.services.known_customers import KnownCustomers, KnownLedger
from policy_service.services.orders.authority import as_seen
from policy_service.services.orders.content import request_of
from policy_service.services.orders.transitions import is_let_through, state_by
from policy_service.services.record import About
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.order_store import StoredOrder


@dataclass(frozen=True, slots=True)
class Due:
    """An open invoice and what is open of it, in minor units of its currency."""

    invoice_id: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Clearing:
    """A payment that lets an order go, by invoice, the oldest first; and the outcome of the order then."""

    payments: tuple[Due, ...]
    outcome: Outcome


def clearing_payment(house: House, session: Session, order: StoredOrder, act: Act) -> Clearing | None:
    """Return the smallest payment today after which the order check lets the order through; none if no payment does.

    Items fall due first are paid first, those in dispute not at all; a minor unit less would not do. Where a policy
    is harder on a customer who pays more, another payment may do too. What only ends later, such as a ladder's stop
    of credit, stays as it is.
    """
    trial = _Trial(house, session, order, as_seen(house, session, order.customer_id, act))
    items = trial.items()
    number = _least(len(items), lambda count: trial.lets_through(items[:count]))
    if number is None:
        return None
    payments = items[:number]
    if payments:
        *whole, last = payments
        amount = _least(last.amount, lambda part: trial.lets_through([*whole, replace(last, amount=part)]))
        payments = [*whole, replace(last, amount=amount or 0)]
    outcome = trial.outcome(payments)
    return Clearing(tuple(payments), outcome) if outcome else None


class _PaidLedger(KnownLedger):
    """The ledger with another history of one customer."""

    def __init__(self, known: KnownCustomers, session: Session, head: int, paid: PreparedCustomer) -> None:
        super().__init__(known, session, head)
        self._paid = paid

    def history(self, customer_id: str) -> CustomerHistory:
        """Return all that is known of the customer, or is tried."""
        return self._paid.history if self._is_tried(customer_id) else super().history(customer_id)

    def customer(self, customer_id: str) -> PreparedCustomer:
        """Return the customer, as tried if it is the one."""
        return self._paid if self._is_tried(customer_id) else super().customer(customer_id)

    def _is_tried(self, customer_id: str) -> bool:
        return customer_id == self._paid.history.customer_id


class _Trial:
    """One order that is decided upon with payments that nobody made."""

    def __init__(self, house: House, session: Session, order: StoredOrder, situation: Situation) -> None:
        self._house = house
        self._session = session
        self._order = order
        self._situation = situation
        self._history = situation.ledger.history(order.customer_id)
        frame = LedgerStore(session).load_frame(through=situation.ledger.head)
        self._rates, self._has_orders_file = RateTable(frame), frame.has_orders_file

    def items(self) -> list[Due]:
        """Return the open items that are not in dispute, the first to fall due first."""
        situation, base = self._situation, self._situation.ledger.currency.code
        found = open_items(situation.ledger, self._order.customer_id, situation.knowledge)
        invoices = {invoice.invoice_id: invoice for invoice in self._history.invoices}
        paid = self._paid()
        return [
            Due(item.invoice_id, invoices[item.invoice_id].amount - paid.get(item.invoice_id, 0), currency or base)
            for item in sorted(found, key=lambda item: (item.due_day, item.invoice_id))
            if not item.is_disputed
            for currency in (invoices[item.invoice_id].currency,)
        ]

    def lets_through(self, payments: Sequence[Due]) -> bool:
        """Return whether the order check lets the order through after these payments."""
        outcome = self.outcome(payments)
        return outcome is not None and is_let_through(state_by(outcome))

    def outcome(self, payments: Sequence[Due]) -> Outcome | None:
        """Return the outcome of the order after these payments; none where it cannot be decided."""
        order, situation = self._order, self._situation
        version, day, head = situation.version, situation.knowledge.day, situation.ledger.head
        policy, codes, ledger = version.policy, CodeBook(version.policy), self._after(payments)
        subject = Subject(DecisionType.ORDER, order.customer_id, order.order_id, order.base_amount)
        counts = in_force(situation.kept, version, ledger, situation.knowledge, subject, codes)
        about = About(DecisionType.ORDER, order.customer_id, day, policy, version.hash)
        try:
            asked = read_asked(self._session, request_of(order, policy), order.currency, policy, codes, day, head)
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
            return judged(version, about, reading, counts.overrides, codes).chain.outcome
        except (FactError, RequestError):
            return None

    def _after(self, payments: Sequence[Due]) -> KnownLedger:
        today = self._situation.knowledge.day
        new = (
            Payment(f"tried {number}", today, item.amount, today, item.invoice_id)
            for number, item in enumerate(payments)
            if item.amount
        )
        in_order = sorted((*self._history.payments, *new), key=lambda payment: (payment.date, payment.payment_id))
        history = replace(self._history, payments=tuple(in_order))
        customer = PreparedCustomer(history, self._rates, self._has_orders_file)
        return _PaidLedger(self._house.customers, self._session, self._situation.ledger.head, customer)

    def _paid(self) -> dict[str, int]:
        today = self._situation.knowledge.day
        paid: dict[str, int] = {}
        entries: tuple[Payment | Adjustment, ...] = (*self._history.payments, *self._history.adjustments)
        for entry in entries:
            if max(entry.date, entry.posted_on) <= today:
                paid[entry.invoice_id] = paid.get(entry.invoice_id, 0) + entry.amount
        return paid


def _least(most: int, suffices: Callable[[int], bool]) -> int | None:
    # Halving holds where more never does worse; that the answer suffices is tried in any case.
    if not suffices(most):
        return None
    low, high = -1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high
