"""Overrides that people give: checked at once, confirmed by a second person where it matters, ended by day."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.instants import business_day
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Permission, Role, authority_of
from policy_service.services.actor import Actor, require
from policy_service.services.announcing import announce
from policy_service.services.audit import note
from policy_service.services.decisions.deciding import Situation, present
from policy_service.services.given_reason import given_reason
from policy_service.services.higher_words import ALL_ORDERS, higher_word, passes_over
from policy_service.services.house import House
from policy_service.services.orders.authors import check_overrides_no_own, own_order_that_waits
from policy_service.services.orders.waking import wake
from policy_service.services.orders.wording import money_text
from policy_service.services.override_endings import check_ends
from policy_service.services.override_limits import Wanted, order_of, possible_values
from policy_service.services.override_reach import Reach, answers_for, reach_of
from policy_service.services.people import roles_of
from policy_service.services.release_authority import roles_that_may_release
from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.errors import refuse_if_changed
from policy_service.storage.override_store import OverrideStore, StoredOverride

#: So long an override may count.
LONGEST: Final = timedelta(days=365)
#: Why held orders are decided again.
OVERRIDDEN: Final = "override"


def give(house: House, session: Session, wanted: Wanted, actor: Actor, act: Act) -> StoredOverride:
    """Store an override by the actor and return it: in force, or proposed where a second person has to confirm.

    It is checked against the policy that counts now. One that lets an order go, or may do so, takes what a release
    into the same exposure would: else it waits for somebody whose role answers for that. AccessError A403 without
    the permission, A432 for one that lets an order of the actor's own go; RequestError R404 for an unknown customer,
    R440 for a reason of no length, R444 for what can never be applied, R445 for an end that is past or more than a
    year away, R446 for an order of another customer, R447 for an output that is overridden already.
    """
    require(actor, Permission.OVERRIDES_GIVE)
    reason, day = given_reason(wanted.reason), business_day(act.at, house.settings.zone)
    _check_end(wanted.expires_on, day)
    house.customers.at(session).history(wanted.customer_id)
    situation = present(house, session, wanted.customer_id, act)
    values = possible_values(wanted, situation.version.policy)
    _check_is_the_only_one(session, wanted, day)
    reach = reach_of(session, wanted, values, situation)
    _check_of_no_own_order(session, wanted, reach, actor)
    waits = _takes_two(session, wanted, reach, situation, actor)
    override = StoredOverride(
        override_id=house.new_id(),
        customer_id=wanted.customer_id,
        order_id=wanted.order_id,
        decision_type=wanted.decision_type.value,
        outputs=wanted.outputs,
        reason=reason,
        state="proposed" if waits else "in_force",
        person=act.person,
        given_at=act.at,
        expires_on=wanted.expires_on,
        largest_amount=_vouched_for(session, wanted) if reach else None,
        in_force_at=None if waits else act.at,
        authority=authority_of(actor.roles) or "",
    )
    OverrideStore(session).add(override)
    _note(house, session, "override_given", override, act)
    if not waits:
        _takes_force(house, session, override, act)
    return override


def confirm(
    house: House, session: Session, override_id: str, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredOverride:
    """Let a proposed override count from now on, and return it; one that its giver alone said, as two say it.

    NotStored S209 for an unknown id, Conflict S208 for another revision than the one given; AccessError A403 without
    the permission, A432 for one that lets an order of the actor's own go, A434 for one that leads to more than the
    roles of the actor, or of the giver, answer for, A436 over the word of somebody who outranks both; RequestError
    R441 for one that does not wait or has expired, R443 for whoever gave it, R444 if the policy that counts by now
    cannot apply it.
    """
    require(actor, Permission.OVERRIDES_CONFIRM)
    situation = present(house, session, OverrideStore(session).load(override_id).customer_id, act)
    override = _to_be_confirmed(session, override_id, revision)
    if actor.person == override.person:
        raise RequestError(
            "R443",
            f"{actor.person} gave the override {override_id}.",
            remedy="Let another person confirm it.",
        )
    day = business_day(act.at, house.settings.zone)
    if override.expires_on < day:
        raise _not_so(override, f"expired on {override.expires_on.isoformat()}")
    wanted = _wanted(override)
    values = possible_values(wanted, situation.version.policy)
    reach = reach_of(session, wanted, values, situation, override_id)
    _check_of_no_own_order(session, wanted, reach, actor)
    _check_answered_for(session, override, reach, situation, actor)
    if reach and (above := _word_above(wanted, situation, {*actor.roles, *roles_of(session, override.person)})):
        raise passes_over(above, actor.person)
    said = {"second_person": act.person, "confirmed_at": act.at, "in_force_at": override.in_force_at or act.at}
    confirmed = OverrideStore(session).change(override, state="in_force", **said)
    _note(house, session, "override_confirmed", confirmed, act)
    _takes_force(house, session, confirmed, act)
    return confirmed


def reject(
    house: House, session: Session, override_id: str, why: str, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredOverride:
    """Let a proposed override never count, and return it; the errors are those of `confirm`, R440 for the reason."""
    override = _waiting(session, override_id, actor, revision)
    return _closed(house, session, override, "rejected", why, act)


def end(
    house: House, session: Session, override_id: str, why: str, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredOverride:
    """End an override before its day, or take one back that waits, and return it.

    NotStored S209 for an unknown id, Conflict S208 for another revision than the one given; AccessError A403 without
    the permission, and of one that keeps orders back A432 while an order of the actor's own waits, A435 for who has
    less authority than its giver; RequestError R440 for a reason of no length, R441 for one that has ended already.
    """
    require(actor, Permission.OVERRIDES_GIVE)
    override = _locked(session, override_id, revision)
    day = business_day(act.at, house.settings.zone)
    if override.expires_on < day:
        raise _not_so(override, f"expired on {override.expires_on.isoformat()}")
    if override.state not in ("proposed", "in_force"):
        raise _not_so(override, f"is {override.state} already")
    if override.state == "in_force":
        check_ends(house, session, override, actor, act)
    return _closed(house, session, override, "ended", why, act)


def _to_be_confirmed(session: Session, override_id: str, revision: int | None) -> StoredOverride:
    override = _locked(session, override_id, revision)
    # What one person said counts within their authority only, until a second one says it too.
    if override.state == "proposed" or (override.state == "in_force" and not override.second_person):
        return override
    raise _not_so(override, f"is {override.state.replace('_', ' ')} already")


def _waiting(session: Session, override_id: str, actor: Actor, revision: int | None) -> StoredOverride:
    require(actor, Permission.OVERRIDES_CONFIRM)
    override = _locked(session, override_id, revision)
    if override.state != "proposed":
        raise _not_so(override, f"is {override.state.replace('_', ' ')} already")
    return override


def _locked(session: Session, override_id: str, revision: int | None) -> StoredOverride:
    store = OverrideStore(session)
    lock_customers(session, [store.load(override_id).customer_id])
    # Who was before us at the lock may have settled it.
    override = store.load(override_id)
    refuse_if_changed(f"the override {override_id}", override.revision, revision)
    return override


def _closed(house: House, session: Session, override: StoredOverride, state: str, why: str, act: Act) -> StoredOverride:
    closed = OverrideStore(session).change(
        override, state=state, ended_at=act.at, ended_by=act.person, end_reason=given_reason(why)
    )
    _note(house, session, f"override_{state}", closed, act)
    if override.state == "in_force":
        # What a person held by an override may go by the rules.
        wake(house, session, [override.customer_id], OVERRIDDEN, act)
    return closed


def _takes_force(house: House, session: Session, override: StoredOverride, act: Act) -> None:
    told = {**_said(override), "person": override.person, "second_person": override.second_person or None}
    announce(house, session, act, "override.given", f"customers/{override.customer_id}", told)
    wake(house, session, [override.customer_id], OVERRIDDEN, act)


def _note(house: House, session: Session, done: str, override: StoredOverride, act: Act) -> None:
    ended = {"end_reason": override.end_reason} if override.end_reason else {}
    detail = {**_said(override), "state": override.state, "given_by": override.person, **ended}
    note(house, session, act, done, "override", override.override_id, detail)


def _said(override: StoredOverride) -> Mapping[str, object]:
    return {
        "override_id": override.override_id,
        "customer_id": override.customer_id,
        "order_id": override.order_id,
        "decision_type": override.decision_type,
        "outputs": dict(override.outputs),
        "reason": override.reason,
        "expires_on": override.expires_on.isoformat(),
    }


def _wanted(override: StoredOverride) -> Wanted:
    return Wanted(
        customer_id=override.customer_id,
        decision_type=DecisionType(override.decision_type),
        outputs=override.outputs,
        reason=override.reason,
        expires_on=override.expires_on,
        order_id=override.order_id,
    )


def _check_end(expires_on: date, day: date) -> None:
    latest = day + LONGEST
    if not day <= expires_on <= latest:
        raise RequestError(
            "R445",
            f"The override would end on {expires_on.isoformat()}; today is {day.isoformat()}.",
            remedy=f"Name its last day, {latest.isoformat()} at the latest.",
        )


def _takes_two(session: Session, wanted: Wanted, reach: Reach | None, situation: Situation, actor: Actor) -> bool:
    if reach is None:
        return False
    return (
        reach.takes_two(session, situation)
        or not answers_for(session, reach, actor.roles, situation.ledger.currency)
        or _is_for_own_order(session, wanted, actor)
        or _word_above(wanted, situation, actor.roles) is not None
    )


def _vouched_for(session: Session, wanted: Wanted) -> int | None:
    order = order_of(session, wanted) if wanted.decision_type is DecisionType.ORDER else None
    return order.base_amount if order else None


def _check_of_no_own_order(session: Session, wanted: Wanted, reach: Reach | None, actor: Actor) -> None:
    order = order_of(session, wanted) if wanted.decision_type is DecisionType.ORDER else None
    if order and reach:
        check_overrides_no_own(session, order, actor)


def _is_for_own_order(session: Session, wanted: Wanted, actor: Actor) -> bool:
    # A limit raised, or a stop cleared, lets what is held go as well as a word on the order itself.
    is_review = wanted.decision_type is DecisionType.REVIEW
    return is_review and bool(own_order_that_waits(session, wanted.customer_id, actor))


def _check_answered_for(
    session: Session, override: StoredOverride, reach: Reach | None, situation: Situation, actor: Actor
) -> None:
    base = situation.ledger.currency
    if any(answers_for(session, reach, roles, base) for roles in (actor.roles, roles_of(session, override.person))):
        return
    exposure = reach.exposure if reach else None
    amount = (
        "an exposure that nobody can tell" if exposure is None else f"{money_text(exposure, base.code)} {base.code}"
    )
    enough = roles_that_may_release(session, exposure, base)
    raise AccessError(
        "A434",
        f"The override {override.override_id} leads to {amount}, more than {actor.person} answers for.",
        remedy=f"Let it be confirmed by: {enough[0].value}." if enough else "No role may; see release_authority.",
    )


def _word_above(wanted: Wanted, situation: Situation, roles: Collection[Role]) -> StoredOverride | None:
    # What is said of one order goes before what is said of all.
    if wanted.decision_type is not DecisionType.ORDER or not wanted.order_id:
        return None
    said = situation.kept.overrides.get(wanted.customer_id, ())
    return higher_word(said, {ALL_ORDERS}, roles, situation.version.policy)


def _check_is_the_only_one(session: Session, wanted: Wanted, day: date) -> None:
    open_ones = OverrideStore(session).open_of(wanted.customer_id, wanted.decision_type.value, wanted.order_id, day)
    for first in open_ones:
        both = sorted(set(first.outputs) & set(wanted.outputs))
        if both:
            raise RequestError(
                "R447",
                f"{both[0]} is overridden already by {first.override_id}, given by {first.person}.",
                remedy="End that one first.",
            )


def _not_so(override: StoredOverride, found: str) -> RequestError:
    return RequestError(
        "R441",
        f"The override {override.override_id} {found}.",
        remedy="List the overrides of the customer to see what counts.",
    )
