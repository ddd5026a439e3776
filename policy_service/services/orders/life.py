"""What becomes of an order: taken when it is asked about, cancelled, invoiced, booked."""

from typing import Final

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.compiled_policies import NoPolicyInForce
from policy_service.services.decisions.deciding import Asked, Given
from policy_service.services.house import House
from policy_service.services.orders.authority import as_seen
from policy_service.services.orders.authorship import authors_of
from policy_service.services.orders.content import (
    check_same,
    content_of,
    order_of,
    outcome_of,
    with_decision,
    with_prepaid,
)
from policy_service.services.orders.moving import OrderNow, announce_state, locked, stored, tell
from policy_service.services.orders.noted_entries import held_back, hold_back
from policy_service.services.orders.supposing import with_prepaid_now
from policy_service.services.orders.transitions import (
    Cause,
    Doing,
    OrderState,
    is_let_through,
    leads_to,
    state_by,
)
from policy_service.services.orders.waking import wake
from policy_service.storage.new_orders import NewOrder
from policy_service.storage.order_store import NewStep, OrderStore, StoredOrder

#: Why the other held orders of the customer are decided again.
ORDER_CANCELLED: Final = "order_cancelled"


def take(house: House, session: Session, given: Given, asked: Asked, actor: Actor, act: Act) -> OrderNow:
    """Return the order that a decision was given upon: a new one, or the known one decided again.

    Approve and prepay open it, hold and refer hold it, decline cancels it. A held or declined one follows the new
    decision; one let through stays so, and the answer says if it was told otherwise. RequestError R430 for an id
    in use for another customer, R431 for another amount or other facts, R432 for an order at its end.
    """
    known = OrderStore(session).find(asked.order_id)
    if known is None:
        new = _not_by_a_dispute_alone(house, session, new_order(given, asked, actor, act), act)
        now = OrderNow(OrderStore(session).add(new.order, new.step), "")
        announce_state(house, session, now, new.step, act)
        return now
    check_same(known, content_of(given, asked.customer_id, asked.request))
    leads_to(known, Doing.ASK)
    return decided_again(house, session, known, given, act)


def new_order(given: Given, asked: Asked, actor: Actor, act: Act) -> NewOrder:
    """Return what a decision makes of an order that nobody asked about before; nothing is stored."""
    content, step = content_of(given, asked.customer_id, asked.request), _decided(given, act)
    state = state_by(outcome_of(given))
    # Made as it begins: to make one of so many fields a second time costs as much as all else that is done here.
    return NewOrder(
        given.record, order_of(asked.order_id, content, given, actor.person, act.at, state, step.cause), step
    )


def begun(given: Given, order: StoredOrder, state: OrderState, step: NewStep) -> NewOrder:
    """Return an order as a decision lets it begin in a state, by its first step."""
    held_since = step.at if state is OrderState.HELD else None
    return NewOrder(given.record, replace(order, state=state, cause=step.cause, held_since=held_since), step)


def _not_by_a_dispute_alone(house: House, session: Session, new: NewOrder, act: Act) -> NewOrder:
    # Had it been asked for before the dispute was noted, it would wait for who may release it.
    waiting = replace(new.order, state=OrderState.HELD, held_since=act.at)
    back = held_back(house, session, waiting, new.order, act)
    if back is None:
        return new
    step = NewStep(act.at, Cause.REFERRED, act.person, back.why, new.order.decision_id)
    return replace(new, order=replace(waiting, cause=step.cause, referred_to=back.role), step=step)


def decided_again(house: House, session: Session, known: StoredOrder, given: Given, act: Act) -> OrderNow:
    """Return the order under a decision that was asked for again: a held or declined one follows it."""
    state = state_by(outcome_of(given))
    renewed = with_decision(known, given, act.at)
    if is_let_through(state) or state == known.state:
        renewed = with_prepaid(renewed, given)
    if is_let_through(known.state) or state == known.state:
        # Who asks again wants the order as much as who asked first.
        is_noted = renewed.prepaid == known.prepaid and act.person in authors_of(session, known)
        kept = OrderStore(session).change(known, renewed, None if is_noted else _decided(given, act))
        return OrderNow(kept, known.state, is_let_through(kept.state) and not is_let_through(state))
    after = with_prepaid(replace(renewed, state=state), given)
    if back := held_back(house, session, known, after, act):
        return hold_back(house, session, known, renewed, back, act)
    step = _decided(given, act)
    now = stored(session, known, after, Doing.ASK, step)
    # The decision itself is chained: what it did by rule needs no second record.
    announce_state(house, session, now, step, act)
    return now


def cancel(
    house: House, session: Session, order_id: str, reason: str, actor: Actor, act: Act, *, revision: int | None = None
) -> OrderNow:
    """Take the order back, and return it; it counts nowhere any more.

    Permission orders:write. NotStored S209, Conflict S208, RequestError R432 for an order at its end.
    """
    require(actor, Permission.ORDERS_WRITE)
    order = locked(session, order_id, revision)
    cancelled = _ended(house, session, order, Doing.CANCEL, Cause.CANCELLED, reason, act)
    wake(house, session, [order.customer_id], ORDER_CANCELLED, act)
    return cancelled


def invoiced(
    house: House, session: Session, order_id: str, actor: Actor, act: Act, *, revision: int | None = None
) -> OrderNow:
    """Mark the order as invoiced, and return it; what the ledger has no invoice of counts as an open order.

    A held one too: what was delivered can always be invoiced. Permission orders:write. NotStored S209,
    Conflict S208, RequestError R432 for one that was cancelled, replaced or is invoiced already.
    """
    require(actor, Permission.ORDERS_WRITE)
    order = _as_delivered(house, session, locked(session, order_id, revision), act)
    return _ended(house, session, order, Doing.INVOICE, Cause.INVOICED, act.note, act)


def _as_delivered(house: House, session: Session, order: StoredOrder, act: Act) -> StoredOrder:
    # What was let go was let go against what was wanted in advance then; of a held one nobody has said it since.
    if is_let_through(order.state):
        return order
    try:
        return with_prepaid_now(session, order, as_seen(house, session, order.customer_id, act))
    except NoPolicyInForce:
        return order


def booked(house: House, session: Session, order_id: str, act: Act) -> OrderNow:
    """Mark the order as booked, the act's note says why, and return it; once is enough.

    The ledger has its invoices, or nothing more is to come of it: no part of it is an open order any more.
    """
    order = locked(session, order_id)
    if order.cause == Cause.BOOKED or order.state == OrderState.AMENDED:
        return OrderNow(order, order.state)
    return _ended(house, session, order, Doing.BOOK, Cause.BOOKED, act.note, act)


def _decided(given: Given, act: Act) -> NewStep:
    cause = Cause.DECLINED if state_by(outcome_of(given)) is OrderState.CANCELLED else Cause.DECISION
    return NewStep(act.at, cause, act.person, act.note, given.decision_id)


def _ended(
    house: House, session: Session, order: StoredOrder, doing: Doing, cause: Cause, reason: str, act: Act
) -> OrderNow:
    (state,) = leads_to(order, doing)
    step = NewStep(act.at, cause, act.person, reason)
    now = stored(session, order, replace(order, state=state), doing, step)
    tell(house, session, now, step, act)
    return now
