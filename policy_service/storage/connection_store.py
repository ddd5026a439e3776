"""Connections to other systems kept: how each is reached, and how far it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.storage.errors import Conflict, changed_since_read, not_stored
from policy_service.storage.models.connections import Connection, ConnectionState


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """A connection; `secrets` is encrypted text, and `revision` what a change of it has to name."""

    connection_id: int
    name: str
    system: str
    settings: Mapping[str, str]
    secrets: str = field(repr=False)
    mapping: str = field(repr=False)
    schedule_minutes: int
    is_on: bool
    writes_back: bool
    created_at: Instant
    created_by: str
    changed_at: Instant
    changed_by: str
    revision: int


@dataclass(frozen=True, slots=True)
class StoredState:
    """How far a connection is, as the model says; `token` is encrypted text."""

    token: str = field(repr=False)
    job_id: str | None
    next_at: Instant | None
    failures: int
    is_stopped: bool
    account: str
    translated_with: str
    read_through: int
    has_left_out: bool
    rates: Mapping[str, str]


_COLUMNS: Final = [getattr(Connection, name) for name in StoredConnection.__slots__]
_STATE: Final = [getattr(ConnectionState, name) for name in StoredState.__slots__]


class ConnectionStore:
    """The connections within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> tuple[StoredConnection, ...]:
        """Return every connection, in order of name."""
        return tuple(map(_stored, self._session.execute(select(*_COLUMNS).order_by(Connection.name))))

    def find(self, name: str) -> StoredConnection | None:
        """Return the connection of that name; none if there is none."""
        row = self._session.execute(select(*_COLUMNS).where(Connection.name == name)).one_or_none()
        return _stored(row) if row else None

    def load(self, name: str) -> StoredConnection:
        """Return the connection of that name; NotStored S209 if there is none."""
        found = self.find(name)
        if found is None:
            raise not_stored(f"connection {name[:60]}")
        return found

    def of(self, connection_id: int) -> StoredConnection:
        """Return the connection of that number; NotStored S209 if there is none."""
        row = self._session.execute(select(*_COLUMNS).where(Connection.connection_id == connection_id)).one_or_none()
        if row is None:
            raise not_stored(f"connection {connection_id}")
        return _stored(row)

    def add(self, name: str, system: str, settings: Mapping[str, str], act: Act) -> StoredConnection:
        """Store a connection that is off, without secrets, mapping or schedule; Conflict S210 if the name is taken."""
        if self.find(name):
            raise Conflict("S210", f"There is a connection {name[:60]} already.", remedy="Choose another name.")
        row = Connection(
            name=name,
            system=system,
            settings=_text(settings),
            secrets="",
            mapping="",
            schedule_minutes=0,
            is_on=False,
            writes_back=False,
            created_at=act.at,
            created_by=act.person,
            changed_at=act.at,
            changed_by=act.person,
        )
        self._session.add(row)
        self._session.flush()
        state = ConnectionState(
            connection_id=row.connection_id,
            token="",
            failures=0,
            is_stopped=False,
            account="",
            translated_with="",
            read_through=0,
            has_left_out=False,
            rates="{}",
        )
        self._session.add(state)
        self._session.flush()
        return self.load(name)

    def change(self, as_read: StoredConnection, act: Act, **values: Any) -> StoredConnection:
        """Store new values of a connection as it was read; Conflict S208 if somebody else changed it since.

        `values` are those of the model, with `settings` as a mapping.
        """
        if "settings" in values:
            values["settings"] = _text(values["settings"])
        found = self._session.execute(
            update(Connection)
            .where(Connection.connection_id == as_read.connection_id, Connection.revision == as_read.revision)
            .values(**values, changed_at=act.at, changed_by=act.person, revision=as_read.revision + 1),
            execution_options={"synchronize_session": False},
        )
        if not found.rowcount:  # type: ignore[attr-defined]
            raise changed_since_read(f"the connection {as_read.name[:60]}")
        return self.load(as_read.name)

    def state(self, connection_id: int, *, locks: bool = False) -> StoredState:
        """Return how far the connection is; with `locks` it is held until the transaction ends."""
        asked = select(*_STATE).where(ConnectionState.connection_id == connection_id)
        row = self._session.execute(asked.with_for_update() if locks else asked).one()
        said = dict(zip(StoredState.__slots__, row, strict=True))
        return StoredState(**(said | {"rates": json.loads(said["rates"])}))

    def move(self, connection_id: int, **values: Any) -> None:
        """Store how far the connection is: values of the model, with `rates` as a mapping."""
        if "rates" in values:
            values["rates"] = _text(values["rates"])
        self._session.execute(
            update(ConnectionState).where(ConnectionState.connection_id == connection_id).values(**values),
            execution_options={"synchronize_session": False},
        )

    def due(self, at: Instant) -> tuple[str, ...]:
        """Return the names of connections that are on and whose time to be pulled has come, the longest due first."""
        asked = (
            select(Connection.name)
            .join(ConnectionState, ConnectionState.connection_id == Connection.connection_id)
            .where(Connection.is_on, ~ConnectionState.is_stopped, ConnectionState.next_at <= at)
        )
        return tuple(self._session.scalars(asked.order_by(ConnectionState.next_at)))


def _stored(row: Any) -> StoredConnection:
    said = dict(zip(StoredConnection.__slots__, row, strict=True))
    return StoredConnection(**(said | {"settings": json.loads(said["settings"])}))


def _text(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), sort_keys=True, ensure_ascii=False)
