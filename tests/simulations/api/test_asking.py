"""A simulation asked for is a job; what can be known to fail is refused at once."""

from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from werkzeug.test import TestResponse

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.models.simulations import SIMULATION_KINDS
from policy_service.storage.policy_store import PolicyStore
from tests.api.asking import problem_of
from tests.api.house import Client, Clock, store_key
from tests.services.decisions.live import enforce
from tests.services.house import policy_with
from tests.storage.books import run

HOUSE = {"policy": "house"}
SIMULATION: dict[str, Any] = {"candidate": HOUSE, "baseline": {"policy": "recorded"}}
TURNED = [{**HOUSE, "parameters": {"materiality": value}} for value in ("200.00", "x", "unlimited")]


def ask(client: Client, what: str = "simulations", **body: Any) -> TestResponse:
    """Ask as an analyst; by default for a simulation of the policy in force beside recorded practice."""
    sent = {**(SIMULATION if what == "simulations" else {"candidate": HOUSE, "parameters": ["materiality=0..200"]})}
    return client.of(Role.ANALYST).post(f"/v1/{what}", json=sent | body)


def test_it_is_a_job_with_its_place_and_what_was_asked(client: Client) -> None:
    answer = ask(client, **{"from": "2025-01-01", "mode": "open"})
    said = answer.json
    assert (202, "simulation", "waiting", "analyst") == (
        answer.status_code,
        said["kind"],
        said["state"],
        said["person"],
    )
    assert f"/v1/simulations/{said['job_id']}" == answer.headers["Location"]
    assert said == client.of(Role.VIEWER).get(answer.headers["Location"]).json
    assert ("2025-01-01", None, "open", "lost", "0.08") == (
        said["request"]["from"],
        said["request"]["to"],
        said["request"]["mode"],
        said["request"]["held_orders"],
        said["request"]["costs"]["yearly_rate"],
    )
    assert (None, 1, 64) == (said["baseline"], said["candidate"]["version"], len(said["candidate"]["sha256"]))
    job = client.of(Role.VIEWER).get(f"/v1/jobs/{said['job_id']}").json
    assert ("simulation", {"policy_id": "house", "version": 1}) == (job["kind"], job["arguments"])


def test_a_policy_that_is_unknown_or_has_no_version_in_force_is_told_what_could_be_named(
    client: Client, house: House
) -> None:
    unknown = ask(client, candidate={"policy": "manufacturer"}).json
    assert ("S209", "Name a policy of these: house.") == (unknown["code"], unknown["remedy"])
    with house.database.writing() as session:
        PolicyStore(session).add_draft("another", Act("ana", 1), None)
    draft = ask(client, candidate={"policy": "another"}).json
    assert "No version of policy another is in force." == draft["detail"]
    assert draft["remedy"].endswith("drafts too; the latest are: 1.")


def test_of_many_policies_the_first_are_named(client: Client, house: House) -> None:
    with house.database.writing() as session:
        for number in range(11):
            PolicyStore(session).add_draft(f"p{number:02}", Act("ana", 1), None)
    remedy = ask(client, candidate={"policy": "manufacturer"}).json["remedy"]
    first = ", ".join(["house", *(f"p{number:02}" for number in range(9))])
    assert f"Name one of the 12 policies; the first are: {first}." == remedy


def test_sweeps_and_searches_are_jobs_too(client: Client) -> None:
    sweep, seek = ask(client, "sweeps"), ask(client, "seeks", goals=["held_amount <= -1%"], judge_from="2025-02-01")
    assert [(202, "sweep", 200), (202, "seek", 400)] == [
        (answer.status_code, answer.json["kind"], answer.json["request"]["runs"]) for answer in (sweep, seek)
    ]


def test_the_text_is_that_of_the_moment_it_was_asked(client: Client, house: House) -> None:
    first = ask(client).json["candidate"]
    enforce(house, policy_with("order_check", "> credit_limit", "> credit_limit * 2"), since=2)
    second = ask(client).json["candidate"]
    assert [1, 2] == [first["version"], second["version"]]
    assert first["sha256"] != second["sha256"]


