"""Runs of the write-back kept, and when the next one of a connection is due."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.storage.errors import not_stored
from policy_service.storage.models.connections import Connection
from policy_service.storage.models.write_backs import Push, PushState

#: So many runs of a connection are kept, and its dry runs that somebody has looked at.
MOST_KEPT: Final = 1_000
_NEW_STATE: Final = text(
    "INSERT INTO push_states (connection_id, job_id, next_at, failures, is_stopped)"
    " VALUES (:connection_id, NULL, NULL, 0, false) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class StoredPush:
    """A run of the write-back; of a dry one the counts are of what would have been done.

    Of `rows` of customers so many were `planned` to be written, `written`, `refused`, or are `waiting` as the same
    was tried lately; `gone` are rows written before that are there no longer. `fields_left_out` are fields for
    which the mapping has no value. `tasks` were to be handed over.
    """

    push_id: str
    connection_id: int
    is_dry: bool
    mapping_hash: str
    state: str
    started_at: Instant
    ended_at: Instant | None
    person: str
    looked_at: Instant | None
    looked_by: str
    rows: int
    planned: int
    written: int
    refused: int
    waiting: int
    gone: int
    without_standing: int
    fields_left_out: int
    tasks: int
    handed_over: int
    tasks_refused: int
    uncertain: int
    code: str
    error: str
    remedy: str


@dataclass(frozen=True, slots=True)
class StoredPushState:
    """How far the write-back of a connection is, as the model says."""

    job_id: str | None = None
    next_at: Instant | None = None
    failures: int = 0
    is_stopped: bool = False


_COLUMNS: Final = [getattr(Push, name) for name in StoredPush.__slots__]
_STATE: Final = [getattr(PushState, name) for name in StoredPushState.__slots__]
#: What a run counts.
COUNTS: Final = (
    "rows",
    "planned",
    "written",
    "refused",
    "waiting",
    "gone",
    "without_standing",
    "fields_left_out",
    "tasks",
    "handed_over",
    "tasks_refused",
    "uncertain",
)


class PushStore:
    """The runs of write-backs within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(
        self,
        push_id: str,
        connection_id: int,
        act: Act,
        mapping_hash: str,
        broken_off: tuple[str, str, str],
        *,
        is_dry: bool,
    ) -> None:
        """Store a run that begins; one that was never ended was broken off: the code, error and remedy of that."""
        code, error, remedy = broken_off
        is_open = (Push.connection_id == connection_id, Push.state == "running")
        self._change(*is_open, state="failed", ended_at=act.at, code=code, error=error, remedy=remedy)
        of_it = Push.connection_id == connection_id
        oldest = select(Push.started_at).where(of_it).order_by(Push.started_at.desc()).offset(MOST_KEPT - 1).limit(1)
        is_old = (of_it, Push.started_at < oldest.scalar_subquery(), Push.looked_at.is_(None))
        self._session.execute(delete(Push).where(*is_old), execution_options={"synchronize_session": False})
        new = {
            "push_id": push_id,
            "connection_id": connection_id,
            "is_dry": is_dry,
            "mapping_hash": mapping_hash,
            "state": "running",
            "started_at": act.at,
            "person": act.person,
            "looked_by": "",
            "code": "",
            "error": "",
            "remedy": "",
        }
        self._session.execute(insert(Push), [new | dict.fromkeys(COUNTS, 0)])

    def count(self, push_id: str, **more: int) -> None:
        """Add to the counts of a run."""
        self._change(Push.push_id == push_id, **{name: getattr(Push, name) + number for name, number in more.items()})

    def end(
        self, push_id: str, state: str, at: Instant, *, code: str = "", error: str = "", remedy: str = ""
    ) -> StoredPush:
        """Store how a run ended."""
        is_it = (Push.push_id == push_id, Push.state == "running")
        self._change(*is_it, state=state, ended_at=at, code=code, error=error, remedy=remedy)
        return self.load(push_id)

    def look(self, push_id: str, act: Act) -> StoredPush:
        """Note who has looked at a run, the last one of them."""
        self._change(Push.push_id == push_id, looked_at=act.at, looked_by=act.person)
        return self.load(push_id)

    def load(self, push_id: str) -> StoredPush:
        """Return a run; NotStored S209 if there is none of that id."""
        row = self._session.execute(select(*_COLUMNS).where(Push.push_id == push_id)).one_or_none()
        if row is None:
            raise not_stored(f"push {push_id[:60]}")
        return StoredPush(*row)

    def latest(self, connection_id: int, most: int) -> tuple[StoredPush, ...]:
        """Return the last runs of a connection, the newest first."""
        newest = select(*_COLUMNS).where(Push.connection_id == connection_id)
        rows = self._session.execute(newest.order_by(Push.started_at.desc(), Push.push_id.desc()).limit(most))
        return tuple(StoredPush(*row) for row in rows)

    def dry_run(self, connection_id: int, mapping_hash: str, *, is_looked_at: bool) -> StoredPush | None:
        """Return the last dry run of that mapping that came to its end, and was looked at; none if there is none."""
        is_it = [Push.connection_id == connection_id, Push.mapping_hash == mapping_hash, Push.is_dry]
        if is_looked_at:
            is_it.append(Push.looked_at.is_not(None))
        found = select(*_COLUMNS).where(*is_it, Push.state == "done").order_by(Push.started_at.desc()).limit(1)
        row = self._session.execute(found).one_or_none()
        return StoredPush(*row) if row else None

    def state(self, connection_id: int, *, locks: bool = False) -> StoredPushState:
        """Return how far the write-back is; with `locks` it is held until the transaction ends."""
        if locks:
            self._session.execute(_NEW_STATE, {"connection_id": connection_id})
        asked = select(*_STATE).where(PushState.connection_id == connection_id)
        row = self._session.execute(asked.with_for_update() if locks else asked).one_or_none()
        return StoredPushState(*row) if row else StoredPushState()

    def move(self, connection_id: int, **values: Any) -> None:
        """Store how far the write-back is: values of the model."""
        self._session.execute(_NEW_STATE, {"connection_id": connection_id})
        self._session.execute(
            update(PushState).where(PushState.connection_id == connection_id).values(**values),
            execution_options={"synchronize_session": False},
        )

    def due(self, at: Instant) -> tuple[str, ...]:
        """Return the names of connections that are on, write back, and are due, the longest due first."""
        asked = (
            select(Connection.name)
            .join(PushState, PushState.connection_id == Connection.connection_id)
            .where(Connection.is_on, Connection.writes_back, ~PushState.is_stopped, PushState.next_at <= at)
        )
        return tuple(self._session.scalars(asked.order_by(PushState.next_at)))

    def _change(self, *which: Any, **values: Any) -> None:
        self._session.execute(
            update(Push).where(*which).values(**values), execution_options={"synchronize_session": False}
        )
