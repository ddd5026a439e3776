"""What waits for one person: drafts of their own, and what others did that they may settle, as far as it takes two.

Nobody is shown what they have a hand in. Whether a person's authority reaches as far as an override leads, or an order
of their own stands against it, is looked at when they settle it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant, business_day
from policy_service.domain.permissions import Permission, has_authority
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.portfolio.behind import Behind, Subject
from policy_service.storage.policy_approval_store import PolicyApprovalStore
from policy_service.storage.policy_store import PolicyVersion
from policy_service.storage.work_waiting import approval_roles, proposed_overrides, proposed_standings

#: As many of each are named; behind them there are more if there are as many.
MOST_NAMED: Final = 100


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits of one kind: how many there are, at most `MOST_NAMED` of which `behind` names the ids."""

    number: int
    behind: Behind


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person, of each kind the ids; a policy version goes by policy and number, `house/3`.

    Drafts are those the person has a hand in; approvals are versions handed in for approval.
    """

    person: str
    drafts: Waits
    approvals: Waits
    overrides: Waits
    standings: Waits


def waiting_for(house: House, session: Session, actor: Actor, at: Instant) -> Waiting:
    """Return what waits for the actor, what waits longest first; of what the actor may not do there is nothing."""
    policies = tuple(_in_work(session))
    return Waiting(
        actor.person,
        _waits(Subject.POLICY_VERSIONS, _drafts(session, actor, policies)),
        _waits(Subject.POLICY_VERSIONS, _approvals(session, actor, policies)),
        _overrides(house, session, actor, at),
        _standings(session, actor),
    )


def _waits(subject: Subject, ids: Iterable[str]) -> Waits:
    found = tuple(ids)
    return Waits(len(found), Behind(subject, ids=found[:MOST_NAMED]))


def _in_work(session: Session) -> Iterator[PolicyVersion]:
    store = PolicyApprovalStore(session)
    for policy_id in store.policy_ids():
        yield from (one for one in reversed(store.versions(policy_id)) if one.state in {"draft", "submitted"})


def _drafts(session: Session, actor: Actor, versions: Iterable[PolicyVersion]) -> Iterator[str]:
    store = PolicyApprovalStore(session)
    if Permission.POLICIES_EDIT in actor.permissions:
        for one in versions:
            if one.state == "draft" and actor.person in store.hands(one.policy_id, one.number):
                yield _named(one)


def _approvals(session: Session, actor: Actor, versions: Iterable[PolicyVersion]) -> Iterator[str]:
    store = PolicyApprovalStore(session)
    if Permission.POLICIES_APPROVE not in actor.permissions:
        return
    for one in versions:
        submission = store.last_submission(one.policy_id, one.number)
        if one.state != "submitted" or submission is None or submission.state != "open":
            continue
        hands = submission.hands | store.hands(one.policy_id, one.number) | store.writers_of(submission.sha256)
        if actor.person not in hands | {each.person for each in store.approvals(submission)}:
            yield _named(one)


def _overrides(house: House, session: Session, actor: Actor, at: Instant) -> Waits:
    if Permission.OVERRIDES_CONFIRM not in actor.permissions:
        return _waits(Subject.OVERRIDES, ())
    day = business_day(at, house.settings.zone)
    found = proposed_overrides(session, actor.person, day, MOST_NAMED)
    return Waits(found.number, Behind(Subject.OVERRIDES, ids=found.ids))


def _standings(session: Session, actor: Actor) -> Waits:
    if Permission.STANDINGS_APPROVE not in actor.permissions:
        return _waits(Subject.STANDINGS, ())
    roles = [role for role in approval_roles(session) if has_authority(actor.roles, role)]
    found = proposed_standings(session, actor.person, roles, MOST_NAMED)
    return Waits(found.number, Behind(Subject.STANDINGS, ids=found.ids))


def _named(version: PolicyVersion) -> str:
    return f"{version.policy_id}/{version.number}"
