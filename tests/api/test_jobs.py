"""Days are run and jobs are seen and stopped over HTTP."""

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import HANDLERS, work_one
from policy_service.services.house import House
from tests.api.asking import problem_of
from tests.api.house import Client, Clock, store_key, store_person
from tests.services.decisions.live import at
from tests.services.house import CUSTOMERS

FEBRUARY_1 = dt.date(2025, 2, 1)


@pytest.fixture(autouse=True)
def _noon(clock: Clock) -> None:
    clock.instant = at(FEBRUARY_1, 12)


def ask(client: Client, day: str = "2025-02-01", role: Role = Role.CREDIT_MANAGER) -> tuple[int, dict[str, Any]]:
    """Ask for the run of a day."""
    answer = client.of(role).post(f"/v1/days/{day}/run")
    return answer.status_code, answer.json


def work(house: House, clock: Clock) -> None:
    """Do the jobs that wait."""
    while work_one(house, list(HANDLERS), "worker-1", clock):
        pass


def test_a_day_asked_for_is_a_job_that_comes_to_a_report(client: Client, house: House, clock: Clock) -> None:
    answer = client.of(Role.CREDIT_MANAGER).post("/v1/days/2025-02-01/run")
    assert (202, "waiting") == (answer.status_code, answer.json["state"])
    work(house, clock)
    job = client.of(Role.VIEWER).get(answer.headers["Location"]).json
    assert ("done", {"done": 3, "total": 3}, 1) == (job["state"], job["progress"], job["attempts"])
    assert ({"collection.L1": 1}, 3) == (job["result"]["notices"], job["result"]["customers"])
    day = client.of(Role.VIEWER).get("/v1/days/2025-02-01").json
    assert job["result"] == day


def test_a_day_asked_for_twice_is_one_job(client: Client) -> None:
    (_, one), (_, other) = ask(client), ask(client, role=Role.FINANCE_HEAD)
    assert one["job_id"] == other["job_id"]
    assert 1 == len(client.of(Role.VIEWER).get("/v1/jobs").json["items"])


@pytest.mark.parametrize(
    ("day", "status", "code"),
    [("2025-02-02", 409, "R451"), ("2025-02-30", 404, "R450"), ("today", 404, "R450")],
)
def test_a_day_that_cannot_be_run_is_refused(client: Client, day: str, status: int, code: str) -> None:
    found, body = ask(client, day)
    assert (status, code) == (found, body["code"])


def test_only_who_may_run_the_day_asks_for_it(client: Client) -> None:
    assert 403 == ask(client, role=Role.COLLECTOR)[0]


def test_a_day_that_was_not_run_has_no_report(client: Client) -> None:
    assert 404 == client.of(Role.VIEWER).get("/v1/days/2025-02-01").status_code


def test_jobs_are_listed_and_chosen(client: Client) -> None:
    ask(client)
    viewer = client.of(Role.VIEWER)
    assert [1, 1, 0, 0] == [
        len(viewer.get("/v1/jobs", query_string=asked).json["items"])
        for asked in ({"kind": "run_day"}, {"state": "waiting"}, {"kind": "recheck_orders"}, {"state": "done"})
    ]
    assert 404 == viewer.get("/v1/jobs/J9").status_code
    for misspelt in ({"state": "asleep"}, {"kind": "run_days"}):
        problem_of(viewer.get("/v1/jobs", query_string=misspelt), 422, "R422")


def test_a_job_is_cancelled_by_who_asked_for_it_or_may_run_the_day(client: Client, house: House, clock: Clock) -> None:
    _, job = ask(client)
    path = f"/v1/jobs/{job['job_id']}/cancellation"
    refused = client.of(Role.SYSTEM).post(path)
    assert (403, "A451") == (refused.status_code, refused.json["code"])
    assert "cancelled" == client.of(Role.FINANCE_HEAD).post(path).json["state"]
    work(house, clock)
    assert "cancelled" == client.of(Role.CREDIT_MANAGER).post(path).json["state"]
    # Asked for again it waits anew.
    assert "waiting" == ask(client)[1]["state"]


def test_a_job_tells_nobody_where_its_files_lie(client: Client, house: House, tmp_path: Path) -> None:
    house.settings = replace(house.settings, upload_dir=tmp_path)
    form = {"customers": (io.BytesIO(CUSTOMERS.encode()), "customers.csv")}
    job_id = client.of(Role.SYSTEM).post("/v1/imports", data=form).json["import_id"]
    job = client.of(Role.VIEWER).get(f"/v1/jobs/{job_id}")
    assert {"source": "customers.csv", "mapping": "", "replaces": False} == job.json["arguments"]
    assert str(tmp_path) not in job.text


def test_an_import_is_cancelled_by_who_asked_for_it(client: Client, house: House, tmp_path: Path) -> None:
    house.settings = replace(house.settings, upload_dir=tmp_path)
    client.of(Role.SYSTEM)
    reads = client.with_key(store_key(house, "system", scopes=("jobs:read", "ledger:read")))
    pushes = client.with_key(store_key(house, "system", scopes=("ledger:write",)))
    form = {"customers": (io.BytesIO(CUSTOMERS.encode()), "customers.csv")}
    path = f"/v1/jobs/{pushes.post('/v1/imports', data=form).json['import_id']}/cancellation"
    assert 403 == reads.post(path).status_code
    store_person(house, "erp", Role.SYSTEM)
    assert "A451" == client.with_key(store_key(house, "erp")).post(path).json["code"]
    assert "cancelled" == pushes.post(path).json["state"]


def test_a_day_asked_for_is_not_cancelled_by_a_key_that_may_not_run_it(client: Client, house: House) -> None:
    job = client.as_("mia", Role.CREDIT_MANAGER, Role.SYSTEM).post("/v1/days/2025-02-01/run").json
    pushes = client.with_key(store_key(house, "mia", scopes=("ledger:write",)))
    refused = pushes.post(f"/v1/jobs/{job['job_id']}/cancellation")
    assert (403, "A403") == (refused.status_code, refused.json["code"])
