"""The database goes away, its disk is full, the clock is moved: what is refused leaves nothing, then all is well."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.pool import Pool
from werkzeug.test import TestResponse

from policy_service import running
from policy_service.domain.instants import DAY
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder, OrderStep
from tests.api.conftest import app, app_of_all, client, clock, house  # noqa: F401  # fixtures
from tests.api.deciding import ask, body_of, shop
from tests.api.house import Client, Clock
from tests.services.decisions.live import HOUR, at, enforce
from tests.services.house import policy_with
from tests.storage.postgres import Server

ENOUGH = 1 << 30


@pytest.fixture
def database(postgresql_url: str, server: Server) -> Iterator[Database]:
    """Give a database on a server that may be stopped."""
    if server.folder is None:
        pytest.skip("the server of TEST_DATABASE_URL is not ours to stop")
    database = Database(postgresql_url)
    yield database
    database.close()


def test_while_postgresql_is_away_requests_are_told_to_come_again_and_then_all_is_well(
    client: Client,  # noqa: F811  # a fixture
    house: House,  # noqa: F811
    server: Server,
) -> None:
    asking = shop(client)
    before = body_of(ask(asking, order_id="before"))["decision_id"]
    server.stop()
    try:
        meanwhile = [ask(asking, order_id=f"meanwhile-{number}") for number in range(3)]
        listed = asking.get("/v1/decisions")
    finally:
        server.start()
    for refused in (*meanwhile, listed):
        _is_to_come_again(refused)
    after = [body_of(ask(asking, order_id=f"meanwhile-{number}"))["decision_id"] for number in range(3)]
    assert {before, *after} <= _all_listed(asking)
    is_whole(house, {"before", "meanwhile-0", "meanwhile-1", "meanwhile-2"})


def test_postgresql_restarted_between_two_requests_fails_none_that_comes_later(
    client: Client,  # noqa: F811
    house: House,  # noqa: F811
    server: Server,
) -> None:
    asking = shop(client)
    body_of(ask(asking, order_id="before"))
    server.restart()
    body_of(ask(asking, order_id="after"))
    is_whole(house, {"before", "after"})


def _is_to_come_again(refused: TestResponse) -> None:
    body = body_of(refused, 503)
    assert body["code"] in ("S202", "S206")
    assert int(refused.headers["Retry-After"]) > 0


def _all_listed(asking: Client) -> set[str]:
    found, cursor = list[str](), ""
    while True:
        page: dict[str, Any] = body_of(asking.get(f"/v1/decisions?limit=2&cursor={cursor}"), 200)
        found += [each["decision_id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            assert len(found) == len(set(found))
            return set(found)


def is_whole(house: House, orders: set[str]) -> None:  # noqa: F811
    """Assert that of these orders and no others one decision and one step are stored, in a chain that holds."""
    with house.database.reading() as session:
        stored = list(session.scalars(select(AskedOrder.order_id)))
        decided = list(session.scalars(select(DecisionRow.order_id).where(DecisionRow.order_id != "")))
        steps = session.execute(select(OrderStep.order_id, func.count()).group_by(OrderStep.order_id)).all()
        assert [] == list(DecisionStore(session).verify())
    assert sorted(orders) == sorted(stored) == sorted(decided)
    assert dict.fromkeys(orders, 1) == dict(steps)


class TestOnSQLite:
    """What is tried on a file of its own."""

    @pytest.fixture
    def database(self, sqlite_url: str) -> Iterator[Database]:
        """Give a database in a file."""
        database = Database(sqlite_url)
        yield database
        database.close()

    def test_a_full_disk_refuses_leaves_nothing_half_and_goes_on_when_there_is_room(
        self,
        client: Client,  # noqa: F811
        house: House,  # noqa: F811
    ) -> None:
        asking = shop(client)
        pages = [ENOUGH]
        with _most_pages(pages):
            accepted = [_accepted(ask(asking, order_id="before"))]
            pages[0] = 1
            for number in range(300):
                answer = ask(asking, order_id=f"full-{number}")
                if answer.status_code != 201:
                    break
                accepted.append(_accepted(answer))
            assert "S205" == body_of(answer, 503)["code"]
            assert "60" == answer.headers["Retry-After"]
            is_whole(house, set(accepted))
            assert 200 == asking.get("/v1/decisions").status_code
            pages[0] = ENOUGH
            accepted.append(_accepted(ask(asking, order_id=f"full-{number}")))
        is_whole(house, set(accepted))

    def test_a_clock_moved_back_and_forth_mixes_nothing_up(
        self,
        client: Client,  # noqa: F811
        house: House,  # noqa: F811
        clock: Clock,  # noqa: F811
    ) -> None:
        """By the instant of each act: the version that counts then, whatever was decided before."""
        begins = at(hour=12)
        enforce(house, policy_with("standing", "credit_limit: 800", "credit_limit: 900"), begins)
        asking = shop(client)
        orders, versions = [], []
        for number, hour in enumerate((9, 13, 10, 12, 11, 14)):
            clock.instant = at(hour=hour) - 1
            orders.append(f"O{number}")
            decided = body_of(ask(asking, order_id=orders[-1]))
            versions.append(decided["result"]["policy"]["version"])
        assert [1, 2, 1, 2, 1, 2] == versions
        assert len(_all_listed(asking)) >= len(orders)
        is_whole(house, set(orders))

    def test_a_key_sent_again_has_its_answer_though_the_clock_went_back(
        self,
        client: Client,  # noqa: F811
        house: House,  # noqa: F811
        clock: Clock,  # noqa: F811
    ) -> None:
        asking = shop(client)
        question = {"type": "order", "customer_id": "C1", "order_id": "O1", "facts": {"order_amount": "1.00"}}
        answers = []
        for move in (0, -2 * HOUR, 3 * HOUR, -2 * DAY):
            clock.instant += move
            answer = asking.post("/v1/decisions", json=question, headers={"Idempotency-Key": "one"})
            answers.append(body_of(answer)["decision_id"])
        assert 1 == len(set(answers))
        is_whole(house, {"O1"})


def test_ids_are_new_though_the_clock_stands_still_or_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter([10**18, 10**18, 10**17] * 500)
    monkeypatch.setattr(running.time, "time_ns", lambda: next(instants))
    assert 1_500 == len({running.new_id() for _ in range(1_500)})


def _accepted(answer: TestResponse) -> str:
    return str(body_of(answer)["order"]["order_id"])


@contextmanager
def _most_pages(pages: list[int]) -> Iterator[None]:
    """Let every connection handed out in the block have room for so many pages, for as many as there are at least."""

    def limit(connection: Any, _record: object, _proxy: object) -> None:  # the driver's connection
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")

    event.listen(Pool, "checkout", limit)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", limit)
