"""Every event is delivered at least once, in order as far as its receiver lets it, or is a dead letter."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from policy_service.domain.instants import DAY, SECOND
from policy_service.services.announcing import announce
from policy_service.services.house import House
from policy_service.services.webhooks import delivering
from policy_service.services.webhooks.delivering import Passed, clean_up, delay_before, deliver, due_webhooks
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.webhook_store import Change, WebhookStore
from tests.services.webhooks.receiving import (
    NOON,
    SECRET,
    Receiver,
    World,
    act,
    delivered,
    deliveries,
    states,
    subjects,
    tell,
    webhook,
)


def test_an_event_arrives_signed_as_a_cloud_event(
    house: House, receiver: Receiver, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "orders/1")
    assert (name,) == due_webhooks(house, world.at)
    assert Passed(1, 0) == delivered(house, name, world)
    (post,) = receiver.posts
    noon = dt.datetime.fromtimestamp(NOON // SECOND, dt.UTC)
    monkeypatch.setattr(Webhook, "_Webhook__verify_timestamp", lambda *_: noon)
    body = Webhook(SECRET).verify(post.body, dict(post.headers))
    assert body == {
        "specversion": "1.0",
        "id": post.headers["webhook-id"],
        "source": "urn:credit-policy-service",
        "type": "order.held",
        "subject": "orders/1",
        "time": "2026-03-01T12:00:00.000000Z",
        "datacontenttype": "application/json",
        "data": {"order_id": "orders/1"},
    }
    assert "application/cloudevents+json; charset=UTF-8" == post.headers["content-type"]
    assert () == due_webhooks(house, world.at)


def test_only_what_was_asked_for_arrives_and_only_while_active(house: House, receiver: Receiver, world: World) -> None:
    name = webhook(house, receiver.url, world, "order.held", "day.run")
    tell(house, "1")
    tell(house, "2", event_type="order.released")
    with house.database.writing() as session:
        WebhookStore(session).change(name, 1, Change(is_active=False))
    tell(house, "3")
    assert Passed() == delivered(house, name, world)
    with house.database.writing() as session:
        WebhookStore(session).change(name, 2, Change(is_active=True))
    tell(house, "4", event_type="day.run")
    delivered(house, name, world)
    assert ["1", "4"] == subjects(receiver)


def test_an_event_is_stored_only_with_its_change(house: House, receiver: Receiver, world: World) -> None:
    name = webhook(house, receiver.url, world)

    def change_and_fail() -> None:
        with house.database.writing() as session:
            announce(house, session, act(), "order.held", "1", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert [] == list(deliveries(house, name))


def test_events_arrive_in_order_over_one_connection(house: House, receiver: Receiver, world: World) -> None:
    name = webhook(house, receiver.url, world)
    numbers = [str(number) for number in range(30)]
    tell(house, *numbers)
    assert Passed(20, 0) == delivered(house, name, world)
    assert Passed(10, 0) == delivered(house, name, world)
    assert numbers == subjects(receiver)
    assert 2 == receiver.connections


def test_a_failed_event_keeps_the_later_ones_waiting_and_its_id_is_the_same(
    house: House, receiver: Receiver, world: World
) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1", "2")
    receiver.statuses = [500]
    assert Passed(0, 1) == delivered(house, name, world)
    world.wait(4)
    assert Passed() == delivered(house, name, world)
    world.wait(1)
    assert Passed(2, 0) == delivered(house, name, world)
    assert ["1", "1", "2"] == subjects(receiver)
    assert receiver.ids[0] == receiver.ids[1] != receiver.ids[2]


def test_an_event_that_fails_three_times_is_set_aside(house: House, receiver: Receiver, world: World) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1", "2", "3")
    receiver.statuses = [400, 400, 400]
    for seconds in (5, 15, 0):
        assert Passed(0, 1) == delivered(house, name, world)
        world.wait(seconds)
    assert [("set_aside", 3), ("waiting", 0), ("waiting", 0)] == states(house, name)
    assert Passed(2, 0) == delivered(house, name, world)
    world.wait(45)
    assert Passed(1, 0) == delivered(house, name, world)
    assert ["1", "1", "1", "2", "3", "1"] == subjects(receiver)


def test_an_event_that_fails_three_days_after_it_was_put_in_is_dead(
    house: House, receiver: Receiver, world: World
) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1")
    receiver.statuses = [500, 500]
    delivered(house, name, world)
    world.at = NOON + 3 * DAY
    delivered(house, name, world)
    assert [("dead", 2)] == states(house, name)


def test_a_receiver_that_is_gone_is_switched_off(house: House, receiver: Receiver, world: World) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1", "2")
    receiver.statuses = [410]
    assert Passed(0, 1) == delivered(house, name, world)
    world.wait(3600)
    assert () == due_webhooks(house, world.at)
    assert Passed() == delivered(house, name, world)
    with house.database.reading() as session:
        stored = WebhookStore(session).webhook(name)
        assert "switched_off" in [event.act for event in AuditStore(session).about("webhook", name)]
    assert (False, "It answered 410 Gone at 2026-03-01T12:00:00.000000Z.") == (
        stored.is_active,
        stored.switched_off_because,
    )
    with house.database.writing() as session:
        WebhookStore(session).change(name, stored.revision, Change(is_active=True))
    assert Passed(2, 0) == delivered(house, name, world)


def test_one_that_was_moved_while_it_was_asked_stays_on(house: House, receiver: Receiver, world: World) -> None:
    """What is gone is where it was."""
    name = webhook(house, receiver.url, world)
    tell(house, "1")

    def moved(*_: object) -> list[str]:
        with house.database.writing() as session:
            WebhookStore(session).change(name, 1, Change(url=f"{receiver.url}/here"))
        return ["127.0.0.1"]

    receiver.statuses = [410]
    assert Passed(0, 1) == deliver(house, name, replace(world.means(), resolve=moved))
    with house.database.reading() as session:
        assert WebhookStore(session).webhook(name).is_active


def test_a_receiver_is_left_alone_for_as_long_as_it_asks(house: House, receiver: Receiver, world: World) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1")
    receiver.statuses, receiver.headers["Retry-After"] = [429], "600"
    delivered(house, name, world)
    (waiting,) = deliveries(house, name)
    assert NOON + 600 * SECOND == waiting.next_attempt_at


def test_what_one_process_holds_another_leaves_until_its_time_is_over(
    house: House, receiver: Receiver, world: World
) -> None:
    """A process that died in the middle: its events are sent again, none is lost."""
    name = webhook(house, receiver.url, world)
    tell(house, "1", "2")
    died = delivering._take(house, name, world.means("died"))
    assert 2 == len(died.events)
    assert Passed() == delivered(house, name, world, "other")
    world.wait(14)
    assert Passed() == delivered(house, name, world, "other")
    world.wait(1)
    assert Passed(2, 0) == delivered(house, name, world, "other")


def test_one_that_comes_back_too_late_changes_nothing(house: House, receiver: Receiver, world: World) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1")
    slow = replace(world.means(), by="slow/1")
    taken = delivering._take(house, name, slow)
    world.wait(15)
    assert Passed(1, 0) == delivered(house, name, world, "other")
    delivering._record(house, taken, [delivering._Sent(taken.events[0], None, "too late")], slow)
    assert [("delivered", 1)] == states(house, name)


def test_a_pass_ends_while_its_events_are_still_held(house: House, receiver: Receiver, world: World) -> None:
    """Each post takes three seconds of a pass of four; the rest is let go at once."""
    ticks = iter(range(0, 1000, 3))
    world.elapsed = lambda: float(next(ticks) // 2)
    name = webhook(house, receiver.url, world)
    tell(house, *map(str, range(6)))
    first = delivered(house, name, world)
    assert 0 < first.received < 6
    while delivered(house, name, world).received:
        pass
    assert list(map(str, range(6))) == subjects(receiver)


def test_what_nobody_received_is_given_up_and_later_forgotten(house: House, receiver: Receiver, world: World) -> None:
    name = webhook(house, receiver.url, world)
    tell(house, "1")
    delivered(house, name, world)
    tell(house, "2")
    clean_up(house, NOON + 3 * DAY)
    assert [("delivered", 1), ("waiting", 0)] == states(house, name)
    clean_up(house, NOON + 3 * DAY + 1)
    assert [("delivered", 1), ("dead", 0)] == states(house, name)
    clean_up(house, NOON + 31 * DAY)
    assert [("dead", 0)] == states(house, name)
    clean_up(house, NOON + 91 * DAY)
    assert [] == states(house, name)


@given(st.integers(1, 12), st.floats(0, 1, exclude_max=True))
def test_delays_grow_from_five_seconds_to_six_hours(attempt: int, chance: float) -> None:
    least = delay_before(attempt, 0.0)
    assert 5 * SECOND <= least <= delay_before(attempt, chance) <= 1.2 * least
    assert least <= 6 * 3600 * SECOND
    assert least <= delay_before(attempt + 1, 0.0)
