"""Simulations asked for over HTTP are done over the stored ledger, and their results are those of the same run here."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.house import House
from simulations.executors.choosing import ExecutorKind
from simulations.jobs import doing
from simulations.jobs.work import SIMULATION_WORK
from simulations.replay.options import HeldOrders, Options
from simulations.runs.disagreement import Disagreement
from simulations.runs.simulation import Candidate, simulate, window_of
from simulations.stored.current_snapshot import current_snapshot
from simulations.stored.results import checkpoints_folder, results_folder
from tests.api.house import Client, Clock
from tests.services.decisions.live import enforce
from tests.services.house import house_policy, policy_with
from tests.simulations.api.test_asking import HOUSE, ask

STRICTER = policy_with("standing", "credit_limit: 5000", "credit_limit: 500")


@pytest.fixture(autouse=True)
def _logged_elsewhere() -> Iterator[None]:
    # To draw a traceback with all that a run holds takes seconds.
    with capture_logs():
        yield


def work(house: House, clock: Clock) -> None:
    """Do the simulations that wait."""
    while work_one(house, list(SIMULATION_WORK.handlers), "worker", clock, SIMULATION_WORK.handlers):
        pass


def done(client: Client, house: House, clock: Clock, what: str = "simulations", **body: Any) -> dict[str, Any]:
    """Return a simulation that was asked for and done."""
    asked = ask(client, what, **body).json
    work(house, clock)
    found: dict[str, Any] = client.of(Role.VIEWER).get(f"/v1/simulations/{asked['job_id']}").json
    return found


def report(client: Client, said: dict[str, Any]) -> dict[str, Any]:
    """Return the report of a simulation that is done."""
    address = next(file["href"] for file in said["files"] if file["name"] == "report.json")
    answer = client.of(Role.VIEWER).get(address, buffered=True)
    found: dict[str, Any] = json.loads(answer.data)
    return found


def test_a_simulation_gives_what_the_same_run_gives_here(client: Client, house: House, clock: Clock) -> None:
    second = enforce(house, STRICTER, since=2)
    body = {"candidate": {**HOUSE, "version": second}, "baseline": {**HOUSE, "version": 1}, "held_orders": "prepaid"}
    said = done(client, house, clock, **body)
    assert ("done", "", "files") == (said["state"], said["error"], said["progress"]["step"])
    with current_snapshot(house) as (_, snapshot):
        options = Options(*window_of(snapshot), held_orders=HeldOrders.PREPAID)
        here = simulate(snapshot, Candidate(house_policy()), Candidate(STRICTER), options)
        assert snapshot.hash == said["ledger_hash"]
    there = report(client, said)
    assert here.comparison.key == said["key"] == there["run"]["key"]
    assert [said[side]["sha256"] for side in ("baseline", "candidate")] == [
        there["run"]["policies"][side]["hash"] for side in ("baseline", "candidate")
    ]
    expected = json.loads(json.dumps(here.report))
    for part in ("baseline", "candidate", "difference", "swap_set", "customers", "timeline"):
        assert expected[part] == there[part]


def test_it_has_every_file_in_both_languages(client: Client, house: House, clock: Clock) -> None:
    said = done(client, house, clock)
    assert [
        "changes.parquet",
        "customers.csv",
        "customers.parquet",
        "orders.parquet",
        "report.html",
        "report.json",
        "report.xlsx",
        "report.zh.html",
        "steps.parquet",
    ] == [file["name"] for file in said["files"]]
    viewer = client.of(Role.VIEWER)
    pages = [viewer.get(f"/v1/simulations/{said['job_id']}/report{of}.html", buffered=True).data for of in ("", ".zh")]
    assert [True, True] == [language in page for language, page in zip((b'lang="en', b'lang="zh'), pages, strict=True)]


def test_a_draft_with_other_parameters_under_stress_is_simulated(client: Client, house: House, clock: Clock) -> None:
    turned = {**HOUSE, "parameters": {"materiality": "250.00"}}
    said = done(client, house, clock, candidate=turned, stress=["days_late+20"], capacities={"sales": 2})
    assert ("done", "") == (said["state"], said["error"])
    run = report(client, said)["run"]
    assert {"materiality": 25_000} == run["policies"]["candidate"]["parameters"]
    assert "stress" in report(client, said)


@pytest.mark.parametrize(
    ("what", "body", "part"),
    [("sweeps", {}, "points"), ("seeks", {"goals": ["held_amount <= -1%"], "judge_from": "2025-02-20"}, "goal")],
)
def test_sweeps_and_searches_are_done_too(
    client: Client, house: House, clock: Clock, what: str, body: dict[str, Any], part: str
) -> None:
    said = done(client, house, clock, what, runs=3, parameters=["materiality=50..150/50"], **body)
    assert ("done", "", ["figures.csv", "report.json"]) == (
        said["state"],
        said["error"],
        [file["name"] for file in said["files"]],
    )
    assert part in report(client, said)
    assert said["key"] == report(client, said)["run"]["key"]


def test_what_the_live_engines_do_not_confirm_has_failed_and_leaves_no_result(
    client: Client, house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = doing._found

    def doubted(*given: Any) -> Any:
        return replace(found(*given), disagreements=(Disagreement("house", "C1", "I1", "2025-01-01", "hold"),))

    monkeypatch.setattr(doing, "_found", doubted)
    said = done(client, house, clock)
    assert ("failed", None, []) == (said["state"], said["key"], said["files"])
    assert "[E014]" in said["error"]
    assert not results_folder(house.settings).exists()


@pytest.mark.parametrize("when", ["ledger", "code", "replaying", "files"])
def test_one_that_is_stopped_leaves_no_result(
    client: Client, house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    job_id = ask(client).json["job_id"]
    tell: Callable[..., None] = doing.Watch.tell

    def stopping(watch: doing.Watch, step: str, done: int, total: int) -> None:
        tell(watch, step, done, total)
        if step == when:
            client.of(Role.ANALYST).post(f"/v1/jobs/{job_id}/cancellation")
            clock.instant += 10_000_000
            watch.look()
            tell(watch, step, done, total)

    monkeypatch.setattr(doing.Watch, "tell", stopping)
    work(house, clock)
    said = client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}").json
    assert ("cancelled", None, []) == (said["state"], said["key"], said["files"])
    assert [] == list(results_folder(house.settings).glob("*"))


@pytest.mark.long
def test_a_large_ledger_is_done_by_processes_with_the_same_figures(
    client: Client, house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = done(client, house, clock)
    monkeypatch.setattr(doing, "_LARGE", 0)
    large = done(client, house, clock)
    assert (small["key"], "done", "") == (large["key"], large["state"], large["error"])
    one, other = (report(client, said) for said in (small, large))
    assert one | {"run": {**one["run"], "seconds": 0}} == other | {"run": {**other["run"], "seconds": 0}}
    assert [] == list(checkpoints_folder(house.settings).glob("*"))


def test_a_cluster_that_settings_name_does_all_of_them(house: House) -> None:
    with current_snapshot(house) as (_, snapshot):
        named = replace(house.settings, simulation_scheduler="tcp://10.0.0.5:8786")
        found = [doing.workforce(settings, snapshot) for settings in (house.settings, named)]
    assert [(ExecutorKind.IN_PROCESS, ""), (ExecutorKind.DASK, "tcp://10.0.0.5:8786")] == [
        (each.kind, each.scheduler) for each in found
    ]


def test_one_whose_worker_died_is_done_by_another(
    client: Client, house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = ask(client).json["job_id"]
    with monkeypatch.context() as patch:
        patch.setattr(doing, "_kept", _dies)
        with pytest.raises(SystemExit):
            work(house, clock)
    assert "running" == client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}").json["state"]
    clock.instant += 121_000_000
    work(house, clock)
    said = client.of(Role.VIEWER).get(f"/v1/simulations/{job_id}").json
    assert ("done", 9) == (said["state"], len(said["files"]))


def test_a_disk_without_room_is_told_and_leaves_nothing(
    client: Client, house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(doing, "_write_simulation", full)
    said = done(client, house, clock)
    assert ("failed", []) == (said["state"], said["files"])
    assert "No space left on device" in said["error"]
    assert [] == list(results_folder(house.settings).iterdir())


def _dies(*_: object) -> None:
    raise SystemExit
