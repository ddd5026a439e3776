"""What only one process does moves to another when it dies, and nothing is lost on the way."""

import time
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from policy_service.running import now
from policy_service.services.house import House
from tests.nursery import Born, born
from tests.services.webhooks.receiving import LOOPBACK, World, deliveries, receiving, tell, webhook


def process(url: str, lasts: float) -> AbstractContextManager[Born]:
    """Give a process with its background, killed at the latest when the block ends."""
    return born("tests.running.child", url, str(lasts))


@pytest.fixture
def house(house: House) -> House:
    """Give a house whose webhooks may go to this machine."""
    house.settings = replace(house.settings, webhook_allow_http=True, webhook_allowed_networks=(LOOPBACK,))
    return house


def _received(house: House, webhook_id: str, count: int, within: float) -> None:
    ends = time.monotonic() + within
    while ["delivered"] * count != [one.state for one in deliveries(house, webhook_id)]:
        assert time.monotonic() < ends, list(deliveries(house, webhook_id))
        time.sleep(0.05)


def _dies_and_is_followed(house: House, url: str, lasts: float, within: float) -> None:
    with receiving() as receiver, process(url, lasts) as one:
        name = webhook(house, receiver.url, World(now()))
        assert "writes as host/1" == one.said()
        assert "is scheduler" == one.said()
        with process(url, lasts) as other:
            assert "writes as host/2" == other.said()
            tell(house, "before", at=now())
            # A process takes its time where the machine is busy.
            _received(house, name, 1, 60)
            one.kill()
            tell(house, "after", at=now())
            _received(house, name, 2, within)
            assert "is scheduler" == other.said()
    assert 2 == len(set(receiver.ids)) == len(receiver.ids)


def test_when_the_scheduler_is_killed_another_goes_on(house: House, url: str) -> None:
    """With short leases, so that nobody has to wait; shorter ones run out where the machine is busy."""
    _dies_and_is_followed(house, url, 5.0, 60.0)


@pytest.mark.long
def test_when_the_scheduler_is_killed_another_goes_on_within_fifteen_seconds(house: House, url: str) -> None:
    _dies_and_is_followed(house, url, 12.0, 15.0)
