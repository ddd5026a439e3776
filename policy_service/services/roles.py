"""The roles of people: who grants which to whom, and which take two people.

A sensitive role (approver, admin, credit manager, finance head, system, emergency) is proposed by one person who may
change people and granted when another such person agrees. Nobody decides upon a role of their own. Withdrawing takes
one person. Nobody holds a role that writes the ledger together with one that lets orders go.

Two people must exist before two can agree. So as long as fewer than two were ever granted a role that may change
people, the command line, and nothing else, grants sensitive roles at once; the audit trail says `founded`. After
that no withdrawal may leave fewer than two such people, so that the time of founding never comes back.

If one of two is lost, nobody is left to agree. Then the command line, and nothing else, makes somebody an admin on
one person's word, with a reason; the audit trail says `rescued` and marks it as a bypass.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import structlog
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.permissions import PERMISSIONS, Permission, Role, are_apart
from policy_service.services.actor import Actor, own_proposal, require
from policy_service.services.audit import note
from policy_service.services.given_reason import given_reason
from policy_service.services.house import House
from policy_service.storage.errors import Conflict, refuse_if_changed
from policy_service.storage.people_store import PeopleStore, StoredPerson, StoredRole

#: Roles that take two people to grant: over rules and people, over orders beyond an analyst's, and over the ledger.
SENSITIVE: Final = frozenset(
    {Role.APPROVER, Role.ADMIN, Role.CREDIT_MANAGER, Role.FINANCE_HEAD, Role.SYSTEM, Role.EMERGENCY}
)
#: Whoever holds one of these decides upon roles.
CHANGES_PEOPLE: Final = tuple(role for role in Role if Permission.PEOPLE_CHANGE in PERMISSIONS[role])
#: Who acts while there is nobody to act as; no login has brackets.
FOUNDER: Final = "(founder)"
_FOUNDERS: Final = 2

log = structlog.get_logger()
_NOTHING_MORE: Final[Mapping[str, object]] = MappingProxyType({})


def give_role(
    house: House, session: Session, login: str, role: Role, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredRole:
    """Grant the role, or propose it if it is a sensitive one; return it as it is now.

    AccessError A405 for a role of one's own; RequestError R412 for somebody who is not active, R420 for somebody with
    a role that does not go with it; Conflict S208 for a person at another revision than the one given, S224 for a role
    that is held or proposed already.
    """
    person = _decided_upon(session, login, actor, revision)
    _refuse_inactive(person)
    before = _role_of(session, login, role)
    if before is not None and before.state in ("granted", "proposed"):
        raise _is_already(before)
    _refuse_both_hands(session, login, role)
    if role in SENSITIVE:
        values = {"state": "proposed", "proposed_by": actor.user_id, "proposed_at": act.at}
        return _kept(house, session, act, person, role, "proposed", values)
    return _kept(house, session, act, person, role, "granted", _granted_by(actor, act))


def agree_to_role(
    house: House, session: Session, login: str, role: Role, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredRole:
    """Grant a role that another person has proposed; return it as it is now.

    AccessError A405 for a role of one's own, A406 for one's own proposal; RequestError R411 if nobody proposed it,
    or somebody who may not change people any more; R412, R420 and Conflict S208 as for giving.
    """
    person = _decided_upon(session, login, actor, revision)
    _refuse_inactive(person)
    proposed = _role_of(session, login, role)
    if proposed is None or proposed.state != "proposed":
        raise _not_proposed(login, role, "Nobody has proposed it")
    if proposed.proposed_by == actor.person:
        raise own_proposal()
    if proposed.proposed_by not in _people_who_change_people(session):
        raise _not_proposed(login, role, f"{proposed.proposed_by} proposed it, who may not change people any more")
    _refuse_both_hands(session, login, role)
    values = {"state": "granted", "granted_by": actor.user_id, "granted_at": act.at}
    detail = {"proposed_by": proposed.proposed_by}
    return _kept(house, session, act, person, role, "agreed", values, detail)


def withdraw_role(
    house: House, session: Session, login: str, role: Role, actor: Actor, act: Act, *, revision: int | None = None
) -> StoredRole:
    """Take a role, or the proposal of one, from a person, also from oneself; return it as it is now.

    RequestError R411 if it is neither granted nor proposed; R419 if too few people could decide upon roles then;
    Conflict S208 as for giving.
    """
    require(actor, Permission.PEOPLE_CHANGE)
    PeopleStore(session).hold()
    person = _at_revision(session, login, revision)
    before = _role_of(session, login, role)
    if before is None or before.state == "withdrawn":
        raise _not_proposed(login, role, "It is neither granted nor proposed")
    if before.state == "granted":
        _refuse_to_leave_too_few(session, login, (role,))
    return _kept(house, session, act, person, role, "withdrawn", {"state": "withdrawn"}, {"was": before.state})


def found_role(house: House, session: Session, login: str, role: Role, actor: Actor | None, act: Act) -> StoredRole:
    """Grant a role at once, which only the command line does, and only while the service is being founded.

    Without an actor while nobody may change people yet. AccessError A409 once that is over, A405 for a role of
    one's own; RequestError R412, R420 as for giving; Conflict S224 for a role that is held already.
    """
    if actor is None:
        refuse_after_founding(session)
    elif not is_being_founded(session):
        raise _founded("two people have been able to change people")
    else:
        _decided_upon(session, login, actor)
    person = PeopleStore(session).person(login)
    _refuse_inactive(person)
    before = _role_of(session, login, role)
    if before is not None and before.state == "granted":
        raise _is_already(before)
    _refuse_both_hands(session, login, role)
    values = {
        "state": "granted",
        "proposed_by": None,
        "proposed_at": act.at,
        "granted_by": actor.user_id if actor else None,
        "granted_at": act.at,
    }
    return _kept(house, session, act, person, role, "founded", values)


def rescue_role(house: House, session: Session, login: str, why: str, actor: Actor, act: Act) -> StoredRole:
    """Make a person an admin at once, which only the command line does; return the role as it is now.

    Whoever acts need not be able to change people, since that may be what was lost. AccessError A405 for oneself;
    RequestError R440 for a reason of no length, R411 while the service is being founded, R412 for somebody who is
    not active; Conflict S224 for somebody who is an admin already.
    """
    reason, people = given_reason(why), PeopleStore(session)
    people.hold()
    person = people.person(login)
    if person.user_id == actor.user_id:
        raise _own_role()
    if is_being_founded(session):
        raise _not_proposed(login, Role.ADMIN, "The service is being founded, so nothing is to be rescued")
    _refuse_inactive(person)
    before = _role_of(session, login, Role.ADMIN)
    if before is not None and before.state == "granted":
        raise _is_already(before)
    detail = {"reason": reason, "could_change_people": sorted(_people_who_change_people(session))}
    log.warning("role_rescued", role=Role.ADMIN.value, login=login, person=actor.person)
    bypass = replace(act, is_bypass=True)
    return _kept(house, session, bypass, person, Role.ADMIN, "rescued", _granted_by(actor, act), detail)


def refuse_after_founding(session: Session) -> None:
    """Return while nobody may change people, so that nobody needs to act as anybody; AccessError A409 after that."""
    PeopleStore(session).hold()
    if not is_being_founded(session):
        raise _founded("two people have been able to change people")
    if people := _people_who_change_people(session):
        raise _founded(f"{', '.join(sorted(people))} may change people")


def is_being_founded(session: Session) -> bool:
    """Return whether fewer than two people were ever granted a role that may change people."""
    return PeopleStore(session).ever_granted(CHANGES_PEOPLE) < _FOUNDERS


def withdraw_all(house: House, session: Session, person: StoredPerson, act: Act) -> None:
    """Take every role and proposal from somebody who leaves; RequestError R419 as for one role."""
    roles = [each for each in PeopleStore(session).roles([person.login]) if each.state != "withdrawn"]
    _refuse_to_leave_too_few(session, person.login, tuple(Role(each.role) for each in roles))
    for each in roles:
        PeopleStore(session).set_role(person, each.role, {"state": "withdrawn"})
        note(house, session, act, "withdrawn", "role", f"{person.login}/{each.role}", {"was": each.state})


def _refuse_to_leave_too_few(session: Session, login: str, withdrawn: Collection[Role]) -> None:
    people = PeopleStore(session)
    before = people.holders(CHANGES_PEOPLE)
    by_another_role = people.holders(tuple(role for role in CHANGES_PEOPLE if role not in withdrawn))
    after = (before - {login}) | (by_another_role & {login})
    if before and not after:
        raise RequestError(
            "R419",
            f"Without {login} nobody could change people.",
            remedy="Let another person become able to first: policy person add LOGIN --name NAME --role admin.",
        )
    if after != before and len(after) < _FOUNDERS and not is_being_founded(session):
        raise RequestError(
            "R419",
            f"Without {login} fewer than two people could change people.",
            remedy="Let a third person become able to first (policy person rescue, if one of the two is lost); "
            "until then revoke the keys of this one.",
        )


def _decided_upon(session: Session, login: str, actor: Actor, revision: int | None = None) -> StoredPerson:
    require(actor, Permission.PEOPLE_CHANGE)
    PeopleStore(session).hold()
    person = _at_revision(session, login, revision)
    if person.user_id == actor.user_id:
        raise _own_role()
    return person


def _at_revision(session: Session, login: str, revision: int | None) -> StoredPerson:
    person = PeopleStore(session).person(login)
    refuse_if_changed(f"the person {login[:60]}", person.revision, revision)
    return person


def _kept(
    house: House,
    session: Session,
    act: Act,
    person: StoredPerson,
    role: Role,
    done: str,
    values: Mapping[str, Any],
    detail: Mapping[str, object] = _NOTHING_MORE,
) -> StoredRole:
    people = PeopleStore(session)
    people.set_role(person, role, values)
    # Whoever read the person has read the roles: the person's revision counts for both.
    people.change(person, {})
    note(house, session, act, done, "role", f"{person.login}/{role}", detail)
    kept = _role_of(session, person.login, role)
    if kept is None:
        raise RuntimeError("A role that was stored is not there.")
    return kept


def _role_of(session: Session, login: str, role: Role) -> StoredRole | None:
    return next((each for each in PeopleStore(session).roles([login]) if each.role == role), None)


def _people_who_change_people(session: Session) -> frozenset[str]:
    return PeopleStore(session).holders(CHANGES_PEOPLE)


def _granted_by(actor: Actor, act: Act) -> dict[str, object]:
    by, at = actor.user_id, act.at
    return {"state": "granted", "proposed_by": by, "proposed_at": at, "granted_by": by, "granted_at": at}


def _refuse_inactive(person: StoredPerson) -> None:
    if not person.is_active:
        raise RequestError("R412", f"{person.login} is not active.", remedy="Make the person active first.")


def _refuse_both_hands(session: Session, login: str, role: Role) -> None:
    held = (each.role for each in PeopleStore(session).roles([login]) if each.state in ("granted", "proposed"))
    other = next((each for each in held if are_apart(role, Role(each))), None)
    if other:
        raise RequestError(
            "R420",
            f"{login[:60]} has the role {other} and cannot have {role} besides: with entries of one's own in the ledger"
            " one could let go what one may not release.",
            remedy=f"Let another person have it, or withdraw {other} first.",
        )


def _own_role() -> AccessError:
    return AccessError(
        "A405", "Nobody decides upon a role of their own.", remedy="Let another person who may change people do it."
    )


def _is_already(role: StoredRole) -> Conflict:
    remedy = "Agree to it, or withdraw it." if role.state == "proposed" else "Nothing is to be done."
    return Conflict("S224", f"The role {role.role} of {role.login} is {role.state} already.", remedy=remedy)


def _not_proposed(login: str, role: Role, found: str) -> RequestError:
    return RequestError("R411", f"The role {role} of {login[:60]}: {found}.", remedy="Propose it, by granting it.")


def _founded(found: str) -> AccessError:
    return AccessError("A409", f"The founding is over: {found}.", remedy="Act as such a person, with --as LOGIN.")
