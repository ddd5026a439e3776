"""What waits for approval is listed, settled by who may, and found in the customer's history."""

import datetime as dt
from typing import Any

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.asking import problem_of
from tests.api.house import Client
from tests.services.decisions.live import TODAY, act, enforce, post
from tests.services.house import policy_with
from tests.services.standings_in_force.reviews import begin, referred_review, release

WHY = {"note": "Balance sheet seen"}
RECORDED = "customer_id,from,grade,credit_limit,payment_term_days\nC2,2024-06-01,B,2000.00,20\n"


@pytest.fixture
def waiting(client: Client, house: House) -> dict[str, Any]:
    """Give the standing that an analyst's review of C1 proposes to a credit manager."""
    needs_a_manager = policy_with("standing", "credit_limit: 5000", "credit_limit: 5000, approval_role: credit_manager")
    enforce(house, needs_a_manager, act().at - 1)
    asked = client.of(Role.ANALYST).post("/v1/decisions", json={"type": "review", "customer_id": "C1"})
    assert asked.status_code == 201, asked.get_json()
    (found,) = listed(client, "/v1/standings?state=proposed")
    return found


def listed(client: Client, path: str) -> list[dict[str, Any]]:
    """Return the items of a list."""
    answer = client.of(Role.VIEWER).get(path)
    assert answer.status_code == 200, answer.get_json()
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def test_a_proposed_standing_says_what_it_waits_for_and_why(client: Client, waiting: dict[str, Any]) -> None:
    said = {"customer_id": "C1", "state": "proposed", "approval_role": "credit_manager", "proposed_by": "analyst"}
    assert said.items() <= waiting.items()
    assert waiting["outputs"] == {
        "grade": "A",
        "credit_limit": "5000.00",
        "payment_term_days": 30,
        "prepay_percent": "0",
        "grace_days": 5,
        "approval_role": "credit_manager",
        "stop_credit": False,
    }
    assert waiting["reviewed_on"] == TODAY.isoformat()
    assert client.of(Role.VIEWER).get(f"/v1/standings/{waiting['standing_id']}").get_json() == waiting


@pytest.mark.parametrize(("role", "expected"), [("credit_manager", 1), ("finance_head", 0), ("", 1)])
def test_the_queue_is_asked_for_by_role(client: Client, waiting: dict[str, Any], role: str, expected: int) -> None:
    found = listed(client, f"/v1/standings?state=proposed&approval_role={role}&sort=oldest")
    assert [one["standing_id"] for one in found] == [waiting["standing_id"]] * expected


def test_an_approved_standing_is_in_force(client: Client, waiting: dict[str, Any]) -> None:
    path = f"/v1/standings/{waiting['standing_id']}/approval"
    settled = client.of(Role.CREDIT_MANAGER).post(path, json=WHY)
    assert settled.status_code == 200
    body = settled.get_json()
    assert (body["state"], body["decided_by"], body["note"]) == ("in_force", "credit-manager", WHY["note"])
    assert listed(client, "/v1/standings?state=proposed") == []
    problem_of(client.of(Role.CREDIT_MANAGER).post(path, json=WHY), 409, "R441")


def test_a_rejected_standing_is_not(client: Client, waiting: dict[str, Any]) -> None:
    path = f"/v1/standings/{waiting['standing_id']}/rejection"
    assert client.of(Role.CREDIT_MANAGER).post(path, json=WHY).get_json()["state"] == "rejected"
    assert [one["state"] for one in listed(client, "/v1/customers/C1/standings")] == ["rejected", "in_force"]


