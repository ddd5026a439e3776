"""The company that the demo leaves, larger, in a database: made once, for all processes of the tests to copy."""

import datetime as dt
import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from policy_service.cli import demo_days
from policy_service.cli.demo import SEED
from policy_service.domain.acting import Act
from policy_service.running import open_house
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.house import House
from policy_service.services.named_policies import find_policy
from policy_service.services.people import actor_of
from policy_service.services.sign_in.passwords import change_own_password
from policy_service.settings import Settings, read_settings
from simulations.cli.demo_command import changed_policy
from simulations.cli.demo_database import Company, fill
from tests.api.house import Clock
from tests.services.decisions.live import at

#: The password of everybody who has one of their own.
OWN: Final = "correct horse battery"
#: As many as a company of some size has, and few enough invoices each for a test.
CUSTOMERS, INVOICES = 2_000, 20_000
LAST_DAY: Final = dt.date(2025, 12, 31)
TODAY: Final = LAST_DAY + dt.timedelta(days=1)
_DATABASE, _SIMULATIONS, _PASSWORDS = "policy.db", "simulations", "once.json"


@dataclass(frozen=True, slots=True)
class LivedIn:
    """The folder of the company, and the one-time passwords of its people."""

    folder: Path
    once: Mapping[str, str]

    def opened(self, copy: Path) -> House:
        """Return the house over a copy of the company, which this folder is to hold."""
        shutil.copytree(self.folder, copy, dirs_exist_ok=True)
        return open_house(settings_in(copy))

    def welcome(self, house: House, *logins: str) -> None:
        """Let people have signed in before, with a password of their own."""
        with house.database.writing() as session:
            for login in logins:
                change_own_password(house, session, self.once[login], OWN, actor_of(session, login), _act(login))


def clock() -> Clock:
    """Return the clock of the company's last day, when everything of it is done."""
    return Clock(at(TODAY, 13))


def settings_in(folder: Path) -> Settings:
    """Return the settings of a company in that folder."""
    return read_settings(environment_of(folder))


def environment_of(folder: Path) -> Mapping[str, str]:
    """Return what a process of the service is told of a company in that folder."""
    return {"DATABASE_URL": f"sqlite:///{folder / _DATABASE}", "SIMULATION_DIR": str(folder / _SIMULATIONS)}


def lived_in(factory: pytest.TempPathFactory) -> LivedIn:
    """Return the company; of several processes that ask for it at once one makes it, and the others wait."""
    folder = for_all(factory) / "company"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _make(folder.with_suffix(".unfinished")).rename(folder)
    return LivedIn(folder, json.loads((folder / _PASSWORDS).read_text("utf-8")))


def for_all(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all processes of the tests, within which each has one of its own."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _make(folder: Path) -> Path:
    settings = settings_in(folder)
    begins = LAST_DAY - dt.timedelta(days=730)
    generate(SampleCompany(CUSTOMERS, INVOICES, SEED, begins, LAST_DAY), folder / "ledger")
    changed = changed_policy(find_policy(settings.default_policy, settings.rules_dir), folder / "changed")
    ordering = {f"C{number:09}": "50000" for number in range(1, 61)}
    with pytest.MonkeyPatch.context() as short:
        short.setattr(demo_days, "DAYS", 1)
        company = Company(folder / "ledger", changed, ordering)
        once = fill(settings, folder / _DATABASE, company, TODAY, Clock(at(TODAY, 12)))
    (folder / _PASSWORDS).write_text(json.dumps(dict(once)), "utf-8")
    return folder


def _act(login: str) -> Act:
    return Act(login, clock()())
