"""What a draft changes, what was simulated and predicted of a version, and what happened, as its pages show it."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.job_store import JobStore
from policy_service.storage.policy_store import PolicyStore
from policy_service.storage.prediction_store import Happened, InForce, PredictionStore
from policy_service.storage.simulation_store import Outcome, PolicyText, SimulationStore
from simulations.warm.curves import MOST_POINTS
from tests.admin.browser import Browser
from tests.admin.policies.test_policies import DRAFT, FILES, drafted, handed_in, kept, version
from tests.api.house import Clock
from tests.api.standing_in import answer_once
from tests.services.decisions.live import enforce
from tests.services.house import RULE_SETS, house_policy
from tests.simulations.predictions.summaries import figures

ANSWER = json.loads(Path(__file__).parents[2].joinpath("api", "impact.json").read_text("utf-8"))
IMPACT, PANEL, CURVE = f"{DRAFT}/impact", f"{DRAFT}/impact/panel", f"{DRAFT}/impact/curve"
KEY = "ab" * 32


@pytest.fixture
def house(house: House, tmp_path: Path) -> House:
    """Give a house whose policy in force has its files, with a folder for simulations of its own."""
    house.settings = replace(house.settings, simulation_dir=tmp_path / "simulations")
    enforce(house, house_policy(), since=2, files=FILES)
    return house


@pytest.fixture
def draft(manager: Browser, house: House) -> Browser:
    """Give the browser of a manager who has begun a draft."""
    drafted(manager, house)
    return manager


def refusing(house: House, code: str) -> None:
    """Let the worker refuse the next question."""
    error = {"code": code, "message": f"Refused {code}.", "remedy": "Do otherwise."}
    answer_once(house.settings.simulation_dir, {"error": error})


def simulated(house: House, clock: Clock) -> str:
    """Store a finished simulation of the draft's text, and return its id."""
    now = version(house)
    text = PolicyText("house", now.number, now.sha256 or "", "{}")
    with house.database.writing() as session:
        job = JobStore(session).add("simulation", {"key": KEY}, Act("ana", clock()))
        store = SimulationStore(session)
        store.add(job.job_id, "simulation", "ana", clock(), {}, text, None, is_plain=True)
        store.finish(job.job_id, clock(), Outcome(KEY, "cd" * 32, clock(), (), clock() + DAY, ANSWER["answer"]))
    return job.job_id


def test_the_panel_says_what_the_worker_answers(draft: Browser, house: House) -> None:
    answer_once(house.settings.simulation_dir, ANSWER)
    page = draft.words(PANEL)
    assert 'data-state="told"' in draft.open(f"{PANEL}?baseline=recorded") or "orders" in page
    for name, said in (("sales", "Sales"), ("held_amount", "Held, amount")):
        assert name in ANSWER["answer"]["candidate"]
        assert said in page
    assert "customers were run" in page


def test_a_customer_who_changes_leads_to_their_file_and_to_the_cell(draft: Browser, house: House) -> None:
    why = {"date": "2025-01-20", "rule_set": "grading", "row": "G1", "cell": "net_worth: >= 100000", "cell_row": "G1"}
    one = {
        "customer_id": "C1",
        "moved_amount": 5_00,
        "why": {**why, "value": 2_500_00, "bound": None, "distance": None},
    }
    told = {**ANSWER["answer"], "customers": [one], "customers_changed": 1}
    for address, cell in ((PANEL, f"{DRAFT}#grading.G1"), (f"{PANEL}?editor", "part=grading#%5B%22rows%22%2C%200")):
        answer_once(house.settings.simulation_dir, {"answer": told})
        page = draft.open(address)
        assert ["/customers/file/C1" in page, cell in page, "asked about 2,500.00" in page] == [True, True, True]


#: What keeps the worker from answering, what is said then, and after how many seconds the page asks again.
REFUSALS = {
    "R560": ("is being started", 2),
    "R561": ("first run over the whole history", 2),
    "R562": ("answering others", 3),
    "R563": ("took this one's place", 0),
    "R511": ("no ledger with orders", 0),
    "R405": ("different currencies", 0),
    "R515": ("Refused R515.", 0),
}


def test_what_keeps_it_from_being_answered_is_said(draft: Browser, house: House) -> None:
    for code, (said, again) in REFUSALS.items():
        refusing(house, code)
        page = draft.open(PANEL)
        assert (code, True, True) == (code, said in page.replace("&#39;", "'"), f'data-again="{again}"' in page)


