"""Statements run on PostgreSQL by libpq itself: made ready once on each connection, then named with their values.

A cursor of psycopg reads through the text again each time, from end to end where it is long, and makes much that
nobody asks for: that costs several times what the statement does. Values go and come as psycopg writes and reads them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from select import POLLIN, POLLOUT, poll
from typing import Any, Final, TypeAlias

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
#: The name of a statement, its text, and its values in their order.
Asked: TypeAlias = tuple[bytes, str, Sequence[Any]]
#: The rows of a statement, and to how many it was done.
Found: TypeAlias = tuple[Sequence[Sequence[Any]], int]
#: Named like other statements: to read three words takes a server longer than to do what they say.
_COMMIT: Final[Asked] = (b"policy_commit", "COMMIT", ())


@dataclass(slots=True)
class _Ready:
    """What is ready on a connection; without names nobody knows, and the server is asked."""

    adapting: Transformer
    names: set[bytes] | None = None


def run(connection: Connection, name: bytes, text: str, values: Sequence[Any]) -> Found:
    """Return the rows of a statement, and to how many it was done; `text` counts its parameters: $1, $2.

    `name` names this text and no other, in all of the process. psycopg.Error for whatever goes wrong.
    """
    link, adapting = _made_ready(connection, name, text)
    return _found(adapting, _checked(link.exec_prepared(name, _written(adapting, values))))


def run_together(connection: Connection, asked: Sequence[Asked], *, ends: bool = False) -> Sequence[Found]:
    """Return what `run` does of each statement, all sent at once: the next one begins when the one before is done.

    Each sees what was committed before it began. With `ends` the transaction is committed behind the last.
    psycopg.Error for the first that goes wrong; those behind it are not done, nor is anything committed.
    """
    driver, ready = _known(connection)
    link: PGconn = driver.pgconn
    begins = link.transaction_status == TransactionStatus.IDLE
    before = (_begin(driver.isolation_level, driver.read_only),) if begins else ()
    every = (*before, *asked, _COMMIT) if ends else (*before, *asked)
    _prepare(link, ready, ((name, text) for name, text, _ in every))
    written = [(name, _written(ready.adapting, values) if values else None) for name, _, values in every]
    link.enter_pipeline_mode()
    try:
        for name, values in written:
            link.send_query_prepared(name, values)
        link.pipeline_sync()
        results = list(_until_sync(link))
    finally:
        if link.status == ConnStatus.OK:
            link.exit_pipeline_mode()
    found = [_found(ready.adapting, _checked(result)) for result in results]
    return found[1 if begins else 0 : len(found) - (1 if ends else 0)]


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
    driver, ready = _known(connection)
    link: PGconn = driver.pgconn
    begin, words, _ = _begin(driver.isolation_level, driver.read_only)
    _prepare(link, ready, ((begin, words), (name, text)))
    if link.transaction_status == TransactionStatus.IDLE:
        _checked(link.exec_prepared(begin, None))
    return link, ready.adapting


def _known(connection: Connection) -> tuple[Any, _Ready]:
    driver: Any = connection.connection.dbapi_connection
    info = connection.info
    return driver, info.get(_KEY) or info.setdefault(_KEY, _Ready(NewTransformer(driver)))


def _prepare(link: PGconn, ready: _Ready, statements: Iterable[tuple[bytes, str]]) -> None:
    if ready.names is None:
        ready.names = _names(link)
    for name, text in statements:
        if name not in ready.names:
            _checked(link.prepare(name, text.encode()))
            ready.names.add(name)


def _found(adapting: Transformer, result: PGresult) -> Found:
    if not result.nfields:
        return (), result.command_tuples or 0
    adapting.set_pgresult(result)
    return adapting.load_rows(0, result.ntuples, tuple), result.ntuples


def _written(adapting: Transformer, values: Sequence[Any]) -> Any:  # bytes, and None for NULL
    return adapting.dump_sequence(values, [PyFormat.TEXT] * len(values))


def _until_sync(link: PGconn) -> Iterator[PGresult]:
    _wait_for_an_answer(link)
    while True:
        if link.is_busy():
            _wait_for_an_answer(link)
        result = link.get_result()
        # Nothing stands behind the answer to each, nor behind the last of a server that has gone.
        if result is None:
            if link.status != ConnStatus.OK:
                raise psycopg.OperationalError(link.get_error_message())
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
def _begin(level: psycopg.IsolationLevel | None, is_read_only: bool | None) -> Asked:
    words = ["BEGIN"]
    if level is not None:
        words += ["ISOLATION LEVEL", level.name.replace("_", " ")]
    if is_read_only is not None:
        words += ["READ ONLY" if is_read_only else "READ WRITE"]
    text = " ".join(words)
    return f"policy {text}".lower().replace(" ", "_").encode(), text, ()


def _checked(result: PGresult) -> PGresult:
    if result.status not in _DONE:
        raise error_from_result(result)
    return result
