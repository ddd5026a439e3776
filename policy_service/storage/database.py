"""The database: an engine from a URL, and transactions that mean the same on SQLite and PostgreSQL.

A read sees one snapshot and cannot write. A write on SQLite begins immediate, so that writers take turns
from the start and what one reads stays true until it commits; on PostgreSQL writers run side by side, and
whoever changes a row somebody else changed in between is told so (S208) by the row's revision.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from select import POLLIN, poll
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError
from sqlalchemy.orm import Session, SessionTransaction

from policy_service.storage.errors import StorageError, busy, said_clearly, unreachable
from policy_service.storage.postgresql_statements import forget, forget_with_the_driver
from policy_service.storage.turns import Turns

#: Where data is kept if DATABASE_URL says nothing.
DEFAULT_URL: Final = "sqlite:///var/policy.db"

_AT_ONCE: Final = nullcontext()
#: Under which a session keeps what is left for the end.
_LAST: Final = "left_for_the_end"
#: Seconds until a setting is tried again, and the part of SQLite's codes that says what is wrong.
_BETWEEN_TRIES: Final = 0.01
_PRIMARY: Final = 0xFF
_READS_ONLY: Final = ("query_only = ON",)
#: PostgreSQL's names as they are written in URLs, all meaning the one driver.
_POSTGRESQL: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})


class Database:
    """One database, shared by all threads of a process; a forked process opens its own."""

    def __init__(self, url: str = DEFAULT_URL, *, patience: int = 30, connections: int = 10) -> None:
        """Prepare connections to `url`; none is made yet. StorageError S201 for a URL that means nothing.

        A writer waits up to `patience` seconds for another, then it is refused with S207. At most `connections`
        are open at a time, on SQLite as many to read and to write.
        """
        self.url = _understood(url)
        self.is_sqlite = self.url.drivername == "sqlite"
        self._turns = Turns()
        self._patience = patience
        if self.is_sqlite:
            # Connections of their own: one whose settings change forgets every statement it has prepared.
            self._reader = _set_up_sqlite(_engine(self.url, patience, connections), patience, writes=False)
            self._writer = _set_up_sqlite(_engine(self.url, patience, connections), patience, writes=True)
        else:
            engine = _engine(self.url, patience, connections)
            forget_with_the_driver(engine)
            _leave_out_what_was_cut(engine)
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writer = engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees the database as its first question finds it; nothing can be written with it."""
        with said_clearly(), _Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are stored together when the block ends, and not at all if it raises.

        On SQLite only one block writes at a time, in any process: keep it short, and never open one in another.
        """
        with (
            self._turn() if self.is_sqlite else _AT_ONCE,
            said_clearly(),
            _Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
            last = session.info.pop(_LAST, None)
            if last:
                # Else what the session has not written yet would be written behind the end.
                session.flush()
                last()

    @contextmanager
    def changing_tables(self) -> Iterator[Connection]:
        """Give a connection for migrations, in one transaction in which no foreign key is checked on SQLite."""
        with (
            said_clearly(),
            self._writer.connect() as connection,
            self._without_foreign_keys(connection),
            connection.begin(),
        ):
            forget(connection)
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # SQLite lets a waiting writer look now and then: a thread that writes without a pause, such as the daily
        # run, would keep the others of its process waiting for as long as it runs.
        with self._turns.turn(self._patience) as has_turn:
            if not has_turn:
                raise busy()
            yield

    @contextmanager
    def _without_foreign_keys(self, connection: Connection) -> Iterator[None]:
        # SQLite alters a table by making it anew, which must not touch the rows that refer to it. The setting
        # counts from outside of a transaction only.
        if not self.is_sqlite:
            yield
            return
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            cursor.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._reader.dispose()
        self._writer.dispose()


def leave_for_the_end(session: Session, last: Callable[[], None]) -> None:
    """Let something be done when the session's block of `Database.writing` ends well, behind all else that it does.

    What it raises comes from there, and nothing is stored then.
    """
    session.info[_LAST] = last


class _Session(Session):
    """A session whose connection is looked for once in each transaction, and in each part that can be taken back."""

    _found: tuple[SessionTransaction, Connection] | None = None

    def rollback(self) -> None:
        """Take everything back, also what was left for the end."""
        self.info.pop(_LAST, None)
        super().rollback()

    def connection(self, *asked: Any, **more: Any) -> Connection:
        """Return the connection that the transaction is made on."""
        within = self.get_nested_transaction() or self.get_transaction()
        if self._found and self._found[0] is within:
            return self._found[1]
        found = super().connection(*asked, **more)
        within = self.get_nested_transaction() or self.get_transaction()
        self._found = (within, found) if within else None
        return found


def _understood(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _meaningless("It is no URL") from error
    if parsed.drivername in _POSTGRESQL:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername != "sqlite":
        raise _meaningless(f"“{parsed.drivername[:40]}” is neither sqlite nor postgresql")
    if not parsed.database or parsed.database == ":memory:":
        raise _meaningless("SQLite needs a file: what is in memory ends with the process")
    return parsed


def _engine(url: URL, patience: int, connections: int) -> Engine:
    pool = {"pool_size": connections, "max_overflow": 0, "pool_timeout": patience}
    try:
        if url.drivername == "sqlite":
            Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
            return create_engine(url, connect_args={"timeout": patience}, hide_parameters=True, **pool)
        settings = f"-c timezone=UTC -c lock_timeout={patience * 1000}"
        arguments = {"connect_timeout": 10, "options": settings, "application_name": "credit-policy-service"}
        return create_engine(
            url, connect_args=arguments, isolation_level="READ COMMITTED", hide_parameters=True, **pool
        )
    except NoSuchModuleError as error:
        raise _meaningless(str(error)) from error
    except OSError as error:
        raise unreachable(str(error)) from error


def _leave_out_what_was_cut(engine: Engine) -> None:
    # A server that ends a connection says so: there is something to be read where nothing was asked. To look for
    # that costs nothing, other than asking the server whether it is still there, before every transaction. What is
    # cut without a word is told by the first statement (S206).
    @event.listens_for(engine, "checkout")
    def taken(driver: Any, _record: object, _proxy: object) -> None:  # the driver's connection
        waiting = poll()
        waiting.register(driver.fileno(), POLLIN)
        if waiting.poll(0):
            raise InvalidatePoolError("the server has ended the connection")


def _set_up_sqlite(engine: Engine, patience: int, *, writes: bool) -> Engine:
    settings = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", *(() if writes else _READS_ONLY))

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:  # the driver's connection
        # Else the driver begins transactions itself, and only before the first write.
        connection.isolation_level = None
        for setting in settings:
            _apply_setting(connection, setting, patience)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _apply_setting(connection: sqlite3.Connection, setting: str, patience: int) -> None:
    # SQLite waits for nobody where a new database is given its log: of two that begin it at once one is turned away.
    ends = time.monotonic() + patience
    while True:
        try:
            connection.execute(f"PRAGMA {setting}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() >= ends:
                raise
            time.sleep(_BETWEEN_TRIES)
        else:
            return


def _meaningless(found: str) -> StorageError:
    return StorageError(
        "S201",
        f"DATABASE_URL cannot be used: {found}.",
        remedy="Write sqlite:///folder/file.db or postgresql://user:password@host/name.",
    )
