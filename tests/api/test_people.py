"""Sensitive roles take two people, nobody decides upon himself, and whoever leaves loses everything at once."""

import itertools
from collections.abc import Mapping

import pytest
from werkzeug.test import TestResponse

from policy_service.domain.permissions import AUTHORITY, PERMISSIONS, Permission, Role, are_apart
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.people_store import PeopleStore
from tests.api.asking import problem_of
from tests.api.house import Client, store_key

HOUSE_IS_EMPTY = True
SENSITIVE = ("approver", "admin", "credit_manager", "finance_head", "system", "emergency")
PLAIN = sorted(set(Role) - set(SENSITIVE))


@pytest.fixture
def ada(client: Client) -> Client:
    """Give a client of an admin."""
    return client.as_("ada", Role.ADMIN)


@pytest.fixture
def eve(client: Client) -> Client:
    """Give a client of another admin."""
    return client.as_("eve", Role.ADMIN)


@pytest.fixture
def bo(ada: Client) -> Mapping[str, str]:
    """Give somebody without a role."""
    answer = ada.post("/v1/people", json={"login": "bo", "name": "Bo", "email": "bo@example.test"})
    assert 201 == answer.status_code
    return {"If-Match": answer.headers["ETag"]}


def role(client: Client, name: str, login: str = "bo") -> TestResponse:
    """Grant or propose a role."""
    return client.post(f"/v1/people/{login}/roles/{name}")


def agree(client: Client, name: str, login: str = "bo") -> TestResponse:
    """Agree to a role."""
    return client.post(f"/v1/people/{login}/roles/{name}/agreement")


def withdraw(client: Client, name: str, login: str = "bo") -> TestResponse:
    """Withdraw a role."""
    return client.delete(f"/v1/people/{login}/roles/{name}")


def roles_of(client: Client, login: str = "bo") -> dict[str, str]:
    """Return the states of a person's roles."""
    return {each["role"]: each["state"] for each in client.get(f"/v1/people/{login}").get_json()["roles"]}


def test_a_new_person_is_active_and_has_no_role(ada: Client, bo: Mapping[str, str]) -> None:
    person = ada.get("/v1/people/bo").get_json()
    assert ("bo", "Bo", "bo@example.test", True, []) == tuple(
        person[name] for name in ("login", "name", "email", "active", "roles")
    )


@pytest.mark.parametrize(
    "login", ["", "B", "Bo", "1bo", "bo ", "b o", "bo.", "b..o", "бо", "bo\n", "b" * 61, "(founder)"]
)
def test_a_login_that_could_be_taken_for_another_is_refused(ada: Client, login: str) -> None:
    problem_of(ada.post("/v1/people", json={"login": login, "name": "Bo"}), 422, "R422")


def test_nobody_has_the_login_under_which_the_service_acts_by_itself(ada: Client) -> None:
    problem_of(ada.post("/v1/people", json={"login": "system", "name": "Sys"}), 422, "R416")


def test_no_two_people_have_one_login(ada: Client, bo: Mapping[str, str]) -> None:
    problem_of(ada.post("/v1/people", json={"login": "bo", "name": "Another"}), 409, "S220")


def test_people_are_listed_in_order_and_in_pages(ada: Client) -> None:
    for login in ("zoe", "a.b", "a", "m-1"):
        ada.post("/v1/people", json={"login": login, "name": login})
    first = ada.get("/v1/people?limit=3").get_json()
    rest = ada.get(f"/v1/people?limit=3&cursor={first['next_cursor']}").get_json()
    assert ["a", "a.b", "ada", "m-1", "zoe"] == [each["login"] for each in first["items"] + rest["items"]]
    assert None is rest["next_cursor"]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd", "eyJhIjoxfQ", "WyJhIiwiYiJd", "%00", "[]"])
def test_a_cursor_that_no_list_gave_is_refused(ada: Client, cursor: str) -> None:
    problem_of(ada.get(f"/v1/people?cursor={cursor}"), 422, "R415")


@pytest.mark.parametrize("name", PLAIN)
def test_another_role_takes_one_person(ada: Client, bo: Mapping[str, str], name: str) -> None:
    granted = role(ada, name).get_json()
    assert ("granted", "ada") == (granted["state"], granted["granted_by"])


@pytest.mark.parametrize("name", SENSITIVE)
def test_a_sensitive_role_takes_two_people(ada: Client, eve: Client, bo: Mapping[str, str], name: str) -> None:
    assert "proposed" == role(ada, name).get_json()["state"]
    problem_of(agree(ada, name), 403, "A406")
    assert {name: "proposed"} == roles_of(ada)
    granted = agree(eve, name).get_json()
    assert ("granted", "ada", "eve") == (granted["state"], granted["proposed_by"], granted["granted_by"])


