"""Passwords: given once by whoever may change people, agreed to by another, changed by their owner alone.

Who can give somebody a password can be that somebody. So one for a person with a role that takes two people to grant
takes two people too: whoever gives it, and any other with such a role. Where there is no third person it counts at
once, and the audit trail says so. Nobody gives themselves one, and one that was given is good for one sign-in.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.instants import DAY, Instant
from policy_service.domain.permissions import Permission, Role
from policy_service.services.actor import Actor, own_proposal, require
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.people import NewPerson, found_person, roles_of
from policy_service.services.roles import SENSITIVE, is_being_founded
from policy_service.services.sign_in.secrets_of_people import hashed, opens, refuse_weak
from policy_service.storage.people_store import PeopleStore, StoredPerson
from policy_service.storage.sign_in_store import SignInStore, StoredPassword

#: For so long a password that was given waits for its one sign-in.
GOOD_FOR: Final = DAY


class PasswordState(StrEnum):
    """What a person can sign in with: nothing, a password of their own, or one that was given."""

    NONE = "no_password"
    OWN = "own_password"
    GIVEN = "given_password"
    WAITS = "password_waits"
    OVER = "password_over"


def found_administrator(house: House, login: str, password: str, act: Act) -> bool:
    """Add an administrator who may sign in once with that password, where there is nobody yet; return whether it was.

    In a transaction of its own: of several processes that begin at once, one does it.
    """
    with house.database.writing() as session:
        PeopleStore(session).hold()
        if PeopleStore(session).page("", 1):
            return False
        found_person(house, session, NewPerson(login, "Administrator"), (Role.ADMIN,), act)
        found_password(house, session, login, password, act)
    return True


def found_password(house: House, session: Session, login: str, password: str, act: Act) -> None:
    """Give somebody a one-time password as nobody, which only the command line does, while few are there to ask.

    AccessError A409 once two people could decide; RequestError R412 for somebody who is not active.
    """
    if not is_being_founded(session):
        raise AccessError(
            "A409", "The founding is over.", remedy="Act as a person who may change people, with --as LOGIN."
        )
    person = _active(session, login)
    _keep(session, person, password, None, act, asks_for_another=False)
    note(house, session, act, "gave_password", "person", login)


def give_password(house: House, session: Session, login: str, password: str, actor: Actor, act: Act) -> bool:
    """Give another person a one-time password; return whether a second person has to agree before it counts.

    Every sign-in of that person ends. AccessError A415 for oneself; RequestError R412 for somebody not active.
    """
    require(actor, Permission.PEOPLE_CHANGE)
    PeopleStore(session).hold()
    person = _active(session, login)
    if login == actor.person:
        raise AccessError(
            "A415",
            "Nobody gives themselves a password.",
            remedy="Change your own with the one you have, or ask another.",
        )
    takes_two = bool(SENSITIVE & roles_of(session, login)) and not is_being_founded(session)
    asks = takes_two and bool(_holders_of_sensitive_roles(session) - {login, actor.person})
    _keep(session, person, password, actor, act, asks_for_another=asks)
    detail: dict[str, object] = {"asks_for_another": asks}
    if takes_two and not asks:
        detail["is_bypass"] = True
    note(house, session, act, "gave_password", "person", login, detail)
    return asks


def password_state(session: Session, person: StoredPerson, at: Instant) -> PasswordState:
    """Return what a person can sign in with."""
    kept = SignInStore(session).password(person.user_id)
    if kept is None:
        return PasswordState.NONE
    if kept.given_by is None:
        return PasswordState.OWN
    if kept.expires_at is not None and at >= kept.expires_at:
        return PasswordState.OVER
    return PasswordState.WAITS if kept.asks_for_another else PasswordState.GIVEN


def agree_to_password(house: House, session: Session, login: str, actor: Actor, act: Act) -> None:
    """Let a password count that another person gave somebody; whoever has a sensitive role may.

    AccessError A403 without one, A406 for one's own proposal, A415 for one's own password; RequestError R489 if none
    waits.
    """
    if not SENSITIVE & actor.roles:
        raise AccessError(
            "A403", f"{actor.person} has no role that may agree.", remedy="Let somebody do it who has a sensitive role."
        )
    PeopleStore(session).hold()
    person = _active(session, login)
    given = SignInStore(session).password(person.user_id)
    if given is None or not given.asks_for_another:
        raise RequestError(
            "R489", f"No password of {login} waits for a second person.", remedy="Look at who has been given one."
        )
    if login == actor.person:
        raise AccessError("A415", "Nobody agrees to a password of their own.", remedy="Ask another person.")
    if given.given_by == actor.user_id:
        raise own_proposal()
    SignInStore(session).change_password(person.user_id, {"asks_for_another": False})
    note(house, session, act, "agreed_to_password", "person", login)


def change_own_password(house: House, session: Session, old: str, new: str, actor: Actor, act: Act) -> None:
    """Choose another password, with the one before; every sign-in of the person ends.

    AccessError A411 for a wrong one before; RequestError R488 for a weak one, or the same again.
    """
    before = SignInStore(session).password(actor.user_id)
    if before is None or not opens(before.secret_hash, old):
        raise AccessError("A411", "This is not the password so far.", remedy="Write the one you signed in with.")
    refuse_weak(new, actor.person)
    if old == new:
        raise RequestError("R488", "This is the password so far.", remedy="Choose another one.")
    SignInStore(session).keep_password(_as_kept(actor.user_id, new, None, act))
    SignInStore(session).end_all(actor.user_id, act.at)
    note(house, session, act, "changed_password", "person", actor.person)


def _keep(
    session: Session, person: StoredPerson, password: str, giver: Actor | None, act: Act, *, asks_for_another: bool
) -> None:
    # By a person who is not there yet it is given by nobody else: its owner stands for that.
    given_by = giver.user_id if giver is not None else person.user_id
    kept = _as_kept(person.user_id, password, given_by, act)
    kept = replace(kept, expires_at=act.at + GOOD_FOR, asks_for_another=asks_for_another)
    SignInStore(session).keep_password(kept)
    SignInStore(session).end_all(person.user_id, act.at)


def _as_kept(user_id: str, password: str, given_by: str | None, act: Act) -> StoredPassword:
    return StoredPassword(user_id, hashed(password), given_by, act.at, None, False, 0, None)


def _holders_of_sensitive_roles(session: Session) -> frozenset[str]:
    return PeopleStore(session).holders(sorted(SENSITIVE))


def _active(session: Session, login: str) -> StoredPerson:
    person = PeopleStore(session).person(login)
    if not person.is_active:
        raise RequestError("R412", f"{login} is not active.", remedy="Make the person active first.")
    return person
