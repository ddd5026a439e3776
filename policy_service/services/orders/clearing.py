"""What payment would let a held order go: the smallest one, on the oldest open items first, tried and not guessed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.entries import Adjustment, CustomerHistory, Payment
from policy_service.domain.outcomes import Outcome
from policy_service.facts.measure import open_items
from policy_service.services.decisions.deciding import Situation
from policy_service.services.house import House
from policy_service.services.orders.authority import as_seen
from policy_service.services.orders.supposing import Supposing
from policy_service.services.orders.transitions import is_let_through, state_by
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


class _Trial:
    """One order that is decided upon with payments that nobody made."""

    def __init__(self, house: House, session: Session, order: StoredOrder, situation: Situation) -> None:
        self._order = order
        self._situation = situation
        self._history = situation.ledger.history(order.customer_id)
        self._supposing = Supposing(house, session, order, situation)

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
        return self._supposing.outcome((self._after(payments),))

    def _after(self, payments: Sequence[Due]) -> CustomerHistory:
        today = self._situation.knowledge.day
        new = (
            Payment(f"tried {number}", today, item.amount, today, item.invoice_id)
            for number, item in enumerate(payments)
            if item.amount
        )
        in_order = sorted((*self._history.payments, *new), key=lambda payment: (payment.date, payment.payment_id))
        return replace(self._history, payments=tuple(in_order))

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
