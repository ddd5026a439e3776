"""The service as an operator runs it: two workers under gunicorn, over a database that the test has."""

import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from policy_service.domain.permissions import Role
from policy_service.leases import SCHEDULER
from policy_service.running import now
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.lease_holders import holder
from tests.api.house import store_person
from tests.nursery import Born, born
from tests.plain_http import NO_CERTIFICATES
from tests.ports import reserved_port
from tests.services.decisions.live import furnish, open_house

_WORKERS = 2
_SECONDS_TO_DIE = 60
#: To import everything took three quarters of a minute where others had most of the machine.
_SECONDS_TO_BEGIN = 300


@dataclass(frozen=True, slots=True)
class Workers:
    """Where they answer, and the process that begins them anew."""

    port: int
    process: Born

    @property
    def address(self) -> str:
        """The beginning of every URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The ids of the worker processes that there are now."""
        parent = self.process.pid
        return tuple(map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()))

    def kill_one(self, process_id: int) -> None:
        """Kill a worker as the kernel does where memory ends, and wait until its connections are closed."""
        watched = os.pidfd_open(process_id)
        try:
            os.kill(process_id, signal.SIGKILL)
            assert select.select([watched], [], [], _SECONDS_TO_DIE)[0]
        finally:
            os.close(watched)


@contextmanager
def opened(url: str) -> Iterator[House]:
    """Give a house with the small policy in force, and ada, who may ask."""
    house = open_house(Database(url))
    furnish(house)
    store_person(house, "ada", Role.SYSTEM)
    try:
        yield house
    finally:
        house.close()


@contextmanager
def workers(url: str, *, is_cold: bool = False, **settings: str) -> Iterator[Workers]:
    """Give two workers, stopped as an operator does when the block ends; cold ones begin as from a shell."""
    given = {"DATABASE_URL": url, "DEFAULT_POLICY": "house", "WRITER_NAME": "host", "LOG_FORMAT": "json"}
    given |= {"RATE_LIMIT_PER_MINUTE": "99999", "WEB_CONCURRENCY": str(_WORKERS), **settings}
    command = ("gunicorn", "--config", "python:policy_service.gunicorn_conf")
    with (
        reserved_port() as port,
        born(*command, environment={**given, "PORT": str(port)}, is_cold=is_cold) as server,
    ):
        made = Workers(port, server)
        until_ready(made.address)
        yield made
        server.send_signal(signal.SIGTERM)
        assert 0 == server.wait(60)


def scheduler_of(house: House) -> int:
    """Return the id of the process that has the duties of one, as soon as there is one."""
    ends = time.monotonic() + 60
    while True:
        with house.database.reading() as session:
            found = holder(session, SCHEDULER)
        if found is not None and found.until > now():
            return int(found.by.split("/")[1])
        assert time.monotonic() < ends
        time.sleep(0.1)


def until_ready(address: str) -> None:
    """Return when the service can answer."""
    ends = time.monotonic() + _SECONDS_TO_BEGIN
    while not _is_ready(address):
        assert time.monotonic() < ends
        time.sleep(0.1)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5, verify=NO_CERTIFICATES).status_code == 200
    except httpx.TransportError:
        return False
