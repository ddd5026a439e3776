"""Passwords that others give: for one sign-in, never to oneself, and to people of weight by two."""

from collections.abc import Callable

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.instants import DAY
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.people import actor_of
from policy_service.services.sign_in.passwords import (
    GOOD_FOR,
    agree_to_password,
    change_own_password,
    found_administrator,
    found_password,
    give_password,
)
from policy_service.services.sign_in.signing_in import Attempt, sign_in, who_is_signed_in
from tests.api.house import store_person

GIVEN = "given by another"
NOW = 1_000 * DAY


@pytest.fixture
def house(bare: House) -> House:
    """Give a house with two administrators, a head of finance and an analyst."""
    for login, role in (("adam", Role.ADMIN), ("bert", Role.ADMIN), ("finn", Role.FINANCE_HEAD), ("ana", Role.ANALYST)):
        store_person(bare, login, role)
    return bare


def given(house: House, login: str, by: str) -> bool:
    """Give somebody a password; return whether another person has to agree."""
    with house.database.writing() as session:
        return give_password(house, session, login, GIVEN, actor_of(session, by), Act(by, NOW))


def agreed(house: House, login: str, by: str) -> None:
    """Agree to a password."""
    with house.database.writing() as session:
        agree_to_password(house, session, login, actor_of(session, by), Act(by, NOW))


def enter(house: House, login: str, at: int = NOW) -> None:
    """Sign in with what was given."""
    sign_in(house, Attempt(login, GIVEN, f"token of {login}"), Act(login, at))


def code_of(doing: Callable[[], object]) -> str:
    """Return the code with which it is refused."""
    with pytest.raises((AccessError, RequestError)) as refusal:
        doing()
    return str(refusal.value.code)


def test_it_is_good_for_one_sign_in_and_has_to_be_changed(house: House) -> None:
    assert not given(house, "ana", "adam")
    enter(house, "ana")
    found = who_is_signed_in(house, "token of ana", NOW)
    assert found is not None
    assert found.must_change
    assert "A412" == code_of(lambda: enter(house, "ana"))
    with house.database.writing() as session:
        change_own_password(house, session, GIVEN, "another of my own", found.actor, Act("ana", NOW))
    assert "A411" == code_of(lambda: enter(house, "ana"))


def test_it_expires_after_a_day(house: House) -> None:
    given(house, "ana", "adam")
    assert "A412" == code_of(lambda: enter(house, "ana", NOW + GOOD_FOR))


def test_nobody_gives_himself_one(house: House) -> None:
    assert "A415" == code_of(lambda: given(house, "adam", "adam"))


def test_who_may_not_change_people_gives_none(house: House) -> None:
    assert "A403" == code_of(lambda: given(house, "ana", "finn"))


def test_one_for_a_person_of_weight_counts_when_a_second_person_agreed(house: House) -> None:
    assert given(house, "finn", "adam")
    assert "A412" == code_of(lambda: enter(house, "finn"))
    assert "A406" == code_of(lambda: agreed(house, "finn", "adam"))
    assert "A415" == code_of(lambda: agreed(house, "finn", "finn"))
    assert "A403" == code_of(lambda: agreed(house, "finn", "ana"))
    agreed(house, "finn", "bert")
    assert "R489" == code_of(lambda: agreed(house, "finn", "bert"))
    enter(house, "finn")


def test_without_a_third_person_it_counts_at_once_and_the_trail_says_so(bare: House) -> None:
    for login in ("adam", "bert"):
        store_person(bare, login, Role.ADMIN)
    assert not given(bare, "bert", "adam")
    enter(bare, "bert")
    with bare.database.reading() as session:
        trail = session.connection().exec_driver_sql("SELECT detail FROM audit_events WHERE act = 'gave_password'")
        assert ['{"asks_for_another": false, "is_bypass": true}'] == list(trail.scalars())


def test_a_new_installation_gets_one_administrator_however_often_it_starts(bare: House) -> None:
    by = Act("(founder)", NOW)
    assert [True, False] == [found_administrator(bare, "admin", GIVEN, by) for _ in range(2)]
    enter(bare, "admin")
    found = who_is_signed_in(bare, "token of admin", NOW)
    assert found is not None
    assert {Role.ADMIN} == found.actor.roles


def test_the_founding_gives_none_once_two_people_could(house: House) -> None:
    with house.database.writing() as session:
        assert "A409" == code_of(lambda: found_password(house, session, "ana", GIVEN, Act("(founder)", NOW)))
