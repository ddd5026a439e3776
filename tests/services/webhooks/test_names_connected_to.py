"""An event goes to the addresses that were checked, whatever a name or an answer says later."""

from dataclasses import replace

import pytest

from policy_service.domain.errors import RequestError
from policy_service.services.house import House
from policy_service.services.webhooks.delivering import Passed, deliver
from tests.services.webhooks.receiving import Receiver, World, delivered, deliveries, receiving, tell, webhook

PUBLIC = "93.184.216.34"


def test_a_name_that_turns_inward_is_not_connected_to(house: House, receiver: Receiver, world: World) -> None:
    """Rebinding: public when the webhook was made, this machine when the event is sent."""
    outside = House(replace(house.settings, webhook_allowed_networks=()), house.database, house.new_id, house.writer)
    world.names["hooks.example.com"] = [[PUBLIC], ["127.0.0.1"]]
    name = webhook(outside, f"http://hooks.example.com:{receiver.port}/", world)
    tell(outside, "1")
    assert Passed(0, 1) == deliver(outside, name, world.means())
    (failed,) = deliveries(house, name)
    assert "127.0.0.1, which is not public" in failed.last_error
    assert 0 == receiver.connections


def test_a_name_is_asked_for_once_and_the_answer_connected_to(house: House, receiver: Receiver, world: World) -> None:
    """Rebinding within one sending: whatever the name would have been the next time."""
    world.names["hooks.example.com"] = [["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]]
    name = webhook(house, f"http://hooks.example.com:{receiver.port}/", world)
    tell(house, "1", "2")
    world.asked.clear()
    assert Passed(2, 0) == delivered(house, name, world)
    assert ["hooks.example.com"] == world.asked


def test_one_private_address_among_public_ones_is_enough_to_refuse(house: House, world: World) -> None:
    world.names["hooks.example.com"] = [[PUBLIC, "10.0.0.1"]]
    with pytest.raises(RequestError) as refused:
        webhook(house, "https://hooks.example.com/", world)
    assert "R473" == refused.value.code


def test_a_redirect_to_this_machine_is_a_failure(house: House, receiver: Receiver, world: World) -> None:
    with receiving() as inside:
        receiver.statuses, receiver.headers["Location"] = [302], inside.url
        name = webhook(house, receiver.url, world)
        tell(house, "1")
        assert Passed(0, 1) == delivered(house, name, world)
        assert [] == inside.posts
    assert "It answered 302." == deliveries(house, name)[0].last_error
