"""Reaching a database: what a URL has to say, and what becomes of connections that are cut or a server that is gone."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError, Unavailable
from tests.storage.decisions import append, decided
from tests.storage.names import add, code_of, names
from tests.storage.postgres import Server

_CUT_ALL_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "policy.db",
        "mysql://u:p@h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///x.db",
        "postgresql+asyncpg:///x",
    ],
)
def test_a_url_that_means_nothing_is_refused(url: str) -> None:
    with pytest.raises(StorageError) as refused:
        Database(url)
    assert "S201" == code_of(refused)
    assert "DATABASE_URL" in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_name_of_postgresql_means_it(scheme: str) -> None:
    database = Database(f"{scheme}://ada:secret@127.0.0.1:1/x")
    with pytest.raises(Unavailable) as refused:
        names(database)
    assert "S202" == code_of(refused)
    assert "secret" not in str(refused.value)
    database.close()


def test_a_folder_that_does_not_exist_is_made_and_one_that_cannot_be_is_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'policy.db'}")
    database.close()
    assert (tmp_path / "new").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(StorageError) as refused:
        Database(f"sqlite:///{tmp_path / 'file' / 'policy.db'}")
    assert "S202" == code_of(refused)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.db").write_text("a diary, and a long one: " * 200)
    database = Database(f"sqlite:///{tmp_path / 'policy.db'}")
    with pytest.raises(StorageError) as refused:
        names(database)
    assert "S217" == code_of(refused)
    database.close()


def test_a_database_without_tables_says_so(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(StorageError) as refused:
        names(database)
    assert "S203" == code_of(refused)
    database.close()


def test_a_password_that_is_wrong_and_a_database_that_is_not_there_are_unreachable(server: Server) -> None:
    database = Database(server.url.replace("/postgres?", "/not_there?"))
    with pytest.raises(Unavailable) as refused:
        names(database)
    assert "S202" == code_of(refused)
    database.close()


def test_sqlite_keeps_what_it_promises(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.reading() as session:
        settings = [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert ["wal", 2, 1] == settings
    database.close()


def test_postgresql_speaks_of_instants_in_utc(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.reading() as session:
        assert "UTC" == session.scalar(text("SHOW timezone"))
    database.close()


def test_a_cut_connection_is_told_and_the_next_one_works(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with pytest.raises(Unavailable) as refused, database.writing() as session:
        _go_on_when_cut(database, session)
    assert "S206" == code_of(refused)
    add(database, "later")
    assert ["later"] == names(database)
    database.close()


def test_connections_cut_while_idle_are_not_noticed(postgresql_url: str) -> None:
    database, other = Database(postgresql_url, connections=2), Database(postgresql_url)
    add(database, "first")
    with other.writing() as session:
        session.execute(text(_CUT_ALL_OTHERS))
    assert ["first"] == names(database)
    database.close()
    other.close()


def test_a_crashed_and_restarted_server_is_found_again_with_everything_acknowledged(
    postgresql_url: str, server: Server
) -> None:
    if server.folder is None:
        pytest.skip("the server of TEST_DATABASE_URL is not ours to stop")
    database = Database(postgresql_url)
    append(database, *(decided(f"D{number}") for number in range(5)))
    server.stop()
    try:
        with pytest.raises(Unavailable) as refused:
            append(database, decided("lost"))
        assert refused.value.code in {"S202", "S206"}
    finally:
        server.start()
    append(database, decided("D5"))
    with database.reading() as session:
        assert 6 == session.scalar(text("SELECT max(sequence) FROM decisions"))
    database.close()


def _go_on_when_cut(database: Database, session: Session) -> None:
    process = session.scalar(text("SELECT pg_backend_pid()"))
    with database.reading() as other:
        other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
    session.execute(text("SELECT 1"))
