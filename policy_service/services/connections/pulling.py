"""A pull: what has changed in another system is mirrored, translated, and followed by the ledger.

Each page and each chunk is one transaction with the place from which it goes on, so a pull that ends anywhere, by
whatever, is gone on with by the next one and comes to the same ledger.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.mapping.mapping import ConnectorMapping, wanted
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.mapping.translation import Company
from policy_service.connectors.port import Page
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.services.connections.following import Followed, Follower, follow
from policy_service.services.connections.holding import Held, hold, let_go
from policy_service.services.connections.left_out import count_left_out
from policy_service.services.connections.making import make_some
from policy_service.services.connections.mirroring import mirror
from policy_service.services.connections.opening import account_hash, opened
from policy_service.services.connections.scheduling import after_failure, after_success, require_mapping, wake
from policy_service.services.connections.writing_back_schedule import after_pull
from policy_service.services.house import House
from policy_service.services.ledger_in.frame import base_currency_for
from policy_service.services.running_jobs import JobStopped
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.mirror_store import Kept, MirrorStore
from policy_service.storage.notice_store import NoticeStore
from policy_service.storage.pull_store import PullStore, StoredPull
from policy_service.storage.translated_store import EVERYTHING, TranslatedStore
from policy_service.storage.written_store import WrittenStore

#: Of a run that never ended: code, error and remedy.
BROKEN_OFF: Final = (
    "X168",
    "The process ended while it pulled.",
    "Nothing is lost: the next pull goes on from there.",
)

#: How a run ends that came to its end; one that is stopped says nothing of how the connection is.
_DONE: Final = "done"
#: The place from which a pull goes on cannot be read: there is no going on but from the first row.
_NO_PLACE: Final = frozenset({"X114", "X126"})
#: Told how many rows have come; raises JobStopped where the pull is to stop.
Heard = Callable[[int], None]


def pull(
    house: House,
    name: str,
    act: Act,
    by: str,
    heard: Heard,
    *,
    with_written: bool = False,
    withdraws_much: bool = False,
) -> StoredPull:
    """Pull a connection to the end, and return the run, which is kept whatever happens.

    The fields that are written back are read too if it writes back, or `with_written` says so. `by` names who pulls,
    like nobody else; with `withdraws_much` more rows may be withdrawn than stay. NotStored S209 for no such connection;
    ConnectorError X164 without a mapping, X167 while somebody else pulls it; whatever the system or the import says is
    raised as it is, kept with the run.
    """
    run = _begin(house, name, act, by, heard, with_written=with_written)
    try:
        run.mirror()
        run.translate()
        run.follow(withdraws_much=withdraws_much)
    except (JobStopped, SystemExit):
        run.end("stopped", None)
        raise
    except PolicyServiceError as error:
        run.end("failed", error)
        raise
    except Exception as error:
        run.end("failed", _unexpected(error))
        raise
    return run.end(_DONE, None)


def _begin(house: House, name: str, act: Act, by: str, heard: Heard, *, with_written: bool) -> "_Run":
    pull_id = house.new_id()
    with house.database.writing() as session:
        connection = ConnectionStore(session).load(name)
        require_mapping(connection)
        hold(session, connection.connection_id, by, house.world.now())
        mapping = read_connector_mapping(connection.mapping, f"{name}.yaml")
        left_out = count_left_out(session, connection.connection_id)
        PullStore(session).begin(pull_id, connection.connection_id, act, BROKEN_OFF, left_out=left_out)
        company = Company(house.settings.zone, base_currency_for(house, session, act.at).code)
        told = NoticeStore(session, connection.connection_id).channel().taken
    is_more = with_written or connection.writes_back
    return _Run(house, connection, mapping, company, act, by, heard, pull_id, told, with_written=is_more)


class _Run:
    """One pull under way."""

    def __init__(
        self,
        house: House,
        connection: StoredConnection,
        mapping: ConnectorMapping,
        company: Company,
        act: Act,
        by: str,
        heard: Heard,
        pull_id: str,
        told: int,
        *,
        with_written: bool,
    ) -> None:
        self._house = house
        self._connection = connection
        self._mapping = mapping
        self._company = company
        self._act = act
        self._by = by
        self._heard = heard
        self._pull_id = pull_id
        self._with_written = with_written
        self._told = told
        self._rows = 0
        self._held = Held(
            house,
            connection.connection_id,
            by,
            lambda: heard(self._rows),
            lambda session: _is_running(session, pull_id),
        )
        self._writing = self._held.writing

    def mirror(self) -> None:
        """Bring what has changed over there; of another account everything."""
        connection_id, account = self._connection.connection_id, account_hash(self._connection)
        with self._writing() as session:
            store = ConnectionStore(session)
            if store.state(connection_id).account != account:
                MirrorStore(session, connection_id).begin_all_anew()
                WrittenStore(session, connection_id).forget()
                store.move(connection_id, account=account)
        with opened(self._house, self._connection, self._held.goes_on) as connector:
            for one in wanted(self._mapping, with_written=self._with_written):
                try:
                    with self._held.asking():
                        mirror(connector, connection_id, one, self._writing, self._count)
                except ConnectorError as error:
                    if error.code in _NO_PLACE:
                        self._begin_anew()
                    raise

    def _begin_anew(self) -> None:
        with self._writing() as session:
            MirrorStore(session, self._connection.connection_id).begin_all_anew()

    def translate(self) -> None:
        """Translate what has changed; by another mapping than before everything."""
        connection_id, mapping = self._connection.connection_id, self._mapping
        said = json.dumps([self._connection.mapping, self._company.zone.key, self._company.base_currency])
        translated_with = hashlib.sha256(said.encode()).hexdigest()
        with self._writing() as session:
            store = ConnectionStore(session)
            if store.state(connection_id).translated_with != translated_with:
                MirrorStore(session, connection_id).wake_all()
                TranslatedStore(session, connection_id).touch([(EVERYTHING, "")])
                store.move(connection_id, translated_with=translated_with)
        done = 1
        while done:
            with self._writing() as session:
                done, changed = make_some(session, connection_id, mapping, self._company)
                PullStore(session).count(self._pull_id, translated=changed)
            self._heard(self._rows)

    def follow(self, *, withdraws_much: bool) -> None:
        """Let the ledger follow."""

        def progress(_part: str, _done: int, _total: int) -> None:
            if not self._house.database.is_sqlite or _part == "reading":
                self._heard(self._rows)

        one = Follower(self._house, self._connection, self._mapping, self._act, self._writing, progress, withdraws_much)
        if follow(one, self._note) is None:
            with self._writing() as session:
                self._say_left_out(session)

    def end(self, state: str, error: PolicyServiceError | None) -> StoredPull:
        """Keep how it ended, and unless it was stopped when it is pulled next; whoever waits for it may begin."""
        at, connection_id = self._house.world.now(), self._connection.connection_id
        with self._house.database.writing() as session:
            store = ConnectionStore(session)
            now = store.of(connection_id)
            said = {}
            if error is not None:
                after_failure(store, now, error, at, self._house.world.chance())
                said = {"code": error.code, "error": error.message, "remedy": error.remedy}
            elif state == _DONE:
                after_success(store, now, at)
                after_pull(session, now, at)
                if NoticeStore(session, connection_id).channel().taken != self._told:
                    # What was told of meanwhile may stand before the place where this pull was by then.
                    wake(session, now, at)
            ended = PullStore(session).end(self._pull_id, state, at, **said)
            let_go(session, connection_id, self._by, at)
        return ended

    def _count(self, session: Session, page: Page, kept: Kept) -> None:
        counts = {"pages": 1, "rows": len(page.rows), "changed": kept.changed, "deleted": kept.deleted}
        PullStore(session).count(self._pull_id, **counts)
        self._rows += len(page.rows)

    def _note(self, session: Session, followed: Followed) -> None:
        store, stored = PullStore(session), followed.stored
        store.publish(self._pull_id, followed.import_id)
        store.count(
            self._pull_id,
            customers=followed.customers,
            added=sum(one.added for one in stored.tables),
            replaced=sum(one.replaced for one in stored.tables),
            withdrawn=stored.withdrawn,
        )
        self._say_left_out(session)

    def _say_left_out(self, session: Session) -> None:
        # Also what earlier runs found: it is left out until it is mended.
        PullStore(session).say_left_out(self._pull_id, count_left_out(session, self._connection.connection_id))


def _is_running(session: Session, pull_id: str) -> bool:
    # Another pull may have begun since, and perhaps ended.
    return PullStore(session).load(pull_id).state == "running"


def _unexpected(error: Exception) -> PolicyServiceError:
    return PolicyServiceError(
        "X169",
        f"The pull ended by a fault of the program ({type(error).__name__}).",
        remedy="Look into the log of the process, and report it.",
    )
