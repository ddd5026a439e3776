"""One generated ledger for all tests of the command line, and a database of either kind for those that ask for it."""

import shutil
from pathlib import Path

import pytest

from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from tests.cli.running import RULES

SETTINGS = (
    "RULES_DIR",
    "DEFAULT_POLICY",
    "LEDGER_DIR",
    "LEDGER_MAPPING",
    "HOST",
    "PORT",
    "DATABASE_URL",
    "POLICY_USER",
    "SEAL_KEY",
    "SIMULATION_SCHEDULER",
)


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


@pytest.fixture
def database_url(url: str, settings_of_nobody: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let commands work on a database of their own, with every table and no row, of either kind."""
    monkeypatch.setenv("DATABASE_URL", url)
    return url


@pytest.fixture(scope="session")
def rules_with_one_policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a rules folder that seeds a new database in no time."""
    folder = tmp_path_factory.mktemp("rules")
    for name in ("facts.yaml", "reasons.yaml", "formulas.yaml"):
        shutil.copy(RULES / name, folder)
    shutil.copytree(RULES / "sme_simple", folder / "sme_simple")
    return folder


@pytest.fixture
def one_policy(rules_with_one_policy: Path, settings_of_nobody: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands have one policy alone to store in a new database."""
    monkeypatch.setenv("RULES_DIR", str(rules_with_one_policy))
    monkeypatch.setenv("DEFAULT_POLICY", "sme_simple")
