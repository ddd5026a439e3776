"""PostgreSQL crashes and comes back under two workers: they ask whoever asks to come again, and go on by themselves."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from policy_service.running import now
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.running.asking import Asking, check, opened
from tests.running.gunicorn import scheduler_of, workers
from tests.services.decisions.live import open_house
from tests.services.webhooks.receiving import LOOPBACK, World, deliveries, receiving, tell, webhook
from tests.storage.postgres import Server

ASKERS = 4
#: Answers begin again, and duties are done again, within so many seconds.
RECOVERED_WITHIN = 15.0


@pytest.fixture
def database(postgresql_url: str, server: Server) -> Iterator[Database]:
    """Give a database on a server that may be stopped."""
    if server.folder is None:
        pytest.skip("the server of TEST_DATABASE_URL is not ours to stop")
    database = Database(postgresql_url)
    yield database
    database.close()


def test_workers_go_on_by_themselves_when_the_database_is_back(
    database: Database, postgresql_url: str, server: Server
) -> None:
    """Though one of them is killed meanwhile, and another has to begin without a database."""
    asking = opened(database)
    with _receiver(database) as (house, name), workers(postgresql_url, **LETS_THROUGH) as service:
        asking.port = service.port
        with _asked(asking):
            asking.wait_for_more(20)
            (other,) = set(service.process_ids) - {scheduler_of(house)}
            server.stop()
            try:
                _until(lambda: len(asking.refused) > 2 * ASKERS)
                service.kill_one(other)
                _until(lambda: len({other, *service.process_ids}) == 3)
                time.sleep(1.5)
            finally:
                server.start()
            began = time.monotonic()
            asking.wait_for_more(20)
            tell(house, "after", at=now())
            _until(lambda: ["delivered"] == [one.state for one in deliveries(house, name)])
            _until(lambda: 2 == len(service.process_ids))
            assert time.monotonic() - began < RECOVERED_WITHIN
        assert service.process.poll() is None
        assert scheduler_of(house) in service.process_ids
    assert {503} == {status for status, _ in asking.refused}
    assert all(int(headers["Retry-After"]) > 0 for _, headers in asking.refused)
    check(database, asking.acknowledged)


LETS_THROUGH = {"WEBHOOK_ALLOW_HTTP": "yes", "WEBHOOK_ALLOWED_NETWORKS": str(LOOPBACK)}


@contextmanager
def _receiver(database: Database) -> Iterator[tuple[House, str]]:
    house = open_house(database)
    house.settings = replace(house.settings, webhook_allow_http=True, webhook_allowed_networks=(LOOPBACK,))
    with receiving() as receiver:
        yield house, webhook(house, receiver.url, World(now()))
    house.policies.close()


@contextmanager
def _asked(asking: Asking) -> Iterator[None]:
    with ThreadPoolExecutor(ASKERS) as threads:
        asked = [threads.submit(asking.ask_until_the_end, asker) for asker in range(ASKERS)]
        try:
            yield
        finally:
            asking.ends.set()
        for one in asked:
            one.result()


def _until(holds: Callable[[], bool]) -> None:
    gives_up = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < gives_up
        time.sleep(0.05)
