"""A folder of ledger files imported into the database: read first, then stored in one transaction."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.ledger.mapping import LedgerMapping
from policy_service.ledger.report import ImportResult
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.import_ledger import import_ledger
from policy_service.services.ledger_in.frame import base_currency_for, declared_facts
from policy_service.services.ledger_in.telling import tell_of_posting
from policy_service.storage.ledger_import import StoredImport
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_withdrawal import Brought

#: Told which part of the work this is, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ImportOrigin:
    """Which import this is: its id, when, by whom, and what was read."""

    import_id: str
    at: Instant
    person: str
    source: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read, with its own report, and what became of it in the database."""

    result: ImportResult
    stored: StoredImport


def _silent(_part: str, _done: int, _total: int) -> None:
    return


def import_folder(
    house: House,
    folder: Path,
    act: Act,
    *,
    source: str = "",
    mapping: LedgerMapping | None = None,
    replaces: bool = False,
    import_id: str = "",
    progress: Progress = _silent,
) -> Imported:
    """Read the folder, then store it whole or not at all; the same files twice change nothing.

    With `replaces` a row that differs from the stored one of its id takes its place, else it is left out and
    reported. LedgerError D1xx if the import is refused whole, StorageError if the database does.
    """
    result = read_folder(house, folder, act, mapping=mapping, progress=progress)
    origin = ImportOrigin(import_id or house.new_id(), act.at, act.person, source or folder.name)
    with house.database.writing() as session:
        stored = store_read(house, session, result, origin, act, replaces=replaces, progress=progress)
    return Imported(result, stored)


def read_folder(
    house: House, folder: Path, act: Act, *, mapping: LedgerMapping | None = None, progress: Progress = _silent
) -> ImportResult:
    """Read the folder by what the ledger is kept in and may hold; LedgerError D1xx if it is refused whole."""
    with house.database.reading() as session:
        base = base_currency_for(house, session, act.at)
        declared = declared_facts(house, session, act.at)
    # No transaction is held while files are read: others go on writing.
    return import_ledger(folder, base, declared, mapping, lambda done, total: progress("reading", done, total))


def store_read(
    house: House,
    session: Session,
    result: ImportResult,
    origin: ImportOrigin,
    act: Act,
    *,
    replaces: bool = False,
    brought: Brought | None = None,
    progress: Progress = _silent,
) -> StoredImport:
    """Store what was read, note it and tell of it, all in the session's transaction; the rest says `store_import`."""
    stored = LedgerStore(session).store(
        result,
        origin,
        replaces=replaces,
        brought=brought,
        progress=lambda done, total: progress("storing", done, total),
    )
    note(house, session, act, "imported", "import", stored.import_id, {"source": origin.source})
    if stored.posting is not None:
        is_correction = stored.withdrawn > 0 or any(counts.replaced for counts in stored.tables)
        tell_of_posting(house, session, stored.posting, act, is_correction=is_correction)
    return stored


def discard(folder: Path) -> None:
    """Remove what was uploaded, once it is imported or refused."""
    shutil.rmtree(folder, ignore_errors=True)
