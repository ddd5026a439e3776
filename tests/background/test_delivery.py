"""Webhooks are served side by side, each by one thread at a time."""

import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from policy_service.background import delivery
from policy_service.background.delivery import Deliveries
from policy_service.services.house import House
from policy_service.services.webhooks import sending
from policy_service.services.webhooks.delivering import Means, Passed
from tests.services.webhooks.receiving import LOOPBACK, World, deliveries, receiving, tell, webhook


@pytest.fixture
def world(house: House, monkeypatch: pytest.MonkeyPatch) -> World:
    # On a busy machine more than ten seconds may pass until a receiver that is to answer later is let answer.
    monkeypatch.setattr(sending, "SECONDS_IN_ALL", 120.0)
    house.settings = replace(house.settings, webhook_allow_http=True, webhook_allowed_networks=(LOOPBACK,))
    return World()


@pytest.fixture
def running(house: House, world: World) -> Iterator[Deliveries]:
    made = Deliveries(house, world.means(), lambda: True)
    yield made
    made.close()


def _until_delivered(house: House, webhook_id: str, count: int) -> None:
    ends = time.monotonic() + 60
    while ["delivered"] * count != [one.state for one in deliveries(house, webhook_id)]:
        assert time.monotonic() < ends, list(deliveries(house, webhook_id))
        time.sleep(0.02)


def test_a_slow_receiver_keeps_only_its_own_events_waiting(house: House, running: Deliveries, world: World) -> None:
    let_go = Event()
    with receiving(waits_for=let_go) as slow, receiving() as receiver:
        waiting, quick = webhook(house, slow.url, world), webhook(house, receiver.url, world)
        tell(house, "1", "2")
        running.look()
        _until_delivered(house, quick, 2)
        assert ["waiting", "waiting"] == [one.state for one in deliveries(house, waiting)]
        running.look()
        let_go.set()
        _until_delivered(house, waiting, 2)
        assert 2 == len(slow.posts)


def test_many_events_are_delivered_by_one_look(house: House, running: Deliveries, world: World) -> None:
    with receiving() as receiver:
        name = webhook(house, receiver.url, world)
        tell(house, *map(str, range(45)))
        running.look()
        _until_delivered(house, name, 45)
    assert len(set(receiver.ids)) == len(receiver.ids) == 45


def test_a_webhook_with_much_to_send_lets_others_go_between(
    house: House, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, all_wait, ended = list[str](), Event(), Event()

    def deliver(_house: House, webhook_id: str, _means: Means) -> Passed:
        all_wait.wait(60)
        turns.append(webhook_id)
        if len(turns) == 6:
            ended.set()
        return Passed(1, 0)

    monkeypatch.setattr(delivery, "due_webhooks", lambda *_: ("large", "small"))
    monkeypatch.setattr(delivery, "deliver", deliver)
    monkeypatch.setattr(delivery, "_AT_ONCE", 1)
    running = Deliveries(house, world.means(), lambda: not ended.is_set())
    running.look()
    all_wait.set()
    assert ended.wait(60)
    running.close()
    assert ["large", "small"] * 3 == turns
