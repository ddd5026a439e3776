"""People: added, described, made inactive; each is one account for good, and what they did stays theirs."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.permissions import Permission, Role, permissions_of
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.roles import CHANGES_PEOPLE, found_role, refuse_after_founding, withdraw_all
from policy_service.storage.errors import refuse_if_changed
from policy_service.storage.key_store import KeyStore
from policy_service.storage.people_store import PeopleStore, StoredPerson, StoredRole

#: What a login looks like: small letters and digits, so that no two look alike by case.
LOGIN: Final = r"[a-z][a-z0-9]*([._-][a-z0-9]+)*"
LONGEST_LOGIN: Final = 60
#: What the service does by itself is recorded under this.
_RESERVED: Final = frozenset({"system"})
_LOGIN: Final = re.compile(LOGIN, re.ASCII)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be added."""

    login: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with the roles granted or proposed."""

    stored: StoredPerson
    roles: tuple[StoredRole, ...]


def add_person(house: House, session: Session, new: NewPerson, actor: Actor, act: Act) -> Person:
    """Store a new person without a role; RequestError R416 for a login that is none, Conflict S220 for one taken."""
    require(actor, Permission.PEOPLE_CHANGE)
    return _added(house, session, new, act)


def found_person(house: House, session: Session, new: NewPerson, roles: Collection[Role], act: Act) -> Person:
    """Store a new person with these roles at once, as nobody is there yet who could decide upon them.

    AccessError A409 once somebody may change people.
    """
    refuse_after_founding(session)
    _added(house, session, new, act)
    # Whoever may change people ends the time in which nobody needs to act as anybody.
    for role in sorted(roles, key=lambda each: each in CHANGES_PEOPLE):
        found_role(house, session, new.login, role, None, act)
    return the_person(session, new.login)


def change_person(
    house: House, session: Session, login: str, revision: int, changes: Mapping[str, object], actor: Actor, act: Act
) -> Person:
    """Keep another `name`, `email` or `is_active` of a person; Conflict S208 if somebody else changed it since.

    Whoever is made inactive loses keys and roles at once; made active again, roles have to be granted anew.
    RequestError R419 if too few people could decide upon roles then.
    """
    require(actor, Permission.PEOPLE_CHANGE)
    people = PeopleStore(session)
    people.hold()
    before = people.person(login)
    refuse_if_changed(f"the person {login[:60]}", before.revision, revision)
    others = {name: value for name, value in changes.items() if value != getattr(before, name)}
    if not others:
        return the_person(session, login)
    if others.get("is_active") is False:
        withdraw_all(house, session, before, act)
        _revoke_all_keys(house, session, before, act)
    people.change(before, others)
    note(house, session, act, "changed", "person", login, others)
    return the_person(session, login)


def deactivate(house: House, session: Session, login: str, actor: Actor, act: Act) -> Person:
    """Make a person inactive, whatever was changed since anybody read it."""
    PeopleStore(session).hold()
    revision = PeopleStore(session).person(login).revision
    return change_person(house, session, login, revision, {"is_active": False}, actor, act)


def the_person(session: Session, login: str) -> Person:
    """Return a person with the roles granted or proposed; NotStored S209 if there is none."""
    stored = PeopleStore(session).person(login)
    return _with_roles(session, (stored,))[0]


def people_behind(session: Session, login: str, limit: int) -> tuple[Person, ...]:
    """Return people in order of logins, behind that one."""
    return _with_roles(session, PeopleStore(session).page(login, limit))


def actor_of(session: Session, login: str) -> Actor:
    """Return the person as the one who acts, with all that the roles allow; AccessError A402 for nobody active."""
    stored = PeopleStore(session).find(login)
    if stored is None or not stored.is_active:
        raise AccessError(
            "A402", f"Nobody active has the login {login[:60]!r}.", remedy="Name one who has: policy person list."
        )
    roles = roles_of(session, login)
    return Actor(login, stored.user_id, roles, permissions_of(roles))


def roles_of(session: Session, login: str) -> frozenset[Role]:
    """Return the roles that are granted to somebody; none to nobody, or to somebody inactive."""
    granted = [each.role for each in PeopleStore(session).roles([login]) if each.state == "granted"]
    return frozenset(role for role in Role if role in granted)


def _added(house: House, session: Session, new: NewPerson, act: Act) -> Person:
    if len(new.login) > LONGEST_LOGIN or not _LOGIN.fullmatch(new.login) or new.login in _RESERVED:
        raise RequestError(
            "R416",
            f"{new.login[:60]!r} is no login.",
            remedy="Write small letters and digits, single points, dashes or underscores between: a.chen. Not: system.",
        )
    PeopleStore(session).hold()
    stored = PeopleStore(session).add(house.new_id(), new.login, new.name, new.email, act.at)
    note(house, session, act, "added", "person", new.login, {"name": new.name})
    return Person(stored, ())


def _revoke_all_keys(house: House, session: Session, person: StoredPerson, act: Act) -> None:
    keys = KeyStore(session).unrevoked(person.user_id)
    KeyStore(session).revoke(keys, act.at)
    for key_id in keys:
        note(house, session, act, "revoked", "key", key_id, {"owner": person.login})


def _with_roles(session: Session, people: Collection[StoredPerson]) -> tuple[Person, ...]:
    roles = PeopleStore(session).roles([person.login for person in people])
    return tuple(
        Person(person, tuple(each for each in roles if each.login == person.login and each.state != "withdrawn"))
        for person in people
    )
