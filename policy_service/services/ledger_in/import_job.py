"""Imports as jobs: an upload is read and stored behind the scenes, told of as it goes on, and removed at its end."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import NOWHERE, LedgerError, PolicyServiceError
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.house import House
from policy_service.services.ledger_in.importing import Progress, discard, import_folder
from policy_service.services.ledger_in.mappings import named_mapping
from policy_service.services.running_jobs import JobStopped, RunningJob
from policy_service.storage.errors import Conflict, Unavailable
from policy_service.storage.job_store import Job, JobStore

#: The kind of the jobs.
IMPORT_LEDGER: Final = "import_ledger"
#: The argument that says where the files lie.
FOLDER: Final = "folder"
#: Progress is told in thousandths: half of them for reading, half for storing.
_WHOLE: Final = 1_000
_HALF: Final = 500


def ask_for_import(
    session: Session, actor: Actor, folder: Path, source: str, act: Act, *, mapping: str = "", replaces: bool = False
) -> Job:
    """Have the files in `folder` imported soon, and return the job; its id is that of the import to come.

    AccessError A403 without permission to write the ledger.
    """
    require(actor, Permission.LEDGER_WRITE)
    arguments = {FOLDER: str(folder), "source": source, "mapping": mapping, "replaces": replaces}
    return JobStore(session).add(IMPORT_LEDGER, arguments, act)


def import_job(house: House, job: RunningJob, act: Act) -> Mapping[str, object]:
    """Do an import that somebody asked for, and return its counts; the files are removed once nothing can change.

    The same files twice change nothing, so that a job whose worker died is simply done again.
    """
    folder = Path(job.arguments[FOLDER])
    try:
        mapping = named_mapping(house, job.arguments["mapping"]) if job.arguments["mapping"] else None
        imported = import_folder(
            house,
            folder,
            act,
            source=job.arguments["source"],
            mapping=mapping,
            replaces=job.arguments["replaces"],
            import_id=job.job_id,
            progress=_progress(house, job),
        )
    except (Unavailable, Conflict):
        raise
    except LedgerError as error:
        discard(folder)
        # The name under which an upload lies says nothing to who sent it.
        place = NOWHERE if error.place.file == folder.name else error.place
        raise LedgerError(error.code, error.message, place=place, remedy=error.remedy) from error
    except (PolicyServiceError, JobStopped):
        discard(folder)
        raise
    discard(folder)
    stored = imported.stored
    return {
        "posting": stored.posting,
        "added": sum(counts.added for counts in stored.tables),
        "replaced": sum(counts.replaced for counts in stored.tables),
        "unchanged": sum(counts.unchanged for counts in stored.tables),
        "quarantined": len(imported.result.quarantined) + len(stored.quarantined),
    }


def _progress(house: House, job: RunningJob) -> Progress:
    def tell(part: str, done: int, total: int) -> None:
        share = _HALF * done // max(1, total)
        if part == "reading":
            job.progress(share, _WHOLE)
        elif not house.database.is_sqlite:
            # On SQLite nobody else writes while rows are stored, not even this.
            job.progress(_HALF + share, _WHOLE)

    return tell
