"""Workers under gunicorn: one answer at a time counts, a new version begins in all of them on time, figures add up."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from threading import Event

import httpx
import pytest
from sqlalchemy import select

from policy_service.domain.instants import SECOND
from policy_service.domain.permissions import Role
from policy_service.running import now
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.lease_holders import holder
from policy_service.storage.models.decisions import DecisionRow
from tests.api.house import store_key, store_person
from tests.docs.documents import ROOT
from tests.services.decisions.live import enforce, furnish, open_house
from tests.services.house import policy_with


@contextmanager
def opened(url: str) -> Iterator[House]:
    """Give a house with the small policy in force, and somebody who may ask."""
    house = open_house(Database(url))
    furnish(house)
    store_person(house, "ada", Role.SYSTEM)
    try:
        yield house
    finally:
        house.close()


@contextmanager
def workers(url: str) -> Iterator[str]:
    """Give the address of two workers, stopped as an operator does when the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"DATABASE_URL": url, "DEFAULT_POLICY": "house", "PORT": str(port), "WRITER_NAME": "host"}
    settings |= {"LOG_FORMAT": "json", "RATE_LIMIT_PER_MINUTE": "99999"}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:policy_service.gunicorn_conf"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _until_ready(address)
            yield address
            server.send_signal(signal.SIGTERM)
            assert 0 == server.wait(30)
        finally:
            server.kill()


def _until_ready(address: str) -> None:
    ends = time.monotonic() + 60
    while not _is_ready(address):
        assert time.monotonic() < ends
        time.sleep(0.2)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _ask_until(address: str, key: str, enough: Event) -> int:
    """Ask without a pause, each time over a connection of its own, so that any worker answers."""
    headers = {"Authorization": f"Bearer {key}", "Connection": "close"}
    asked = 0
    while not enough.is_set():
        body = {
            "type": "order",
            "customer_id": "C1",
            "order_id": f"{key[-8:]}-{next(_NUMBERS)}",
            "facts": {"order_amount": "1"},
        }
        answer = httpx.post(f"{address}/v1/decisions", json=body, headers=headers, timeout=30)
        assert 201 == answer.status_code, answer.text
        asked += 1
    return asked


_NUMBERS = count()


def _until_all_have_begun(house: House, asking: Sequence[Future[int]]) -> None:
    of_second = select(DecisionRow.writer).where(DecisionRow.policy_version == 2).distinct()
    ends, begun = time.monotonic() + 30, set[str]()
    while begun != {"host/1", "host/2"}:
        assert time.monotonic() < ends, begun
        assert not any(each.done() for each in asking)
        with house.database.reading() as session:
            begun = set(session.scalars(of_second))
        time.sleep(0.1)


def test_a_version_begins_in_all_workers_on_time_and_no_answer_is_mixed(postgresql_url: str) -> None:
    with opened(postgresql_url) as house:
        _begins_on_time(house, postgresql_url)


@pytest.mark.long
def test_so_it_does_on_sqlite(sqlite_url: str) -> None:
    with opened(sqlite_url) as house:
        _begins_on_time(house, sqlite_url)


def _begins_on_time(house: House, url: str) -> None:
    key = store_key(house, "ada")
    with workers(url) as address:
        begins = now() + 2 * SECOND
        enforce(house, policy_with("standing", "credit_limit: 800", "credit_limit: 900"), begins)
        enough = Event()
        with ThreadPoolExecutor(6) as askers:
            asking = [askers.submit(_ask_until, address, key, enough) for _ in range(6)]
            try:
                _until_all_have_begun(house, asking)
            finally:
                enough.set()
        asked = sum(each.result() for each in asking)
        counted = httpx.get(f"{address}/metrics").text
    with house.database.reading() as session:
        rows = session.execute(select(DecisionRow.writer, DecisionRow.policy_version, DecisionRow.decided_at)).all()
        assert [] == list(DecisionStore(session).verify())
        scheduler = holder(session, "scheduler")
    assert [] == [row for row in rows if (row.policy_version == 2) != (row.decided_at >= begins)]
    assert f'policy_request_seconds_count{{endpoint="/v1/decisions",method="POST",status="201"}} {asked}.0' in counted
    assert scheduler is not None
    assert scheduler.until <= now()
