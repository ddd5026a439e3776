"""Every test that asks for `database` runs on SQLite and on PostgreSQL, each time on an empty one of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_service.storage.database import Database
from policy_service.storage.migrate import upgrade
from tests.storage.books import empty
from tests.storage.postgres import NoPostgreSQL, Server, running_server


@pytest.fixture(scope="session")
def any_server() -> Iterator[Server | str]:
    """Give the session's PostgreSQL, or say why there is none."""
    try:
        with running_server() as server:
            yield server
    except NoPostgreSQL as reason:
        yield str(reason)


@pytest.fixture
def server(any_server: Server | str) -> Server:
    """Give the session's PostgreSQL; skip the test where there is none."""
    if isinstance(any_server, str):
        pytest.skip(any_server)
    return any_server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with every table, to copy."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def migrated_on_server(any_server: Server | str) -> Iterator[str]:
    """Give the URL of a PostgreSQL database with every table; none without a server."""
    if isinstance(any_server, str):
        yield ""
        return
    url = any_server.create()
    database = Database(url)
    upgrade(database)
    database.close()
    yield url
    any_server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Server = request.getfixturevalue("server")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """Give the URL of a SQLite database with every table and no row."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'policy.db')}"


@pytest.fixture
def postgresql_url(server: Server, migrated_on_server: str) -> Iterator[str]:  # the server, or a skip
    """Give the URL of a PostgreSQL database with every table and no row."""
    yield migrated_on_server
    database = Database(migrated_on_server)
    empty(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a database with every table and no row, of either kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Give a database with every table and no row, of either kind."""
    database = Database(url)
    yield database
    database.close()
