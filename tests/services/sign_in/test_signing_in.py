"""Who is let in, for how long, and what ends it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.instants import DAY, SECOND
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.people import actor_of, deactivate
from policy_service.services.sign_in.passwords import change_own_password, found_password
from policy_service.services.sign_in.signing_in import (
    FAILURES_ALLOWED,
    IDLE,
    LOCKED_FOR,
    LONGEST,
    Attempt,
    sign_in,
    sign_out,
    who_is_signed_in,
)
from policy_service.storage.models import METADATA
from tests.api.house import store_person

ONCE, OWN = "given once only", "correct horse battery"
#: What somebody types who is not ada.
WRONG = Attempt("ada", "wrong", "what another browser holds")
ADA = Attempt("ada", OWN, "what ada's browser holds")
NOW = 1_000 * DAY


@pytest.fixture
def house(bare: House) -> House:
    """Give a house in which ada has a password of her own."""
    store_person(bare, "ada", Role.ANALYST)
    with bare.database.writing() as session:
        found_password(bare, session, "ada", ONCE, act())
        change_own_password(bare, session, ONCE, OWN, actor_of(session, "ada"), act())
    return bare


def act(at: int = NOW) -> Act:
    """Return the doing of somebody at the sign-in page."""
    return Act("ada", at)


def refused(house: House, attempt: Attempt, at: int = NOW) -> str:
    """Return the code with which somebody is not let in."""
    with pytest.raises(AccessError) as refusal:
        sign_in(house, attempt, act(at))
    return refusal.value.code


def is_in(house: House, at: int) -> bool:
    """Return whether ada's browser still stands for her."""
    return who_is_signed_in(house, ADA.token, at) is not None


def test_who_knows_the_password_is_in_with_all_that_their_roles_allow(house: House) -> None:
    sign_in(house, ADA, act())
    found = who_is_signed_in(house, ADA.token, NOW)
    assert found is not None
    with house.database.reading() as session:
        assert actor_of(session, "ada") == found.actor
    assert not found.must_change
    assert who_is_signed_in(house, "another token", NOW) is None


@pytest.mark.parametrize(("login", "password"), [("ada", OWN + "!"), ("ada", ""), ("bob", OWN), ("", ""), ("Ada", OWN)])
def test_anything_else_is_refused_alike(house: House, login: str, password: str) -> None:
    assert "A411" == refused(house, replace(ADA, login=login, password=password))


def test_nobody_without_a_password_gets_in_with_an_empty_one(house: House) -> None:
    store_person(house, "vic", Role.VIEWER)
    assert "A411" == refused(house, replace(ADA, login="vic", password=""))


def test_after_five_failures_even_the_right_password_waits(house: House) -> None:
    for _ in range(FAILURES_ALLOWED):
        assert "A411" == refused(house, WRONG)
    assert "A413" == refused(house, ADA)
    assert "A413" == refused(house, ADA, NOW + LOCKED_FOR - 1)
    sign_in(house, ADA, act(NOW + LOCKED_FOR))
    assert is_in(house, NOW + LOCKED_FOR)


def test_failures_are_counted_from_the_last_sign_in(house: House) -> None:
    for _ in range(3):
        for _ in range(FAILURES_ALLOWED - 1):
            refused(house, WRONG)
        sign_in(house, replace(ADA, token=house.new_id()), act())


def test_it_ends_when_nothing_is_done_for_an_hour(house: House) -> None:
    sign_in(house, ADA, act())
    seen = NOW
    for _ in range(3):
        seen += IDLE - SECOND
        assert is_in(house, seen)
    assert not is_in(house, seen + IDLE + 1)


def test_it_ends_after_a_working_day_whatever_is_done(house: House) -> None:
    sign_in(house, ADA, act())
    for at in range(NOW, NOW + LONGEST + 1, IDLE):
        assert is_in(house, at)
    assert not is_in(house, NOW + LONGEST + 1)


def test_it_ends_with_signing_out_and_with_another_password_everywhere(house: House) -> None:
    other = Attempt("ada", OWN, "the other browser")
    for attempt in (ADA, other):
        sign_in(house, attempt, act())
    with house.database.writing() as session:
        ada = actor_of(session, "ada")
        sign_out(house, session, ADA.token, ada, act())
    assert (False, True) == (is_in(house, NOW), who_is_signed_in(house, other.token, NOW) is not None)
    with house.database.writing() as session:
        change_own_password(house, session, OWN, OWN + " staple", ada, act())
    assert who_is_signed_in(house, other.token, NOW) is None
    assert "A411" == refused(house, ADA)


def test_who_is_made_inactive_is_out_at_once(house: House) -> None:
    store_person(house, "boss", Role.ADMIN)
    sign_in(house, ADA, act())
    with house.database.writing() as session:
        deactivate(house, session, "ada", actor_of(session, "boss"), Act("boss", NOW))
    assert not is_in(house, NOW)
    assert "A411" == refused(house, ADA)


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "ada likes letters", "x" * 201, OWN])
def test_a_weak_password_or_the_same_again_is_refused(house: House, weak: str) -> None:
    with house.database.writing() as session, pytest.raises(RequestError) as refusal:
        change_own_password(house, session, OWN, weak, actor_of(session, "ada"), act())
    assert "R488" == refusal.value.code


def test_nothing_that_is_stored_opens_anything(house: House) -> None:
    sign_in(house, ADA, act())
    with house.database.reading() as session:
        stored = [
            str(cell)
            for table in ("passwords", "sign_ins", "audit_events")
            for row in session.execute(select(METADATA.tables[table]))
            for cell in row
        ]
    assert stored
    assert not [cell for cell in stored if OWN in cell or ONCE in cell or ADA.token in cell]
