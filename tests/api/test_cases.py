"""The worklist over HTTP: who sees which cases, what they do about them, and what comes of it."""

import datetime as dt
from typing import Any

import pytest
from werkzeug.test import TestResponse

from policy_service.domain.permissions import Role
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from tests.api.house import Client, Clock, store_person
from tests.services.decisions.live import act, at, enforce
from tests.services.house import RULE_SETS, policy_with

#: I1 of C1, due on 31 January, and I2 of C2, due on 4 April.
FEBRUARY_1 = dt.date(2025, 2, 1)
MARCH_2 = dt.date(2025, 3, 2)


@pytest.fixture
def case_id(house: House, client: Client, clock: Clock) -> str:
    """Give the case of C1, opened on 1 February; it is noon."""
    for day in (dt.date(2025, 1, 31), FEBRUARY_1):
        run_day(house, day, act(day, "mia", 6))
    clock.instant = at(FEBRUARY_1, 12)
    (case,) = listed(client)
    return str(case["case_id"])


def listed(client: Client, **asked: str) -> list[dict[str, Any]]:
    """Return the cases that a collector is shown."""
    answer = client.of(Role.COLLECTOR).get("/v1/cases", query_string=asked)
    assert 200 == answer.status_code, answer.json
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def file(client: Client, case_id: str) -> dict[str, Any]:
    """Return a case with all that belongs to it."""
    found: dict[str, Any] = client.of(Role.VIEWER).get(f"/v1/cases/{case_id}").json
    return found


def post(client: Client, case_id: str, what: str, *roles: Role, **body: Any) -> TestResponse:
    """Do something about a case, as a collector unless another role is named."""
    return client.of(*(roles or (Role.COLLECTOR,))).post(f"/v1/cases/{case_id}/{what}", json=body)


def test_the_worklist_says_what_is_to_be_done_by_whom_until_when(client: Client, case_id: str) -> None:
    (case,) = listed(client)
    assert {
        "case_id": case_id,
        "customer_id": "C1",
        "policy_id": "house",
        "ladder": "collection",
        "level": "L1",
        "action": "remind",
        "channel": "email",
        "owner_role": "sales",
        "assigned_to": "",
        "deadline": "2025-02-04",
        "state": "open",
        "waiting_for": [],
        "opened_on": "2025-02-01",
        "closed_on": None,
    } == case


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"owner_role": "sales"}, 1),
        ({"owner_role": "collector"}, 0),
        ({"customer_id": "C1", "state": "all"}, 1),
        ({"state": "closed"}, 0),
        ({"level": "L1"}, 1),
        ({"due_before": "2025-02-05"}, 1),
        ({"due_before": "2025-02-04"}, 0),
        ({"assigned_to": "sam"}, 0),
        ({"waiting_for": "finance_head"}, 0),
    ],
)
def test_the_worklist_shows_what_is_asked_for(client: Client, case_id: str, asked: dict[str, str], found: int) -> None:
    assert found == len(listed(client, **asked))


def test_the_worklist_goes_on_behind_a_cursor(client: Client, house: House, case_id: str) -> None:
    run_day(house, dt.date(2025, 4, 5), act(dt.date(2025, 4, 5), "mia"))
    collector = client.of(Role.COLLECTOR)
    first = collector.get("/v1/cases", query_string={"limit": "1"}).json
    rest = collector.get("/v1/cases", query_string={"cursor": first["next_cursor"]}).json
    assert ["C1", "C2"] == [case["customer_id"] for case in (*first["items"], *rest["items"])]
    assert rest["next_cursor"] is None
    assert 422 == collector.get("/v1/cases", query_string={"cursor": "WyIyMDI1LTEzLTAxIiwgIksxIl0"}).status_code


def test_a_case_is_shown_with_its_steps_and_invoices(client: Client, case_id: str) -> None:
    found = file(client, case_id)
    assert [("L1", ["I1"], "fired")] == [(one["level"], one["invoices"], one["state"]) for one in found["steps"]]
    assert [("I1", "1000.00", 1)] == [
        (one["invoice_id"], one["open_amount"], one["days_past_due"]) for one in found["invoices"]
    ]
    decision = client.of(Role.VIEWER).get(f"/v1/decisions/{found['decision_ids'][0]}")
    assert 200 == decision.status_code


def test_what_people_do_is_kept_with_the_case(client: Client, case_id: str) -> None:
    made = [
        post(client, case_id, "notes", text="Two lines\nof text"),
        post(client, case_id, "contacts", channel="phone", text="Reached the accountant"),
        post(client, case_id, "promises", invoice_id="I1", promised="2025-02-10", amount="500.00"),
        post(client, case_id, "disputes", invoice_id="I1", text="Broken"),
        post(client, case_id, "disputes", invoice_id="I1", state="closed"),
    ]
    assert [201] * 5 == [answer.status_code for answer in made], made[-1].json
    notes = file(client, case_id)["notes"]
    assert ["note", "contact", "promise", "dispute", "dispute"] == [note["kind"] for note in notes]
    assert {"collector"} == {note["person"] for note in notes}
    assert f"{case_id}-1" == notes[1]["entry_id"]
    facts = client.of(Role.ANALYST).get("/v1/customers/C1/facts")
    assert facts.status_code in (200, 404)


