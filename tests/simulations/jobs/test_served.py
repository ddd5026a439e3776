"""The whole way as another system goes it: asked of workers under gunicorn, done behind them, read as files."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from policy_service.domain.permissions import Role
from policy_service.storage.database import Database
from policy_service.storage.job_store import JobStore
from tests.api.house import store_key, store_person
from tests.plain_http import NO_CERTIFICATES
from tests.running.gunicorn import Workers, opened, workers
from tests.services.decisions.live import enforce
from tests.services.house import policy_with

pytestmark = pytest.mark.long
#: A machine on which the simulator was never run compiles it first.
PATIENCE = 600.0
REPORTS = {"report.json", "report.xlsx", "report.html", "report.zh.html", "customers.csv", "customers.parquet"}
#: With those that the console reads.
FILES = REPORTS | {"orders.parquet", "steps.parquet", "changes.parquet"}


@contextmanager
def opened_only(url: str) -> Iterator[Session]:
    """Give a look into the database of a service that runs."""
    database = Database(url)
    with database.reading() as session:
        yield session
    database.close()


def ended(client: httpx.Client, address: str) -> dict[str, Any]:
    """Return a simulation when nothing more becomes of it."""
    gives_up = time.monotonic() + PATIENCE
    while True:
        said: dict[str, Any] = client.get(address).raise_for_status().json()
        if said["state"] not in ("waiting", "running"):
            return said
        assert time.monotonic() < gives_up, said
        time.sleep(0.2)


@pytest.fixture
def asking(url: str) -> tuple[str, dict[str, Any]]:
    """Give the key of an analyst, and a request for a simulation of two versions, over a furnished database."""
    with opened(url) as house:
        second = enforce(house, policy_with("standing", "credit_limit: 5000", "credit_limit: 500"), since=2)
        store_person(house, "ana", Role.ANALYST)
        body = {"candidate": {"policy": "house", "version": second}, "baseline": {"policy": "house", "version": 1}}
        return store_key(house, "ana"), body


@contextmanager
def served(url: str, folder: Path, key: str) -> Iterator[tuple[Workers, httpx.Client]]:
    """Give workers with a folder for simulations, and a client that bears the key."""
    with (
        workers(url, SIMULATION_DIR=str(folder / "simulations")) as service,
        httpx.Client(
            base_url=service.address, headers={"Authorization": f"Bearer {key}"}, timeout=120, verify=NO_CERTIFICATES
        ) as client,
    ):
        yield service, client


def test_a_simulation_is_asked_of_the_service_and_its_report_read(
    url: str, tmp_path: Path, asking: tuple[str, dict[str, Any]]
) -> None:
    key, body = asking
    with served(url, tmp_path, key) as (_, client):
        asked = client.post("/v1/simulations", json=body, headers={"Idempotency-Key": "4711"})
        assert 202 == asked.status_code, asked.text
        said = ended(client, asked.headers["Location"])
        assert ("done", "") == (said["state"], said["error"])
        files = {file["name"]: client.get(file["href"]).raise_for_status().content for file in said["files"]}
        assert {file["name"]: file["sha256"] for file in said["files"]} == {
            name: sha256(content).hexdigest() for name, content in files.items()
        }
        assert said["key"] in files["report.json"].decode()


def test_a_simulation_whose_worker_is_killed_is_done_by_another(
    url: str, tmp_path: Path, asking: tuple[str, dict[str, Any]]
) -> None:
    """It takes two minutes: so long a worker may be silent."""
    key, body = asking
    with served(url, tmp_path, key) as (service, client):
        asked = client.post("/v1/simulations", json=body)
        worker = None
        while worker is None:
            with opened_only(url) as session:
                worker = JobStore(session).load(asked.json()["job_id"]).leased_by or None
        service.kill_one(int(worker.split("/")[-2]))
        said = ended(client, asked.headers["Location"])
        assert ("done", "", FILES) == (said["state"], said["error"], {file["name"] for file in said["files"]})
        assert 2 == client.get(f"/v1/jobs/{said['job_id']}").json()["attempts"]
