"""A house on a SQLite file of its own, furnished, for tests that ask very many questions of one application."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from policy_service.domain.acting import Act
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.policy_store import PolicyStore
from tests.services.decisions.live import enforce, open_house, post
from tests.services.house import FACTS, REASONS, RULE_SETS, house_policy

_TEXTS = {"facts": FACTS, "reasons": REASONS, **RULE_SETS}


@contextmanager
def furnished_house(migrated_file: Path, folder: Path) -> Iterator[House]:
    """Give a house with the small policy and its files in force and its ledger stored, in that folder."""
    house = open_house(Database(f"sqlite:///{shutil.copy(migrated_file, folder / 'policy.db')}"))
    house.settings = replace(house.settings, upload_dir=folder / "uploads", simulation_dir=folder / "simulations")
    post(house)
    number = enforce(house, house_policy(), files={f"{name}.yaml": text for name, text in _TEXTS.items()})
    with house.database.writing() as session:
        # Nobody approved it: it is what the company began with, so that it can be gone back to.
        store = PolicyStore(session)
        store.note(store.version("house", number), "seeded", Act("ada", 1))
    yield house
    house.close()
