"""Going back: the text of a version that was in force, as a new version that needs no new approval."""

from dataclasses import replace

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.policy_life.approving import is_vouched_for
from policy_service.services.policy_life.in_hand import may, note_step, refuse_state, saying_why, take
from policy_service.services.policy_life.scheduling import begin
from policy_service.storage.policy_approval_store import PolicyApprovalStore
from policy_service.storage.policy_period_store import PolicyPeriodStore
from policy_service.storage.policy_store import PolicyVersion
from policy_service.storage.policy_texts import altered


def roll_back(
    house: House,
    session: Session,
    policy_id: str,
    number: int,
    effective_from: Instant | None,
    why: str,
    actor: Actor,
    act: Act,
) -> PolicyVersion:
    """Make a version with the very text of one that was in force, let it count from an instant (none: now), return it.

    It is recorded as rolled back, and as a bypass if that text went live by one. RequestError R463 if the version
    never was in force, R466 if it says what is in force then, R467 for an instant that is past or taken, R468
    without a note; StorageError S214 if the stored text is not the one that was approved.
    """
    may(actor, act, Permission.POLICIES_RELEASE)
    act = saying_why(act, why)
    source = take(session, policy_id, number, act)
    refuse_state(source, act.at, "rolled back to", "active", "retired")
    approvals = PolicyApprovalStore(session)
    if not is_vouched_for(approvals, source):
        raise altered(policy_id, number)
    act = replace(act, is_bypass=any(step.is_bypass for step in approvals.steps(policy_id, number)))
    copy = PolicyPeriodStore(session).add_copy(source, act)
    note_step(house, session, act, "rolled_back", copy, {"to": number})
    return begin(house, session, copy, effective_from, act, source)