def test_the_trail_says_who_asked_for_what(client: Client, house: House) -> None:
    said = ask(client).json
    with house.database.reading() as session:
        (event,) = AuditStore(session).about("simulation", said["job_id"])
    assert ("analyst", "asked") == (event.person, event.act)
    assert said["candidate"]["sha256"] in event.detail


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("simulations", {"candidate": {"policy": "nothing"}}, 404, "S209"),
        ("simulations", {"candidate": {**HOUSE, "version": 9}}, 404, "S209"),
        ("simulations", {"baseline": {"policy": "recorded", "version": 1}}, 422, "R422"),
        ("simulations", {"from": "2025-02-01", "to": "2025-02-01"}, 422, "R510"),
        ("simulations", {"from": "2026-01-01"}, 422, "R510"),
        ("simulations", {"from": "1800-01-01"}, 422, "R514"),
        ("simulations", {"candidate": TURNED[1]}, 422, "L231"),
        ("simulations", {"candidate": TURNED[2]}, 422, "R515"),
        ("simulations", {"candidate": {**HOUSE, "parameters": {"tolerance": "1"}}}, 422, "R540"),
        ("simulations", {"capacities": {"nobody": 3}}, 422, "R516"),
        ("simulations", {"stress": ["everything"]}, 422, "R530"),
        ("simulations", {"stress": ["days_late+9999"]}, 422, "R531"),
        ("simulations", {"costs": {"margin": "2"}}, 422, "R422"),
        ("simulations", {"costs": {"cost_per_step": "1.005"}}, 422, "L232"),
        ("simulations", {"mode": "ajar"}, 422, "R422"),
        ("sweeps", {"parameters": ["tolerance"]}, 422, "R540"),
        ("sweeps", {"parameters": ["materiality"]}, 422, "R541"),
        ("sweeps", {"parameters": ["materiality=0..9"] * 2}, 422, "R542"),
        ("seeks", {"goals": ["good"]}, 422, "R543"),
        ("seeks", {"goals": ["goodness <= 1"]}, 422, "R544"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(
    client: Client, what: str, body: dict[str, Any], status: int, code: str
) -> None:
    problem_of(ask(client, what, **body), status, code)
    assert [] == client.of(Role.VIEWER).get("/v1/simulations").json["items"]


def test_a_field_is_named_as_the_request_has_it(client: Client) -> None:
    refused = ask(client, **{"from": "2025-02-01", "to": "2025-02-01"}).json
    assert refused["detail"].startswith("from, to: The window from 2025-02-01")
    assert ask(client, stress=["everything"]).json["detail"].startswith("stress: ")
    assert ask(client, "seeks", goals=["good"]).json["detail"].startswith("goal, keep: ")


def test_a_policy_in_another_currency_than_the_ledgers_is_refused(client: Client, house: House) -> None:
    enforce(house, policy_with("policy", "base_currency: CNY", "base_currency: EUR"), since=2)
    problem_of(ask(client), 422, "R405")
    problem_of(ask(client, baseline={**HOUSE, "version": 1}), 422, "R512")


def test_one_person_has_so_many_under_way_and_no_more(client: Client, house: House, clock: Clock) -> None:
    house.settings = replace(house.settings, simulations_per_person=2)
    assert [202, 202] == [ask(client).status_code, ask(client, "sweeps").status_code]
    refused = ask(client)
    problem_of(refused, 429, "R550")
    assert "30" == refused.headers["Retry-After"]
    assert 202 == client.of(Role.APPROVER).post("/v1/simulations", json=SIMULATION).status_code
    while work_one(house, SIMULATION_KINDS, "worker", clock, dict.fromkeys(SIMULATION_KINDS, lambda *_: {})):
        pass
    assert 202 == ask(client).status_code


def test_of_many_at_once_no_more_are_let_in(client: Client, house: House) -> None:
    house.settings = replace(house.settings, simulations_per_person=1)
    asking, answers = client.of(Role.ANALYST), list[int]()

    def attempt() -> None:
        answers.append(
            asking.application.test_client()
            .post(
                "/v1/simulations", json=SIMULATION, headers={"Authorization": asking.environ_base["HTTP_AUTHORIZATION"]}
            )
            .status_code
        )

    run([Thread(target=attempt) for _ in range(4)])
    assert [202, 429, 429, 429] == sorted(answers)


def test_asked_again_under_one_key_it_is_one(client: Client) -> None:
    analyst, headers = client.of(Role.ANALYST), {"Idempotency-Key": "4711"}
    one, other = (analyst.post("/v1/simulations", json=SIMULATION, headers=headers) for _ in range(2))
    assert (one.data, "true") == (other.data, other.headers["Idempotency-Replayed"])
    problem_of(analyst.post("/v1/simulations", json=SIMULATION | {"mode": "open"}, headers=headers), 422, "S223")
    assert 1 == len(client.of(Role.VIEWER).get("/v1/simulations").json["items"])


def test_whoever_asked_cancels_it_and_nobody_else_of_as_little_right(client: Client) -> None:
    job_id = ask(client).json["job_id"]
    problem_of(client.of(Role.APPROVER).post(f"/v1/jobs/{job_id}/cancellation"), 403, "A451")
    assert "cancelled" == client.of(Role.ANALYST).post(f"/v1/jobs/{job_id}/cancellation").json["state"]
    assert "cancelled" == client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}").json["state"]


def test_a_key_without_the_scope_does_not_ask(client: Client, house: House) -> None:
    client.of(Role.ANALYST)
    reads = client.with_key(store_key(house, "analyst", scopes=("simulations:read",)))
    problem_of(reads.post("/v1/simulations", json=SIMULATION), 403, "A403")
