"""Lists that are asked for by a role tell an empty one from a misspelt one."""

import datetime as dt

import pytest

from policy_service.domain.permissions import Role
from policy_service.language.policy import Policy
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from tests.api.asking import problem_of
from tests.api.house import Client
from tests.services.decisions.live import TODAY, act, at, enforce
from tests.services.house import house_policy, policy_with

LISTS = ("/v1/cases?owner_role=", "/v1/cases?waiting_for=", "/v1/standings?approval_role=")


def found(client: Client, path: str) -> int:
    """Return how many a list has."""
    answer = client.of(Role.VIEWER).get(path)
    assert 200 == answer.status_code, answer.json
    return len(answer.json["items"])


@pytest.mark.parametrize("path", LISTS)
def test_a_misspelt_role_is_refused_with_those_there_are(client: Client, path: str) -> None:
    problem = problem_of(client.of(Role.VIEWER).get(path + "credit_manger"), 422, "R436")
    name = path.partition("?")[2].strip("=")
    roles = (
        "admin, analyst, approver, auditor, collector, credit_manager, emergency, finance_head, sales, system, viewer"
    )
    assert f"{name} asks for the role 'credit_manger', which there is not." == problem["detail"]
    assert f"Ask for one of: {roles}." == problem["remedy"]


@pytest.mark.parametrize("path", LISTS)
def test_a_role_of_people_that_nothing_waits_for_is_none_misspelt(client: Client, path: str) -> None:
    assert 0 == found(client, path + "finance_head")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "policy",
    [
        policy_with("collection", "owner: sales", "owner: branch"),
        policy_with("collection", "owner: sales", "owner: sales, approval: branch"),
        policy_with("collection", "owner: credit_manager, reason", "owner: branch, reason"),
        policy_with(
            "standing",
            "credit_limit: 5000",
            'credit_limit: 5000, approval_role: if net_worth > 1 then "branch" else "sales"',
        ),
    ],
    ids=["owner", "approval", "trigger", "approver"],
)
def test_a_role_that_a_policy_in_use_names_is_none_misspelt(
    client: Client, house: House, path: str, policy: Policy
) -> None:
    problem_of(client.of(Role.VIEWER).get(path + "branch"), 422, "R436")
    # Scheduled, and not yet in force.
    enforce(house, policy, at(TODAY, 23))
    assert 0 == found(client, path + "branch")


def test_where_facts_name_the_role_any_may_be_one(client: Client, house: House) -> None:
    enforce(house, policy_with("standing", "credit_limit: 5000", "credit_limit: 5000, approval_role: industry"), 5)
    assert 0 == found(client, "/v1/standings?approval_role=branch")


def test_cases_of_a_policy_that_counts_no_more_stay_findable(client: Client, house: House) -> None:
    enforce(house, policy_with("collection", "owner: sales", "owner: branch"), 5)
    for day in (dt.date(2025, 1, 31), dt.date(2025, 2, 1)):
        run_day(house, day, act(day, "mia", 6))
    enforce(house, house_policy(), at(TODAY, 1))
    assert 1 == found(client, "/v1/cases?owner_role=branch")
    assert 0 == found(client, "/v1/cases?owner_role=branch&state=closed")
