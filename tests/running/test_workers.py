"""Workers under gunicorn: one answer at a time counts, a new version begins in all of them on time, figures add up."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from threading import Event

import httpx
import pytest
from sqlalchemy import select

from policy_service.domain.instants import SECOND
from policy_service.running import now
from policy_service.services.house import House
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.lease_holders import holder
from policy_service.storage.models.decisions import DecisionRow
from tests.api.house import store_key
from tests.running.gunicorn import opened, workers
from tests.services.decisions.live import enforce
from tests.services.house import policy_with


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
    with workers(url, is_cold=True) as service:
        begins = now() + 2 * SECOND
        enforce(house, policy_with("standing", "credit_limit: 800", "credit_limit: 900"), begins)
        enough = Event()
        with ThreadPoolExecutor(6) as askers:
            asking = [askers.submit(_ask_until, service.address, key, enough) for _ in range(6)]
            try:
                _until_all_have_begun(house, asking)
            finally:
                enough.set()
        asked = sum(each.result() for each in asking)
        counted = httpx.get(f"{service.address}/metrics").text
    with house.database.reading() as session:
        rows = session.execute(select(DecisionRow.writer, DecisionRow.policy_version, DecisionRow.decided_at)).all()
        assert [] == list(DecisionStore(session).verify())
        scheduler = holder(session, "scheduler")
    assert [] == [row for row in rows if (row.policy_version == 2) != (row.decided_at >= begins)]
    assert f'policy_request_seconds_count{{endpoint="/v1/decisions",method="POST",status="201"}} {asked}.0' in counted
    assert scheduler is not None
    assert scheduler.until <= now()