@pytest.mark.parametrize("settling", ["approval", "rejection"])
def test_who_may_not_settle_it_is_refused(client: Client, waiting: dict[str, Any], settling: str) -> None:
    path = f"/v1/standings/{waiting['standing_id']}/{settling}"
    problem_of(client.as_("eve", Role.ANALYST).post(path, json=WHY), 403, "R442")
    problem_of(client.of(Role.VIEWER).post(path, json=WHY), 403, "A403")
    problem_of(client.of(Role.CREDIT_MANAGER).post(path, json={"note": " "}), 422, "R422")
    problem_of(client.of(Role.CREDIT_MANAGER).post(path, json={}), 422, "R422")


def test_whoever_ran_the_review_cannot_settle_it_with_another_key_or_role(client: Client, house: House) -> None:
    needs_an_approver = policy_with("standing", "credit_limit: 5000", "credit_limit: 5000, approval_role: approver")
    enforce(house, needs_an_approver, act().at - 1)
    two_hats = client.as_("eve", Role.ANALYST, Role.APPROVER)
    two_hats.post("/v1/decisions", json={"type": "review", "customer_id": "C1"})
    (found,) = listed(client, "/v1/standings?state=proposed")

    path = f"/v1/standings/{found['standing_id']}/approval"
    problem_of(two_hats.post(path, json=WHY), 403, "R443")
    problem_of(client.as_("eve").post(path, json=WHY), 403, "R443")
    assert client.as_("bob", Role.ANALYST, Role.APPROVER).post(path, json=WHY).status_code == 200


def test_the_history_of_a_customer_tells_reviews_ladders_and_what_was_recorded(client: Client, house: House) -> None:
    post(house, {"standings": RECORDED}, at=2)
    client.of(Role.ANALYST).post("/v1/decisions", json={"type": "review", "customer_id": "C2"})
    begin(house, "L2", {"stop_credit": "true"}, "C2")
    release(house, "L2", "C2")

    history = client.of(Role.VIEWER).get("/v1/customers/C2/standings").get_json()
    assert [(one["state"], one["origin"], one["decided_by"]) for one in history["items"]] == [
        ("in_force", "review", "analyst")
    ]
    assert [(one["level"], one["output"], one["value"], one["ended_by"]) for one in history["effects"]] == [
        ("L2", "stop_credit", "true", "ladder")
    ]
    outputs = {"grade": "B", "credit_limit": "2000.00", "payment_term_days": 20}
    assert history["recorded"] == [{"valid_from": "2024-06-01", "outputs": outputs}]


def test_a_customer_that_is_none_has_no_history(client: Client) -> None:
    problem_of(client.of(Role.VIEWER).get("/v1/customers/C9/standings"), 404, "R404")
    problem_of(client.of(Role.VIEWER).get("/v1/standings/none"), 404, "S209")


def test_reviews_due_are_listed_the_longest_overdue_first(client: Client, house: House) -> None:
    post(house, {"standings": RECORDED}, at=2)
    referred_review(house, "C3")
    tomorrow = (TODAY + dt.timedelta(days=1)).isoformat()
    every = [
        {"customer_id": "C2", "due_on": "2024-06-01", "causes": [{"cause": "never_reviewed", "since": "2024-06-01"}]},
        {"customer_id": "C3", "due_on": "2025-01-20", "causes": [{"cause": "referred", "since": "2025-01-20"}]},
    ]
    assert listed(client, "/v1/reviews/due") == listed(client, f"/v1/reviews/due?before={tomorrow}") == every
    assert listed(client, f"/v1/reviews/due?before={TODAY.isoformat()}") == every[:1]

    first = client.of(Role.VIEWER).get("/v1/reviews/due?limit=1").get_json()
    assert first["items"] == every[:1]
    assert listed(client, f"/v1/reviews/due?limit=1&cursor={first['next_cursor']}") == every[1:]


@pytest.mark.parametrize("query", ["before=soon", "limit=0", "cursor=AA", "cursor=WyJub25lIiwieCJd"])
def test_a_question_that_cannot_be_read_is_refused(client: Client, query: str) -> None:
    assert client.of(Role.VIEWER).get(f"/v1/reviews/due?{query}").status_code == 422
