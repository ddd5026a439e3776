"""A folder that files are dropped into."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from policy_service.connectors.drop_folder.connector import DropFolder
from policy_service.connectors.means import Account
from tests.connectors.standing_in import World

#: Each file is dropped a second after the one before it: those of one moment and size may have one number, too, as the
#: system gives a file the number of one that is gone.
_LATER: Final = count(1)

FILES = "invoices = AR*.csv | 发票号\ncustomers = 客户*.xlsx | id"


@dataclass(slots=True)
class Dropped:
    """The operator's folder, the one in it that is watched, and the world around; `meanwhile` is called in waits."""

    root: Path
    world: World
    meanwhile: Callable[[], None] = lambda: None

    @property
    def folder(self) -> Path:
        return self.root / "company" / "in"

    def put(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        found, later = path.stat(), next(_LATER) * 1_000_000_000
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + later))
        return path

    def connector(self, files: str = FILES, folder: str = "company/in") -> DropFolder:
        account = Account({"folder": folder, "files": files, "settle_seconds": "30"}, {})
        return DropFolder(account, replace(self.world.means, drop_root=self.root, wait=self._wait))

    def _wait(self, seconds: float) -> bool:
        self.meanwhile()
        return self.world.wait(seconds)


@pytest.fixture
def dropped(tmp_path: Path) -> Dropped:
    """Give an empty folder, two levels below that of the operator."""
    found = Dropped(tmp_path / "root", World())
    found.folder.mkdir(parents=True)
    return found
