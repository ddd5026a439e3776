"""A proposed standing, approved or rejected by somebody with authority over it who did not run the review."""

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Permission, has_authority
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.code_book import CodeBook
from policy_service.services.given_reason import given_reason
from policy_service.services.house import House
from policy_service.services.orders.authors import own_order_that_waits
from policy_service.services.standings_in_force.comparing import Comparison
from policy_service.services.standings_in_force.telling import tell_of_a_change
from policy_service.services.standings_in_force.texts import standing_of
from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.errors import refuse_if_changed
from policy_service.storage.standing_store import StandingStore, StoredStanding


def approve(
    house: House, session: Session, standing_id: str, why: str, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredStanding:
    """Let a proposed standing count from now on, and return it; its next review counts from its own review's day.

    NotStored S209 for an unknown id, Conflict S208 for another revision than the one given; AccessError A403 without
    the permission, A432 while an order of the actor's own waits; RequestError R440 for a reason of no length, R441 for
    one that no longer waits or that a later review has overtaken, R442 without authority over it, R443 for whoever ran
    the review.
    """
    proposed = _to_be_settled(session, standing_id, actor, revision)
    store = StandingStore(session)
    before = store.in_force(proposed.customer_id)
    if before is None or before.decision_id != proposed.decision_id:
        raise _overtaken(proposed)
    _check_lets_go_no_own_order(session, proposed, actor)
    day = business_day(act.at, house.settings.zone)
    store.change(before, state="ended", ended_at=act.at)
    approved = store.change(
        proposed, state="in_force", valid_from=day, decided_at=act.at, decided_by=act.person, note=given_reason(why)
    )
    policy = house.policies.version(session, proposed.policy_id, proposed.policy_version).policy
    codes = CodeBook(policy)
    comparison = Comparison(standing_of(before, day, codes), standing_of(approved, day, codes), policy, codes)
    tell_of_a_change(house, session, approved, comparison, "approval", act)
    return approved


def reject(
    house: House, session: Session, standing_id: str, why: str, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredStanding:
    """Let a proposed standing never count, and return it; what is in force stays. The errors are those of `approve`."""
    proposed = _to_be_settled(session, standing_id, actor, revision)
    rejected = StandingStore(session).change(
        proposed, state="rejected", decided_at=act.at, decided_by=act.person, note=given_reason(why)
    )
    detail = {"customer_id": rejected.customer_id, "reason": rejected.note}
    note(house, session, act, "standing_rejected", "standing", standing_id, detail)
    return rejected


def _to_be_settled(session: Session, standing_id: str, actor: Actor, revision: int | None) -> StoredStanding:
    require(actor, Permission.STANDINGS_APPROVE)
    store = StandingStore(session)
    lock_customers(session, [store.load(standing_id).customer_id])
    # Who was before us at the lock may have settled it.
    proposed = store.load(standing_id)
    refuse_if_changed(f"the standing {standing_id}", proposed.revision, revision)
    if proposed.state != "proposed":
        raise RequestError(
            "R441",
            f"The standing {standing_id} is {_STATES[proposed.state]}.",
            remedy="See the customer's standings for the one that waits, if any does.",
        )
    if not has_authority(actor.roles, proposed.approval_role):
        raise RequestError(
            "R442",
            f"The standing {standing_id} waits for a {proposed.approval_role}, which {actor.person} is not.",
            remedy=f"Let a person with the role {proposed.approval_role}, or one above it, settle it.",
        )
    if actor.person == proposed.proposed_by:
        raise RequestError(
            "R443",
            f"{actor.person} ran the review that proposes the standing {standing_id}.",
            remedy="Let another person settle it.",
        )
    return proposed


def _check_lets_go_no_own_order(session: Session, proposed: StoredStanding, actor: Actor) -> None:
    waiting = own_order_that_waits(session, proposed.customer_id, actor)
    if waiting:
        raise AccessError(
            "A432",
            f"{actor.person} asked for order {waiting[:60]} or amended it, and so cannot approve what may let it go.",
            remedy="Let another person approve the standing.",
        )


_STATES = {"in_force": "in force already", "ended": "overtaken by a later review", "rejected": "rejected already"}


def _overtaken(proposed: StoredStanding) -> RequestError:
    return RequestError(
        "R441",
        f"What is in force of customer {proposed.customer_id} has changed since {proposed.standing_id} was proposed.",
        remedy="Run a review again.",
    )
