"""Figures for Prometheus: what was answered and decided, what waits; nothing of any customer."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.asking import problem_of
from tests.api.house import Client
from tests.api.whole import whole_app
from tests.docs.documents import ROOT
from tests.services.decisions.live import TODAY


@pytest.fixture
def app(house: House) -> Flask:
    return whole_app(house)


def figures(app: Flask, **headers: str) -> dict[tuple[str, ...], float]:
    """Return every sample but the buckets: its name and the values of its labels."""
    answer = app.test_client().get("/metrics", headers=headers)
    assert (200, "text/plain") == (answer.status_code, answer.mimetype)
    families = list(text_string_to_metric_families(answer.get_data(as_text=True)))
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


def ask(client: Client, **changes: object) -> None:
    question = {
        "type": "order",
        "customer_id": "C1",
        "order_id": "O1",
        "facts": {"order_amount": "100"},
        **changes,
    }
    assert client.of(Role.SYSTEM).post("/v1/decisions", json=question).status_code < 300


def test_decisions_are_counted_by_type_and_outcome(app: Flask, client: Client) -> None:
    ask(client)
    ask(client, order_id="O2", facts={"order_amount": "99999"})
    found = figures(app)
    assert 1 == found["policy_decisions_total", "approve", "order"]
    assert 1 == found["policy_decisions_total", "hold", "order"]
    assert 0 == found["policy_engine_faults_total",]
    assert 1 == found["policy_orders_held",]


def test_customers_kept_in_memory_are_counted(app: Flask, client: Client) -> None:
    ask(client)
    read = figures(app)["policy_customer_lookups_total", "read"]
    ask(client, order_id="O2")
    found = figures(app)
    assert read == found["policy_customer_lookups_total", "read"]
    assert 0 < found["policy_customer_lookups_total", "kept"]


def test_requests_are_counted_by_pattern_method_and_status(app: Flask, client: Client) -> None:
    ask(client)
    asked = client.of(Role.VIEWER)
    asked.get("/v1/decisions/no-such-decision")
    client.get("/no/such/path")
    client.open("/v1/decisions", method="BREW")
    found = figures(app)
    assert 1 == found["policy_request_seconds_count", "/v1/decisions", "POST", "201"]
    assert 1 == found["policy_request_seconds_count", "/v1/decisions/{decision_id}", "GET", "404"]
    assert 1 == found["policy_request_seconds_count", "none", "GET", "404"]
    assert 1 == found["policy_request_seconds_count", "none", "other", "405"]


def test_nothing_of_a_customer_stands_in_a_label(app: Flask, client: Client) -> None:
    ask(client)
    client.of(Role.VIEWER).get("/v1/customers/C1")
    shown = app.test_client().get("/metrics").get_data(as_text=True)
    assert "C1" not in shown
    assert "O1" not in shown
    assert TODAY.isoformat() not in shown


def test_what_waits_is_read_from_the_database(app: Flask) -> None:
    found = {name[0]: value for name, value in figures(app).items() if len(name) == 1}
    assert found == {
        "policy_database_up": 1,
        "policy_engine_faults_total": 0,
        "policy_webhook_events_waiting": 0,
        "policy_webhook_oldest_event_seconds": 0,
        "policy_orders_held": 0,
        "policy_jobs_open": 0,
        "policy_seconds_since_last_seal": -1,
    }


def test_without_a_database_what_was_counted_is_still_shown(house: House, app: Flask) -> None:
    database, house.database = house.database, type(house.database)("postgresql://nobody@127.0.0.1:1/none")
    found = figures(app)
    house.database = database
    assert 0 == found["policy_database_up",]


def test_a_token_is_asked_for_where_settings_name_one(house: House) -> None:
    house.settings = replace(house.settings, metrics_token="let me see")  # noqa: S106
    app = whole_app(house)
    assert figures(app, Authorization="Bearer let me see")
    for given in ({}, {"Authorization": "Bearer something else"}, {"Authorization": "let me see"}):
        problem_of(app.test_client().get("/metrics", headers=given), 401, "A401")


_WORKER = """
import json, os, sys
from dataclasses import replace
from policy_service.api.metrics import Metrics
from policy_service.storage.database import Database
from tests.services.decisions.live import open_house

house = open_house(Database(sys.argv[1]))
house.settings = replace(house.settings, prometheus_multiproc_dir=os.environ["PROMETHEUS_MULTIPROC_DIR"])
metrics = Metrics(house, lambda: 0)
metrics.decided("order", "hold", is_fault=False)
print(json.dumps([line for line in metrics.shown().decode().splitlines() if "policy_decisions_total{" in line]))
"""


def test_any_worker_shows_what_all_have_counted(tmp_path: Path, sqlite_url: str) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    line = 'policy_decisions_total{outcome="hold",type="order"}'
    assert [[f"{line} {count}.0"] for count in (1, 2)] == [_worker(folder, sqlite_url) for _ in range(2)]


def _worker(folder: Path, url: str) -> list[str]:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    ran = subprocess.run(
        [sys.executable, "-c", _WORKER, url], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    shown: list[str] = json.loads(ran.stdout)
    return shown
