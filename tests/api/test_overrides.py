"""Overrides over HTTP: given, listed, confirmed by another person, ended."""

import datetime as dt
from typing import Any

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.asking import problem_of
from tests.api.house import Client, Clock, store_key
from tests.services.decisions.live import TODAY, at

LAST = (TODAY + dt.timedelta(days=7)).isoformat()
SMALL = {
    "customer_id": "C1",
    "decision_type": "review",
    "outputs": {"credit_limit": "6000.00", "payment_term_days": 40},
    "reason": "Bank guarantee",
    "expires_on": LAST,
}
LARGE = {**SMALL, "outputs": {"credit_limit": "900000"}}
WHY = {"reason": "Guarantee withdrawn"}


def given(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    """Return an override that a credit manager gives."""
    answer = client.of(Role.CREDIT_MANAGER).post("/v1/overrides", json=body)
    assert answer.status_code == 201, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"] == f"/v1/overrides/{found['override_id']}"
    return found


def listed(client: Client, query: str = "") -> list[str]:
    """Return the ids of the overrides that a list holds."""
    answer = client.of(Role.VIEWER).get(f"/v1/overrides?{query}")
    assert answer.status_code == 200, answer.get_json()
    return [one["override_id"] for one in answer.get_json()["items"]]


def test_an_override_is_given_and_shown(client: Client) -> None:
    made = given(client, SMALL)
    said = {"state": "in_force", "person": "credit-manager", "expires_on": LAST, "has_expired": False}
    assert said.items() <= made.items()
    assert made["outputs"] == {"credit_limit": "6000.00", "payment_term_days": "40"}
    assert client.of(Role.VIEWER).get(f"/v1/overrides/{made['override_id']}").get_json() == made


def test_it_counts_in_the_next_decision(client: Client) -> None:
    made = given(client, {**SMALL, "decision_type": "order", "outputs": {"outcome": "decline"}})
    order = {"type": "order", "customer_id": "C1", "order_id": "O1", "facts": {"order_amount": "10"}}
    decided = client.of(Role.SYSTEM).post("/v1/decisions", json=order).get_json()
    assert decided["outcome"] == "decline"
    assert [one["id"] for one in decided["result"]["overrides"]] == [made["override_id"]]


def test_one_that_waits_is_confirmed_by_another_person(client: Client) -> None:
    waiting = given(client, LARGE)
    assert waiting["state"] == "proposed"
    assert listed(client, "state=proposed") == [waiting["override_id"]]
    confirmed = client.of(Role.FINANCE_HEAD).post(f"/v1/overrides/{waiting['override_id']}/confirmation")
    assert confirmed.status_code == 200
    assert (confirmed.get_json()["state"], confirmed.get_json()["second_person"]) == ("in_force", "finance-head")


def test_the_giver_never_confirms_with_whatever_key(client: Client, house: House) -> None:
    waiting = given(client, LARGE)
    path = f"/v1/overrides/{waiting['override_id']}/confirmation"
    second_key = client.with_key(store_key(house, "credit-manager"))
    problem_of(second_key.post(path), 403, "R443")
    problem_of(client.of(Role.CREDIT_MANAGER).post(path), 403, "R443")
    assert listed(client, "state=proposed") == [waiting["override_id"]]


def test_what_neither_of_two_answers_for_is_confirmed_by_who_does(client: Client) -> None:
    """An analyst proposes more than a credit manager may release into."""
    body = {**SMALL, "outputs": {"credit_limit": "1000000.01"}}
    waiting = client.of(Role.ANALYST).post("/v1/overrides", json=body).get_json()
    path = f"/v1/overrides/{waiting['override_id']}/confirmation"
    refused = problem_of(client.of(Role.CREDIT_MANAGER).post(path), 403, "A434")
    assert "finance_head" in str(refused["remedy"])
    assert client.of(Role.FINANCE_HEAD).post(path).get_json()["state"] == "in_force"


def test_one_that_waits_is_rejected(client: Client) -> None:
    waiting = given(client, LARGE)
    path = f"/v1/overrides/{waiting['override_id']}"
    rejected = client.of(Role.FINANCE_HEAD).post(f"{path}/rejection", json=WHY).get_json()
    assert (rejected["state"], rejected["ended_by"], rejected["end_reason"]) == (
        "rejected",
        "finance-head",
        WHY["reason"],
    )
    problem_of(client.of(Role.FINANCE_HEAD).post(f"{path}/confirmation"), 409, "R441")


def test_one_in_force_is_ended(client: Client) -> None:
    made = given(client, SMALL)
    path = f"/v1/overrides/{made['override_id']}/end"
    problem_of(client.of(Role.ANALYST).post(path, json=WHY), 403, "A435")
    assert client.of(Role.CREDIT_MANAGER).post(path, json=WHY).get_json()["state"] == "ended"
    problem_of(client.of(Role.ANALYST).post(path, json=WHY), 409, "R441")


def test_a_second_one_of_the_same_output_is_refused_naming_the_first(client: Client) -> None:
    first = given(client, SMALL)
    refused = problem_of(client.of(Role.ANALYST).post("/v1/overrides", json=SMALL), 409, "R447")
    assert first["override_id"] in str(refused["detail"])


def test_sent_twice_under_one_key_it_is_given_once(client: Client) -> None:
    manager, headers = client.of(Role.CREDIT_MANAGER), {"Idempotency-Key": "once"}
    first = manager.post("/v1/overrides", json=SMALL, headers=headers).get_json()
    assert manager.post("/v1/overrides", json=SMALL, headers=headers).get_json() == first
    assert listed(client) == [first["override_id"]]


def test_lists_are_filtered_and_paged(client: Client, clock: Clock) -> None:
    ids = [given(client, {**SMALL, "customer_id": one})["override_id"] for one in ("C1", "C2", "C3")]
    assert listed(client) == ids[::-1]
    assert listed(client, "customer_id=C2") == listed(client, "customer_id=C2&decision_type=review") == [ids[1]]
    assert listed(client, "decision_type=order") == listed(client, "person=eve") == listed(client, "order_id=O1") == []
    first = client.of(Role.VIEWER).get("/v1/overrides?limit=2").get_json()
    assert listed(client, f"limit=2&cursor={first['next_cursor']}") == [ids[0]]

    clock.instant = at(TODAY + dt.timedelta(days=8))
    assert listed(client, "expired=false") == []
    assert client.of(Role.VIEWER).get(f"/v1/overrides/{ids[0]}").get_json()["has_expired"] is True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"outputs": {}}, "R422"),
        ({"outputs": {"credit_limit": 1.5}}, "R422"),
        ({"outputs": {"credit_limit": ["1"]}}, "R422"),
        ({"outputs": "credit_limit"}, "R422"),
        ({"reason": "ab"}, "R422"),
        ({"reason": "a" * 501}, "R422"),
        ({"expires_on": "2025-02-30"}, "R422"),
        ({"decision_type": "wish"}, "R422"),
        ({"customer_id": ""}, "R422"),
        ({"colour": "red"}, "R422"),
        ({"reason": "   "}, "R440"),
        ({"decision_type": "escalation"}, "R444"),
        ({"outputs": {"next_review_days": "9"}}, "R444"),
        ({"expires_on": "2024-12-31"}, "R445"),
    ],
    ids=lambda case: str(case)[:40],
)
def test_what_makes_no_override_is_refused(client: Client, change: dict[str, Any], code: str) -> None:
    problem_of(client.of(Role.ANALYST).post("/v1/overrides", json={**SMALL, **change}), 422, code)


def test_who_may_not_is_refused(client: Client) -> None:
    waiting = given(client, LARGE)
    path = f"/v1/overrides/{waiting['override_id']}"
    problem_of(client.of(Role.SALES).post("/v1/overrides", json=SMALL), 403, "A403")
    problem_of(client.of(Role.ANALYST).post(f"{path}/confirmation"), 403, "A403")
    problem_of(client.of(Role.ANALYST).post(f"{path}/rejection", json=WHY), 403, "A403")
    problem_of(client.of(Role.SALES).post(f"{path}/end", json=WHY), 403, "A403")
    problem_of(client.of(Role.ADMIN).get(path), 403, "A403")


def test_one_that_is_none_is_not_found(client: Client) -> None:
    finance_head = client.of(Role.FINANCE_HEAD)
    problem_of(finance_head.get("/v1/overrides/none"), 404, "S209")
    problem_of(finance_head.post("/v1/overrides/none/confirmation"), 404, "S209")
    problem_of(finance_head.post("/v1/overrides/none/rejection", json=WHY), 404, "S209")
    problem_of(finance_head.post("/v1/overrides/none/end", json=WHY), 404, "S209")