def test_a_case_is_given_to_somebody_and_its_deadline_moved(client: Client, house: House, case_id: str) -> None:
    store_person(house, "sam", Role.SALES)
    assert "sam" == post(client, case_id, "assignment", assigned_to="sam").json["assigned_to"]
    moved = post(client, case_id, "deadline", deadline="2025-02-20", reason="On holiday")
    assert "2025-02-20" == moved.json["deadline"]
    assert 1 == len(listed(client, assigned_to="sam"))


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("notes", {"text": ""}, 422, "R422"),
        ("notes", {"text": "a\u0000b"}, 422, "R422"),
        ("contacts", {"channel": "pigeon"}, 422, "R422"),
        ("promises", {"invoice_id": "I2", "promised": "2025-02-10"}, 422, "R456"),
        ("promises", {"invoice_id": "I1", "promised": "2025-01-10"}, 422, "R457"),
        ("promises", {"invoice_id": "I1", "promised": "2025-02-10", "amount": "1000.01"}, 422, "R457"),
        ("disputes", {"invoice_id": "I1", "state": "closed"}, 409, "R458"),
        ("assignment", {"assigned_to": "nobody"}, 422, "R459"),
        ("deadline", {"deadline": "2025-01-10", "reason": "Earlier"}, 422, "R457"),
        ("steps/{number}/approval", {"approved": True, "reason": "Seen"}, 409, "R454"),
        ("steps/999999/approval", {"approved": True, "reason": "Seen"}, 404, "S209"),
    ],
)
def test_what_cannot_be_is_refused(
    client: Client, case_id: str, what: str, body: dict[str, Any], status: int, code: str
) -> None:
    number = file(client, case_id)["steps"][0]["number"]
    answer = post(client, case_id, what.format(number=number), **body)
    assert (status, code) == (answer.status_code, answer.json["code"])


def test_who_may_not_work_on_cases_only_looks(client: Client, case_id: str) -> None:
    assert 200 == client.of(Role.VIEWER).get(f"/v1/cases/{case_id}").status_code
    assert 403 == post(client, case_id, "notes", Role.VIEWER, text="Hm").status_code
    assert 403 == client.of(Role.ADMIN).get("/v1/cases").status_code
    assert 404 == client.of(Role.VIEWER).get("/v1/cases/K9").status_code


def test_a_step_waits_for_the_word_of_its_role(client: Client, house: House, clock: Clock) -> None:
    enforce(
        house,
        policy_with("collection", "owner: credit_manager,\n", "owner: credit_manager, approval: finance_head,\n"),
        since=5,
    )
    for day in (dt.date(2025, 3, 1), MARCH_2):
        run_day(house, day, act(day, "mia", 6))
    clock.instant = at(MARCH_2, 12)
    (case,) = listed(client, waiting_for="finance_head")
    assert ["finance_head"] == case["waiting_for"]
    (step,) = file(client, case["case_id"])["steps"]
    assert ("proposed", "finance_head", {"stop_credit": "true"}) == (
        step["state"],
        step["waiting_for"],
        step["effects"],
    )
    path = f"steps/{step['number']}/approval"
    assert 403 == post(client, case["case_id"], path, Role.CREDIT_MANAGER, approved=True, reason="Seen").status_code
    approved = post(client, case["case_id"], path, Role.FINANCE_HEAD, approved=True, reason="Seen")
    assert (200, "L2", []) == (approved.status_code, approved.json["level"], approved.json["waiting_for"])
    (step,) = file(client, case["case_id"])["steps"]
    assert ("fired", "finance-head") == (step["state"], step["decided_by"])


def test_the_same_note_sent_twice_is_one(client: Client, case_id: str) -> None:
    collector = client.of(Role.COLLECTOR)
    for _ in range(2):
        answer = collector.post(
            f"/v1/cases/{case_id}/notes", json={"text": "Once"}, headers={"Idempotency-Key": "note-1"}
        )
        assert 201 == answer.status_code
    assert 1 == len(file(client, case_id)["notes"])


def test_the_workload_is_counted_by_role_and_week(client: Client, case_id: str) -> None:
    viewer = client.of(Role.VIEWER)
    assert {"items": [{"owner_role": "sales", "week": "2025-W05", "steps": 1}]} == viewer.get("/v1/cases/workload").json
    asked = {"from": "2025-02-02", "to": "2025-03-01"}
    assert {"items": []} == viewer.get("/v1/cases/workload", query_string=asked).json
    assert 422 == viewer.get("/v1/cases/workload", query_string={"from": "2025-02-02", "to": "2025-02-01"}).status_code
    assert 422 == viewer.get("/v1/cases/workload", query_string={"from": "2023-02-02", "to": "2025-02-01"}).status_code


def test_an_escalation_asked_for_opens_a_case(client: Client, clock: Clock) -> None:
    clock.instant = at(FEBRUARY_1, 12)
    question = {"type": "escalation", "customer_id": "C1"}
    answer = client.of(Role.COLLECTOR).post("/v1/decisions", json=question)
    assert 200 <= answer.status_code < 300, answer.json
    assert ["C1"] == [case["customer_id"] for case in listed(client)]
    assert RULE_SETS
