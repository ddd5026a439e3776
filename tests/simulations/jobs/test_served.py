"""The whole way as another system goes it: asked of workers under gunicorn, done behind them, read as files."""

import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from policy_service.domain.permissions import Role
from tests.api.house import store_key, store_person
from tests.running.gunicorn import opened, workers
from tests.services.decisions.live import enforce
from tests.services.house import policy_with

pytestmark = pytest.mark.long
#: A machine on which the simulator was never run compiles it first.
PATIENCE = 600.0


def ended(client: httpx.Client, address: str) -> dict[str, Any]:
    """Return a simulation when nothing more becomes of it."""
    gives_up = time.monotonic() + PATIENCE
    while True:
        said: dict[str, Any] = client.get(address).raise_for_status().json()
        if said["state"] not in ("waiting", "running"):
            return said
        assert time.monotonic() < gives_up, said
        time.sleep(0.2)


def test_a_simulation_is_asked_of_the_service_and_its_report_read(url: str, tmp_path: Path) -> None:
    with opened(url) as house:
        second = enforce(house, policy_with("standing", "credit_limit: 5000", "credit_limit: 500"), since=2)
        store_person(house, "ana", Role.ANALYST)
        key = store_key(house, "ana")
    with (
        workers(url, SIMULATION_DIR=str(tmp_path / "simulations")) as service,
        httpx.Client(base_url=service.address, headers={"Authorization": f"Bearer {key}"}, timeout=120) as client,
    ):
        body = {"candidate": {"policy": "house", "version": second}, "baseline": {"policy": "house", "version": 1}}
        asked = client.post("/v1/simulations", json=body, headers={"Idempotency-Key": "4711"})
        assert 202 == asked.status_code, asked.text
        said = ended(client, asked.headers["Location"])
        assert ("done", "") == (said["state"], said["error"])
        files = {file["name"]: client.get(file["href"]).raise_for_status().content for file in said["files"]}
        assert {file["name"]: file["sha256"] for file in said["files"]} == {
            name: sha256(content).hexdigest() for name, content in files.items()
        }
        assert said["key"] in files["report.json"].decode()
