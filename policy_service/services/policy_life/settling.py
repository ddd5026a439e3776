"""State words follow the periods: what has begun is active, what is over is retired."""

from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant, instant_text
from policy_service.services.announcing import announce
from policy_service.services.house import House
from policy_service.services.policy_life.in_hand import note_step
from policy_service.storage.policy_period_store import PolicyPeriodStore
from policy_service.storage.policy_store import PolicyVersion

#: Who takes the steps that nobody takes in person.
SYSTEM: Final = "system"


def needs_settling(session: Session, at: Instant) -> bool:
    """Return whether `settle_states` has anything to do; a reading session suffices."""
    return bool(PolicyPeriodStore(session).unsettled(at))


def settle_states(house: House, session: Session, act: Act) -> None:
    """Bring the states of all versions in line with their periods at the act's instant, each step by `system`.

    What counts hangs on the periods alone: a state that has not followed yet changes no decision. Calling it again
    changes nothing.
    """
    store = PolicyPeriodStore(session)
    unsettled = store.unsettled(act.at)
    # All of them before anything is noted: whoever holds one of them may be waiting to note something.
    for policy_id in unsettled:
        store.lock(policy_id, act)
    for policy_id in unsettled:
        settle_policy(house, session, policy_id, act)


def settle_policy(house: House, session: Session, policy_id: str, act: Act) -> None:
    """Bring the states of one policy's versions in line, as `settle_states` does; the caller holds the policy."""
    by_itself = replace(act, person=SYSTEM, key_id=None, note="", is_bypass=False)
    for version in PolicyPeriodStore(session).periods(policy_id):
        following = version
        if following.state == "scheduled" and _is_past(following.effective_from, act.at):
            following = _follow(house, session, following, "active", by_itself)
        if following.state == "active" and _is_past(following.effective_until, act.at):
            _follow(house, session, following, "retired", by_itself)


def _is_past(instant: Instant | None, now: Instant) -> bool:
    return instant is not None and instant <= now


def _follow(house: House, session: Session, version: PolicyVersion, state: str, act: Act) -> PolicyVersion:
    followed = PolicyPeriodStore(session).change_state(
        version.policy_id, version.number, version.revision, state, act
    )  # fmt: skip
    event = "policy.activated" if state == "active" else "policy.retired"
    note_step(house, session, act, state, followed)
    announce(house, session, act, event, f"policies/{version.policy_id}/{version.number}", _told(followed))
    return followed


def _told(version: PolicyVersion) -> dict[str, object]:
    since, until = version.effective_from, version.effective_until
    return {
        "policy_id": version.policy_id,
        "number": version.number,
        "sha256": version.sha256,
        "effective_from": None if since is None else instant_text(since),
        "effective_until": None if until is None else instant_text(until),
    }
