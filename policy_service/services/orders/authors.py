"""Whoever wants an order does not let it go themselves."""

from sqlalchemy.orm import Session

from policy_service.domain.errors import AccessError
from policy_service.services.actor import Actor
from policy_service.services.decisions.deciding import Situation
from policy_service.services.orders.authorship import authors_of
from policy_service.storage.order_store import OrderStore, StoredOrder


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


def own_order_that_waits(session: Session, customer_id: str, actor: Actor, order_id: str = "") -> str:
    """Return a held order of the customer, or the one named, that the actor is an author of; empty without any."""
    store = OrderStore(session)
    waiting = (one for _, one in store.held_in_order((customer_id,)) if order_id in {"", one})
    held = (store.load(one) for one in waiting)
    return next((one.order_id for one in held if actor.person in authors_of(session, one)), "")


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
