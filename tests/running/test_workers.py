"""Workers under gunicorn: one answer at a time counts, a new version begins in all of them on time, figures add up."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
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
from tests.plain_http import NO_CERTIFICATES
from tests.running.gunicorn import opened, scheduler_of, workers
from tests.services.decisions.live import enforce
from tests.services.house import policy_with
from tests.services.webhooks.receiving import LOOPBACK, World, deliveries, receiving, tell, webhook


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
        answer = httpx.post(f"{address}/v1/decisions", json=body, headers=headers, timeout=60, verify=NO_CERTIFICATES)
        assert 201 == answer.status_code, answer.text
        asked += 1
    return asked


_NUMBERS = count()
LINES = 40


def _send_batches_until(address: str, key: str, enough: Event) -> int:
    headers = {"Authorization": f"Bearer {key}", "Connection": "close", "Content-Type": "application/x-ndjson"}
    for sent in count():
        if enough.is_set():
            return sent
        orders = (f"batch-{sent}-{number}" for number in range(LINES))
        shared = {"type": "order", "customer_id": "C2", "facts": {"order_amount": "1"}}
        asked = (shared | {"order_id": order_id} for order_id in orders)
        body = "\n".join(map(json.dumps, asked))
        answer = httpx.post(
            f"{address}/v1/decisions/batch", content=body, headers=headers, timeout=60, verify=NO_CERTIFICATES
        )
        *answered, _end = map(json.loads, answer.text.splitlines())
        assert [] == [line for line in answered if "problem" in line]
        assert LINES == len(answered)
    raise AssertionError


def _until_all_have_begun(house: House, asking: Sequence[Future[int]]) -> None:
    of_second = select(DecisionRow.writer).where(DecisionRow.policy_version == 2).distinct()
    ends, begun = time.monotonic() + 60, set[str]()
    while begun != {"host/1", "host/2"}:
        assert time.monotonic() < ends, begun
        for ended in (each for each in asking if each.done()):
            raise AssertionError(ended.exception())
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
            asking = [askers.submit(_ask_until, service.address, key, enough) for _ in range(5)]
            sending = askers.submit(_send_batches_until, service.address, key, enough)
            try:
                _until_all_have_begun(house, [*asking, sending])
            finally:
                enough.set()
        asked, sent = sum(each.result() for each in asking), sending.result()
        counted = httpx.get(f"{service.address}/metrics", timeout=60, verify=NO_CERTIFICATES).text
    with house.database.reading() as session:
        rows = session.execute(
            select(DecisionRow.order_id, DecisionRow.policy_version, DecisionRow.decided_at, DecisionRow.writer)
        ).all()
        assert [] == list(DecisionStore(session).verify())
        scheduler = holder(session, "scheduler")
    single = [row for row in rows if not row.order_id.startswith("batch-")]
    assert [] == [row for row in single if (row.policy_version == 2) != (row.decided_at >= begins)]
    batches = {tuple(row.order_id.split("-")[:2]): row.policy_version for row in rows if row not in single}
    assert sent == len(batches)
    assert [] == [row for row in rows if batches.get(tuple(row.order_id.split("-")[:2]), row[1]) != row[1]]
    assert {1, 2} == set(batches.values())
    assert f'policy_request_seconds_count{{endpoint="/v1/decisions",method="POST",status="201"}} {asked}.0' in counted
    assert scheduler is not None
    assert scheduler.until <= now()


@pytest.mark.long
def test_when_the_worker_with_the_duties_is_killed_another_has_them_and_events_come_in_order(url: str) -> None:
    """With leases as they are: what was being sent when it died is sent again, nothing is left out."""
    allowed = {"WEBHOOK_ALLOW_HTTP": "yes", "WEBHOOK_ALLOWED_NETWORKS": str(LOOPBACK)}
    with opened(url) as house, receiving() as receiver, workers(url, **allowed) as service:
        house.settings = replace(house.settings, webhook_allow_http=True, webhook_allowed_networks=(LOOPBACK,))
        name = webhook(house, receiver.url, World(now()))
        first = scheduler_of(house)
        tell(house, *map(str, range(30)), at=now())
        _until(lambda: bool(receiver.ids))
        service.kill_one(first)
        tell(house, *map(str, range(30, 40)), at=now())
        _until(lambda: ["delivered"] * 40 == [one.state for one in deliveries(house, name)])
        assert first != scheduler_of(house)
    subjects = [json.loads(post.body)["subject"] for post in receiver.posts]
    assert list(map(str, range(40))) == list(dict.fromkeys(subjects))


def _until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)
