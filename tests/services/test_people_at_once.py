"""People who decide upon people at the same moment come one after the other, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.actor import Actor
from policy_service.services.company_settings import company_settings
from policy_service.services.house import House
from policy_service.services.people import NewPerson, actor_of, add_person, deactivate, found_person
from policy_service.services.roles import CHANGES_PEOPLE, agree_to_role, found_role, give_role, withdraw_role
from policy_service.services.setting_changes import agree_to_setting, propose_setting
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.settings_store import SettingsStore

BY = Act("tests", 1)


@pytest.fixture
def house(bare: House) -> House:
    """Give a house in which ada, eve and joe may change people and settings."""
    with bare.database.writing() as session:
        found_person(bare, session, NewPerson("ada", "Ada"), [Role.ADMIN], BY)
        ada = actor_of(session, "ada")
        for login in ("eve", "joe"):
            add_person(bare, session, NewPerson(login, login), ada, BY)
        found_role(bare, session, "eve", Role.ADMIN, ada, BY)
        give_role(bare, session, "joe", Role.ADMIN, ada, BY)
        agree_to_role(bare, session, "joe", Role.ADMIN, actor_of(session, "eve"), BY)
    return bare


def at_once(house: House, *steps: Callable[[House, object], object]) -> list[str]:
    """Take the steps in transactions that begin together; return the codes of those that were refused."""
    start = Barrier(len(steps))

    def take(step: Callable[[House, object], object]) -> str:
        start.wait()
        try:
            with house.database.writing() as session:
                step(house, session)
        except PolicyServiceError as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(len(steps)) as threads:
        return sorted(threads.map(take, steps))


def who(house: House, login: str) -> Actor:
    """Return somebody as the one who acts."""
    with house.database.reading() as session:
        return actor_of(session, login)


def test_two_who_take_each_other_the_role_leave_two(house: House) -> None:
    ada, eve = who(house, "ada"), who(house, "eve")
    refused = at_once(
        house,
        lambda made, session: withdraw_role(made, session, "eve", Role.ADMIN, ada, BY),  # type: ignore[arg-type]
        lambda made, session: deactivate(made, session, "ada", eve, BY),  # type: ignore[arg-type]
    )
    assert ["", "R419"] == refused
    with house.database.reading() as session:
        assert 2 == len(PeopleStore(session).holders(CHANGES_PEOPLE))


def test_two_who_propose_at_once_propose_once_and_do_not_agree(house: House) -> None:
    ada, eve = who(house, "ada"), who(house, "eve")
    with house.database.writing() as session:
        add_person(house, session, NewPerson("bo", "Bo"), ada, BY)
    refused = at_once(
        house,
        *(
            lambda made, session, by=by: give_role(made, session, "bo", Role.APPROVER, by, BY)  # type: ignore[misc]
            for by in (ada, eve)
        ),
    )
    assert ["", "S224"] == refused
    with house.database.reading() as session:
        (role,) = PeopleStore(session).roles(["bo"])
    assert "proposed" == role.state


def test_two_who_agree_at_once_agree_once(house: House) -> None:
    ada, eve, joe = who(house, "ada"), who(house, "eve"), who(house, "joe")
    with house.database.writing() as session:
        add_person(house, session, NewPerson("bo", "Bo"), ada, BY)
        give_role(house, session, "bo", Role.APPROVER, ada, BY)
        change = propose_setting(house, session, "approvers_needed", 2, ada, BY)
    assert ["", "R411"] == at_once(
        house,
        *(
            lambda made, session, by=by: agree_to_role(made, session, "bo", Role.APPROVER, by, BY)  # type: ignore[misc]
            for by in (eve, joe)
        ),
    )
    assert ["", "S227"] == at_once(
        house,
        *(
            lambda made, session, by=by: agree_to_setting(  # type: ignore[misc]
                made, session, "approvers_needed", change.change_id, by, BY
            )
            for by in (eve, joe)
        ),
    )
    with house.database.reading() as session:
        assert 2 == company_settings(session).approvers_needed


def test_two_proposals_at_once_are_one(house: House) -> None:
    ada, eve = who(house, "ada"), who(house, "eve")
    assert ["", "S226"] == at_once(
        house,
        *(
            lambda made, session, by=by: propose_setting(made, session, "daily_run_at", "07:00", by, BY)  # type: ignore[misc]
            for by in (ada, eve)
        ),
    )
    with house.database.reading() as session:
        assert 1 == len(SettingsStore(session).open_proposals())


def test_two_founders_at_once_are_one(bare: House) -> None:
    refused = at_once(
        bare,
        *(
            lambda made, session, login=login: found_person(  # type: ignore[misc]
                made, session, NewPerson(login, login), [Role.ADMIN, Role.APPROVER], BY
            )
            for login in ("ada", "eve")
        ),
    )
    assert ["", "A409"] == refused


def test_two_of_one_login_at_once_are_one(house: House) -> None:
    ada, eve = who(house, "ada"), who(house, "eve")
    assert ["", "S220"] == at_once(
        house,
        *(
            lambda made, session, by=by: add_person(made, session, NewPerson("bo", "Bo"), by, BY)  # type: ignore[misc]
            for by in (ada, eve)
        ),
    )
