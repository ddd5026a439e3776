"""The application over a house to decide in, with a folder for simulations of its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from policy_service.services.house import House
from tests.api.conftest import app, app_of_all, client, clock  # noqa: F401  # fixtures
from tests.services.decisions.live import furnish
from tests.storage.rows import fill


@pytest.fixture
def house(bare: House, tmp_path: Path) -> House:
    """Give a house with the small policy in force and its ledger stored."""
    fill(bare, "furnished", furnish)
    bare.settings = replace(bare.settings, simulation_dir=tmp_path / "simulations")
    return bare
