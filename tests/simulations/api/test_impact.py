"""What an edit would change is answered within the request, or it is said when to ask again."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.readiness import readiness
from policy_service.services.wanted_worker import is_wanted, tell_deaths
from tests.api.asking import problem_of
from tests.api.house import Client
from tests.api.standing_in import answer_once
from tests.services.decisions.live import at

ANSWER = json.loads(Path(__file__).parents[2].joinpath("api", "impact.json").read_text("utf-8"))
HOUSE = {"policy": "house"}


def ask(client: Client, **body: Any) -> TestResponse:
    """Ask as an analyst what the policy in force changes beside recorded practice."""
    sent = {"candidate": HOUSE, "baseline": {"policy": "recorded"}, **body}
    return client.of(Role.ANALYST).post("/v1/simulations/impact", json=sent)


def test_the_answer_is_the_workers(client: Client, house: House) -> None:
    answer_once(house.settings.simulation_dir, ANSWER)
    answer = ask(client)
    assert (200, ANSWER["answer"]) == (answer.status_code, answer.json)


def test_without_a_worker_it_is_said_when_to_ask_again_and_one_is_begun(client: Client, house: House) -> None:
    answer = ask(client)
    folder = house.settings.simulation_dir
    wanted = (folder / "worker.wanted").stat().st_mtime
    problem_of(answer, 503, "R560")
    assert ("3", True) == (answer.headers["Retry-After"], is_wanted(folder, wanted))


@pytest.mark.parametrize(("code", "status"), [("R561", 503), ("R562", 429), ("R563", 409), ("R511", 422)])
def test_what_keeps_the_worker_from_answering_is_a_problem(
    client: Client, house: House, code: str, status: int
) -> None:
    answer_once(house.settings.simulation_dir, {"error": {"code": code, "message": "No.", "remedy": "Wait."}})
    assert "No." in problem_of(ask(client), status, code)["detail"]


def test_an_answer_that_is_none_is_not_shown(client: Client, house: House) -> None:
    answer_once(house.settings.simulation_dir, {"answers": []})
    problem_of(ask(client), 503, "R567")


def test_an_installation_may_have_no_worker(client: Client, house: House) -> None:
    house.settings = replace(house.settings, simulation_worker_megabytes=0)
    problem_of(ask(client), 409, "R568")


def test_a_version_that_there_is_not_is_not_found(client: Client) -> None:
    assert 404 == ask(client, candidate={"policy": "house", "version": 9}).status_code


def test_whoever_sells_is_not_told(client: Client) -> None:
    answer = client.of(Role.SYSTEM).post("/v1/simulations/impact", json={"candidate": HOUSE, "baseline": HOUSE})
    assert 403 == answer.status_code


@pytest.mark.parametrize(("deaths", "warnings"), [(0, 0), (1, 0), (5, 1)])
def test_a_worker_that_dies_again_and_again_is_warned_of(house: House, deaths: int, warnings: int) -> None:
    folder = house.settings.simulation_dir
    folder.mkdir(parents=True)
    tell_deaths(folder, deaths)
    assert warnings == sum("worker" in one for one in readiness(house, at(dt.date(2026, 3, 2))).warnings)
