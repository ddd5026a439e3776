"""What `policy simulation-worker` does: it maps the ledger, listens, and answers until it is stopped."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from policy_service.logs import set_up_logs
from policy_service.running import new_id
from policy_service.services.house import House
from policy_service.settings import read_settings
from policy_service.storage.database import Database
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.stored.current_snapshot import current_folder, current_snapshot
from simulations.warm.answering import Answers, LedgerKept, LedgerOfFolder
from simulations.warm.worker import Worker, bound_memory, end_with_parent

#: Seconds after which an answer is not waited for any longer.
_SECONDS: Final = 120.0
_CONNECTIONS: Final = 2


@dataclass(frozen=True, slots=True)
class LedgerOfStore:
    """The ledger in the database of an installation, as a snapshot that is made anew when it has changed."""

    house: House

    def name(self) -> str:
        """Return the folder that its snapshot has, or would have."""
        with self.house.database.reading() as session:
            return current_folder(self.house, session).name

    @contextmanager
    def held(self) -> Iterator[Snapshot]:
        """Give its snapshot."""
        with current_snapshot(self.house) as stored:
            yield stored.snapshot


def work(folder: Path | None, *, supervised: bool) -> None:
    """Answer until stopped; of the ledger in that folder, else of the one in the database."""
    settings = read_settings()
    set_up_logs(settings)
    signal.signal(signal.SIGTERM, _stop)
    if supervised:
        end_with_parent()
    if settings.simulation_worker_megabytes:
        bound_memory(settings.simulation_worker_megabytes)
    house = House(settings, Database(settings.database_url, connections=_CONNECTIONS), new_id, "simulation-worker")
    ledger: LedgerKept = LedgerOfStore(house) if folder is None else LedgerOfFolder(folder)
    megabytes = settings.simulation_worker_megabytes or 2048
    answers = Answers(ledger, len(os.sched_getaffinity(0)), megabytes, time.monotonic, _SECONDS)
    try:
        Worker(settings.simulation_dir, answers).run()
    finally:
        # Who is asked again ends no faster.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        answers.close()
        house.close()
        # Nobody waits for threads that wait for questions.
        os._exit(0)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
