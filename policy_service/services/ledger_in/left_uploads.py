"""Uploads that no import will read any more: of jobs that were cancelled or lost, or that nobody came to ask for."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from policy_service.domain.instants import DAY, Instant
from policy_service.services.house import House
from policy_service.services.ledger_in.import_job import FOLDER, IMPORT_LEDGER
from policy_service.services.ledger_in.importing import discard
from policy_service.storage.job_store import JobStore

#: What is younger may still be on its way, or be tried again.
KEPT_FOR: Final = DAY
#: The folder may hold what is not ours, wherever a setting leads: only what is named like an upload is touched.
_UPLOAD: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


def remove_left_uploads(house: House, at: Instant) -> int:
    """Remove the folders of uploads that are older than a day and that no open job names; return how many there were.

    Their age goes by the clock of the file system.
    """
    old = tuple(_made_before(house.settings.upload_dir, at - KEPT_FOR))
    if not old:
        return 0
    with house.database.reading() as session:
        wanted = {Path(job.arguments[FOLDER]).name for job in JobStore(session).open_jobs(IMPORT_LEDGER)}
    left = [folder for folder in old if folder.name not in wanted]
    for folder in left:
        discard(folder)
    return len(left)


def _made_before(folder: Path, at: Instant) -> Iterator[Path]:
    # Nobody may have uploaded anything yet, and an import that ends takes its own folder away.
    with suppress(FileNotFoundError):
        for each in folder.iterdir():
            with suppress(FileNotFoundError):
                if _UPLOAD.fullmatch(each.name) and each.stat().st_mtime_ns // 1_000 < at:
                    yield each
