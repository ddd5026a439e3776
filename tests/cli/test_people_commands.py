"""The command line founds the company's people, and after that acts as one of them, bound like over HTTP."""

import json

import pytest

from policy_service.services.keys import actor_with_key
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.database import Database
from tests.cli.running import Ran, policy, refusal

pytestmark = pytest.mark.usefixtures("database_url", "one_policy")


def done(*arguments: str) -> str:
    """Return what a command wrote that must run well."""
    ran = policy(*arguments)
    assert 0 == ran.exit_code, ran
    return ran.out


def add(login: str, *arguments: str) -> Ran:
    """Add a person."""
    return policy("person", "add", login, "--name", login.title(), *arguments)


def roles() -> dict[str, dict[str, str]]:
    """Return the states of everybody's roles."""
    people = json.loads(done("person", "list", "--json"))
    return {each["login"]: {role["role"]: role["state"] for role in each["roles"]} for each in people}


@pytest.fixture
def founded() -> None:
    """Let two admins be there."""
    assert 0 == add("ada", "--role", "admin").exit_code
    assert 0 == add("eve", "--role", "admin", "--as", "ada").exit_code


def acts(url: str, kind: str, name: str) -> list[tuple[str, str]]:
    """Return what was done upon something, and by whom."""
    database = Database(url)
    with database.reading() as session:
        events = AuditStore(session).about(kind, name)
    database.close()
    return [(each.act, each.person) for each in events]


def test_in_a_new_database_nobody_is_needed_to_act_as(database_url: str) -> None:
    assert "ada: admin, approver" in add("ada", "--role", "admin", "--role", "approver").out
    assert [("founded", "(founder)")] == acts(database_url, "role", "ada/approver")
    assert {"ada": {"admin": "granted", "approver": "granted"}} == roles()


def test_as_soon_as_somebody_may_change_people_one_acts_as_that_person() -> None:
    add("ada", "--role", "admin")
    refusal(add("bo", "--role", "admin"), "A409")
    refusal(add("bo"), "A409")
    assert ["ada"] == list(roles())


def test_one_who_may_change_people_founds_the_second(database_url: str) -> None:
    add("ada", "--role", "admin")
    assert "eve: admin" in add("eve", "--role", "admin", "--as", "ada").out
    assert [("founded", "ada")] == acts(database_url, "role", "eve/admin")


def test_while_founding_nobody_founds_a_role_of_his_own() -> None:
    add("ada", "--role", "admin")
    refusal(policy("person", "role", "ada", "approver", "--as", "ada"), "A405")


def test_while_founding_the_only_one_who_may_change_people_stays_so() -> None:
    add("ada", "--role", "admin")
    refusal(policy("person", "role", "ada", "admin", "--withdraw", "--as", "ada"), "R419")
    refusal(policy("person", "deactivate", "ada", "--as", "ada"), "R419")


def test_with_two_the_founding_is_over_and_sensitive_roles_take_both(founded: None) -> None:
    assert "bo: approver (proposed)" in add("bo", "--role", "approver", "--as", "ada").out
    refusal(policy("person", "agree", "bo", "approver", "--as", "ada"), "A406")
    assert "bo: approver\n" in done("person", "agree", "bo", "approver", "--as", "eve")


def test_the_founding_does_not_come_back_when_one_of_three_leaves_and_two_must_stay(founded: None) -> None:
    add("joe", "--role", "admin", "--as", "ada")
    done("person", "agree", "joe", "admin", "--as", "eve")
    done("person", "deactivate", "joe", "--as", "ada")
    refusal(policy("person", "deactivate", "eve", "--as", "ada"), "R419")
    refusal(policy("person", "role", "eve", "admin", "--withdraw", "--as", "ada"), "R419")
    refusal(add("puppet", "--role", "approver"), "A402")
    assert "puppet: approver (proposed)" in add("puppet", "--role", "approver", "--as", "ada").out


def test_when_one_of_two_is_lost_one_persons_word_makes_a_third_and_the_audit_trail_says_so(
    founded: None, database_url: str
) -> None:
    add("cho", "--as", "ada")
    assert "R419" in policy("person", "deactivate", "eve", "--as", "ada").err
    rescued = policy("person", "rescue", "cho", "--note", "Eve has left", "--as", "ada")
    # Whatever a command warns of, its output is what was asked for.
    assert ("cho: admin\n", True) == (rescued.out, "role_rescued" in rescued.err)
    assert "inactive" in done("person", "deactivate", "eve", "--as", "ada")
    assert ("rescued", "ada") in acts(database_url, "role", "cho/admin")
    database = Database(database_url)
    with database.reading() as session:
        (event,) = [each for each in AuditStore(session).about("role", "cho/admin") if each.act == "rescued"]
    database.close()
    said = json.loads(event.detail)
    assert {"reason": "Eve has left", "could_change_people": ["ada", "eve"], "is_bypass": True} == said


def test_a_rescue_is_for_somebody_else_with_a_reason_and_of_no_other_role(founded: None) -> None:
    add("cho", "--as", "ada")
    rescue = ("person", "rescue", "cho", "--note", "Eve has left")
    refusal(policy(*rescue, "--as", "cho"), "A405")
    refusal(policy("person", "rescue", "cho", "--note", "  x", "--as", "ada"), "R440")
    refusal(policy("person", "rescue", "eve", "--note", "Eve has left", "--as", "ada"), "S224")
    refusal(policy(*rescue, "--as", "nobody"), "A402")
    done(*rescue, "--as", "ada")
    assert {"admin": "granted"} == roles()["cho"]


