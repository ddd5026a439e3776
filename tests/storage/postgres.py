"""A real PostgreSQL for tests: the one of TEST_DATABASE_URL, else one of our own that ends with the session."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

_SETTINGS = {
    # The machine is not to lose power during a test; a killed server keeps what the system has.
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "listen_addresses": "''",
    "logging_collector": "off",
}
_numbers = count()


class NoPostgreSQL(Exception):
    """Why there is none on this machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server where databases can be made; `folder` and `binaries` only of one that we run ourselves."""

    url: str
    folder: Path | None = None
    binaries: Path | None = None

    def create(self) -> str:
        """Return the URL of a new database."""
        name = f"policy_test_{os.getpid()}_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Take a database away, whoever uses it."""
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def restart(self) -> None:
        """Crash the server and start it again."""
        self._control("restart", "-m", "immediate", "-w", *self._own_log())

    def stop(self) -> None:
        """Stop the server."""
        self._control("stop", "-m", "immediate", "-w")

    def start(self) -> None:
        """Start the server."""
        self._control("start", "-w", *self._own_log())

    def _own_log(self) -> tuple[str, str]:
        # Else the server keeps the pipe of pg_ctl open, and whoever reads it waits for as long as the server runs.
        assert self.folder is not None
        return "-l", str(self.folder / "log")

    def _control(self, *words: str) -> None:
        assert self.folder is not None
        assert self.binaries is not None
        _as_somebody(self.binaries / "pg_ctl", "-D", str(self.folder / "data"), *words)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_server() -> Iterator[Server]:
    """Give a server for the session; NoPostgreSQL says why there is none."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(given)
        return
    # The session's own folder may be closed to others, and a socket's path has to be short.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        with server_in(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_in(folder: Path, wal_segsize: int = 16) -> Iterator[Server]:
    """Give a server of our own in the folder, with a log in pieces of so many megabytes."""
    server = _first_start(folder, _binaries(), wal_segsize)
    try:
        yield server
    finally:
        server.stop()


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise NoPostgreSQL("no PostgreSQL here: set TEST_DATABASE_URL, or install the package postgresql")


def _first_start(folder: Path, binaries: Path, wal_segsize: int) -> Server:
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    initdb = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-D", str(folder / "data"))
    _as_somebody(binaries / "initdb", *initdb, f"--wal-segsize={wal_segsize}")
    settings = "".join(f"{name} = {value}\n" for name, value in _SETTINGS.items())
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"{settings}unix_socket_directories = '{folder}'\n")
    server = Server(f"postgresql://postgres@/postgres?host={folder}", folder, binaries)
    server.start()
    return server


def _unprivileged() -> str:
    # PostgreSQL refuses to be run by root.
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody"):
        if name in {entry.pw_name for entry in pwd.getpwall()}:
            return name
    raise NoPostgreSQL("run as root, and there is neither a user postgres nor nobody to run PostgreSQL as")


def _as_somebody(program: Path, *words: str) -> None:
    user = _unprivileged()
    done = subprocess.run(
        [str(program), *words],
        user=user or None,
        cwd=tempfile.gettempdir(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        raise NoPostgreSQL(f"{program.name} failed: {done.stdout[-500:]}")
