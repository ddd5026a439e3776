"""The last step of a pull: the ledger follows what the mapping makes of the mirror, by the import of files."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.mapping.mapping import ConnectorMapping
from policy_service.domain.acting import Act
from policy_service.ledger.columns import Table
from policy_service.ledger.report import ImportResult, Quarantined
from policy_service.services.connections.concerned import concerned
from policy_service.services.connections.files import ConnectionFiles
from policy_service.services.house import House
from policy_service.services.ledger_in.importing import ImportOrigin, Progress, read_folder, store_read
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.ledger_import import StoredImport
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_withdrawal import Brought, count_in_force
from policy_service.storage.models.connections import TranslatedRow
from policy_service.storage.translated_store import AGAIN, EVERYTHING, RESOLVED, TranslatedStore, as_id, kind_of

#: Of so many rows left out is noted whose they are, to be read again with the next ones; of more everybody is.
MOST_AGAIN: Final = 10_000
_EVERYTHING: Final = ((EVERYTHING, ""),)
#: From so many rows on a person is asked before more of them are withdrawn than stay.
LEAST_MUCH: Final = 50
_ROWS: Final = TranslatedRow.metadata.tables["translated_rows"]


@dataclass(frozen=True, slots=True)
class Followed:
    """What the ledger made of a change: the import with its report, and how many customers were read again."""

    import_id: str
    customers: int
    stored: StoredImport


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows: the connection, its mapping, as which act, and where its write transactions come from.

    `withdraws_much`: a person has said that what is gone over there is really gone.
    """

    house: House
    connection: StoredConnection
    mapping: ConnectorMapping
    act: Act
    writing: Callable[[], AbstractContextManager[Session]]
    progress: Progress
    withdraws_much: bool = False


def follow(one: Follower, note: Callable[[Session, Followed], None]) -> Followed | None:
    """Let the ledger follow what has changed, in one transaction, of which `note` is part; none if nothing has.

    LedgerError D1xx where the import is refused whole, ConnectorError X166 where too much would be withdrawn; then
    everything waits for the next time.
    """
    with one.writing() as session:
        is_all = _resolve(one, session)
    if is_all is None:
        return None
    with TemporaryDirectory(prefix="pull-") as made:
        folder = Path(made)
        with one.house.database.reading() as session:
            ConnectionFiles(session, one.connection.connection_id, folder, is_all=is_all).write(tables_of(one.mapping))
        result = read_folder(one.house, folder, one.act, progress=one.progress)
    with one.writing() as session:
        followed = _store(one, session, result, is_all=is_all)
        note(session, followed)
    return followed


def tables_of(mapping: ConnectorMapping) -> frozenset[Table]:
    """Return the tables that a mapping feeds."""
    return frozenset(feed.table for feed in mapping.feeds if feed.is_on)


def _resolve(one: Follower, session: Session) -> bool | None:
    """Keep who is read again; whether that is everybody, none for nobody."""
    connection_id = one.connection.connection_id
    store, state = TranslatedStore(session, connection_id), ConnectionStore(session).state(connection_id)
    is_told_more = state.has_left_out and LedgerStore(session).head() != state.read_through
    if not (is_told_more or _is_touched(store)):
        return None
    customers = concerned(session, connection_id)
    if _first_rates(session, store) != state.rates:
        # What was left out for want of a rate may be anybody's.
        customers = None
    store.resolve(customers or ())
    return customers is None


def _is_touched(store: TranslatedStore) -> bool:
    return any(kind != RESOLVED and not kind.startswith(AGAIN) for kind in store.kinds())


def _store(one: Follower, session: Session, result: ImportResult, *, is_all: bool) -> Followed:
    connection_id = one.connection.connection_id
    store = TranslatedStore(session, connection_id)
    origin = ImportOrigin(one.house.new_id(), one.act.at, one.act.person, f"connection {one.connection.name}")
    brought = Brought(store.own_postings(), None if is_all else store.resolved())
    stored = store_read(one.house, session, result, origin, one.act, brought=brought, progress=one.progress)
    if stored.posting is not None:
        store.has_posted(stored.posting)
    if not one.withdraws_much:
        _refuse_much(session, store, stored.withdrawn)
    customers = len(result.ledger.histories) if is_all else store.count_resolved()
    left_out = len(result.quarantined) + len(stored.quarantined)
    store.settle(_names(chain(result.quarantined, stored.quarantined)) if left_out <= MOST_AGAIN else _EVERYTHING)
    ConnectionStore(session).move(
        connection_id,
        read_through=LedgerStore(session).head(),
        has_left_out=left_out > 0,
        rates=_first_rates(session, store),
    )
    return Followed(stored.import_id, customers, stored)


def _refuse_much(session: Session, store: TranslatedStore, withdrawn: int) -> None:
    """Refuse to withdraw much at once: a file that was emptied, or a right that was lost, looks like that too."""
    if withdrawn < LEAST_MUCH:
        return
    left = count_in_force(session, store.own_postings())
    if withdrawn > left:
        raise ConnectorError(
            "X166",
            f"{withdrawn:,} of the {withdrawn + left:,} rows that the connection brought would be withdrawn.",
            remedy="Look whether they are gone over there or only out of sight, as after a right was lost. If they "
            "are gone, pull with --withdraw.",
        )


def _names(left_out: Iterable[Quarantined]) -> Iterator[tuple[str, str]]:
    for one in left_out:
        yield kind_of(one.table), as_id(one.row)


def _first_rates(session: Session, store: TranslatedStore) -> Mapping[str, str]:
    first: dict[str, str] = {}
    asked = select(_ROWS.c.cells).where(store.is_own, _ROWS.c.entry_table == Table.RATES.value)
    for (written,) in session.execute(asked):
        cells = json.loads(written)
        day, code = cells.get("date", ""), cells.get("currency", "")
        first[code] = min(first.get(code, dt.date.max.isoformat()), day)
    return first
