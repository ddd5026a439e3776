"""Bring a database to the tables of this program, tell whether it has them, and take it back."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError, not_migrated

_MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
#: Any number that nobody else locks under.
_LOCK: Final = 7_203_118_551


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to the newest tables, in one transaction; of several processes one does it.

    StorageError S204 for a database that a newer program has been at.
    """
    with database.changing_tables() as connection:
        _take_turns(connection)
        _refuse_newer(connection)
        command.upgrade(_config(connection), revision)


def set_up(database: Database) -> None:
    """Make the tables in a database that has none; return if it has those of this program.

    StorageError S203 for one with older tables: bringing these up to date is for a person to start, behind a backup.
    """
    with database.reading() as session:
        is_empty = _revision_of(session.connection()) is None
    if is_empty:
        upgrade(database)
    require_current(database)


def downgrade(database: Database, revision: str = "base") -> None:
    """Take the database back to an older state, with all that is kept in newer tables lost."""
    with database.changing_tables() as connection:
        _take_turns(connection)
        _refuse_newer(connection)
        command.downgrade(_config(connection), revision)


def require_current(database: Database) -> None:
    """Return if the database has the tables of this program.

    StorageError S203 if it lacks some, S204 if a newer program has been at it, S202 if it does not answer.
    """
    with database.reading() as session:
        connection = session.connection()
        _refuse_newer(connection)
        if _revision_of(connection) != _scripts().get_current_head():
            raise not_migrated()


def _refuse_newer(connection: Connection) -> None:
    found = _revision_of(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise StorageError(
            "S204",
            f"The database is of a newer version of the program: it stands at {found[:40]}.",
            remedy="Start that version, or restore the backup made before it.",
        )


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _take_turns(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_MIGRATIONS))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
