"""`policy demo` simulates one change of the policy, and leaves the company in the database."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from policy_service.cli import demo, demo_days
from policy_service.domain.acting import Act
from policy_service.running import now, open_house
from policy_service.services.house import House
from policy_service.services.sign_in.signing_in import Attempt, sign_in, who_is_signed_in
from policy_service.settings import read_settings
from policy_service.storage.morning_store import MorningStore
from policy_service.storage.order_store import OrderStore
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.policy_store import PolicyStore
from policy_service.storage.portfolio_store import PortfolioStore
from policy_service.storage.simulation_store import SimulationStore
from simulations.cli import demo_database
from simulations.cli.demo_command import DIAL, PAGE, TURNED_TO, changed_policy
from tests.cli.running import RULES, Ran, policy

LAST_DAY: Final = dt.date(2025, 12, 31)


class Made(NamedTuple):
    """What a demo wrote, in which folder, under which settings."""

    ran: Ran
    folder: Path
    environment: dict[str, str]


@pytest.fixture(autouse=True, scope="module")
def small_company() -> Iterator[None]:
    """Let the company be small."""
    with pytest.MonkeyPatch.context() as small:
        small.setattr(demo, "CUSTOMERS", 6)
        small.setattr(demo, "INVOICES", 60)
        small.setattr(demo_days, "PEOPLE", {name: demo_days.PEOPLE[name] for name in ("manager", "finance", "shop")})
        yield


@pytest.fixture(scope="module")
def made(small_company: None, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Give a demo that was run where there was no database."""
    folder = tmp_path_factory.mktemp("made")
    environment = {"DATABASE_URL": f"sqlite:///{folder / 'new/policy.db'}", "SIMULATION_DIR": str(folder / "results")}
    with pytest.MonkeyPatch.context() as there:
        for name, value in environment.items():
            there.setenv(name, value)
        return Made(run_demo(folder / "demo"), folder / "demo", environment)


@pytest.fixture
def house(made: Made) -> Iterator[House]:
    """Give the house over the database that it left."""
    opened = open_house(read_settings(made.environment))
    yield opened
    opened.close()


def run_demo(folder: Path) -> Ran:
    return policy("demo", "--folder", folder, "--until", LAST_DAY.isoformat())


def test_the_demo_simulates_a_change_and_says_how_to_ask_for_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    ran = run_demo(tmp_path / "demo")
    assert (0, "") == (ran.exit_code, ran.err)
    assert f"- parameter {DIAL}: 15 -> {TURNED_TO}" in ran.out
    assert "orders of a sample decided alike by the live engines" in ran.out
    assert f"parameter {DIAL}" in (tmp_path / "demo" / PAGE).read_text("utf-8")
    said = re.search(r"\$ ./run (simulate .*)", ran.out)
    assert said is not None
    again = policy(*said[1].split())
    key = r"Run key (\w+)"
    assert re.findall(key, ran.out) == re.findall(key, again.out)
    assert "no file" in ran.out


def test_the_demo_leaves_a_company_at_work_and_a_change_that_waits_for_approval(made: Made, house: House) -> None:
    assert (0, "") == (made.ran.exit_code, made.ran.err)
    with house.database.reading() as session:
        (simulation,) = SimulationStore(session).page(limit=9)
        figures = {
            "orders": len(OrderStore(session).page(limit=99).orders),
            "people": len(PeopleStore(session).page("", 99)),
            "last day": MorningStore(session).last_finished(),
            "is counted": PortfolioStore(session).last() is not None,
            "change": PolicyStore(session).version("manufacturer_cn", 2).state,
            "simulation": (simulation.state, simulation.candidate_number),
        }
    assert figures == {
        "orders": 6,
        "people": 3,
        "last day": LAST_DAY + dt.timedelta(days=1),
        "is counted": True,
        "change": "submitted",
        "simulation": ("done", 2),
    }


def test_the_passwords_of_the_demo_count_once(made: Made, house: House) -> None:
    said = re.search(r"manager +credit manager +(\S+)", made.ran.out)
    assert said is not None
    sign_in(house, Attempt("manager", said[1], "token"), Act("manager", now()))
    found = who_is_signed_in(house, "token", now())
    assert found is not None
    assert found.must_change


def test_a_database_that_is_there_is_left_as_it_is(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(made.environment["DATABASE_URL"].removeprefix("sqlite:///"))
    before = file.read_bytes()
    monkeypatch.setenv("DATABASE_URL", made.environment["DATABASE_URL"])
    again = run_demo(made.folder)
    assert "is there already and stays as it is" in again.out
    assert "one-time password" not in again.out
    assert before == file.read_bytes()


def test_a_demo_that_is_stopped_leaves_no_half_of_a_company(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    file = tmp_path / "policy.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setattr(demo_database, "live", stop)
    assert "Stopped." in run_demo(made.folder).err
    assert not file.exists()


def test_a_candidate_that_is_there_already_is_taken_as_it_is(tmp_path: Path) -> None:
    """Who turns another dial of it, and runs the demo again, sees what that would change."""
    folder = changed_policy(RULES / "manufacturer_cn", tmp_path / "candidate")
    file = folder / "policy.yaml"
    file.write_text(file.read_text("utf-8").replace(f"value: {TURNED_TO}", "value: 30"), "utf-8")
    assert "{value: 30" in (changed_policy(RULES / "manufacturer_cn", folder) / "policy.yaml").read_text("utf-8")
