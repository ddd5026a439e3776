"""What was given up or received can be sent again by a person, and keeps no other event waiting."""

import pytest

from policy_service.domain.errors import RequestError
from policy_service.domain.instants import DAY, SECOND
from policy_service.services.house import House
from policy_service.services.webhooks.delivering import Passed, due_webhooks
from policy_service.services.webhooks.managing import redeliver
from tests.services.webhooks.receiving import (
    NOON,
    Receiver,
    World,
    act,
    actor,
    delivered,
    deliveries,
    states,
    subjects,
    tell,
    webhook,
)


def test_after_twelve_attempts_an_event_is_dead_and_can_be_sent_again(
    house: House, receiver: Receiver, world: World
) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1")
    receiver.statuses = [503] * 12
    while due_webhooks(house, world.at + DAY):
        assert Passed(0, 1) == delivered(house, name, world)
        world.at = deliveries(house, name)[0].next_attempt_at or world.at
    (dead,) = deliveries(house, name)
    assert ("dead", 12, 503, "It answered 503.", None) == (
        dead.state,
        dead.attempts,
        dead.last_status,
        dead.last_error,
        dead.next_attempt_at,
    )
    assert 19 * 3600 * SECOND < world.at - NOON < 24 * 3600 * SECOND
    with house.database.writing() as session:
        redeliver(house, session, dead.number, actor(), act(world.at))
    assert Passed(1, 0) == delivered(house, name, world)
    assert [("delivered", 1)] == states(house, name)
    assert 1 == len(set(receiver.ids))


def test_what_waits_cannot_be_sent_again_and_what_is_delivered_can(
    house: House, receiver: Receiver, world: World
) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1")
    (waiting,) = deliveries(house, name)
    with pytest.raises(RequestError) as refused, house.database.writing() as session:
        redeliver(house, session, waiting.number, actor(), act())
    assert "R475" == refused.value.code
    delivered(house, name, world)
    with house.database.writing() as session:
        assert "set_aside" == redeliver(house, session, waiting.number, actor(), act()).state
    delivered(house, name, world)
    assert ["1", "1"] == subjects(receiver)


def test_what_is_sent_again_and_fails_again_keeps_no_other_waiting(
    house: House, receiver: Receiver, world: World
) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1")
    delivered(house, name, world)
    with house.database.writing() as session:
        redeliver(house, session, deliveries(house, name)[0].number, actor(), act(world.at))
    receiver.statuses = [500]
    assert Passed(0, 1) == delivered(house, name, world)
    assert [("set_aside", 1)] == states(house, name)
    tell(house, "2")
    assert Passed(1, 0) == delivered(house, name, world)
    world.wait(5)
    assert Passed(1, 0) == delivered(house, name, world)
    assert ["1", "1", "2", "1"] == subjects(receiver)
