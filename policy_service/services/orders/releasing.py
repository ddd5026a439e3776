"""A held order let go, or referred to somebody who may let it go, by a person."""

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.outcomes import Outcome
from policy_service.domain.permissions import AUTHORITY, Permission, Role
from policy_service.services.actor import Actor, require
from policy_service.services.decisions.deciding import Situation
from policy_service.services.given_reason import given_reason
from policy_service.services.higher_words import ALL_ORDERS, higher_word, passes_over
from policy_service.services.house import House
from policy_service.services.orders.authority import check_authority
from policy_service.services.orders.authors import check_not_own
from policy_service.services.orders.moving import OrderNow, locked, locked_to_decide, stored, tell
from policy_service.services.orders.queue import order_file
from policy_service.services.orders.supposing import with_prepaid_now
from policy_service.services.orders.transitions import Cause, Doing, OrderState, leads_to
from policy_service.storage.order_store import NewStep, StoredOrder


def release(
    house: House, session: Session, order_id: str, reason: str, actor: Actor, act: Act, *, revision: int | None = None
) -> OrderNow:
    """Let a held order go, and return it; no later check holds it again.

    Permission orders:release. NotStored S209, Conflict S208; RequestError R432 for an order that is not held, R434
    for one that the rules decline, R440 for a reason that says nothing; AccessError A430 for who asked for it,
    A431 for an exposure beyond the authority of the actor's roles, A436 for what somebody keeps back who outranks them.
    """
    require(actor, Permission.ORDERS_RELEASE)
    why = given_reason(reason)
    order, situation = locked_to_decide(house, session, order_id, act, revision)
    leads_to(order, Doing.RELEASE)
    if order.outcome == Outcome.DECLINE:
        raise _declined(order)
    check_not_own(session, order, actor)
    _check_passes_over_nobody(order, situation, actor)
    # What nobody wants in advance any more is exposure.
    order = with_prepaid_now(session, order, situation)
    check_authority(session, order, actor, situation)
    step = NewStep(act.at, Cause.RELEASED_BY_PERSON, actor.person, why)
    let_go = replace(order, state=OrderState.RELEASED, released_by=actor.person, released_amount=order.amount)
    now = stored(session, order, let_go, Doing.RELEASE, step)
    tell(house, session, now, step, act)
    return now


def refer(
    house: House,
    session: Session,
    order_id: str,
    role: Role,
    reason: str,
    actor: Actor,
    act: Act,
    *,
    revision: int | None = None,
) -> OrderNow:
    """Put a held order into the queue of a role, with a note, and return it.

    Permission orders:release. NotStored S209, Conflict S208; RequestError R432 for an order that is not held, R435
    for a role that releases no orders, R440 for a note that says nothing.
    """
    require(actor, Permission.ORDERS_RELEASE)
    why = given_reason(reason)
    if role not in AUTHORITY:
        raise RequestError("R435", f"{role.value} releases no orders.", remedy=f"Name one of: {', '.join(AUTHORITY)}.")
    order = locked(session, order_id, revision)
    step = NewStep(act.at, Cause.REFERRED, actor.person, why)
    now = stored(session, order, replace(order, referred_to=role.value), Doing.REFER, step)
    tell(house, session, now, step, act)
    return now


def release_or_refer(
    house: House, session: Session, order_id: str, reason: str, actor: Actor, act: Act, *, revision: int | None = None
) -> OrderNow:
    """Let a held order go, or refer it where that is beyond the actor: to the lowest role whose authority reaches it.

    Errors as `release` has them, A431 where no role's authority reaches so far.
    """
    try:
        return release(house, session, order_id, reason, actor, act, revision=revision)
    except AccessError as refused:
        roles = order_file(house, session, order_id, act).may_release if refused.code == "A431" else ()
        if not roles:
            raise
        return refer(house, session, order_id, roles[0], reason, actor, act, revision=revision)


def _check_passes_over_nobody(order: StoredOrder, situation: Situation, actor: Actor) -> None:
    said = situation.kept.overrides.get(order.customer_id, ())
    above = higher_word(said, {ALL_ORDERS, order.order_id}, actor.roles, situation.version.policy)
    if above:
        raise passes_over(above, actor.person)


def _declined(order: StoredOrder) -> RequestError:
    return RequestError(
        "R434",
        f"The rules decline order {order.order_id[:60]}: nobody releases it.",
        remedy="Amend or cancel it, or give an override of its outcome, then have it decided again.",
    )