def test_an_installation_without_a_worker_says_so(draft: Browser, house: House) -> None:
    house.settings = replace(house.settings, simulation_worker_megabytes=0)
    assert "keeps no simulation worker" in draft.words(IMPACT)


def test_a_text_that_cannot_be_read_is_not_asked_about(manager: Browser, house: House) -> None:
    drafted(manager, house)
    kept(manager, house, RULE_SETS["policy"].replace("100.00", "much"))
    assert "cannot be read yet" in manager.words(IMPACT)


def test_who_may_not_run_simulations_is_neither_offered_nor_answered_any(
    draft: Browser, browser_of: Callable[..., Browser], house: House
) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    assert 'id="impact"' in draft.open(DRAFT)
    assert 'id="impact"' not in viewer.open(DRAFT)
    for path in (IMPACT, PANEL, f"{CURVE}?parameter=materiality", f"{DRAFT}/impact/dials"):
        viewer.open(path, status=403)


def test_dials_are_the_parameters_with_a_range_and_the_numbers_of_cells(draft: Browser, house: House) -> None:
    page = draft.open(f"{DRAFT}/impact/dials?part=grading")
    assert 'value="grading/G1/net_worth/0"' in page
    assert "order_check/" not in page


def test_a_curve_has_its_points_as_numbers_and_as_texts(draft: Browser, house: House) -> None:
    point = {"value": 100_000_00, "figures": ANSWER["answer"]["candidate"]}
    told = {
        "values": {"least": 0, "most": 200_000_00, "own": 100_000_00, "step": 100},
        "kind": "money",
        "steps": MOST_POINTS,
        "points": [point],
        "at": None,
        "flat": [{"from": 0, "to": 100_000_00, "steps": 9, "run": 2}],
        "is_done": True,
        "whole_runs": 0,
        "seconds": 0.1,
    }
    answer_once(house.settings.simulation_dir, {"answer": told})
    said: dict[str, Any] = json.loads(draft.open(f"{CURVE}?bound=grading/G1/net_worth/0"))
    assert (100_000.0, "100000.00") == (said["points"][0]["value"], said["points"][0]["text"])
    assert ({"before": ">= ", "after": ""}, ["rows", 0, "when", "net_worth"]) == (said["cell"], said["path"])
    assert "2 of 9 steps" in said["flat"][0]["said"]


def test_the_version_page_offers_a_simulation_and_shows_that_of_its_text(
    draft: Browser, house: House, clock: Clock
) -> None:
    assert "Nobody has simulated exactly this text yet." in draft.words(DRAFT)
    told = draft.told(DRAFT, f"{DRAFT}/simulate")
    assert ("under way" in told, "Simulate this text now" in told) == (True, False)
    simulated(house, clock)
    page = draft.words(DRAFT)
    assert ("Asked for by ana" in page, "Orders by who approves them" in page) == (True, True)


def test_who_may_not_run_simulations_cannot_have_one_made(
    draft: Browser, browser_of: Callable[..., Browser], house: House
) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    told = viewer.told(DRAFT, f"{DRAFT}/simulate")
    assert ("under way" in told, "Nobody has simulated" in told) == (False, True)


def test_an_edit_leaves_the_simulation_behind(draft: Browser, house: House, clock: Clock) -> None:
    simulated(house, clock)
    kept(draft, house, RULE_SETS["policy"].replace("value: 100.00", "value: 333.00"))
    assert "Nobody has simulated exactly this text yet." in draft.words(DRAFT)


def test_what_was_predicted_stands_beside_what_happened(
    manager: Browser, browser_of: Callable[..., Browser], house: House, clock: Clock
) -> None:
    handed_in(manager, house)
    simulated(house, clock)
    form = {"sha256": version(house).sha256 or "", "note": ""}
    browser_of("dora", Role.APPROVER).send(DRAFT, f"{DRAFT}/approve", form)
    assert "Nothing has happened under this version yet." in manager.words(DRAFT)
    month = Happened(dt.date(2025, 2, 1), dt.date(2025, 3, 1), figures(orders=40, held=10, sales=123_456))
    with house.database.writing() as session:
        PredictionStore(session).keep_months(InForce("house", 3, 1, None), [month], clock())
    page = manager.words(DRAFT)
    for said in ("2025-02-01 – 2025-02-28", "28 days, 40 orders", "1,234.56", "25.00 %", "What is not compared"):
        assert said in page.replace("\u00a0", " ")


def test_a_version_without_a_prediction_shows_none(draft: Browser, house: House) -> None:
    assert "Prediction and what happened" not in draft.words(DRAFT)
    with house.database.reading() as session:
        assert 3 == len(PolicyStore(session).versions("house"))
