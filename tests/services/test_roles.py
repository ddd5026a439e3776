"""Roles given, agreed to, withdrawn and founded: by whom, in which order, and with what said of it afterwards."""

import json

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.people import NewPerson, actor_of, add_person, deactivate, found_person, the_person
from policy_service.services.roles import agree_to_role, found_role, give_role, withdraw_role
from policy_service.services.second_person import passwords_waiting_for, roles_waiting_for
from policy_service.services.sign_in.passwords import give_password
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.people_store import StoredRole

FIRST, THEN, LAST = Act("tests", 1), Act("tests", 2), Act("tests", 3)


@pytest.fixture
def house(bare: House) -> House:
    """Give a house in which ada and eve may change people, and bo and ann may not."""
    with bare.database.writing() as session:
        found_person(bare, session, NewPerson("ada", "Ada"), [Role.ADMIN], FIRST)
        ada = actor_of(session, "ada")
        for login in ("eve", "bo", "ann"):
            add_person(bare, session, NewPerson(login, login.title()), ada, FIRST)
        found_role(bare, session, "eve", Role.ADMIN, ada, FIRST)
        give_role(bare, session, "ann", Role.ANALYST, ada, FIRST)
    return bare


def who(house: House, login: str) -> Actor:
    with house.database.reading() as session:
        return actor_of(session, login)


def gives(house: House, by: str, role: Role, login: str = "bo", act: Act = THEN) -> StoredRole:
    with house.database.writing() as session:
        return give_role(house, session, login, role, actor_of(session, by), act)


def agrees(house: House, by: str, role: Role, login: str = "bo") -> StoredRole:
    with house.database.writing() as session:
        return agree_to_role(house, session, login, role, actor_of(session, by), LAST)


def withdraws(house: House, by: str, role: Role, login: str = "bo") -> StoredRole:
    with house.database.writing() as session:
        return withdraw_role(house, session, login, role, actor_of(session, by), LAST)


def leaves(house: House, login: str = "bo") -> None:
    with house.database.writing() as session:
        deactivate(house, session, login, actor_of(session, "ada"), LAST)


def founds(house: House, by: str | None, login: str = "bo", role: Role = Role.ADMIN) -> StoredRole:
    with house.database.writing() as session:
        actor = actor_of(session, by) if by else None
        return found_role(house, session, login, role, actor, THEN)


def notes(house: House, role: Role, login: str = "bo") -> list[tuple[str, object]]:
    with house.database.reading() as session:
        events = AuditStore(session).about("role", f"{login}/{role}")
    return [(each.act, json.loads(each.detail).get("was")) for each in events]


def code_of(attempt: object, *arguments: object) -> str:
    assert callable(attempt)
    with pytest.raises(PolicyServiceError) as refused:
        attempt(*arguments)
    return refused.value.code


def test_a_role_says_who_granted_it_and_when(house: House) -> None:
    plain, proposed = gives(house, "ada", Role.VIEWER), gives(house, "ada", Role.APPROVER)
    assert ("granted", "ada", 2, "ada", 2) == said(plain)
    assert ("proposed", "ada", 2, None, None) == said(proposed)
    assert ("granted", "ada", 2, "eve", 3) == said(agrees(house, "eve", Role.APPROVER))


def said(role: StoredRole) -> tuple[object, ...]:
    return role.state, role.proposed_by, role.proposed_at, role.granted_by, role.granted_at


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
def test_a_role_that_was_withdrawn_is_given_again(house: House, role: Role) -> None:
    state = gives(house, "ada", role).state
    assert "withdrawn" == withdraws(house, "ada", role).state
    assert state == gives(house, "ada", role).state


def test_a_role_that_nobody_gave_is_not_withdrawn(house: House) -> None:
    assert "R411" == code_of(withdraws, house, "ada", Role.VIEWER)


def test_whoever_is_not_active_gets_no_role_by_anybody(house: House) -> None:
    gives(house, "ada", Role.APPROVER)
    leaves(house)
    assert "R412" == code_of(gives, house, "ada", Role.VIEWER)
    assert "R412" == code_of(agrees, house, "eve", Role.APPROVER)


