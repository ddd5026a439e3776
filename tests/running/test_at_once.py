"""Many who send the same, or change the same, at the same moment to two workers: one effect, one winner."""

import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.migrate import upgrade
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder
from tests.api.house import store_key, store_person
from tests.api.policy_calls import files
from tests.running.gunicorn import opened, workers
from tests.storage.postgres import Server

TWINS = 50
RIVALS = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    replayed: bool
    etag: str
    body: bytes

    @property
    def said(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Service:
    """Two workers over a house, and the key of somebody who may do everything."""

    house: House
    port: int
    key: str

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Return the answer to one request, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **named}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), given)
            came = connection.getresponse()
            etag = came.headers.get("ETag", "")
            return Answer(came.status, "Idempotency-Replayed" in came.headers, etag, came.read())
        finally:
            connection.close()

    def at_once(self, count: int, send: Callable[[int], Answer]) -> Sequence[Answer]:
        """Return the answers to so many requests that are sent at the same moment."""
        ready = Barrier(count)

        def one(number: int) -> Answer:
            ready.wait(60)
            return send(number)

        with ThreadPoolExecutor(count) as threads:
            return list(threads.map(one, range(count)))

    def made(self, path: str, body: object, **headers: str) -> Answer:
        """Return the answer to a request that makes something."""
        answer = self.send("POST", path, body, **headers)
        assert answer.status in (200, 201), answer.body
        return answer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give a database for all tests of this module."""
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("migrated_file")
        yield f"sqlite:///{copy(file, tmp_path_factory.mktemp('at_once') / 'policy.db')}"
        return
    server: Server | str = request.getfixturevalue("any_server")
    if isinstance(server, str):
        pytest.skip(server)
    made = server.create()
    database = Database(made)
    upgrade(database)
    database.close()
    yield made
    server.drop(made)


@pytest.fixture(scope="module")
def service(url: str) -> Iterator[Service]:
    """Give two workers, asked by somebody who may do everything."""
    with opened(url) as house:
        store_person(house, "omni", *Role)
        key = store_key(house, "omni", requests_per_minute=1_000_000)
        with workers(url) as running:
            yield Service(house, running.port, key)


def order(order_id: str, amount: str = "1.00", **facts: str) -> dict[str, object]:
    """Return a question about an order."""
    return {
        "type": "order",
        "customer_id": "C1",
        "order_id": order_id,
        "facts": {"order_amount": amount, **facts},
    }


def decisions_upon(service: Service, beginning: str) -> list[str]:
    """Return the ids of decisions upon orders whose id begins so."""
    with service.house.database.reading() as session:
        of_orders = select(DecisionRow.decision_id).where(DecisionRow.order_id.startswith(beginning))
        assert [] == list(DecisionStore(session).verify())
        return list(session.scalars(of_orders))


def test_of_fifty_twins_one_has_an_effect_and_the_others_its_answer(service: Service) -> None:
    def ask(_number: int) -> Answer:
        return service.send("POST", "/v1/decisions", order("twin"), Idempotency_Key="twin")

    answers = service.at_once(TWINS, ask)
    assert {201, 409} >= {answer.status for answer in answers}
    assert 1 == sum(answer.status == 201 and not answer.replayed for answer in answers)
    assert {"S222"} >= {answer.said["code"] for answer in answers if answer.status == 409}
    (body,) = {answer.body for answer in answers if answer.status == 201}
    again = ask(0)
    assert (201, True, body) == (again.status, again.replayed, again.body)
    assert [json.loads(body)["decision_id"]] == decisions_upon(service, "twin")


def test_of_fifty_under_one_key_with_differing_bodies_one_is_answered(service: Service) -> None:
    def ask(number: int) -> Answer:
        return service.send("POST", "/v1/decisions", order(f"differing-{number}"), Idempotency_Key="differing")

    answers = service.at_once(TWINS, ask)
    (won,) = (answer for answer in answers if answer.status == 201)
    refused = {(answer.status, answer.said["code"]) for answer in answers if answer is not won}
    assert {(409, "S222"), (422, "S223")} >= refused
    assert [won.said["decision_id"]] == decisions_upon(service, "differing-")
    number = answers.index(won)
    assert (422, "S223") == (ask(number + 1).status, ask(number + 1).said["code"])
    assert won.body == ask(number).body


def _wins_once(service: Service, send: Callable[[int], Answer], *refusals: tuple[int, str]) -> Answer:
    answers = service.at_once(RIVALS, send)
    won = [answer for answer in answers if answer.status in (200, 201)]
    assert set(refusals) >= {(answer.status, answer.said["code"]) for answer in answers if answer not in won}
    assert 1 == len(won)
    return won[0]


def test_of_many_who_change_a_person_one_wins(service: Service) -> None:
    service.made("/v1/people", {"login": "bo", "name": "Bo", "email": "bo@example.test"})
    etag = service.send("GET", "/v1/people/bo").etag
    won = _wins_once(
        service,
        lambda number: service.send("PATCH", "/v1/people/bo", {"name": f"Bo {number}"}, If_Match=etag),
        (412, "S208"),
    )
    assert won.said["name"] == service.send("GET", "/v1/people/bo").said["name"]


def test_of_many_who_change_a_webhook_one_wins(service: Service) -> None:
    asked = {"url": "https://192.0.43.8/events", "event_types": ["order.held"]}
    address = f"/v1/webhooks/{service.made('/v1/webhooks', asked).said['webhook_id']}"
    types = ["order.released", "order.cancelled", "case.opened", "case.climbed", "case.closed", "day.run"]

    def change(number: int) -> Answer:
        return service.send("PATCH", address, {"event_types": [types[number % len(types)]]}, If_Match='"1"')

    won = _wins_once(service, change, (412, "S208"))
    assert won.said["event_types"] == service.send("GET", address).said["event_types"]


def test_of_many_who_save_a_draft_one_wins_and_of_many_who_hand_it_in(service: Service) -> None:
    made = service.made("/v1/policies/house/versions", {"files": files(6000)}).said
    address = f"/v1/policies/house/versions/{made['number']}"
    etag = service.send("GET", address).etag
    won = _wins_once(
        service,
        lambda number: service.send("PUT", f"{address}/files", {"files": files(7000 + number)}, If_Match=etag),
        (412, "S208"),
    )
    assert won.said["sha256"] == service.send("GET", address).said["sha256"]
    _wins_once(
        service,
        lambda _number: service.send("POST", f"{address}/submission", {"note": "ready"}, If_Match=won.etag),
        (412, "S208"),
        (409, "R463"),
    )


def test_of_many_who_propose_a_setting_one_wins(service: Service) -> None:
    won = _wins_once(
        service,
        lambda number: service.send(
            "POST", "/v1/settings/approvers_needed/proposals", {"value": 2 + number % 2, "note": "four eyes"}
        ),
        (409, "S226"),
    )
    (stands,) = service.send("GET", "/v1/settings").said["proposals"]
    assert won.said["change_id"] == stands["change_id"]


def test_of_many_who_release_an_order_one_wins(service: Service) -> None:
    shop = Service(service.house, service.port, store_key(service.house, "ada"))
    shop.made("/v1/decisions", order("held", channel="phone"))
    etag = service.send("GET", "/v1/orders/held").etag
    _wins_once(
        service,
        lambda _number: service.send("POST", "/v1/orders/held/release", {"reason": "known"}, If_Match=etag),
        (412, "S208"),
        (409, "R431"),
    )
    with service.house.database.reading() as session:
        assert ["released"] == list(session.scalars(select(AskedOrder.state).where(AskedOrder.order_id == "held")))