def test_while_founding_nothing_is_rescued() -> None:
    add("ada", "--role", "admin")
    add("bo", "--as", "ada")
    refusal(policy("person", "rescue", "bo", "--note", "Nobody else", "--as", "ada"), "R411")


def test_nobody_both_writes_the_ledger_and_lets_orders_go(founded: None) -> None:
    add("bo", "--role", "analyst", "--as", "ada")
    refusal(policy("person", "role", "bo", "system", "--as", "ada"), "R420")
    refusal(add("cho", "--role", "system", "--role", "credit_manager", "--as", "ada"), "R420")
    assert ({"analyst": "granted"}, False) == (roles()["bo"], "cho" in roles())


def test_while_founding_too_nobody_both_writes_the_ledger_and_lets_orders_go() -> None:
    refusal(add("ada", "--role", "finance_head", "--role", "system"), "R420")
    assert {} == roles()


def test_a_role_is_granted_and_withdrawn(founded: None) -> None:
    add("bo", "--as", "ada")
    assert "bo: viewer" in done("person", "role", "bo", "viewer", "--as", "ada")
    assert "bo: no role" in done("person", "role", "bo", "viewer", "--withdraw", "--as", "eve")


@pytest.mark.parametrize("who", [[], ["--as", "nobody"], ["--as", "joe"]])
def test_who_is_nobody_active_changes_nothing(founded: None, who: list[str]) -> None:
    add("joe", "--role", "viewer", "--as", "ada")
    done("person", "deactivate", "joe", "--as", "ada")
    refusal(policy("person", "role", "joe", "viewer", *who), "A402")


def test_who_may_not_is_refused_like_over_http(founded: None) -> None:
    add("bo", "--role", "analyst", "--as", "ada")
    refusal(add("cy", "--as", "bo"), "A403")
    refusal(policy("setting", "propose", "approvers_needed", "2", "--as", "bo"), "A403")


def test_a_setting_names_whom_to_act_as(founded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_USER", "ada")
    assert "bo: no role" in add("bo").out


def test_people_are_listed(founded: None) -> None:
    add("bo", "--role", "approver", "--email", "bo@example.test", "--as", "ada")
    listed = done("person", "list")
    assert "bo@example.test" in listed
    assert "approver (proposed)" in listed


@pytest.mark.parametrize("login", ["Bo", "1", "b o", "bo\n", "x" * 61, "system"])
def test_a_login_that_is_none_is_refused(login: str) -> None:
    refusal(policy("person", "add", login, "--name", "Bo"), "R416")


def test_a_key_is_written_out_once_and_lets_in(founded: None, database_url: str) -> None:
    add("bo", "--role", "system", "--as", "ada")
    done("person", "agree", "bo", "system", "--as", "eve")
    key = done("key", "add", "--name", "Shop", "--scope", "decisions:ask", "--as", "bo").strip()
    database = Database(database_url)
    with database.reading() as session:
        actor = actor_with_key(session, key, 1)
    database.close()
    assert ("bo", {"decisions:ask"}) == (actor.person, set(actor.permissions))
    assert key not in done("key", "list", "--as", "bo", "--json")


def test_a_key_without_scopes_named_may_what_its_owner_may(founded: None) -> None:
    done("key", "add", "--name", "All", "--days", "30", "--per-minute", "60", "--as", "ada")
    (key,) = json.loads(done("key", "list", "--as", "ada", "--json"))
    assert ("people:change" in key["scopes"], 60) == (True, key["requests_per_minute"])
    assert key["expires_at"] > key["created_at"]


def test_a_key_is_rotated_by_its_owner_and_revoked_by_an_admin(founded: None) -> None:
    add("bo", "--role", "system", "--as", "ada")
    done("person", "agree", "bo", "system", "--as", "eve")
    key_id = done("key", "add", "--name", "Shop", "--as", "bo").split("_")[1]
    refusal(policy("key", "rotate", key_id, "--as", "ada"), "A408")
    new = done("key", "rotate", key_id, "--overlap-hours", "0", "--as", "bo").split("_")[1]
    assert "is revoked" in done("key", "revoke", new, "--as", "ada")
    listed = done("key", "list", "--owner", "bo", "--as", "ada")
    assert "expired" in listed
    assert "revoked" in listed


def test_settings_take_two_people(founded: None) -> None:
    said = done("setting", "propose", "approvers_needed", "2", "--note", "More eyes", "--as", "ada")
    change_id = said.split("approvers_needed ")[1].split()[0]
    refusal(policy("setting", "agree", "approvers_needed", change_id, "--as", "ada"), "A406")
    assert change_id[:8] in done("setting", "list")
    assert "approvers_needed is 2" in done("setting", "agree", "approvers_needed", change_id, "--as", "eve")
    assert 2 == json.loads(done("setting", "list", "--json"))["settings"]["approvers_needed"]


def test_a_proposal_is_taken_back(founded: None) -> None:
    said = done("setting", "propose", "daily_run_at", '"05:30"', "--as", "ada")
    change_id = said.split("daily_run_at ")[1].split()[0]
    assert "withdrawn" in done("setting", "withdraw", "daily_run_at", change_id, "--as", "eve")
    assert [] == json.loads(done("setting", "list", "--json"))["proposals"]


def test_a_value_that_is_no_json_is_told_how_to_be_written(founded: None) -> None:
    ran = policy("setting", "propose", "daily_run_at", "05:30", "--as", "ada")
    assert (2, True) == (ran.exit_code, "Write JSON" in ran.err)