def test_every_role_that_carries_a_power_over_rules_or_people_takes_two() -> None:
    powers = {
        Permission.POLICIES_APPROVE,
        Permission.POLICIES_BYPASS,
        Permission.PEOPLE_CHANGE,
        Permission.SETTINGS_CHANGE,
        Permission.KEYS_ALL,
        Permission.LEDGER_WRITE,
    }
    assert set() == {name for name in Role if PERMISSIONS[name] & powers} - set(SENSITIVE)


@pytest.mark.parametrize("name", ["viewer", "approver"])
def test_nobody_decides_upon_a_role_of_his_own(ada: Client, eve: Client, name: str) -> None:
    problem_of(role(ada, name, "ada"), 403, "A405")
    role(eve, name, "ada")
    if name in SENSITIVE:
        problem_of(agree(ada, name, "ada"), 403, "A405")


def test_what_is_proposed_or_held_is_not_given_again(ada: Client, eve: Client, bo: Mapping[str, str]) -> None:
    role(ada, "approver")
    problem_of(role(eve, "approver"), 409, "S224")
    agree(eve, "approver")
    problem_of(role(ada, "approver"), 409, "S224")


@pytest.mark.parametrize("name", ["approver", "viewer"])
def test_agreement_needs_a_proposal(ada: Client, eve: Client, bo: Mapping[str, str], name: str) -> None:
    problem_of(agree(eve, name), 409, "R411")
    role(ada, name)
    withdraw(ada, name)
    problem_of(agree(eve, name), 409, "R411")
    problem_of(withdraw(eve, name), 409, "R411")


def test_the_proposal_of_one_who_lost_the_right_is_void(client: Client, ada: Client, eve: Client) -> None:
    joe = client.as_("joe", Role.ADMIN)
    client.as_("cy", Role.VIEWER)
    role(ada, "approver", "cy")
    withdraw(eve, "admin", "ada")
    problem_of(agree(joe, "approver", "cy"), 409, "R411")
    assert "approver" not in {name for name, state in roles_of(eve, "cy").items() if state == "granted"}


def test_a_key_of_the_same_person_is_no_second_person(client: Client, house: House, bo: Mapping[str, str]) -> None:
    first, second = client.as_("ada"), client.with_key(store_key(house, "ada"))
    role(first, "approver")
    problem_of(agree(second, "approver"), 403, "A406")


def test_who_may_not_change_people_changes_none(client: Client, bo: Mapping[str, str]) -> None:
    for other in (Role.AUDITOR, Role.FINANCE_HEAD, Role.APPROVER, Role.EMERGENCY):
        asking = client.of(other)
        for answer in (role(asking, "viewer"), agree(asking, "approver"), withdraw(asking, "viewer")):
            problem_of(answer, 403, "A403")
        problem_of(asking.post("/v1/people", json={"login": "cy", "name": "Cy"}), 403, "A403")


def test_two_people_must_stay_who_can_change_people(client: Client, ada: Client, eve: Client) -> None:
    problem_of(withdraw(ada, "admin", "eve"), 409, "R419")
    problem_of(withdraw(ada, "admin", "ada"), 409, "R419")
    etag = ada.get("/v1/people/eve").headers["ETag"]
    problem_of(ada.patch("/v1/people/eve", json={"active": False}, headers={"If-Match": etag}), 409, "R419")
    client.as_("joe", Role.ADMIN)
    assert 200 == withdraw(ada, "admin", "eve").status_code


def test_one_changes_what_one_has_read(ada: Client, bo: Mapping[str, str]) -> None:
    changed = ada.patch("/v1/people/bo", json={"name": "Bo Li"}, headers=bo)
    assert (200, "Bo Li", "bo@example.test") == (changed.status_code, *map(changed.get_json().get, ("name", "email")))
    problem_of(ada.patch("/v1/people/bo", json={"name": "Bob"}, headers=bo), 412, "S208")
    problem_of(ada.patch("/v1/people/bo", json={"name": "Bob"}), 428, "R413")
    assert 200 == ada.patch("/v1/people/bo", json={}, headers={"If-Match": changed.headers["ETag"]}).status_code


def test_a_role_that_came_meanwhile_is_a_change_of_the_person(ada: Client, bo: Mapping[str, str]) -> None:
    role(ada, "viewer")
    problem_of(ada.patch("/v1/people/bo", json={"name": "Bob"}, headers=bo), 412, "S208")


def test_a_login_stays_for_good(ada: Client, bo: Mapping[str, str]) -> None:
    problem_of(ada.patch("/v1/people/bo", json={"login": "ada"}, headers=bo), 422, "R422")


