"""Whether the process lives needs no database; whether it can answer says what is missing, and no secrets."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from policy_service.api.open_endpoints import PER_MINUTE
from policy_service.services import readiness
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.migrate import downgrade, upgrade
from tests.api.asking import problem_of
from tests.api.whole import whole_app


@pytest.fixture
def app(house: House) -> Flask:
    return whole_app(house)


def ready(app: Flask) -> tuple[int, list[str]]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.get_json()["missing"]


def test_a_service_that_can_answer_is_ready(app: Flask) -> None:
    assert (200, []) == ready(app)


def test_without_a_policy_in_force_it_lets_in_whoever_activates_one_and_warns(house: House) -> None:
    house.settings = replace(house.settings, default_policy="none")
    answer = whole_app(house).test_client().get("/readyz")
    warnings = ["No policy is in force: every order is refused (R421)."]
    assert (200, {"status": "ready", "missing": [], "warnings": warnings}) == (answer.status_code, answer.get_json())


def test_without_its_tables_it_is_not_ready_but_alive(house: House, app: Flask, tmp_path: Path) -> None:
    house.database = Database(f"sqlite:///{tmp_path / 'none.db'}")
    assert (503, ["The database cannot be used as it is (S203)."]) == ready(app)
    assert 200 == app.test_client().get("/healthz").status_code
    house.database.close()


def test_a_database_that_is_away_is_said_without_its_address(house: House, app: Flask) -> None:
    house.database = Database("postgresql://somebody:secret@127.0.0.1:1/none")
    status, missing = ready(app)
    assert (503, ["The database cannot be used as it is (S202)."]) == (status, missing)
    assert {"status": "ok"} == app.test_client().get("/healthz").get_json()


def test_a_disk_that_is_nearly_full_is_said(house: House, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_ROOM", 1 << 62)
    expected = (503, ["The disk of the database is nearly full."]) if house.database.is_sqlite else (200, [])
    assert expected == ready(app)


def test_an_address_that_asks_too_often_is_told_when_to_ask_again(app: Flask) -> None:
    client = app.test_client()
    for _ in range(PER_MINUTE):
        assert 200 == client.get("/healthz").status_code
    refused = client.get("/healthz")
    problem_of(refused, 429, "A429")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert 200 == client.get("/healthz", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code


def test_the_tables_come_back(house: House, app: Flask) -> None:
    downgrade(house.database)
    assert 503 == ready(app)[0]
    upgrade(house.database)
