"""A small ledger for the commands of the simulator, and no settings of the machine."""

from datetime import date
from pathlib import Path

import pytest

from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from simulations.cli import running
from tests.cli.conftest import SETTINGS


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a generated ledger of a few customers."""
    folder = tmp_path_factory.mktemp("simulated") / "ledger"
    generate(SampleCompany(3, 30, 3, date(2025, 10, 1), date(2025, 12, 31)), folder)
    return folder


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting count, and nothing be said of what is compiled."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(running, "is_compiled", lambda *_: True)
