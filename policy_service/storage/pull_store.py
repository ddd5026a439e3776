"""Pulls kept: one row for each run of a connection, with what it came to."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.storage.errors import not_stored
from policy_service.storage.models.connections import Pull

#: So many runs of a connection are kept.
MOST_KEPT: Final = 1_000


@dataclass(frozen=True, slots=True)
class StoredPull:
    """A run: `pages` and `rows` that came, rows `changed` or `deleted` in the mirror, and what the ledger made of it.

    `translated` are mirrored rows of which something else came than before; `customers` were read again, of their
    entries so many were `added`, `replaced` and `withdrawn`. `left_out` are all rows that the connection has and the
    ledger has not, as the mapping or an import cannot read them: those of earlier runs too, until they are mended.
    """

    pull_id: str
    connection_id: int
    state: str
    started_at: Instant
    ended_at: Instant | None
    person: str
    pages: int
    rows: int
    changed: int
    deleted: int
    translated: int
    customers: int
    added: int
    replaced: int
    withdrawn: int
    left_out: int
    import_id: str | None
    code: str
    error: str
    remedy: str


_COLUMNS: Final = [getattr(Pull, name) for name in StoredPull.__slots__]
_COUNTS: Final = (
    "pages",
    "rows",
    "changed",
    "deleted",
    "translated",
    "customers",
    "added",
    "replaced",
    "withdrawn",
)


class PullStore:
    """The runs of connections within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(
        self, pull_id: str, connection_id: int, act: Act, broken_off: tuple[str, str, str], *, left_out: int = 0
    ) -> None:
        """Store a run that begins; one that was never ended was broken off: the code, error and remedy of that.

        The last run with an import is kept however many there were since: its report says what is left out.
        """
        self.break_off(connection_id, act, broken_off)
        report = self.last_import(connection_id)
        oldest_kept = (
            select(Pull.started_at)
            .where(Pull.connection_id == connection_id)
            .order_by(Pull.started_at.desc())
            .offset(MOST_KEPT - 1)
            .limit(1)
        )
        is_old = Pull.started_at < oldest_kept.scalar_subquery()
        self._session.execute(
            delete(Pull).where(Pull.connection_id == connection_id, is_old, Pull.import_id.is_distinct_from(report)),
            execution_options={"synchronize_session": False},
        )
        self._session.add(
            Pull(
                pull_id=pull_id,
                connection_id=connection_id,
                state="running",
                started_at=act.at,
                person=act.person,
                code="",
                error="",
                remedy="",
                left_out=left_out,
                **dict.fromkeys(_COUNTS, 0),
            )
        )
        self._session.flush()

    def break_off(self, connection_id: int, act: Act, broken_off: tuple[str, str, str]) -> None:
        """Store of a run that was never ended that it was broken off: the code, error and remedy of that."""
        is_open = (Pull.connection_id == connection_id, Pull.state == "running")
        code, error, remedy = broken_off
        self._change(*is_open, state="failed", ended_at=act.at, code=code, error=error, remedy=remedy)

    def count(self, pull_id: str, **more: int) -> None:
        """Add to the counts of a run."""
        self._change(Pull.pull_id == pull_id, **{name: getattr(Pull, name) + number for name, number in more.items()})

    def say_left_out(self, pull_id: str, left_out: int) -> None:
        """Note how many rows are left out by now."""
        self._change(Pull.pull_id == pull_id, left_out=left_out)

    def last_import(self, connection_id: int, until: Instant | None = None) -> str | None:
        """Return the import of the last run that came to one, of those begun `until` then; none without one."""
        asked = select(Pull.import_id).where(Pull.connection_id == connection_id, Pull.import_id.is_not(None))
        if until is not None:
            asked = asked.where(Pull.started_at <= until)
        return self._session.scalar(asked.order_by(Pull.started_at.desc(), Pull.pull_id.desc()).limit(1))

    def publish(self, pull_id: str, import_id: str) -> None:
        """Note which import a run came to."""
        self._change(Pull.pull_id == pull_id, import_id=import_id)

    def end(
        self, pull_id: str, state: str, at: Instant, *, code: str = "", error: str = "", remedy: str = ""
    ) -> StoredPull:
        """Store how a run ended."""
        is_it = (Pull.pull_id == pull_id, Pull.state == "running")
        self._change(*is_it, state=state, ended_at=at, code=code, error=error, remedy=remedy)
        return self.load(pull_id)

    def load(self, pull_id: str) -> StoredPull:
        """Return a run; NotStored S209 if there is none of that id."""
        row = self._session.execute(select(*_COLUMNS).where(Pull.pull_id == pull_id)).one_or_none()
        if row is None:
            raise not_stored(f"pull {pull_id[:60]}")
        return StoredPull(*row)

    def latest(self, connection_id: int, most: int) -> tuple[StoredPull, ...]:
        """Return the last runs of a connection, the newest first."""
        newest = select(*_COLUMNS).where(Pull.connection_id == connection_id)
        rows = self._session.execute(newest.order_by(Pull.started_at.desc(), Pull.pull_id.desc()).limit(most))
        return tuple(StoredPull(*row) for row in rows)

    def _change(self, *which: Any, **values: Any) -> None:
        self._session.execute(
            update(Pull).where(*which).values(**values), execution_options={"synchronize_session": False}
        )
