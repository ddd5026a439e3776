"""The service killed at any moment under load: what it acknowledged is there, and every order has one effect."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event

import pytest
from sqlalchemy import func, select

from policy_service.domain.permissions import Role
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder, OrderStep
from tests.api.house import store_key, store_person
from tests.docs.documents import ROOT
from tests.services.decisions.live import furnish, open_house

CUSTOMERS = 40
ASKERS = 3
FILES = {
    "customers": "customer_id,net_worth,industry\n"
    + "".join(f"C{number},250000,food\n" for number in range(CUSTOMERS)),
    "invoices": "invoice_id,customer_id,issue_date,due_date,amount\nI1,C1,2025-01-01,2025-01-31,10.00\n",
}


@dataclass(slots=True)
class Asking:
    """What several threads ask: where the service is now, what it has acknowledged, how often it did not answer."""

    key: str
    port: int = 0
    ends: Event = field(default_factory=Event)
    acknowledged: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0

    def ask_until_the_end(self, asker: int) -> None:
        """Ask about one order after the other, about each until it is answered, always under the same key."""
        number = 0
        while not self.ends.is_set():
            number += 1
            order_id = f"{asker}-{number}"
            self.acknowledged[order_id] = self.ask(order_id)

    def wait_for_more(self, acknowledged: int) -> None:
        """Return when so many more orders are acknowledged."""
        wanted, gives_up = len(self.acknowledged) + acknowledged, time.monotonic() + 60
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < gives_up
            time.sleep(0.005)

    def ask(self, order_id: str) -> str:
        """Return the id of the decision upon an order, whatever it takes to get it."""
        gives_up = time.monotonic() + 60
        while True:
            with suppress(OSError, http.client.HTTPException):
                status, body = self._post(order_id)
                if status == 201:
                    return str(json.loads(body)["decision_id"])
                # Its twin is still being answered, or the database waits for the dead to let go.
                assert status in (409, 503), body
            self.unanswered += 1
            assert time.monotonic() < gives_up, order_id
            time.sleep(0.02)

    def _post(self, order_id: str) -> tuple[int, bytes]:
        customer = f"C{int(order_id.rpartition('-')[2]) % CUSTOMERS}"
        question = {"type": "order", "customer_id": customer, "order_id": order_id, "facts": {"order_amount": "1.00"}}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": order_id,
        }
        try:
            connection.request("POST", "/v1/decisions", json.dumps(question), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def service(url: str) -> Iterator["subprocess.Popen[str]"]:
    """Give the service, begun anew whenever it is killed; all of it is killed at the latest when the block ends."""
    settings = {"DATABASE_URL": url, "DEFAULT_POLICY": "house", "WRITER_NAME": "host", "LOG_FORMAT": "json"}
    command = [sys.executable, "-m", "tests.running.serving"]
    environment = {**os.environ, **settings}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as parent:
        try:
            yield parent
        finally:
            os.killpg(parent.pid, signal.SIGKILL)


def test_a_service_killed_under_load_loses_nothing_and_does_nothing_twice(database: Database, url: str) -> None:
    _kill_under_load(database, url, times=6, seed=11)


@pytest.mark.long
def test_a_service_killed_hundreds_of_times_loses_nothing_and_does_nothing_twice(database: Database, url: str) -> None:
    _kill_under_load(database, url, times=250, seed=13)


def _kill_under_load(database: Database, url: str, times: int, seed: int) -> None:
    asking = _opened(database)
    delays = random.Random(seed)
    with service(url) as parent, ThreadPoolExecutor(ASKERS) as threads:
        process_id = _begun(parent, asking)
        asked = [threads.submit(asking.ask_until_the_end, asker) for asker in range(ASKERS)]
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
            one.result(90)
        known = dict(delays.sample(sorted(asking.acknowledged.items()), 10))
        assert known == {order_id: asking.ask(order_id) for order_id in known}
    assert asking.unanswered
    _check(database, asking.acknowledged)


def _opened(database: Database) -> Asking:
    house = open_house(database)
    furnish(house, files=FILES)
    store_person(house, "shop", Role.SYSTEM)
    key = store_key(house, "shop", requests_per_minute=1_000_000)
    house.policies.close()
    return Asking(key)


def _begun(parent: "subprocess.Popen[str]", asking: Asking) -> int:
    assert parent.stdout is not None
    process_id, port = parent.stdout.readline().split()
    asking.port = int(port)
    return int(process_id)


def _check(database: Database, acknowledged: dict[str, str]) -> None:
    with database.reading() as session:
        upon_orders = select(DecisionRow.order_id, DecisionRow.decision_id).where(DecisionRow.order_id != "")
        decisions = session.execute(upon_orders).all()
        orders = session.scalars(select(AskedOrder.order_id)).all()
        steps = session.execute(select(OrderStep.order_id, func.count()).group_by(OrderStep.order_id)).all()
        reviews = session.scalars(select(DecisionRow.customer_id).where(DecisionRow.order_id == "")).all()
        assert [] == list(DecisionStore(session).verify())
        assert [] == list(AuditStore(session).verify())
    assert acknowledged == dict(decisions)
    assert len(acknowledged) == len(decisions)
    assert sorted(acknowledged) == sorted(orders)
    assert dict.fromkeys(acknowledged, 1) == dict(steps)
    assert set() == {customer for customer, count in Counter(reviews).items() if count > 1}
