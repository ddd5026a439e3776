"""One step of an order: stored, audited and announced together."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.announcing import announce, announce_made
from policy_service.services.audit import note
from policy_service.services.decisions.deciding import Situation, present
from policy_service.services.house import House
from policy_service.services.orders.transitions import Doing, OrderState, is_let_through, leads_to
from policy_service.services.orders.wording import money_text, reasons_of
from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.errors import refuse_if_changed
from policy_service.storage.order_store import NewStep, OrderStore, StoredOrder

SUBJECT: Final = "order"


class OrderNow(msgspec.Struct, frozen=True):
    """An order after something was done to it, and the state it was in before, empty for a new one.

    `is_told_otherwise`: the latest decision would not let it through, but it was let through before and stays so.
    """

    order: StoredOrder
    came_from: str
    is_told_otherwise: bool = False

    @property
    def order_id(self) -> str:
        """Which order."""
        return self.order.order_id

    @property
    def state(self) -> str:
        """Where it stands now."""
        return self.order.state


def locked(session: Session, order_id: str, revision: int | None = None) -> StoredOrder:
    """Return the order as it is now, its customer held until the transaction ends.

    NotStored S209 for an unknown one; Conflict S208 if it is not at `revision`, where one is given.
    """
    lock_customers(session, [OrderStore(session).load(order_id).customer_id])
    return _at_revision(session, order_id, revision)


def locked_to_decide(
    house: House, session: Session, order_id: str, act: Act, revision: int | None = None
) -> tuple[StoredOrder, Situation]:
    """Return the order as `locked` does, and the situation to decide upon it in; all who are read for that are held."""
    # All at once and in their order, as decisions hold them: else two could wait for each other.
    situation = present(house, session, OrderStore(session).load(order_id).customer_id, act)
    return _at_revision(session, order_id, revision), situation


def stored(session: Session, before: StoredOrder, after: StoredOrder, doing: Doing, step: NewStep) -> OrderNow:
    """Store what a doing makes of an order, with its step, and return it; RequestError R432 if it may not be done."""
    state = OrderState(after.state)
    if state not in leads_to(before, doing):
        raise AssertionError(f"{doing} leads from {before.state} to {state}")
    is_held = state is OrderState.HELD
    settled = replace(
        after,
        cause=after.cause if doing is Doing.REFER else step.cause,
        held_since=(before.held_since if before.state == OrderState.HELD else step.at) if is_held else None,
        referred_to=after.referred_to if is_held else "",
    )
    return OrderNow(OrderStore(session).change(before, settled, step), before.state)


def tell(house: House, session: Session, now: OrderNow, step: NewStep, act: Act) -> None:
    """Note the step in the audit trail and announce it to webhooks; do so after deciding."""
    note(house, session, act, step.cause, SUBJECT, now.order_id, _detail(now, step))
    announce_state(house, session, now, step, act)


def announce_state(house: House, session: Session, now: OrderNow, step: NewStep, act: Act) -> None:
    """Announce the order's new state, if it is another one and systems wait for it."""
    event_type = _event_type(now)
    if event_type:
        announce_made(house, session, act, event_type, f"orders/{now.order_id}", lambda: _data(now, step))


def tell_doubt(house: House, session: Session, now: OrderNow, step: NewStep, act: Act) -> None:
    """Note and announce that the rules would not let an order through now that they did; it stays as it is."""
    note(house, session, act, "doubted", SUBJECT, now.order_id, _detail(now, step))
    announce(house, session, act, "order.doubted", f"orders/{now.order_id}", _data(now, step))


def _at_revision(session: Session, order_id: str, revision: int | None) -> StoredOrder:
    order = OrderStore(session).load(order_id)
    refuse_if_changed(f"order {order_id[:60]}", order.revision, revision)
    return order


def _event_type(now: OrderNow) -> str:
    if now.came_from == now.state:
        return ""
    match OrderState(now.state):
        case OrderState.HELD:
            return "order.held"
        case OrderState.OPEN | OrderState.RELEASED:
            # Who asks for an order is told by the answer; who waited for a held one is told by this.
            return "order.released" if now.came_from and not is_let_through(now.came_from) else ""
        case OrderState.CANCELLED:
            return "order.cancelled"
        case OrderState.INVOICED | OrderState.AMENDED:
            return ""


def _data(now: OrderNow, step: NewStep) -> Mapping[str, object]:
    order = now.order
    return {
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "state": order.state,
        "came_from": now.came_from,
        "cause": step.cause,
        "why": step.reason,
        "person": step.person,
        "amount": money_text(order.amount, order.currency),
        "prepaid": money_text(order.prepaid, order.currency),
        "currency": order.currency,
        "outcome": order.outcome,
        "reasons": [reason["code"] for reason in reasons_of(order)],
        "decision_id": order.decision_id,
        "replaces": order.replaces,
    }


def _detail(now: OrderNow, step: NewStep) -> Mapping[str, object]:
    order = now.order
    said = {"came_from": now.came_from, "state": now.state, "reason": step.reason, "decision_id": step.decision_id}
    more = {"amount": order.amount, "referred_to": order.referred_to, "amended_by": order.amended_by}
    return {name: value for name, value in {**said, **more}.items() if value}
