"""A version taken in hand: by somebody who may, with nobody else changing it meanwhile, and noted afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.policy_life.refusals import needs_note, wrong_state
from policy_service.storage.policy_store import PolicyStore, PolicyVersion

_NOTHING_MORE: Final[Mapping[str, object]] = MappingProxyType({})


def may(actor: Actor, act: Act, permission: Permission) -> None:
    """Return if the actor may do it and it is recorded as theirs; AccessError A403 otherwise."""
    require(actor, permission)
    if act.person != actor.person:
        raise AccessError("A403", f"{actor.person} cannot act as {act.person}.", remedy="Act in your own name.")


def saying_why(act: Act, why: str) -> Act:
    """Return the act with its note; RequestError R468 without one."""
    if not why.strip():
        raise needs_note()
    return replace(act, note=why)


def take(session: Session, policy_id: str, number: int, act: Act) -> PolicyVersion:
    """Return a version that nobody else changes until the transaction ends; NotStored S209 if there is none."""
    store = PolicyStore(session)
    store.version(policy_id, number)
    store.lock(policy_id, act)
    return store.version(policy_id, number)


def state_at(version: PolicyVersion, instant: Instant) -> str:
    """Return the state of a version as its period has it, whether or not its word has followed yet."""
    if version.effective_from is None:
        return version.state
    if version.effective_from > instant:
        return "scheduled"
    return "active" if version.effective_until is None or version.effective_until > instant else "retired"


def refuse_state(version: PolicyVersion, instant: Instant, what: str, *allowed: str) -> None:
    """Return if the version is in one of these states at the instant; RequestError R463 otherwise."""
    state = state_at(version, instant)
    if state not in allowed:
        raise wrong_state(version, state, what)


def note_step(
    house: House,
    session: Session,
    act: Act,
    done: str,
    version: PolicyVersion,
    detail: Mapping[str, object] = _NOTHING_MORE,
) -> None:
    """Append to the audit trail what was done to a version, with the hash of the text it was done to."""
    subject = f"{version.policy_id}/{version.number}"
    note(house, session, act, done, "policy_version", subject, {"sha256": version.sha256, **detail})
