"""A setting of the company changes when two people want it, and never for what was there before."""

from decimal import Decimal

import pytest
from werkzeug.test import TestResponse

from policy_service.domain.permissions import AUTHORITY, Role
from policy_service.services.company_settings import CompanySettings, company_settings
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from tests.api.asking import problem_of
from tests.api.house import Client, store_key

HOUSE_IS_EMPTY = True


@pytest.fixture
def ada(client: Client) -> Client:
    """Give a client of an admin."""
    return client.as_("ada", Role.ADMIN)


@pytest.fixture
def max_(client: Client) -> Client:
    """Give a client of a finance head."""
    return client.as_("max", Role.FINANCE_HEAD)


def propose(client: Client, value: object = 2, name: str = "approvers_needed") -> TestResponse:
    """Propose another value."""
    return client.post(f"/v1/settings/{name}/proposals", json={"value": value, "note": "Four eyes are too few."})


def proposed(client: Client, value: object = 2, name: str = "approvers_needed") -> str:
    """Return the address of a proposal that was made."""
    answer = propose(client, value, name)
    assert 201 == answer.status_code, answer.get_json()
    return f"/v1/settings/{name}/proposals/{answer.get_json()['change_id']}"


def in_force(house: House) -> CompanySettings:
    """Return what is in force."""
    with house.database.reading() as session:
        return company_settings(session)


def test_at_first_everything_is_as_shipped(ada: Client, house: House) -> None:
    assert CompanySettings() == in_force(house)
    assert {
        "approvers_needed": 1,
        "override_second_person_above": "100000",
        "release_authority": {"analyst": "200000", "credit_manager": "1000000", "finance_head": None},
        "automatic_authority": "analyst",
        "daily_run_at": "06:00",
        "requires_green_checks": True,
        "recorded_standing_days": 180,
        "simulation_days": None,
    } == ada.get("/v1/settings").get_json()["settings"]


@pytest.mark.parametrize(
    ("name", "value", "then"),
    [
        ("approvers_needed", 2, 2),
        ("override_second_person_above", "0.50", Decimal("0.5")),
        ("release_authority", {"analyst": None}, {Role.ANALYST: None}),
        ("release_authority", {}, {}),
        ("automatic_authority", None, None),
        ("automatic_authority", "finance_head", Role.FINANCE_HEAD),
        ("daily_run_at", "23:59", "23:59"),
        ("requires_green_checks", False, False),
        ("recorded_standing_days", 0, 0),
        ("simulation_days", 7, 7),
        ("simulation_days", None, None),
    ],
)
def test_a_change_counts_when_another_person_agrees(
    ada: Client, max_: Client, house: House, name: str, value: object, then: object
) -> None:
    address = proposed(ada, value, name)
    assert getattr(CompanySettings(), name) == getattr(in_force(house), name)
    assert "agreed" == max_.post(f"{address}/agreement").get_json()["state"]
    assert then == getattr(in_force(house), name)


def test_nobody_agrees_with_himself(ada: Client, client: Client, house: House) -> None:
    address = proposed(ada)
    problem_of(ada.post(f"{address}/agreement"), 403, "A406")
    problem_of(client.with_key(store_key(house, "ada")).post(f"{address}/agreement"), 403, "A406")
    assert 1 == in_force(house).approvers_needed


def test_who_may_not_change_settings_neither_proposes_nor_agrees(ada: Client, client: Client) -> None:
    address = proposed(ada)
    for role in (Role.APPROVER, Role.CREDIT_MANAGER, Role.AUDITOR, Role.EMERGENCY):
        other = client.of(role)
        for answer in (propose(other), other.post(f"{address}/agreement"), other.delete(address)):
            problem_of(answer, 403, "A403")


def test_a_proposal_of_one_who_lost_the_right_is_void(ada: Client, max_: Client, client: Client, house: House) -> None:
    address = proposed(max_)
    ada.delete("/v1/people/max/roles/finance_head")
    problem_of(ada.post(f"{address}/agreement"), 409, "S227")
    assert 1 == in_force(house).approvers_needed


def test_one_proposal_is_open_at_a_time(ada: Client, max_: Client) -> None:
    address = proposed(ada)
    problem_of(propose(max_, 3), 409, "S226")
    assert "withdrawn" == max_.delete(address).get_json()["state"]
    assert 201 == propose(max_, 3).status_code


def test_a_settled_proposal_stays_settled(ada: Client, max_: Client) -> None:
    address = proposed(ada)
    max_.post(f"{address}/agreement")
    problem_of(max_.post(f"{address}/agreement"), 409, "S227")
    problem_of(max_.delete(address), 409, "S227")


def test_open_proposals_are_shown_with_who_made_them(ada: Client) -> None:
    proposed(ada, 2)
    (shown,) = ada.get("/v1/settings").get_json()["proposals"]
    assert ("approvers_needed", 2, "ada", "Four eyes are too few.") == tuple(
        shown[name] for name in ("name", "value", "proposed_by", "note")
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("approvers_needed", 0),
        ("approvers_needed", 6),
        ("approvers_needed", True),
        ("approvers_needed", "2"),
        ("approvers_needed", 1.5),
        ("override_second_person_above", 100000),
        ("override_second_person_above", "-1"),
        ("override_second_person_above", "1,000"),
        ("override_second_person_above", None),
        ("release_authority", {"viewer": "1"}),
        ("release_authority", {"analyst": 1}),
        ("release_authority", ["analyst"]),
        ("automatic_authority", "admin"),
        ("automatic_authority", ["analyst"]),
        ("automatic_authority", {}),
        ("daily_run_at", "6:00"),
        ("daily_run_at", "24:00"),
        ("daily_run_at", "06:00\n"),
        ("requires_green_checks", "yes"),
        ("requires_green_checks", 1),
        ("recorded_standing_days", 3651),
        ("recorded_standing_days", True),
        ("simulation_days", 0),
        ("simulation_days", True),
    ],
)
def test_a_value_that_a_setting_cannot_have_is_refused(ada: Client, name: str, value: object) -> None:
    problem_of(propose(ada, value, name), 422, "R417")


def test_a_setting_that_there_is_not_is_not_found(ada: Client) -> None:
    problem_of(propose(ada, 1, "approvers"), 404, "S209")
    problem_of(ada.delete("/v1/settings/approvers_needed/proposals/none"), 404, "S209")


def test_a_body_without_a_value_is_refused(ada: Client) -> None:
    problem_of(ada.post("/v1/settings/approvers_needed/proposals", json={"note": "x"}), 422, "R422")


def test_both_people_are_in_the_audit_trail(ada: Client, max_: Client, house: House) -> None:
    max_.post(f"{proposed(ada)}/agreement")
    with house.database.reading() as session:
        done = AuditStore(session).about("setting", "approvers_needed")
    assert [("proposed", "ada"), ("agreed", "max")] == [(each.act, each.person) for each in done]
    assert "Four eyes" in done[0].detail


def test_the_shipped_authority_rises_with_the_role() -> None:
    amounts = [CompanySettings().release_authority[role] for role in AUTHORITY]
    assert [Decimal(200_000), Decimal(1_000_000), None] == amounts
