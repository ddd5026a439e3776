"""Every test that asks for `database` runs on SQLite and on PostgreSQL, each time on an empty one of its own."""

import gc
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.migrate import upgrade
from tests.examples import try_examples
from tests.services.decisions.lending import CompiledOnce
from tests.services.decisions.live import furnish, open_house
from tests.services.house import house_policy
from tests.storage.books import empty
from tests.storage.postgres import NoPostgreSQL, Server, running_server
from tests.storage.rows import fill

try_examples()

#: So many seconds the simulator may take to be compiled.
_LONGEST = 900


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: at the end it would keep one process while the others have nothing left to do."""
    items.sort(key=lambda item: item.get_closest_marker("begins_early") is None)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what is there before any test: a million objects, again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let it free them at the end: libraries complain of what is left of theirs."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def compiled_code() -> None:
    """Wait until the simulator is compiled, which ./test begins with, so that no test compiles it a second time."""
    named = os.environ.get("SIMULATOR_IS_COMPILED")
    if named is None:
        return
    ends = time.monotonic() + _LONGEST
    while not Path(named).exists():
        assert not Path(f"{named}.not").exists(), "The code of the simulator could not be compiled: see above."
        assert time.monotonic() < ends, "The code of the simulator is not compiled yet."
        time.sleep(0.2)


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


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which each test finds its SQLite file, always of the same name."""
    return tmp_path_factory.mktemp("sqlite")


@pytest.fixture(scope="session")
def databases() -> Mapping[str, Database]:
    """Give the database of each URL, closed between tests: kept, it knows the SQL of what was asked before.

    Otherwise a small test spends half of its time on putting together the SQL that the one before it had, too.
    """
    return _Databases()


@pytest.fixture
def sqlite_url(sqlite_folder: Path, migrated_file: Path) -> str:
    """Give the URL of a SQLite database with every table and no row."""
    shutil.rmtree(sqlite_folder)
    sqlite_folder.mkdir()
    return f"sqlite:///{shutil.copy(migrated_file, sqlite_folder / 'policy.db')}"


@pytest.fixture
def postgresql_url(
    server: Server,  # or a skip
    migrated_on_server: str,
    databases: Mapping[str, Database],
) -> Iterator[str]:
    """Give the URL of a PostgreSQL database with every table and no row."""
    yield migrated_on_server
    database = databases[migrated_on_server]
    empty(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a database with every table and no row, of either kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(url: str, databases: Mapping[str, Database]) -> Iterator[Database]:
    """Give a database with every table and no row, of either kind."""
    database = databases[url]
    yield database
    database.close()


@pytest.fixture(scope="session")
def compiled_once() -> Iterator[CompiledOnce]:
    """Give the policies that most houses of the tests have, compiled."""
    kept = CompiledOnce()
    yield kept
    kept.close()


@pytest.fixture
def bare(database: Database, compiled_once: CompiledOnce) -> Iterator[House]:
    """Give a house with nothing in it."""
    made = open_house(database)
    compiled_once.lend(made, house_policy())
    yield made
    made.policies.close()


@pytest.fixture
def house(bare: House) -> House:
    """Give a house with the small policy in force and its ledger stored; some folders have another."""
    fill(bare, "furnished", furnish)
    return bare


class _Databases(dict[str, Database]):
    def __missing__(self, url: str) -> Database:
        return self.setdefault(url, Database(url))
