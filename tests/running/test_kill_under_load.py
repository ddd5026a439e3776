"""The service killed at any moment under load: what it acknowledged is there, and every order has one effect."""

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from policy_service.storage.database import Database
from tests.nursery import Born, born
from tests.running.asking import Asking, check, opened

ASKERS = 3
#: Of the orders acknowledged before and between the kills.
ASKED_AGAIN = 200


def service(url: str) -> AbstractContextManager[Born]:
    """Give the service, begun anew whenever it is killed; all of it is killed at the latest when the block ends."""
    settings = {"DATABASE_URL": url, "DEFAULT_POLICY": "house", "WRITER_NAME": "host", "LOG_FORMAT": "json"}
    return born("tests.running.serving", environment=settings)


def test_a_service_killed_under_load_loses_nothing_and_does_nothing_twice(database: Database, url: str) -> None:
    _kill_under_load(database, url, times=6, seed=11)


@pytest.mark.long
def test_a_service_killed_hundreds_of_times_loses_nothing_and_does_nothing_twice(database: Database, url: str) -> None:
    _kill_under_load(database, url, times=250, seed=13)


def _kill_under_load(database: Database, url: str, times: int, seed: int) -> None:
    asking = opened(database)
    delays = random.Random(seed)
    with service(url) as parent, ThreadPoolExecutor(ASKERS + 1) as threads:
        process_id = _begun(parent, asking)
        asked = [threads.submit(asking.ask_until_the_end, asker) for asker in range(ASKERS)]
        asked.append(threads.submit(asking.send_batches_until_the_end))
        try:
            for _ in range(times):
                asking.wait_for_more(delays.randrange(6))
                time.sleep(delays.uniform(0, 0.1))
                os.kill(process_id, signal.SIGKILL)
                process_id = _begun(parent, asking)
            asking.wait_for_more(10)
        finally:
            asking.ends.set()
        for one in asked:
            one.result(240)
        known = dict(delays.sample(sorted(asking.answers.items()), min(len(asking.answers), ASKED_AGAIN)))
        assert known == {order_id: asking.ask(order_id) for order_id in known}
    assert asking.unanswered
    assert asking.of_batches
    assert asking.batches_broken
    check(database, asking.acknowledged, asking.of_batches)
    print(f"{times} kills, {len(asking.answers)} orders acknowledged and found, {len(known)} answered again alike")


def _begun(parent: Born, asking: Asking) -> int:
    process_id, port = parent.said().split()
    asking.port = int(port)
    return int(process_id)
