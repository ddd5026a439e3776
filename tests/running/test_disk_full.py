"""The disk of the database really is full: what is refused leaves nothing, and what was acknowledged stays.

On a small file system of its own, which only root may mount.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import copy, which
from tempfile import mkdtemp

import pytest
from werkzeug.test import TestResponse

from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.migrate import upgrade
from tests.api.conftest import app, app_of_all, client, clock, house  # noqa: F401  # fixtures
from tests.api.deciding import ask, body_of, shop
from tests.api.house import Client
from tests.running.test_database_faults import is_whole
from tests.storage.postgres import NoPostgreSQL, server_in

MOUNT, UMOUNT = which("mount") or "", which("umount") or ""
#: What a full disk may be told as: full, the connection lost, the server not there.
REFUSED = ("S205", "S206", "S202")


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Give the folder of a file system with so much room; skip the test where none can be mounted."""
    if os.geteuid() != 0 or not (MOUNT and UMOUNT):
        pytest.skip("only root can mount a small file system")
    folder = Path(mkdtemp(prefix="disk-"))
    try:
        mount = [MOUNT, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("no file system can be mounted here")
        try:
            yield folder
        finally:
            subprocess.run([UMOUNT, "-l", str(folder)], check=True)
    finally:
        folder.rmdir()


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Let the disk be full while the block lasts."""
    ballast = folder / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        yield
    finally:
        ballast.unlink()


@pytest.fixture
def disks() -> Iterator[ExitStack]:
    """Give what closes behind the test all that it has opened."""
    with ExitStack() as stack:
        yield stack


class TestOnSQLite:
    """The file, and what is written beside it."""

    @pytest.fixture
    def folder(self, disks: ExitStack) -> Path:
        """Give the disk of the database."""
        return disks.enter_context(small_disk(8))

    @pytest.fixture
    def database(self, folder: Path, migrated_file: Path) -> Iterator[Database]:
        """Give a database on it."""
        database = Database(f"sqlite:///{copy(migrated_file, folder / 'policy.db')}")
        yield database
        database.close()

    def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(
        self,
        client: Client,  # noqa: F811  # a fixture
        house: House,  # noqa: F811
        folder: Path,
    ) -> None:
        asking = shop(client)
        accepted = [_accepted(ask(asking, order_id="before"))]
        with full(folder):
            accepted += _until_refused(asking, "S205")
            assert 200 == asking.get("/v1/decisions").status_code
            is_whole(house, set(accepted))
        accepted.append(_accepted(ask(asking, order_id="after")))
        is_whole(house, set(accepted))


class TestOnPostgreSQL:
    """The whole server: tables are told to be full (S205); where its log is, the server ends, and has to be started."""

    @pytest.fixture
    def folder(self, disks: ExitStack) -> Path:
        """Give the disk of the server."""
        return disks.enter_context(small_disk(160))

    @pytest.fixture
    def database(self, folder: Path, disks: ExitStack) -> Iterator[Database]:
        """Give a database on it."""
        try:
            self.server = disks.enter_context(server_in(folder, wal_segsize=1))
        except NoPostgreSQL as reason:
            pytest.skip(str(reason))
        database = Database(self.server.create())
        upgrade(database)
        yield database
        database.close()

    def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(
        self,
        client: Client,  # noqa: F811
        house: House,  # noqa: F811
        folder: Path,
    ) -> None:
        asking = shop(client)
        accepted = [_accepted(ask(asking, order_id="before"))]
        with full(folder):
            accepted += _until_refused(asking, *REFUSED)
        self.server.restart()
        accepted.append(_accepted(ask(asking, order_id="after")))
        is_whole(house, set(accepted))


def _until_refused(asking: Client, *codes: str) -> list[str]:
    accepted = []
    for number in range(2_000):
        answer = ask(asking, order_id=f"full-{number}")
        if answer.status_code != 201:
            assert body_of(answer, 503)["code"] in codes
            assert int(answer.headers["Retry-After"]) > 0
            return accepted
        accepted.append(_accepted(answer))
    raise AssertionError(len(accepted))


def _accepted(answer: TestResponse) -> str:
    return str(body_of(answer)["order"]["order_id"])
