"""Going live: an approved version gets the instant from which it counts, and the one before it ends there."""

from dataclasses import replace

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant, instant_text
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.announcing import announce
from policy_service.services.house import House
from policy_service.services.policy_life.approving import is_vouched_for
from policy_service.services.policy_life.in_hand import may, note_step, refuse_state, saying_why, take
from policy_service.services.policy_life.refusals import (
    leaves_nothing,
    nothing_to_end,
    nothing_to_keep,
    past_instant,
    same_text,
    taken_instant,
)
from policy_service.services.policy_life.settling import settle_policy
from policy_service.storage.policy_approval_store import PolicyApprovalStore
from policy_service.storage.policy_period_store import PolicyPeriodStore
from policy_service.storage.policy_store import PolicyVersion
from policy_service.storage.policy_texts import altered


def schedule(
    house: House,
    session: Session,
    policy_id: str,
    number: int,
    effective_from: Instant | None,
    note: str,
    actor: Actor,
    act: Act,
) -> PolicyVersion:
    """Let an approved version count from an instant on (none: at once), and return it; one scheduled is moved.

    The version that counts until then ends at that very instant. RequestError R463 if it is neither approved nor
    scheduled, R466 if it says what is in force then, R467 for an instant that is past or at which another version
    begins; StorageError S214 if its text is not the one that was approved.
    """
    may(actor, act, Permission.POLICIES_RELEASE)
    version = take(session, policy_id, number, act)
    refuse_state(version, act.at, "scheduled", "approved", "scheduled")
    return begin(house, session, version, effective_from, replace(act, note=note))


def begin(
    house: House,
    session: Session,
    version: PolicyVersion,
    effective_from: Instant | None,
    act: Act,
    source: PolicyVersion | None = None,
) -> PolicyVersion:
    """Give a version that was taken in hand its period, as `schedule` does, and return it.

    `source` is the version that it is a copy of: refusals name that one, as nobody knows the copy yet.
    """
    begins = act.at if effective_from is None else effective_from
    store = PolicyPeriodStore(session)
    _refuse_instant(store, version, begins, act, source or version)
    _refuse_unapproved(session, version)
    was_scheduled = version.effective_from is not None
    store.begin(version, begins, "rescheduled" if was_scheduled else "scheduled", act)
    store.lay_out(version.policy_id)
    scheduled = store.version(version.policy_id, version.number)
    note_step(house, session, act, "scheduled", scheduled, {"effective_from": instant_text(begins)})
    announce(house, session, act, "policy.scheduled", _subject(scheduled), _told(store, scheduled))
    settle_policy(house, session, version.policy_id, act)
    return store.version(version.policy_id, version.number)


def unschedule(
    house: House, session: Session, policy_id: str, number: int, note: str, actor: Actor, act: Act
) -> PolicyVersion:
    """Take a version off the schedule before it begins, and return it: approved as before.

    The version before it counts on, unless a person ended it. RequestError R463 if it is not scheduled.
    """
    may(actor, act, Permission.POLICIES_RELEASE)
    act = replace(act, note=note)
    version = take(session, policy_id, number, act)
    refuse_state(version, act.at, "taken off the schedule", "scheduled")
    store = PolicyPeriodStore(session)
    store.unbegin(version, "unscheduled", act)
    store.lay_out(policy_id)
    approved = store.version(policy_id, number)
    note_step(house, session, act, "unscheduled", approved)
    return approved


def retire(
    house: House,
    session: Session,
    policy_id: str,
    number: int,
    ends_at: Instant | None,
    why: str,
    is_confirmed: bool,
    actor: Actor,
    act: Act,
) -> PolicyVersion:
    """End a version's period at an instant (none: now), and return it; from then on the policy answers nothing (R421).

    Until the next scheduled version begins, that is. RequestError R463 if the version does not count then, R467 if
    the instant is past, R468 without a note, and R469 unless it is confirmed, for a policy that the company needs.
    """
    may(actor, act, Permission.POLICIES_RELEASE)
    act = saying_why(act, why)
    version = take(session, policy_id, number, act)
    ends = act.at if ends_at is None else ends_at
    if ends < act.at:
        raise past_instant(ends, act.at)
    if not _counts_at(version, ends) or version.effective_from == ends:
        raise nothing_to_end(version, ends)
    if not is_confirmed and _is_needed(house, session, policy_id, ends):
        raise leaves_nothing(policy_id, ends)
    return _ended(house, session, version, ends, "retirement", act)


def keep(
    house: House, session: Session, policy_id: str, number: int, note: str, actor: Actor, act: Act
) -> PolicyVersion:
    """Take back a retirement that has not begun, and return the version; R463 if there is none to take back."""
    may(actor, act, Permission.POLICIES_RELEASE)
    act = replace(act, note=note)
    version = take(session, policy_id, number, act)
    if version.retires_at is None or version.retires_at <= act.at:
        raise nothing_to_keep(version)
    return _ended(house, session, version, None, "retirement_withdrawn", act)


def _counts_at(version: PolicyVersion, instant: Instant) -> bool:
    if version.effective_from is None or version.effective_from > instant:
        return False
    return version.effective_until is None or version.effective_until > instant


def _ended(
    house: House, session: Session, version: PolicyVersion, ends: Instant | None, step: str, act: Act
) -> PolicyVersion:
    store = PolicyPeriodStore(session)
    store.end(version, ends, step, act)
    store.lay_out(version.policy_id)
    said = {} if ends is None else {"retires_at": instant_text(ends)}
    note_step(house, session, act, step, version, said)
    settle_policy(house, session, version.policy_id, act)
    return store.version(version.policy_id, version.number)


def _is_needed(house: House, session: Session, policy_id: str, instant: Instant) -> bool:
    if policy_id == house.settings.default_policy:
        return True
    store = PolicyPeriodStore(session)
    others = (each for each in store.policy_ids() if each != policy_id)
    return all(store.effective(other, instant) is None for other in others)


def _refuse_instant(
    store: PolicyPeriodStore, version: PolicyVersion, begins: Instant, act: Act, named: PolicyVersion
) -> None:
    if begins < act.at:
        raise past_instant(begins, act.at)
    others = [each for each in store.periods(version.policy_id) if each.number != version.number]
    for other in others:
        if other.effective_from == begins:
            raise taken_instant(other, begins)
    # What would be in force then, were this version not there.
    before = [each for each in others if each.effective_from is not None and each.effective_from < begins]
    if before and before[-1].sha256 == version.sha256:
        ends = before[-1].retires_at
        if ends is None or ends > begins:
            raise same_text(named, before[-1].number)


def _refuse_unapproved(session: Session, version: PolicyVersion) -> None:
    store = PolicyApprovalStore(session)
    store.text(version.policy_id, version.number)
    if not is_vouched_for(store, version):
        raise altered(version.policy_id, version.number)


def _subject(version: PolicyVersion) -> str:
    return f"policies/{version.policy_id}/{version.number}"


def _told(store: PolicyPeriodStore, version: PolicyVersion) -> dict[str, object]:
    is_bypass = any(step.is_bypass for step in store.steps(version.policy_id, version.number))
    return {
        "policy_id": version.policy_id,
        "number": version.number,
        "sha256": version.sha256,
        "effective_from": instant_text(version.effective_from or 0),
        "is_bypass": is_bypass,
    }
