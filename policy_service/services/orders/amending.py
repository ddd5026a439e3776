"""Amendments: an order is decided upon with other facts, under its id or under a new one that takes its place."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Permission
from policy_service.facts.rounding import divide_half_away
from policy_service.services.actor import Actor, require
from policy_service.services.decisions.deciding import Asked, Given, decide, give
from policy_service.services.house import House
from policy_service.services.orders.authors import check_amends_not_what_they_let_go
from policy_service.services.orders.authorship import authors_of
from policy_service.services.orders.content import (
    Content,
    content_of,
    order_of,
    outcome_of,
    with_content,
    with_decision,
    with_prepaid,
)
from policy_service.services.orders.life import begun
from policy_service.services.orders.moving import OrderNow, locked_to_decide, stored, tell
from policy_service.services.orders.noted_entries import held_back
from policy_service.services.orders.outgrown import end_outgrown
from policy_service.services.orders.transitions import (
    Cause,
    Doing,
    OrderState,
    is_let_through,
    leads_to,
    state_by,
)
from policy_service.services.orders.waking import wake
from policy_service.storage.order_store import NewStep, OrderStore, StoredOrder

#: Why the other held orders of the customer are decided again.
ORDER_AMENDED: Final = "order_amended"


def amend(
    house: House,
    session: Session,
    order_id: str,
    request: Mapping[str, str],
    actor: Actor,
    act: Act,
    *,
    new_order_id: str = "",
    currency: str = "",
    revision: int | None = None,
) -> OrderNow:
    """Decide upon the order with other facts, under its id or a new one, and return the order that stands then.

    The state follows the new decision, but a released order stays released for up to what was released. Under a
    new id the old order is amended away and names its successor. Permission orders:write. NotStored S209,
    RequestError R432 for an order at its end, R433 for a new id that is taken; what cannot be decided on R402, R409;
    AccessError A433 for who lets it go by an override that nobody else has confirmed.
    """
    require(actor, Permission.ORDERS_WRITE)
    order, situation = locked_to_decide(house, session, order_id, act, revision)
    wanted_by = authors_of(session, order) | {actor.person}
    asked = Asked(
        DecisionType.ORDER,
        order.customer_id,
        request,
        new_order_id or order_id,
        currency=currency,
        wanted_by=wanted_by,
    )
    if asked.order_id != order_id:
        return _replaced(house, session, order, asked, act)
    leads_to(order, Doing.AMEND)
    check_amends_not_what_they_let_go(order, situation, actor)
    given = give(house, session, asked, act, end_outgrown(house, session, order, asked, situation, act))
    after = _amended(order, content_of(given, order.customer_id, request), given, act)
    after, why = _held_back(house, session, order, after, act)
    step = NewStep(act.at, Cause.AMENDED, act.person, why, given.decision_id)
    now = stored(session, order, after, Doing.AMEND, step)
    tell(house, session, now, step, act)
    _wake_others(house, session, order, now.order, act)
    return now


def _replaced(house: House, session: Session, order: StoredOrder, asked: Asked, act: Act) -> OrderNow:
    if OrderStore(session).find(asked.order_id):
        raise _taken(asked.order_id)
    leads_to(order, Doing.REPLACE)
    left = NewStep(act.at, Cause.AMENDED, act.person, act.note)
    # Before deciding, so that the amount of the old order does not count beside that of the new one.
    gone = stored(
        session,
        order,
        replace(order, state=OrderState.AMENDED, amended_by=asked.order_id),
        Doing.REPLACE,
        left,
    )
    given = decide(house, session, asked, act)
    content = content_of(given, order.customer_id, asked.request)
    successor = order_of(asked.order_id, content, given, act.person, act.at)
    state = _state_of_amended(order, successor, given)
    new = replace(successor, state=state, replaces=order.order_id, **_release_kept(order, state))
    new, why = _held_back(house, session, order, new, act)
    step = NewStep(act.at, Cause.AMENDED, act.person, why, given.decision_id)
    now = OrderNow(OrderStore(session).add(begun(given, new, OrderState(new.state), step).order, step), "")
    tell(house, session, gone, left, act)
    # Who waited for the old order is told that the new one may go.
    waited_for = order.state if is_let_through(now.state) else ""
    tell(house, session, replace(now, came_from=waited_for), step, act)
    _wake_others(house, session, order, now.order, act)
    return now


def _wake_others(house: House, session: Session, before: StoredOrder, after: StoredOrder, act: Act) -> None:
    # What an order no longer takes of the limit may let the others go.
    if not is_let_through(before.state):
        return
    is_other = after.currency != before.currency
    if is_other or not is_let_through(after.state) or after.amount - after.prepaid < before.amount - before.prepaid:
        wake(house, session, [before.customer_id], ORDER_AMENDED, act)


def _amended(order: StoredOrder, wanted: Content, given: Given, act: Act) -> StoredOrder:
    after = with_prepaid(with_decision(with_content(order, wanted), given, act.at), given)
    state = _state_of_amended(order, after, given)
    return replace(after, state=state, **_release_kept(order, state))


def _held_back(
    house: House, session: Session, before: StoredOrder, after: StoredOrder, act: Act
) -> tuple[StoredOrder, str]:
    back = held_back(house, session, before, after, act, wanting=(act.person,))
    if back is None:
        return after, act.note
    why = f"{act.note} {back.why}".lstrip()
    return replace(after, state=OrderState.HELD, referred_to=back.role), why


def _state_of_amended(before: StoredOrder, after: StoredOrder, given: Given) -> OrderState:
    is_within = (
        before.state == OrderState.RELEASED
        and before.released_amount is not None
        and after.currency == before.currency
        and after.amount <= before.released_amount
        and _is_prepaid_as_far(before, after)
    )
    return OrderState.RELEASED if is_within else state_by(outcome_of(given))


def _is_prepaid_as_far(before: StoredOrder, after: StoredOrder) -> bool:
    # A minor unit less is how the same share is rounded.
    return not before.prepaid or after.prepaid + 1 >= divide_half_away(before.prepaid * after.amount, before.amount)


def _release_kept(before: StoredOrder, state: OrderState) -> dict[str, Any]:  # fields of StoredOrder
    if state is OrderState.RELEASED:
        return {"released_by": before.released_by, "released_amount": before.released_amount}
    return {"released_by": "", "released_amount": None}


def _taken(order_id: str) -> RequestError:
    return RequestError(
        "R433",
        f"The order id {order_id[:60]} is in use.",
        remedy="Amend to an id that nobody used yet, or ask about that order.",
    )
