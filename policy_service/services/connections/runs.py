"""Runs of connections: begun by hand, and looked at afterwards, with the rows that were left out and where they are."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.ledger.columns import Table
from policy_service.services.actor import Actor
from policy_service.services.audit import note
from policy_service.services.connections.allowed import require_maps, require_runs, require_sees
from policy_service.services.connections.left_out import count_left_out
from policy_service.services.connections.pulling import Heard, pull
from policy_service.services.connections.scheduling import require_mapping
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection, StoredState
from policy_service.storage.import_store import ImportStore, NoteRecord
from policy_service.storage.mirror_store import MirrorStore
from policy_service.storage.pull_store import PullStore, StoredPull
from policy_service.storage.translated_store import TranslatedStore, as_id
from policy_service.storage.unreadable_rows import UnreadableRows

#: At most so many runs, or rows left out, are given at once.
MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Overview:
    """A connection with how far it is, and by object how many rows are mirrored and made nothing of."""

    connection: StoredConnection
    state: StoredState
    mirrored: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that an import left out, and from which object and row over there it comes, "" if not known."""

    found: NoteRecord
    object_name: str
    row_id: str


@dataclass(frozen=True, slots=True)
class UnmappedRow:
    """A row over there that the mapping leaves out or cannot read, and why."""

    object_name: str
    row_id: str
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many rows are left out now, and some of them: those that the mapping cannot read, and of the last import."""

    count: int
    unreadable: tuple[UnmappedRow, ...]
    rejected: tuple[RejectedRow, ...]


def overview(session: Session, name: str, actor: Actor) -> Overview:
    """Return a connection; AccessError A403 as `allowed` says, NotStored S209 if there is none."""
    require_sees(actor)
    store = ConnectionStore(session)
    connection = store.load(name)
    number = connection.connection_id
    return Overview(connection, store.state(number), MirrorStore(session, number).counts())


def runs(session: Session, name: str, actor: Actor, most: int = 20) -> tuple[StoredPull, ...]:
    """Return the last runs of a connection, the newest first; the errors are those of `overview`."""
    require_sees(actor)
    connection = ConnectionStore(session).load(name)
    return PullStore(session).latest(connection.connection_id, min(most, MOST_SHOWN))


def rejected_rows(
    session: Session, pull_id: str, actor: Actor, most: int = 100, after: int = -1
) -> tuple[RejectedRow, ...]:
    """Return rows that were left out as a run ended, behind the note at `after`: by its import, or else the last one.

    AccessError A403 as `allowed` says, NotStored S209 if there is no such run.
    """
    require_sees(actor)
    run = PullStore(session).load(pull_id)
    import_id = run.import_id or PullStore(session).last_import(run.connection_id, run.started_at)
    return _rejected_by(session, run.connection_id, import_id, min(most, MOST_SHOWN), after) if import_id else ()


def left_out_now(session: Session, name: str, actor: Actor, most: int = 100) -> LeftOut:
    """Return what of a connection is left out now, at most so many rows of each kind; the errors are as above."""
    require_sees(actor)
    connection_id = ConnectionStore(session).load(name).connection_id
    most = min(most, MOST_SHOWN)
    import_id = PullStore(session).last_import(connection_id)
    return LeftOut(
        count_left_out(session, connection_id),
        tuple(UnmappedRow(*one) for one in UnreadableRows(session, connection_id).some(most)),
        _rejected_by(session, connection_id, import_id, most) if import_id else (),
    )


def _rejected_by(
    session: Session, connection_id: int, import_id: str, most: int, after: int = -1
) -> tuple[RejectedRow, ...]:
    notes = ImportStore(session).notes(import_id, most, after, kind="quarantined")
    ids: dict[Table, set[str]] = defaultdict(set)
    for one in notes:
        ids[Table(one.entry_table)].add(one.entry)
    sources = TranslatedStore(session, connection_id).sources(ids)
    return tuple(RejectedRow(one, *sources.get((Table(one.entry_table), as_id(one.entry)), ("", ""))) for one in notes)


def unmapped_rows(session: Session, name: str, actor: Actor, most: int = 100) -> tuple[UnmappedRow, ...]:
    """Return rows over there that the mapping leaves out, or cannot read; the errors are those of `overview`."""
    require_sees(actor)
    connection = ConnectionStore(session).load(name)
    found = MirrorStore(session, connection.connection_id).left_out(min(most, MOST_SHOWN))
    return tuple(UnmappedRow(*one) for one in found)


def pull_now(
    house: House, name: str, actor: Actor, act: Act, by: str, heard: Heard, *, withdraws_much: bool = False
) -> StoredPull:
    """Pull a connection at once, here, and return the run; `withdraws_much` and the errors are those of `pull`.

    AccessError A403 as `allowed` says.
    """
    require_runs(actor)
    if withdraws_much:
        require_maps(actor)
    with house.database.writing() as session:
        connection = ConnectionStore(session).load(name)
        require_mapping(connection)
        note(house, session, act, "pull_asked", "connection", name, {"withdraws_much": withdraws_much})
    return pull(house, name, act, by, heard, withdraws_much=withdraws_much)
