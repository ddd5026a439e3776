"""Answer a question so that it counts: decide, and let the order, the standing or the cases become what it says."""

from datetime import date
from typing import assert_never

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Permission, authority_of
from policy_service.services.actor import Actor, require
from policy_service.services.company_settings import company_settings
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.daily_run.reviews import review_comes_with_order
from policy_service.services.decisions.deciding import (
    Asked,
    Given,
    Situation,
    decided,
    give,
    present,
    review_before,
)
from policy_service.services.decisions.in_force import group_of, kept_of
from policy_service.services.decisions.orders_named import refuse_an_order_of_no_part
from policy_service.services.decisions.telling import tell_of
from policy_service.services.escalation.climbing import climb
from policy_service.services.house import House
from policy_service.services.orders.authors import own_order_that_waits
from policy_service.services.orders.life import new_order, take
from policy_service.services.orders.moving import OrderNow, announce_state
from policy_service.services.orders.noted_entries import may_be_noted
from policy_service.services.standings_in_force.applying import StandingNow, apply_review
from policy_service.services.standings_in_force.reading import lacks_standing
from policy_service.storage.new_orders import NewOrders
from policy_service.storage.standing_store import StoredStanding
from policy_service.storage.stored_cases import CaseNow


class Answered(msgspec.Struct, frozen=True):
    """A decision with what it made of the order, the standing or the cases that it is about.

    `first_review` is that of a customer who was never reviewed before an order, or whose next review has come.
    """

    given: Given
    order: OrderNow | None = None
    standing: StandingNow | None = None
    cases: tuple[CaseNow, ...] = ()
    first_review: Given | None = None


def needed_for(decision_type: DecisionType) -> Permission:
    """Return what somebody must be allowed to ask a question of that type."""
    return Permission.REVIEWS_RUN if decision_type is DecisionType.REVIEW else Permission.DECISIONS_ASK


def answer(
    house: House,
    session: Session,
    asked: Asked,
    actor: Actor,
    act: Act,
    version: CompiledPolicy | None = None,
    *,
    is_last: bool = False,
) -> Answered:
    """Decide as `decide` does, and let what is decided count, all in the session's transaction.

    A customer who was never reviewed, or whose next review has come, is reviewed before an order, on nobody's
    authority but that of the company's settings. With `is_last` nothing else may be read in the transaction: what is
    decided may be stored when it ends. AccessError A403 for who may not ask this; RequestError R425 for an
    order without an id, and for another question with one.
    """
    _check(asked, actor)
    situation = present(house, session, asked.customer_id, act, version, order_id=asked.order_id)
    orders = NewOrders(session, house.writer)
    answered = _answered(house, session, asked, actor, act, situation, orders)
    if is_last and situation.has_chain:
        orders.store_last()
    else:
        orders.store()
    return answered


def answer_in(
    house: House, session: Session, asked: Asked, actor: Actor, act: Act, situation: Situation, orders: NewOrders
) -> Answered:
    """Answer as `answer` does, in a situation that was read already and that nobody has changed since.

    A new order is left in `orders`, with its decision, for the caller to store; all else is stored, those before it.
    """
    _check(asked, actor)
    return _answered(house, session, asked, actor, act, situation, orders)


def _check(asked: Asked, actor: Actor) -> None:
    require(actor, needed_for(asked.decision_type))
    refuse_an_order_of_no_part(asked)
    if asked.decision_type is DecisionType.ORDER and not asked.order_id:
        raise RequestError(
            "R425", "The order has no id, so nothing could become of it.", remedy="Add order_id, or ask with dry_run."
        )


def _answered(
    house: House, session: Session, asked: Asked, actor: Actor, act: Act, situation: Situation, orders: NewOrders
) -> Answered:
    if asked.decision_type is DecisionType.ORDER:
        asked = replace(asked, wanted_by=frozenset({actor.person}))
    if is_new_order(asked, situation):
        return _answered_new(house, session, asked, actor, act, situation, orders)
    orders.store()
    match asked.decision_type:
        case DecisionType.ORDER:
            review = _first_review(house, session, asked, act, situation)
            if review:
                situation = _read_again(session, asked.customer_id, situation)
            given = give(house, session, asked, act, situation)
            return Answered(given, order=take(house, session, given, asked, actor, act), first_review=review)
        case DecisionType.REVIEW:
            given = give(house, session, asked, act, situation)
            # Where the policy wants somebody's word on a rise, it is nobody's whose own order waits for it.
            is_own = own_order_that_waits(session, asked.customer_id, actor)
            authority = None if is_own else authority_of(actor.roles)
            return Answered(given, standing=apply_review(house, session, given, authority, act))
        case DecisionType.ESCALATION:
            given = give(house, session, asked, act, situation)
            return Answered(given, cases=climb(house, session, given, act))
        case _:
            assert_never(asked.decision_type)


def is_new_order(asked: Asked, situation: Situation) -> bool:
    """Return whether the question is upon a new order, of a customer with a standing whose review has not come.

    Not of one of whom people noted a dispute, or else what the order check reads: somebody may have noted that to let
    the order go.
    """
    if asked.decision_type is not DecisionType.ORDER or not situation.is_new_order:
        return False
    if _is_noted(asked.customer_id, situation):
        return False
    standing = situation.kept.standings.get(asked.customer_id)
    return standing is not None and not _is_review_due(standing, situation.knowledge.day)


def _is_noted(customer_id: str, situation: Situation) -> bool:
    noted = situation.kept.noted
    if not noted:
        return False
    members = group_of(situation.version, situation.ledger, customer_id, situation.knowledge)
    return any(may_be_noted(situation.ledger.history(one), situation.version) for one in members if one in noted)


def _answered_new(
    house: House, session: Session, asked: Asked, actor: Actor, act: Act, situation: Situation, orders: NewOrders
) -> Answered:
    given = decided(house, session, asked, act, situation)
    new = new_order(given, asked, actor, act)
    now = OrderNow(new.order, "")
    tell_of(house, session, given.decision_id, given.decision, act)
    announce_state(house, session, now, new.step, act)
    orders.add(new)
    return Answered(given, order=now)


def _read_again(session: Session, customer_id: str, situation: Situation) -> Situation:
    members = group_of(situation.version, situation.ledger, customer_id, situation.knowledge)
    return replace(situation, kept=kept_of(session, members, situation.knowledge.day, situation.ledger.head))


def _first_review(house: House, session: Session, asked: Asked, act: Act, situation: Situation) -> Given | None:
    customer_id, day = asked.customer_id, situation.knowledge.day
    standing = situation.kept.standings.get(customer_id)
    if standing:
        if not _is_review_due(standing, day) or not review_comes_with_order(session, customer_id, day):
            return None
    elif not lacks_standing(session, situation.ledger.history(customer_id), day):
        return None
    given = give(house, session, review_before(asked), act, situation)
    apply_review(house, session, given, company_settings(session).automatic_authority, act)
    return given


def _is_review_due(standing: StoredStanding, day: date) -> bool:
    return standing.review_on is not None and standing.review_on <= day