@pytest.mark.parametrize("active", ["false", 0, 1, None])
def test_whether_somebody_is_active_is_true_or_false(ada: Client, bo: Mapping[str, str], active: object) -> None:
    problem_of(ada.patch("/v1/people/bo", json={"active": active}, headers=bo), 422, "R422")


def test_who_is_made_inactive_loses_keys_and_roles_at_once(client: Client, ada: Client, house: House) -> None:
    cy = client.as_("cy", Role.ANALYST, Role.APPROVER)
    assert 200 == cy.get("/v1/keys").status_code
    etag = {"If-Match": ada.get("/v1/people/cy").headers["ETag"]}
    left = ada.patch("/v1/people/cy", json={"active": False}, headers=etag)
    assert (False, []) == (left.get_json()["active"], left.get_json()["roles"])
    problem_of(cy.get("/v1/keys"), 401, "A401")
    problem_of(role(ada, "viewer", "cy"), 409, "R412")
    back = ada.patch("/v1/people/cy", json={"active": True}, headers={"If-Match": left.headers["ETag"]})
    assert (True, []) == (back.get_json()["active"], back.get_json()["roles"])
    assert {True} == {bool(each["revoked_at"]) for each in ada.get("/v1/keys?owner=cy").get_json()["items"]}


def test_everything_is_in_the_audit_trail(ada: Client, eve: Client, bo: Mapping[str, str], house: House) -> None:
    role(ada, "approver")
    agree(eve, "approver")
    withdraw(ada, "approver")
    with house.database.reading() as session:
        done = AuditStore(session).about("role", "bo/approver")
        added = AuditStore(session).about("person", "bo")
    assert [("proposed", "ada"), ("agreed", "eve"), ("withdrawn", "ada")] == [(each.act, each.person) for each in done]
    assert [("added", "ada")] == [(each.act, each.person) for each in added]
    assert all(each.key_id and each.request_id for each in (*done, *added))


@pytest.mark.parametrize("path", ["/v1/people/nobody", "/v1/people/nobody/roles/viewer", "/v1/people/bo/roles/king"])
def test_who_or_what_there_is_not_is_not_found(ada: Client, bo: Mapping[str, str], path: str) -> None:
    answer = ada.post(path) if "roles" in path else ada.get(path)
    problem_of(answer, 404, "S209")


def test_no_order_of_steps_by_one_person_grants_a_sensitive_role(client: Client, house: House) -> None:
    """Whatever one admin does alone, in any order, nobody comes to hold a sensitive role."""
    ada = client.as_("ada", Role.ADMIN)
    client.as_("eve", Role.ADMIN)
    client.as_("cy", Role.VIEWER)
    steps = (role, agree, withdraw)
    for some in itertools.product(steps, repeat=3):
        for step in some:
            step(ada, "approver", "cy")
        assert "granted" != roles_of(ada, "cy").get("approver")


@pytest.mark.parametrize("credit", ["analyst", "credit_manager", "finance_head"])
@pytest.mark.parametrize("writes_first", [True, False])
def test_nobody_both_writes_the_ledger_and_lets_orders_go(
    ada: Client, bo: Mapping[str, str], credit: str, writes_first: bool
) -> None:
    first, second = ("system", credit) if writes_first else (credit, "system")
    assert 200 == role(ada, first).status_code
    told = str(problem_of(role(ada, second), 409, "R420")["detail"])
    assert (True, True) == (first in told, second in told)
    assert [first] == list(roles_of(ada))
    assert 200 == withdraw(ada, first).status_code
    assert 200 == role(ada, second).status_code


@pytest.mark.parametrize("other", sorted(set(Role) - {Role.SYSTEM, *AUTHORITY}))
def test_a_system_may_have_any_role_that_lets_no_order_go(ada: Client, bo: Mapping[str, str], other: str) -> None:
    assert [200, 200] == [role(ada, each).status_code for each in ("system", other)]


def test_an_agreement_gives_nobody_what_does_not_go_together(
    ada: Client, eve: Client, bo: Mapping[str, str], house: House
) -> None:
    assert 200 == role(ada, "finance_head").status_code
    with house.database.writing() as session:
        people = PeopleStore(session)
        granted = {"state": "granted", "proposed_by": None, "proposed_at": 1, "granted_by": None, "granted_at": 1}
        people.set_role(people.person("bo"), "system", granted)
    problem_of(agree(eve, "finance_head"), 409, "R420")


def test_what_lets_orders_go_is_apart_from_the_ledger_for_every_role() -> None:
    lets_go = {Permission.ORDERS_RELEASE, Permission.STANDINGS_APPROVE, Permission.OVERRIDES_GIVE}
    for one, other in itertools.product(Role, Role):
        both = PERMISSIONS[one] | PERMISSIONS[other]
        assert are_apart(one, other) == (Permission.LEDGER_WRITE in both and bool(lets_go & both))
