"""Overrides and standings on the command line: as a named person, under the rules of every other way in."""

import datetime as dt
import json
from collections.abc import Iterator

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Role
from policy_service.running import now
from policy_service.services.decisions.answering import answer
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.api.house import store_person
from tests.cli.running import policy, refusal
from tests.services.decisions.live import SETTINGS, asked, furnish, open_house, person
from tests.services.standings_in_force.reviews import BY_MANAGER, LARGE, review

TODAY = business_day(now(), SETTINGS.zone)
UNTIL = (TODAY + dt.timedelta(days=7)).isoformat()
GIVE = ("override", "give", "--customer", "C1", "--decision", "review", "--reason", "Bank guarantee", "--until", UNTIL)
SMALL, LARGER = ("--set", "credit_limit=6000", "--set", "payment_term_days=40"), ("--set", "credit_limit=900000")
WHY = ("--reason", "Guarantee withdrawn")


@pytest.fixture(autouse=True)
def house(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Give a house with people, over the database that the commands find."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DEFAULT_POLICY", "house")
    database = Database(sqlite_url)
    made = open_house(database)
    furnish(made)
    store_person(made, "ada", Role.CREDIT_MANAGER)
    store_person(made, "bob", Role.FINANCE_HEAD)
    store_person(made, "eve", Role.SALES)
    yield made
    made.close()


def listed(*arguments: str) -> list[dict[str, object]]:
    """Return what a list holds."""
    ran = policy(*arguments, "--json")
    assert ran.exit_code == 0, ran.err
    found: list[dict[str, object]] = json.loads(ran.out)
    return found


def only_id(state: str) -> str:
    """Return the id of the only override in a state."""
    (found,) = listed("override", "list", "--state", state)
    return str(found["override_id"])


def test_an_override_is_given_listed_and_ended() -> None:
    assert "is in force" in policy(*GIVE, *SMALL, "--as", "ada").out
    (found,) = listed("override", "list")
    assert (found["person"], found["outputs"]) == ("ada", {"credit_limit": "6000", "payment_term_days": "40"})
    assert "credit_limit=6000" in policy("override", "list", "--customer", "C1").out
    assert "is ended" in policy("override", "end", only_id("in_force"), *WHY, "--as", "bob").out


def test_the_giver_does_not_confirm_on_the_command_line_either() -> None:
    assert "Another person confirms" in policy(*GIVE, *LARGER, "--as", "ada").out
    waiting = only_id("proposed")
    refusal(policy("override", "confirm", waiting, "--as", "ada"), "R443")
    assert "is in force" in policy("override", "confirm", waiting, "--as", "bob").out


def test_who_asked_for_an_order_overrides_it_on_the_command_line_no_more_than_over_http(house: House) -> None:
    ada, at_ = person("ada", Role.CREDIT_MANAGER), now()
    with house.database.writing() as session:
        answer(house, session, asked("C1", "6000", "O1"), ada, Act("ada", at_))
    on_it = ("override", "give", "--customer", "C1", "--decision", "order", "--order", "O1", "--set", "outcome=approve")
    said = ("--reason", "Agreed with sales", "--until", UNTIL)
    refusal(policy(*on_it, *said, "--as", "ada"), "A432")
    assert "is in force" in policy(*on_it, *said, "--as", "bob").out


def test_what_waits_is_rejected() -> None:
    policy(*GIVE, *LARGER, "--as", "ada")
    assert "is rejected" in policy("override", "reject", only_id("proposed"), *WHY, "--as", "bob").out


def test_nobody_gives_what_they_may_not() -> None:
    refusal(policy(*GIVE, *SMALL, "--as", "eve"), "A403")
    refusal(policy(*GIVE, *SMALL), "A402")
    refusal(policy(*GIVE, *SMALL, "--as", "nobody"), "A402")
    refusal(policy(*GIVE, "--set", "credit_limit=much", "--as", "ada"), "R444")


@pytest.mark.parametrize("written", ["credit_limit", "=5", "credit_limit="])
def test_what_sets_nothing_is_said_to(written: str) -> None:
    ran = policy(*GIVE, "--set", written, "--as", "ada")
    assert ran.exit_code == 2
    assert "NAME=VALUE" in ran.err


def test_a_proposed_standing_is_listed_and_approved_by_another_person(house: House) -> None:
    review(house, LARGE | BY_MANAGER, by="bob")
    (found,) = listed("standing", "list", "--role", "credit_manager")
    standing_id, note = str(found["standing_id"]), ("--note", "Balance sheet seen")
    assert "500000.00" in policy("standing", "list").out

    refusal(policy("standing", "approve", standing_id, *note, "--as", "bob"), "R443")
    refusal(policy("standing", "approve", standing_id, *note, "--as", "eve"), "A403")
    assert "is in force" in policy("standing", "approve", standing_id, *note, "--as", "ada").out
    refusal(policy("standing", "reject", standing_id, *note, "--as", "ada"), "R441")
    assert [one["state"] for one in listed("standing", "list", "--customer", "C1")] == ["ended", "in_force"]


def test_a_role_that_nothing_waits_for_is_told_which_are_waited_for(house: House) -> None:
    review(house, LARGE | BY_MANAGER, by="bob")
    ran = policy("standing", "list", "--role", "credit_managr", "--json")
    assert (0, []) == (ran.exit_code, json.loads(ran.out))
    assert "No such standing waits for credit_managr. What is proposed waits for: credit_manager." in ran.err
    assert "" == policy("standing", "list", "--role", "credit_manager").err


def test_a_proposed_standing_is_rejected(house: House) -> None:
    review(house, LARGE | BY_MANAGER, by="bob")
    (found,) = listed("standing", "list")
    rejected = policy("standing", "reject", str(found["standing_id"]), "--note", "Not now", "--as", "ada")
    assert "is rejected" in rejected.out
    assert listed("standing", "list") == []
