"""Versions as they are now: with their submission, approvals and steps, and what is in force, to come, in work."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.services.policy_life.in_hand import state_at
from policy_service.storage.errors import not_stored
from policy_service.storage.policy_approval_store import Approval, PolicyApprovalStore, Submission
from policy_service.storage.policy_store import PolicyStore, PolicyVersion, Step


@dataclass(frozen=True, slots=True)
class VersionNow:
    """A version; `state` is what its period says of the instant, `hands` are those who cannot approve it.

    `submission` is the last one, with its approvals, unless an edit made it void.
    """

    version: PolicyVersion
    state: str
    hands: frozenset[str]
    submission: Submission | None
    approvals: tuple[Approval, ...]
    steps: tuple[Step, ...]

    @property
    def is_bypass(self) -> bool:
        """Whether its text was approved by a bypass."""
        return any(step.is_bypass for step in self.steps)


@dataclass(frozen=True, slots=True)
class PolicyNow:
    """A policy: the version in force, those to come in the order of their begin, and those in work."""

    policy_id: str
    active: PolicyVersion | None
    scheduled: tuple[PolicyVersion, ...]
    drafts: tuple[PolicyVersion, ...]


def version_now(session: Session, policy_id: str, number: int, at: Instant) -> VersionNow:
    """Return all that is to be said of a version at the instant; NotStored S209 if there is none."""
    store = PolicyApprovalStore(session)
    version = store.version(policy_id, number)
    submission = store.last_submission(policy_id, number)
    if submission is not None and submission.state == "void":
        submission = None
    approvals = store.approvals(submission) if submission else ()
    hands = store.hands(policy_id, number) | (submission.hands if submission else frozenset())
    steps = store.steps(policy_id, number)
    return VersionNow(version, state_at(version, at), hands, submission, approvals, steps)


def policy_now(session: Session, policy_id: str, at: Instant) -> PolicyNow:
    """Return a policy as it is at the instant; NotStored S209 if there is none."""
    versions = PolicyStore(session).versions(policy_id)
    if not versions:
        raise not_stored(f"policy {policy_id[:60]}")
    by_state = [(state_at(version, at), version) for version in versions]
    to_come = [version for state, version in by_state if state == "scheduled"]
    return PolicyNow(
        policy_id,
        next((version for state, version in by_state if state == "active"), None),
        tuple(sorted(to_come, key=lambda version: version.effective_from or 0)),
        tuple(version for state, version in by_state if state in ("draft", "submitted", "approved")),
    )


def policies_now(session: Session, at: Instant) -> tuple[PolicyNow, ...]:
    """Return every policy as it is at the instant, in order of id."""
    return tuple(policy_now(session, policy_id, at) for policy_id in PolicyStore(session).policy_ids())
