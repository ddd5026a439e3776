"""Simulations told of, and the files of their results: in the form of their names, whole, and for a while."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from policy_service.domain.instants import DAY
from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.house import House
from policy_service.storage.models.simulations import SIMULATION_KINDS
from policy_service.storage.simulation_store import Outcome, SimulationStore
from simulations.api.answers import FORMS
from simulations.jobs.work import clean
from simulations.stored.results import results_folder, write_result
from tests.api.asking import problem_of
from tests.api.house import Client, Clock
from tests.simulations.api.test_asking import ask

FILES = {name: f"this is {name}".encode() for name in ("report.json", "customers.csv", "report.html", "report.xlsx")}


def finished(house: House, clock: Clock, job_id: str, files: Mapping[str, bytes] = FILES) -> None:
    """Let a simulation that was asked for be done, with these files."""

    def write(folder: Path) -> None:
        for name, content in files.items():
            (folder / name).write_bytes(content)

    kept = write_result(house.settings, job_id, write)
    with house.database.writing() as session:
        outcome = Outcome("ab" * 32, "cd" * 32, clock.instant, kept, clock.instant + DAY)
        SimulationStore(session).finish(job_id, clock.instant, outcome)
    assert work_one(house, SIMULATION_KINDS, "worker", clock, dict.fromkeys(SIMULATION_KINDS, lambda *_: {}))


@pytest.fixture
def job_id(client: Client, house: House, clock: Clock) -> str:
    """Give the id of a simulation that is done."""
    found: str = ask(client).json["job_id"]
    finished(house, clock, found)
    return found


def test_a_finished_one_names_its_files_and_what_it_is_known_by(client: Client, job_id: str) -> None:
    said = client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}").json
    assert ("done", "ab" * 32, "cd" * 32) == (said["state"], said["key"], said["ledger_hash"])
    assert {
        name: (len(content), sha256(content).hexdigest(), f"/v1/simulations/{job_id}/{name}")
        for name, content in FILES.items()
    } == {file["name"]: (file["bytes"], file["sha256"], file["href"]) for file in said["files"]}


@pytest.mark.parametrize("name", FILES)
def test_a_file_comes_in_the_form_of_its_name_and_runs_nowhere(client: Client, job_id: str, name: str) -> None:
    answer = client.of(Role.VIEWER).get(
        f"/v1/simulations/{job_id}/{name}", headers={"Accept": FORMS[name]}, buffered=True
    )
    assert (200, FORMS[name], FILES[name]) == (answer.status_code, answer.mimetype, answer.data)
    assert f"attachment; filename={job_id[:8]}-{name}" == answer.headers["Content-Disposition"]
    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert f'"{sha256(FILES[name]).hexdigest()}"' == answer.headers["ETag"]


def test_another_form_than_that_of_the_name_is_refused(client: Client, job_id: str) -> None:
    answer = client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}/report.html", headers={"Accept": "text/csv"})
    problem_of(answer, 406, "H406")


@pytest.mark.parametrize("name", ["figures.csv", "nothing", "..%2Fsecret"])
def test_a_file_that_it_does_not_have_is_not_there(client: Client, job_id: str, name: str) -> None:
    problem_of(client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}/{name}"), 404, "R551")


def test_a_file_that_is_not_what_was_written_is_not_given(client: Client, house: House, job_id: str) -> None:
    (results_folder(house.settings) / job_id / "customers.csv").write_bytes(b"something else")
    problem_of(client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}/customers.csv"), 404, "R551")


def test_before_it_is_done_it_has_no_file(client: Client) -> None:
    waiting = ask(client).json["job_id"]
    problem_of(client.of(Role.VIEWER).get(f"/v1/simulations/{waiting}/report.json"), 409, "R552")
    client.of(Role.ANALYST).post(f"/v1/jobs/{waiting}/cancellation")
    refused = client.of(Role.VIEWER).get(f"/v1/simulations/{waiting}/report.json")
    problem_of(refused, 409, "R552")
    assert "Ask for one anew." == refused.json["remedy"]


def test_after_its_time_the_files_are_gone_and_what_it_was_known_by_stays(
    client: Client, house: House, clock: Clock, job_id: str
) -> None:
    clean(house, clock.instant)
    assert len(FILES) == len(client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}").json["files"])
    clean(house, clock.instant + DAY)
    said = client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}").json
    assert ([], "ab" * 32, "done") == (said["files"], said["key"], said["state"])
    assert [] == list(results_folder(house.settings).iterdir())
    problem_of(client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}/report.json"), 404, "R551")


def test_what_an_attempt_that_ended_left_is_removed_a_day_later(client: Client, house: House, clock: Clock) -> None:
    waiting = ask(client).json["job_id"]
    write_result(house.settings, waiting, lambda folder: (folder / "report.json").touch())
    (results_folder(house.settings) / ".half.partial").mkdir()
    clean(house, clock.instant)
    assert 2 == len(list(results_folder(house.settings).iterdir()))
    # The folders were made by the clock of the machine.
    clean(house, 1 << 60)
    assert [] == list(results_folder(house.settings).iterdir())


def test_they_are_listed_the_newest_first_and_by_filters(client: Client, house: House, clock: Clock) -> None:
    first, second = ask(client).json["job_id"], ask(client, "sweeps").json["job_id"]
    finished(house, clock, first)

    def listed(query: str = "") -> list[str]:
        return [one["job_id"] for one in client.of(Role.VIEWER).get(f"/v1/simulations{query}").json["items"]]

    assert [second, first] == listed()
    assert [[second], [first], [second, first], [], []] == [
        listed(query)
        for query in ("?kind=sweep", "?state=done", "?person=analyst&policy=house", "?person=ada", "?policy=other")
    ]
    page = client.of(Role.VIEWER).get("/v1/simulations?limit=1").json
    assert [first] == listed(f"?limit=1&cursor={page['next_cursor']}")


def test_one_that_there_is_not_is_not_found(client: Client) -> None:
    problem_of(client.of(Role.VIEWER).get("/v1/simulations/nothing"), 404, "S209")
    problem_of(client.of(Role.VIEWER).get("/v1/simulations/nothing/report.json"), 404, "S209")
