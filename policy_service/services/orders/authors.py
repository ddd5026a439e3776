"""Who wants an order: whoever asked for it or amended it. They do not let it go themselves."""

from sqlalchemy.orm import Session

from policy_service.domain.errors import AccessError
from policy_service.services.actor import Actor
from policy_service.services.decisions.deciding import Situation
from policy_service.services.orders.transitions import Cause, OrderState
from policy_service.storage.order_store import OrderStore, StoredOrder


def authors_of(session: Session, order: StoredOrder) -> frozenset[str]:
    """Return the persons who asked for the order or amended it, or an order that it stands for."""
    store, authors = OrderStore(session), set[str]()
    one: StoredOrder | None = order
    while one:
        amended = (step.person for step in store.steps(one.order_id) if step.cause == Cause.AMENDED)
        authors |= {one.asked_by, *amended}
        one = store.find(one.replaces) if one.replaces else None
    return frozenset(authors)


def check_not_own(session: Session, order: StoredOrder, actor: Actor) -> None:
    """Return unless the order is the actor's own; AccessError A430 for one of its authors."""
    if actor.person in authors_of(session, order):
        raise AccessError(
            "A430",
            f"{actor.person} asked for order {order.order_id[:60]} or amended it, and so cannot release it.",
            remedy="Let another person release it.",
        )


def check_overrides_no_own(session: Session, order: StoredOrder, actor: Actor) -> None:
    """Return unless the actor would let an order of their own go by an override; AccessError A432 for an author."""
    if actor.person in authors_of(session, order):
        raise AccessError(
            "A432",
            f"{actor.person} asked for order {order.order_id[:60]} or amended it, and so cannot override it.",
            remedy="Let another person give or confirm the override.",
        )


def waits_for_own_order(session: Session, customer_id: str, actor: Actor) -> bool:
    """Return whether an order of the customer is held that the actor is an author of."""
    store = OrderStore(session)
    held = (store.load(order_id) for _, order_id in store.held_in_order((customer_id,)))
    return any(actor.person in authors_of(session, order) for order in held if order.state == OrderState.HELD)


def check_amends_not_what_they_let_go(order: StoredOrder, situation: Situation, actor: Actor) -> None:
    """Return unless the actor would amend an order that their word alone lets go.

    AccessError A433: else whoever wants more of it would have let it go.
    """
    given = situation.kept.overrides.get(order.customer_id, ())
    own = [one for one in given if one.order_id == order.order_id and one.person == actor.person]
    alone = next((one for one in own if not one.second_person and one.largest_amount is not None), None)
    if alone:
        raise AccessError(
            "A433",
            f"{actor.person} alone lets order {order.order_id[:60]} go, by the override {alone.override_id},"
            " and so cannot amend it.",
            remedy="Let another person amend it, or end the override first.",
        )
