"""Threads that ask about orders until each is answered, and what must then be in the database."""

import http.client
import json
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from itertools import count
from threading import Event
from types import MappingProxyType

from sqlalchemy import func, select

from policy_service.domain.permissions import Role
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder, OrderStep
from tests.api.house import store_key, store_person
from tests.services.decisions.live import furnish, open_house

CUSTOMERS = 40
#: Of a batch; more than share a transaction.
LINES = 130
#: An answer that is none yet: its twin is being answered, or the database cannot do it now.
COME_AGAIN = (409, 503)
NOTHING: Mapping[str, str] = MappingProxyType({})
FILES = {
    "customers": "customer_id,net_worth,industry\n"
    + "".join(f"C{number},250000,food\n" for number in range(CUSTOMERS)),
    "invoices": "invoice_id,customer_id,issue_date,due_date,amount\nI1,C1,2025-01-01,2025-01-31,10.00\n",
}


@dataclass(slots=True)
class Asking:
    """What several threads ask: where the service is now, what it answered, how often it did not.

    `refused` are the statuses and headers of answers that asked them to come again. `of_batches` are the ids of the
    decisions that lines of batches were answered with.
    """

    key: str
    port: int = 0
    ends: Event = field(default_factory=Event)
    answers: dict[str, bytes] = field(default_factory=dict)
    refused: list[tuple[int, Message]] = field(default_factory=list)
    unanswered: int = 0
    of_batches: dict[str, str] = field(default_factory=dict)
    batches_broken: int = 0

    @property
    def acknowledged(self) -> dict[str, str]:
        """The ids of the decisions upon the orders that were answered."""
        return {order_id: str(json.loads(answer)["decision_id"]) for order_id, answer in self.answers.items()}

    def ask_until_the_end(self, asker: int) -> None:
        """Ask about one order after the other, about each until it is answered, always under the same key."""
        number = 0
        while not self.ends.is_set():
            number += 1
            order_id = f"{asker}-{number}"
            self.answers[order_id] = self.ask(order_id)

    def send_batches_until_the_end(self) -> None:
        """Send one batch after the other, without a key, and note which lines were answered before it broke off."""
        for number in count():
            if self.ends.is_set():
                return
            is_whole = False
            with suppress(OSError, http.client.HTTPException):
                is_whole = self._send(f"batch-{number}")
            if not is_whole:
                self.batches_broken += 1
                time.sleep(0.02)

    def _send(self, name: str) -> bool:
        questions = (self._question(f"{name}-{number}") for number in range(LINES))
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/x-ndjson"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/v1/decisions/batch", "\n".join(map(json.dumps, questions)), headers)
            answer = connection.getresponse()
            assert answer.status in (200, *COME_AGAIN), answer.read()
            for line in answer:
                # The last one may have been cut.
                said = json.loads(line) if line.endswith(b"\n") else {}
                if "decision" in said:
                    self.of_batches[said["decision"]["order"]["order_id"]] = said["decision"]["decision_id"]
            return True
        finally:
            connection.close()

    def wait_for_more(self, acknowledged: int) -> None:
        """Return when so many more orders are acknowledged."""
        wanted, gives_up = len(self.answers) + acknowledged, time.monotonic() + 60
        while len(self.answers) < wanted:
            assert time.monotonic() < gives_up
            time.sleep(0.005)

    def ask(self, order_id: str) -> bytes:
        """Return the answer upon an order, whatever it takes to get it."""
        gives_up = time.monotonic() + 180
        while True:
            with suppress(OSError, http.client.HTTPException):
                status, headers, body = self._post(order_id)
                if status == 201:
                    return body
                assert status in COME_AGAIN, body
                self.refused.append((status, headers))
            self.unanswered += 1
            assert time.monotonic() < gives_up, order_id
            time.sleep(0.02)

    def _post(self, order_id: str) -> tuple[int, Message, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": order_id,
        }
        try:
            connection.request("POST", "/v1/decisions", json.dumps(self._question(order_id)), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    @staticmethod
    def _question(order_id: str) -> dict[str, object]:
        customer = f"C{int(order_id.rpartition('-')[2]) % CUSTOMERS}"
        return {"type": "order", "customer_id": customer, "order_id": order_id, "facts": {"order_amount": "1.00"}}


def opened(database: Database) -> Asking:
    """Return a shop that asks a house furnished in the database."""
    house = open_house(database)
    furnish(house, files=FILES)
    store_person(house, "shop", Role.SYSTEM)
    key = store_key(house, "shop", requests_per_minute=1_000_000)
    house.policies.close()
    return Asking(key)


def check(database: Database, acknowledged: dict[str, str], of_batches: Mapping[str, str] = NOTHING) -> None:
    """Assert that exactly what was acknowledged is there, each order with one effect, and that the chains hold.

    Of a batch that broke off more may be there than was answered, and nothing less.
    """
    with database.reading() as session:
        upon_orders = select(DecisionRow.order_id, DecisionRow.decision_id).where(DecisionRow.order_id != "")
        decisions = session.execute(upon_orders).all()
        orders = session.scalars(select(AskedOrder.order_id)).all()
        steps = session.execute(select(OrderStep.order_id, func.count()).group_by(OrderStep.order_id)).all()
        reviews = session.scalars(select(DecisionRow.customer_id).where(DecisionRow.order_id == "")).all()
        assert [] == list(DecisionStore(session).verify())
        assert [] == list(AuditStore(session).verify())
    beyond = {order_id: one for order_id, one in decisions if order_id.startswith("batch-")}
    assert of_batches.items() <= beyond.items()
    acknowledged = acknowledged | beyond
    assert acknowledged == dict(decisions)
    assert len(acknowledged) == len(decisions)
    assert sorted(acknowledged) == sorted(orders)
    assert dict.fromkeys(acknowledged, 1) == dict(steps)
    assert set() == {customer for customer, times in Counter(reviews).items() if times > 1}