def test_of_whoever_leaves_each_role_is_withdrawn_once(house: House) -> None:
    gives(house, "ada", Role.VIEWER)
    withdraws(house, "ada", Role.VIEWER)
    gives(house, "ada", Role.SALES)
    gives(house, "ada", Role.APPROVER)
    leaves(house)
    assert [("granted", None), ("withdrawn", "granted")] == notes(house, Role.VIEWER)
    assert [("granted", None), ("withdrawn", "granted")] == notes(house, Role.SALES)
    assert [("proposed", None), ("withdrawn", "proposed")] == notes(house, Role.APPROVER)


def test_once_two_could_change_people_nobody_founds_a_role(house: House) -> None:
    assert "A409" == code_of(founds, house, None)
    assert "A409" == code_of(founds, house, "ada")
    with house.database.reading() as session:
        assert () == the_person(session, "bo").roles


def test_as_soon_as_one_may_change_people_no_role_is_founded_by_nobody(bare: House) -> None:
    with bare.database.writing() as session:
        found_person(bare, session, NewPerson("ada", "Ada"), [Role.ADMIN], FIRST)
        add_person(bare, session, NewPerson("bo", "Bo"), actor_of(session, "ada"), FIRST)
    assert "A409" == code_of(founds, bare, None)
    leaves(bare)
    assert "R412" == code_of(founds, bare, "ada")


def test_a_founded_role_says_by_whom(bare: House) -> None:
    with bare.database.writing() as session:
        found_person(bare, session, NewPerson("ada", "Ada"), [Role.ADMIN], FIRST)
        add_person(bare, session, NewPerson("bo", "Bo"), actor_of(session, "ada"), FIRST)
        (founded,) = the_person(session, "ada").roles
    assert ("granted", None, 1, None, 1) == said(founded)
    assert ("granted", None, 2, "ada", 2) == said(founds(bare, "ada"))


def test_a_role_that_was_proposed_before_it_is_founded_is_nobodys_proposal_any_more(bare: House) -> None:
    with bare.database.writing() as session:
        found_person(bare, session, NewPerson("ada", "Ada"), [Role.ADMIN], FIRST)
        add_person(bare, session, NewPerson("bo", "Bo"), actor_of(session, "ada"), FIRST)
    gives(bare, "ada", Role.ADMIN)
    assert founds(bare, "ada").proposed_by is None


def test_a_proposal_waits_for_those_alone_who_may_agree(house: House) -> None:
    gives(house, "ada", Role.APPROVER)
    with house.database.reading() as session:
        waiting = {login: roles_waiting_for(session, actor_of(session, login)) for login in ("ada", "eve", "ann", "bo")}
    assert {"ada": 0, "eve": 1, "ann": 0, "bo": 0} == {login: len(roles) for login, roles in waiting.items()}


def test_a_given_password_waits_for_those_alone_who_may_agree(house: House) -> None:
    gives(house, "ada", Role.APPROVER)
    agrees(house, "eve", Role.APPROVER)
    with house.database.writing() as session:
        assert give_password(house, session, "bo", "given by another", actor_of(session, "ada"), THEN)
        waiting = {
            login: len(passwords_waiting_for(session, actor_of(session, login), THEN.at))
            for login in ("ada", "eve", "ann", "bo")
        }
    assert {"ada": 0, "eve": 1, "ann": 0, "bo": 0} == waiting


def test_nobody_acts_as_somebody_unknown_or_inactive(house: House) -> None:
    leaves(house)
    for login in ("nobody", "bo"):
        with pytest.raises(AccessError, match=f"Nobody active has the login '{login}'"):
            who(house, login)


@pytest.mark.parametrize("login", ["b" * 61, "Bo", "bo\n", "", "system"])
def test_a_login_that_could_be_taken_for_another_is_none(house: House, login: str) -> None:
    with house.database.writing() as session:
        new, ada = NewPerson(login, "Bo"), actor_of(session, "ada")
        assert "R416" == code_of(add_person, house, session, new, ada, THEN)
        assert "b" * 60 == add_person(house, session, NewPerson("b" * 60, "Bo"), ada, THEN).stored.login
