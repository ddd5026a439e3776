"""What waits for a second person before it counts: roles that were proposed, and passwords that were given."""

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.roles import CHANGES_PEOPLE, SENSITIVE
from policy_service.storage.people_store import PeopleStore, StoredRole
from policy_service.storage.sign_in_store import SignInStore, WaitingPassword


def roles_waiting_for(session: Session, actor: Actor) -> tuple[StoredRole, ...]:
    """Return the proposed roles to which the actor may agree: those of others, proposed by others who still may."""
    if Permission.PEOPLE_CHANGE not in actor.permissions:
        return ()
    people = PeopleStore(session)
    proposers = people.holders(CHANGES_PEOPLE) - {actor.person}
    return tuple(each for each in people.proposed() if each.login != actor.person and each.proposed_by in proposers)


def passwords_waiting_for(session: Session, actor: Actor, at: Instant) -> tuple[WaitingPassword, ...]:
    """Return the given passwords to which the actor may agree: of others, given by others, and not yet expired."""
    if not SENSITIVE & actor.roles:
        return ()
    asking = SignInStore(session).asking(at)
    return tuple(each for each in asking if actor.person not in (each.login, each.given_by))
