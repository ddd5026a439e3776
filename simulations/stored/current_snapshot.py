"""The stored ledger as a snapshot in a folder of the installation: made when asked for, kept until the ledger changes.

Every addition to the ledger is a posting, and what a posting said is never changed: so the last posting tells whether
a snapshot is that of the ledger as it is. Processes that share the folder make one, and wait for whoever makes it.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from sqlalchemy.orm import Session

from policy_service.services.house import House
from policy_service.settings import Settings
from policy_service.storage.ledger_store import LedgerStore
from simulations.ledger_snapshot.content import FORMAT
from simulations.ledger_snapshot.errors import SnapshotError, not_written
from simulations.ledger_snapshot.files import read_snapshot, write_snapshot
from simulations.ledger_snapshot.from_database import snapshot_of_store
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.stored.held_folders import alone, held, remove_unheld

#: Told how many customers were read, and of how many; what it raises ends the making. Also told while one waits.
Tell: TypeAlias = Callable[[int, int], None]

_MAKING: Final = ".making"
_SECONDS_BETWEEN_LOOKS: Final = 0.05


class StoredSnapshot(NamedTuple):
    """A snapshot mapped from its folder, by which other processes can map it too."""

    folder: Path
    snapshot: Snapshot


def snapshots_folder(settings: Settings) -> Path:
    """Return the folder that the snapshots of an installation lie in."""
    return settings.simulation_dir / "ledgers"


def current_folder(house: House, session: Session) -> Path:
    """Return the folder that the snapshot of the ledger as it is has, or would have.

    It is another one after every addition to the ledger. StorageError S209 before anything was stored.
    """
    said = f"{FORMAT} {LedgerStore(session).last_posting()}"
    return snapshots_folder(house.settings) / sha256(said.encode()).hexdigest()[:32]


@contextmanager
def current_snapshot(house: House, tell: Tell = lambda *_: None) -> Iterator[StoredSnapshot]:
    """Give the snapshot of the ledger as it is; while the block runs its folder stays, whatever is stored meanwhile.

    It is made if there is none yet, and those of earlier ledgers are removed unless somebody holds them.
    StorageError S209 before anything was stored; SnapshotError S301 or S304 if none can be made or written.
    """
    made = None
    while True:
        folder = made or _current(house)
        with held(folder) as is_there:
            if is_there and (found := _read(folder)):
                yield found
                return
        # What was made is taken even if the ledger has grown meanwhile: it may never stop to.
        made = _make(house, tell)


def _current(house: House) -> Path:
    with house.database.reading() as session:
        return current_folder(house, session)


def _read(folder: Path) -> StoredSnapshot | None:
    try:
        return StoredSnapshot(folder, read_snapshot(folder))
    except SnapshotError:
        # A disk that lost what was on it: it is made anew.
        return None


def _make(house: House, tell: Tell) -> Path | None:
    place = snapshots_folder(house.settings)
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(place / _MAKING) as is_alone:
            if is_alone:
                return _made(house, place, tell)
    except OSError as error:
        raise not_written(place.name, error.strerror or str(error)) from error
    tell(0, 1)
    time.sleep(_SECONDS_BETWEEN_LOOKS)
    return None


def _made(house: House, place: Path, tell: Tell) -> Path:
    with house.database.reading() as session:
        folder = current_folder(house, session)
        _remove_others(place, folder)
        if not _read(folder):
            remove_unheld(folder)
            write_snapshot(snapshot_of_store(LedgerStore(session), progress=tell), folder)
    return folder


def _remove_others(place: Path, folder: Path) -> None:
    for other in place.iterdir():
        if other.name.startswith(".") and other.is_dir():
            # Left by a process that died over it: only one at a time makes or removes any.
            shutil.rmtree(other, ignore_errors=True)
        elif other not in (folder, place / _MAKING):
            remove_unheld(other)
