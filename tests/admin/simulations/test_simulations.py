"""Simulations are begun, watched, read and repeated on screens, by whoever may."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.job_store import JobStore
from policy_service.storage.simulation_store import SimulationStore
from simulations.stored.results import results_folder
from tests.admin.browser import Browser, signed_in
from tests.admin.simulations.conftest import ask, work
from tests.api.house import Clock

FORM = "/simulations/new/simulation"


def report(house: House, job_id: str) -> dict[str, Any]:
    """Return the report as it is stored."""
    found: dict[str, Any] = json.loads((results_folder(house.settings) / job_id / "report.json").read_bytes())
    return found


def request_of(house: House, job_id: str) -> dict[str, Any]:
    """Return what was asked."""
    with house.database.reading() as session:
        return dict(SimulationStore(session).load(job_id).request)


def test_a_run_that_is_done_stands_in_the_list_with_its_main_figures(analyst: Browser, made: House, done: str) -> None:
    words = analyst.words("/simulations/")
    cells = report(made, done)["outcomes"]
    moved = sum(cell["orders"] for old, row in cells.items() for new, cell in row.items() if old != new)
    assert moved > 0
    assert f"{moved} of 6 orders otherwise" in words
    assert "house 2" in words
    assert f"/simulations/report/{done}" in analyst.open("/simulations/")


def test_its_page_tells_what_was_asked_and_names_its_files(analyst: Browser, done: str) -> None:
    words = analyst.words(f"/simulations/run/{done}")
    assert "closed loop: decisions act on everything after them" in words
    assert "What money costs in a year 8\xa0%".replace("\xa0", " ") in words
    for name in ("report.json", "report.xlsx", "customers.csv", "report.html"):
        assert name in words


@pytest.mark.parametrize("name", ["report.json", "report.xlsx", "customers.csv", "report.zh.html", "orders.parquet"])
def test_a_file_is_given_as_it_was_written(analyst: Browser, made: House, done: str, name: str) -> None:
    answer = analyst.client.get(f"/simulations/run/{done}/file/{name}", buffered=True)
    assert (200, (results_folder(made.settings) / done / name).read_bytes()) == (answer.status_code, answer.data)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_what_is_filled_in_is_what_is_asked(analyst: Browser, made: House) -> None:
    form = {
        "parameters-1": "materiality = 250.00",
        "from": "2025-01-05",
        "to": "2025-05-01",
        "mode": "open",
        "yearly_rate": "7.5",
        "margin": "25",
        "loss_given_default": "60",
        "cost_per_step": "12.50",
        "capacities": "sales = 20",
        "stress-attribute-1": "industry",
        "stress-value-1": "food",
        "stress-days_late-1": "20",
        "stress-default_share-1": "5",
        "stress": "days_late+3",
    }
    asked = request_of(made, ask(analyst, **form))
    assert ("2025-01-05", "2025-05-01", "open") == (asked["from"], asked["to"], asked["mode"])
    assert {"policy": "house", "version": 2, "parameters": {"materiality": "250.00"}} == asked["candidate"]
    assert {"policy": "house", "version": 1, "parameters": {}} == asked["baseline"]
    rates = {"yearly_rate": "0.075", "margin": "0.25", "loss_given_default": "0.6", "cost_per_step": "12.50"}
    assert rates == asked["costs"]
    assert (["industry=food,days_late+20,default_share=5%", "days_late+3"], {"sales": 20}) == (
        asked["stress"],
        asked["capacities"],
    )


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("from", "yesterday"),
        ("to", "2024-01-01"),
        ("release_days", "many"),
        ("yearly_rate", "a lot"),
        ("margin", "101"),
        ("cost_per_step", "-1"),
        ("capacities", "sales = few"),
        ("capacities", "nobody = 3"),
        ("stress", "days_late"),
        ("parameters-1", "materiality = x"),
        ("parameters-1", "nothing = 1"),
        ("candidate-1", "house/9"),
        ("candidate-2", "house/9"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_begun(
    analyst: Browser, made: House, field: str, text: str
) -> None:
    with made.database.reading() as session:
        before = len(SimulationStore(session).page(100))
    sent = {"candidate-1": "house/2", "baseline": "house/1", field: text}
    page = analyst.send(FORM, FORM, sent, status=422).text
    assert [field] == re.findall(r'class="invalid-feedback d-block" id="([^"]+)-wrong"', page)
    assert "Nothing was begun" in page
    with made.database.reading() as session:
        assert before == len(SimulationStore(session).page(100))


def test_several_candidates_are_several_runs(analyst: Browser, made: House) -> None:
    work(made)
    form = {"candidate-2": "house/2", "parameters-2": "materiality = 300.00", "candidate-3": "house/1"}
    sent = {"candidate-1": "house/2", "baseline": "recorded", **form}
    words = analyst.told(FORM, FORM, sent)
    assert "3 simulations are begun" in words
    work(made)
    with made.database.reading() as session:
        runs = SimulationStore(session).page(3)
    assert [("house", 1), ("house", 2), ("house", 2)] == sorted(
        (run.candidate_policy, run.candidate_number) for run in runs
    )
    assert {"done"} == {run.state for run in runs}


def test_a_run_that_waits_is_cancelled_and_asked_for_again(analyst: Browser, made: House) -> None:
    job_id = ask(analyst)
    page = f"/simulations/run/{job_id}"
    assert "It begins as soon as the jobs before it are done." in analyst.words(page)
    assert "The run is asked to stop." in analyst.told(page, f"{page}/cancel")
    again = str(analyst.send(page, f"{page}/again").location).rpartition("/")[2]
    assert again != job_id
    assert request_of(made, job_id) == request_of(made, again)
    work(made)
    assert "done" in analyst.words(f"/simulations/run/{again}")


def test_a_run_that_failed_says_why_and_offers_another_try(analyst: Browser, made: House) -> None:
    job_id = ask(analyst)
    with made.database.writing() as session:
        jobs = JobStore(session)
        taken = jobs.take(["simulation"], "worker", Clock()(), 60)
        assert taken is not None
        jobs.fail(job_id, "worker", Clock()(), "E014: 1 of 6 orders is decided otherwise.", is_final=True)
    page = f"/simulations/run/{job_id}"
    assert "E014: 1 of 6 orders is decided otherwise." in analyst.words(page)
    assert "Try again" in analyst.words(page)


def test_a_version_leads_to_the_form_filled_with_it(consoled: Flask, made: House, analyst: Browser) -> None:
    page = analyst.open("/policies/house/1")
    assert f"{FORM}?candidate-1=house/1" in page
    form = analyst.open(f"{FORM}?candidate-1=house/1")
    chosen = re.findall(r'<option value="([^"]+)" selected', form)
    assert ["house/2", "house/1"] == chosen


def test_who_may_only_read_begins_cancels_and_repeats_nothing(consoled: Flask, made: House, done: str) -> None:
    viewer = signed_in(consoled, made, Clock()(), "vic", Role.VIEWER)
    assert "Simulate a policy" not in viewer.words("/simulations/")
    viewer.open(f"/simulations/report/{done}")
    viewer.open(FORM, status=403)
    viewer.send("/password", FORM, {"candidate-1": "house/2", "baseline": "house/1"}, status=403)
    assert "again" not in viewer.open(f"/simulations/run/{done}")
    with made.database.reading() as session:
        before = len(SimulationStore(session).page(100))
    assert "simulations:run" in viewer.told("/password", f"/simulations/run/{done}/again")
    with made.database.reading() as session:
        assert before == len(SimulationStore(session).page(100))


def test_who_may_not_read_simulations_sees_none_of_them(consoled: Flask, made: House, done: str) -> None:
    sales = signed_in(consoled, made, Clock()(), "sam", Role.SALES)
    assert "Simulations" not in sales.words("/")
    for path in (
        "",
        f"run/{done}",
        f"report/{done}",
        f"behind/{done}/orders",
        f"run/{done}/file/report.json",
        "compared/",
    ):
        sales.open(f"/simulations/{path}", status=403)
