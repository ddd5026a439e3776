"""Statements run on PostgreSQL by libpq itself: made ready once on each connection, then named with their values.

A cursor of psycopg reads through the text again each time, from end to end where it is long, and makes much that
nobody asks for: that costs several times what the statement does. Values go and come as psycopg writes and reads them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from select import POLLIN, POLLOUT, poll
from typing import Any, Final

import psycopg
from psycopg.abc import Transformer
from psycopg.adapt import PyFormat
from psycopg.adapt import Transformer as NewTransformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg


class Counted(PGDialect_psycopg):
    """The same SQL, with parameters as the server counts them."""

    def __init__(self) -> None:
        super().__init__(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


#: Under which a connection keeps what is ready on it.
_KEY: Final = "ready_statements"
_DONE: Final = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


@dataclass(slots=True)
class _Ready:
    """What is ready on a connection; without names nobody knows, and the server is asked."""

    adapting: Transformer
    names: set[bytes] | None = None


def run(connection: Connection, name: bytes, text: str, values: Sequence[Any]) -> tuple[Sequence[Sequence[Any]], int]:
    """Return the rows of a statement, and to how many it was done; `text` counts its parameters: $1, $2.

    `name` names this text and no other, in all of the process. psycopg.Error for whatever goes wrong.
    """
    link, adapting = _made_ready(connection, name, text)
    result = _checked(link.exec_prepared(name, _written(adapting, values)))
    if not result.nfields:
        return (), result.command_tuples or 0
    adapting.set_pgresult(result)
    rows: Sequence[Sequence[Any]] = adapting.load_rows(0, result.ntuples, tuple)
    return rows, result.ntuples


def run_each(connection: Connection, name: bytes, text: str, rows: Iterable[Sequence[Any]]) -> None:
    """Do what a statement says with each of these values, in their order, without waiting for one after the other.

    psycopg.Error for the first that goes wrong; those behind it are not done.
    """
    link, adapting = _made_ready(connection, name, text)
    link.enter_pipeline_mode()
    try:
        for values in rows:
            link.send_query_prepared(name, _written(adapting, values))
        link.pipeline_sync()
        results = list(_until_sync(link))
    finally:
        if link.status == ConnStatus.OK:
            link.exit_pipeline_mode()
    for result in results:
        _checked(result)


def _made_ready(connection: Connection, name: bytes, text: str) -> tuple[PGconn, Transformer]:
    driver: Any = connection.connection.dbapi_connection
    link: PGconn = driver.pgconn
    ready: _Ready = connection.info.get(_KEY) or connection.info.setdefault(_KEY, _Ready(NewTransformer(driver)))
    if link.transaction_status == TransactionStatus.IDLE:
        _checked(link.exec_(_begin(driver.isolation_level, driver.read_only)))
    if ready.names is None:
        ready.names = _names(link)
    if name not in ready.names:
        _checked(link.prepare(name, text.encode()))
        ready.names.add(name)
    return link, ready.adapting


def _written(adapting: Transformer, values: Sequence[Any]) -> Any:  # bytes, and None for NULL
    return adapting.dump_sequence(values, [PyFormat.TEXT] * len(values))


def _until_sync(link: PGconn) -> Iterator[PGresult]:
    while True:
        _wait_for_an_answer(link)
        result = link.get_result()
        # Nothing stands behind the answer to each.
        if result is None:
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return
        yield result


def _wait_for_an_answer(link: PGconn) -> None:
    # Other threads go on meanwhile. The server may want its answers read before it reads on.
    waiting = poll()
    while (is_unsent := link.flush()) or link.is_busy():
        waiting.register(link.socket, POLLIN | POLLOUT if is_unsent else POLLIN)
        waiting.poll()
        link.consume_input()


def forget_with_the_driver(engine: Engine) -> None:
    """Ask the server what is ready wherever psycopg may have let it forget that: whenever something is taken back."""

    @event.listens_for(engine, "rollback")
    def rolled_back(connection: Connection) -> None:
        forget(connection)

    @event.listens_for(engine, "rollback_savepoint")
    def taken_back(connection: Connection, _name: str, _context: None) -> None:
        forget(connection)

    @event.listens_for(engine, "reset")
    def given_back(driver: Any, record: Any, _state: Any) -> None:  # a connection that goes back to its pool
        if driver.closed or driver.pgconn.transaction_status != TransactionStatus.IDLE:
            _forget(record.info)


def forget(connection: Connection) -> None:
    """Ask the server what is ready on this connection before the next statement."""
    if not connection.invalidated:
        _forget(connection.info)


def _forget(info: dict[Any, Any]) -> None:
    ready: _Ready | None = info.get(_KEY)
    if ready:
        ready.names = None


def _names(link: PGconn) -> set[bytes]:
    found = _checked(link.exec_(b"SELECT name FROM pg_prepared_statements WHERE NOT from_sql"))
    return {found.get_value(row, 0) or b"" for row in range(found.ntuples)}


@lru_cache
def _begin(level: psycopg.IsolationLevel | None, is_read_only: bool | None) -> bytes:
    words = ["BEGIN"]
    if level is not None:
        words += ["ISOLATION LEVEL", level.name.replace("_", " ")]
    if is_read_only is not None:
        words += ["READ ONLY" if is_read_only else "READ WRITE"]
    return " ".join(words).encode()


def _checked(result: PGresult) -> PGresult:
    if result.status not in _DONE:
        raise error_from_result(result)
    return result
