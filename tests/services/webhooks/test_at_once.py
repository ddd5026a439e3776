"""Changes, events and deliveries that happen at once do not fail each other."""

from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from policy_service.services.announcing import announce
from policy_service.services.house import House
from policy_service.services.webhooks.managing import delete_webhook
from policy_service.storage.models.delivery import OutboxEvent
from policy_service.storage.outbox import Outbox
from tests.services.webhooks.receiving import NOON, World, act, actor, tell, webhook

URL = "http://127.0.0.1:9999/"


def test_a_webhook_is_taken_away_only_after_the_event_that_is_being_stored(house: House, world: World) -> None:
    """Else a decision under way would fail because of somebody else's webhook."""
    name, is_gone = webhook(house, URL, world), Event()

    def take_away() -> None:
        with house.database.writing() as session:
            delete_webhook(house, session, name, actor(), act(), revision=1)
        is_gone.set()

    thread = Thread(target=take_away)
    with house.database.writing() as session:
        announce(house, session, act(), "order.held", "orders/1", {})
        thread.start()
        assert not is_gone.wait(0.3)
    assert is_gone.wait(60)
    thread.join()
    with house.database.reading() as session:
        assert 0 == session.scalar(select(func.count()).select_from(OutboxEvent))


def test_an_event_is_stored_while_others_are_being_taken(house: House, world: World) -> None:
    name = webhook(house, URL, world)
    tell(house, "1")
    if house.database.is_sqlite:
        pytest.skip("writers take turns on SQLite")
    with house.database.writing() as session:
        assert 1 == len(Outbox(session).take(name, "process", NOON, NOON + 1, 10))
        tell(house, "2")


def test_of_two_that_take_at_once_one_gets_the_events(house: House, world: World) -> None:
    name, taken = webhook(house, URL, world), list[int]()
    tell(house, "1", "2", "3")

    def take(by: str) -> None:
        with house.database.writing() as session:
            taken.append(len(Outbox(session).take(name, by, NOON, NOON + 1, 10)))

    threads = [Thread(target=take, args=(f"process-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [0, 0, 0, 0, 0, 3] == sorted(taken)
