"""Webhooks are served side by side, each by one thread at a time."""

import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from policy_service.background.delivery import Deliveries
from policy_service.services.house import House
from policy_service.services.webhooks import sending
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
