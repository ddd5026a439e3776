"""Errors of the storage, and the driver's errors said in the same words on both databases.

StorageError                     codes S2xx
├── Unavailable                  the database cannot do it now: S202, S205, S206, S207
├── Conflict                     somebody else was there before: S208, S210
└── NotStored                    nothing is stored under that id: S209
"""

import sqlite3
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from policy_service.domain.errors import PolicyServiceError


class StorageError(PolicyServiceError):
    """The database cannot be used as it is, or what is to be stored does not fit."""


class Unavailable(StorageError):
    """The database cannot do it now; the same call may succeed later."""


class Conflict(StorageError):
    """Somebody else changed it, or stored it, in between."""


class NotStored(StorageError):
    """Nothing is stored under that id."""


#: What SQLite says in the low byte of its result codes.
_SQLITE_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_NO_FILE: Final = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_SQLITE_DAMAGED: Final = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}
)
#: Serialization failure, deadlock, lock timeout.
_POSTGRESQL_BUSY: Final = frozenset({"40001", "40P01", "55P03"})
_POSTGRESQL_NO_TABLE: Final = "42P01"
_POSTGRESQL_FULL: Final = "53100"
#: The server ends: by an operator's word, by a crash, not yet up.
_POSTGRESQL_SHUT_DOWN: Final = ("57P", "08")


def translated(error: Exception) -> Exception:
    """Return a driver's error as a StorageError where it says something of the database; any other as it is."""
    if isinstance(error, StaleDataError):
        return changed_since_read("what was to be changed")
    if isinstance(error, StatementError) and isinstance(error.orig, PolicyServiceError):
        return error.orig
    if isinstance(error, PoolTimeout):
        return Unavailable("S207", "Every connection to the database is in use.", remedy="Ask again.")
    # Rows stored in bulk are handed to the driver itself, whose errors arrive bare.
    match error.orig if isinstance(error, DBAPIError) else error:
        case psycopg.Error() as cause:
            return _of_postgresql(cause) or error
        case sqlite3.Error() as cause:
            return _of_sqlite(cause) or error
        case _:
            return error


def changed_since_read(what: str) -> Conflict:
    """Return the refusal of a change to what somebody else has changed in between."""
    return Conflict("S208", f"Somebody else changed {what}.", remedy="Read it again, then change it.")


def refuse_if_changed(what: str, now: int, as_read: int | None) -> None:
    """Return unless `what` was read at another revision than it is at now; Conflict S208. None: whichever it is at."""
    if as_read not in (None, now):
        raise changed_since_read(what)


def not_stored(what: str) -> NotStored:
    """Return the error for an id under which nothing is stored."""
    return NotStored("S209", f"There is no {what}.", remedy="Check the id.")


def no_ledger_yet() -> NotStored:
    """Return the error for a database into which no ledger was imported yet."""
    return NotStored(
        "S209",
        "There is no ledger yet.",
        remedy="Import one: policy import FOLDER --store --as LOGIN, or POST /v1/imports.",
    )


def not_migrated() -> StorageError:
    """Return the error for a database without the tables of this program."""
    return StorageError(
        "S203",
        "The database lacks tables or columns of this version of the program.",
        remedy="Bring it up to date: policy database upgrade.",
    )


def unreachable(found: str) -> Unavailable:
    """Return the error for a database that does not answer."""
    return Unavailable(
        "S202", f"The database cannot be reached: {found}", remedy="Start it, or correct DATABASE_URL and its rights."
    )


def _of_sqlite(cause: sqlite3.Error) -> StorageError | None:
    result = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if result in _SQLITE_BUSY:
        return busy()
    if result == sqlite3.SQLITE_FULL:
        return _full()
    if result in _SQLITE_NO_FILE:
        return unreachable(_first_line(cause))
    if result in _SQLITE_DAMAGED:
        return _damaged(_first_line(cause))
    if isinstance(cause, sqlite3.IntegrityError):
        return _stored_already(_first_line(cause))
    return not_migrated() if "no such table" in str(cause) else None


def _of_postgresql(cause: psycopg.Error) -> StorageError | None:
    state = cause.sqlstate or ""
    if state in _POSTGRESQL_BUSY:
        return busy()
    if state == _POSTGRESQL_FULL:
        return _full()
    if state == _POSTGRESQL_NO_TABLE:
        return not_migrated()
    if isinstance(cause, psycopg.IntegrityError):
        return _stored_already(_first_line(cause))
    if not isinstance(cause, psycopg.OperationalError):
        return None
    # A connection that was never made has no state, one that was cut has none either but had been made.
    was_made = cause.pgconn is None or state.startswith(_POSTGRESQL_SHUT_DOWN)
    return _lost(_first_line(cause)) if was_made else unreachable(_first_line(cause))


def busy() -> Unavailable:
    """Return the error for a writer whose turn did not come."""
    return Unavailable("S207", "Another writer holds the database.", remedy="Ask again.")


def _full() -> Unavailable:
    return Unavailable(
        "S205", "The disk of the database is full; nothing was stored.", remedy="Make room, then ask again."
    )


def _lost(found: str) -> Unavailable:
    return Unavailable(
        "S206",
        f"The connection to the database was lost: {found}",
        remedy="Ask again; whether the last change was stored is found by reading it.",
    )


def _damaged(found: str) -> StorageError:
    return StorageError(
        "S217",
        f"The database file cannot be used: {found}.",
        remedy="Check that it is a SQLite file that may be written; else restore it from a backup.",
    )


def _stored_already(found: str) -> Conflict:
    return Conflict(
        "S210",
        f"Something with that id is stored already, or what it refers to is not: {found}.",
        remedy="Use a new id, or store first what it refers to.",
    )


def _first_line(cause: Exception) -> str:
    return str(cause).strip().split("\n")[0][:300]


class said_clearly:  # noqa: N801  # reads like the function it stands for, at a tenth of its cost
    """A block in which errors of the database and its drivers become those of this service."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise what the error is in the words of this service."""
        if isinstance(error, SQLAlchemyError | psycopg.Error | sqlite3.Error):
            clear = translated(error)
            if clear is not error:
                raise clear from error
