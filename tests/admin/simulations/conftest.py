"""A house whose simulations were done once for all tests of a module: real runs over a small ledger."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from admin.console import console_of
from policy_service.domain.permissions import Role
from policy_service.services.background_jobs import work_one
from policy_service.services.house import House
from policy_service.storage.database import Database
from simulations.jobs.work import SIMULATION_WORK
from tests.admin.browser import Browser, signed_in
from tests.api.house import Clock
from tests.services.decisions.live import enforce, furnish, open_house
from tests.services.house import CUSTOMERS, house_policy, policy_with

#: The second version lets those of grade A owe less.
STRICTER = policy_with("standing", "credit_limit: 5000", "credit_limit: 1500")
#: Orders that only the first version lets through, and one that both hold.
INVOICES = """invoice_id,customer_id,issue_date,due_date,amount
I1,C1,2025-01-01,2025-01-31,1000.00
I2,C2,2025-03-20,2025-04-04,300.00
I3,C1,2025-01-10,2025-02-09,900.00
I4,C1,2025-02-20,2025-03-22,700.00
I5,C2,2025-03-25,2025-04-10,900.00
I6,C1,2025-05-02,2025-06-01,400.00
"""
FILES = {"customers": CUSTOMERS, "invoices": INVOICES}


@pytest.fixture(autouse=True)
def _logged_elsewhere() -> Iterator[None]:
    # To draw a traceback with all that a run holds takes seconds.
    with capture_logs():
        yield


@pytest.fixture(scope="module")
def made(compiled_code: None, tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[House]:
    """Give a house with two versions of the small policy."""
    folder = tmp_path_factory.mktemp("simulated")
    file = shutil.copy(migrated_file, folder / "policy.db")
    house = open_house(Database(f"sqlite:///{file}"))
    house.settings = replace(house.settings, simulation_dir=folder / "simulations")
    furnish(house, house_policy(), FILES)
    enforce(house, STRICTER, since=2)
    yield house
    house.close()


@pytest.fixture(scope="module")
def consoled(made: House) -> Flask:
    """Give the console over it."""
    return console_of(made, Clock())


@pytest.fixture(scope="module")
def analyst(consoled: Flask, made: House) -> Browser:
    """Give the browser of an analyst, who may run simulations."""
    return signed_in(consoled, made, Clock()(), "ana", Role.ANALYST)


def work(house: House) -> None:
    """Do the simulations that wait."""
    while work_one(house, list(SIMULATION_WORK.handlers), "worker", Clock(), SIMULATION_WORK.handlers):
        pass


def ask(browser: Browser, kind: str = "simulation", **form: str) -> str:
    """Fill in the form for a run, by default of version 2 against version 1, and return the id of its job."""
    first = {"candidate-1": "house/2", "baseline": "house/1", "mode": "closed", "held_orders": "lost"}
    location = str(browser.send(f"/simulations/new/{kind}", f"/simulations/new/{kind}", first | form).location)
    return location.rpartition("/")[2]


@pytest.fixture(scope="module")
def done(analyst: Browser, made: House) -> str:
    """Give the id of a simulation that is done."""
    job_id = ask(analyst)
    work(made)
    return job_id
