"""One generated ledger for all tests of the command line."""

from pathlib import Path

import pytest

from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany

SETTINGS = ("RULES_DIR", "DEFAULT_POLICY", "LEDGER_DIR", "LEDGER_MAPPING", "HOST", "PORT")


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "ledger"
    generate(SampleCompany(30, 900, 3), folder)
    return folder


@pytest.fixture(autouse=True)
def settings_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of the machine that runs the tests count."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
