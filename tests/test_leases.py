"""Exactly one process holds a lease, and one that died is followed in time, whatever its clock said."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from policy_service.domain.instants import SECOND, Instant
from policy_service.leases import LASTS, Clocks, HeldLease, take_writer_name, writer_lease
from policy_service.services.house import House
from policy_service.settings import read_settings
from policy_service.storage.database import Database
from policy_service.storage.lease_holders import holder

HOUR = 3_600


@dataclass(slots=True)
class Time:
    """What a process thinks it is: the clock on the wall, and the one that nobody sets."""

    wall: Instant = 1_000 * SECOND
    steady: float = 0.0

    def passes(self, seconds: float) -> None:
        self.wall += int(seconds * SECOND)
        self.steady += seconds

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self.wall, lambda: self.steady)


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    made = House(read_settings({}), database, lambda: "id", "")
    yield made
    made.policies.close()


def lease(house: House, by: str, time: Time) -> HeldLease:
    return HeldLease(house, "scheduler", by, time.clocks)


def test_the_first_one_holds_it_and_no_other(house: House) -> None:
    time = Time()
    one, other = lease(house, "one", time), lease(house, "other", time)
    assert not one.is_held
    assert one.renew()
    assert not other.renew()
    assert (True, False) == (one.is_held, other.is_held)


def test_whoever_renews_in_time_keeps_it(house: House) -> None:
    time = Time()
    one, other = lease(house, "one", time), lease(house, "other", time)
    one.renew()
    for _ in range(20):
        time.passes(4)
        assert one.is_to_be_renewed
        assert one.renew()
        assert not one.is_to_be_renewed
        assert not other.renew()


def test_a_dead_holder_is_followed_within_fifteen_seconds(house: House) -> None:
    time = Time()
    one, other = lease(house, "one", time), lease(house, "other", time)
    one.renew()
    passed = 0
    while not other.renew():
        time.passes(1)
        passed += 1
    assert LASTS <= passed <= 15
    assert not one.is_held
    assert not one.renew()


def test_a_holder_thinks_it_lost_the_lease_before_anybody_can_have_it(house: House) -> None:
    time = Time()
    one, other = lease(house, "one", time), lease(house, "other", time)
    one.renew()
    for _ in range(30):
        time.passes(0.5)
        other.renew()
        assert not (one.is_held and other.is_held)


def test_given_up_it_is_had_at_once(house: House) -> None:
    time = Time()
    one, other = lease(house, "one", time), lease(house, "other", time)
    one.renew()
    one.give_up()
    assert not one.is_held
    assert other.renew()
    one.give_up()
    assert other.is_held


def test_a_dead_holder_whose_clock_was_ahead_is_followed_too(house: House) -> None:
    """Its lease ends an hour from now; but it has not moved for as long as a lease lasts."""
    ahead, time = Time(wall=(1_000 + HOUR) * SECOND), Time()
    lease(house, "one", ahead).renew()
    other, passed = lease(house, "other", time), 0
    while not other.renew():
        time.passes(1)
        passed += 1
    assert passed <= 15


def test_a_living_holder_whose_clock_was_ahead_keeps_it(house: House) -> None:
    ahead, time = Time(wall=(1_000 + HOUR) * SECOND), Time()
    one, other = lease(house, "one", ahead), lease(house, "other", time)
    one.renew()
    for _ in range(30):
        ahead.passes(1)
        time.passes(1)
        if one.is_to_be_renewed:
            assert one.renew()
        assert not other.renew()


def test_a_clock_set_back_takes_nothing_from_its_holder(house: House) -> None:
    time = Time()
    one = lease(house, "one", time)
    one.renew()
    time.wall -= HOUR * SECOND
    assert one.is_held
    time.passes(4)
    assert one.renew()


def test_processes_write_under_the_first_names_that_are_free(house: House) -> None:
    time = Time()
    first = take_writer_name(house, "host", "one", time.clocks)
    assert "host/1" == house.writer
    take_writer_name(house, "host", "other", time.clocks)
    assert "host/2" == house.writer
    take_writer_name(house, "elsewhere", "third", time.clocks)
    assert "elsewhere/1" == house.writer
    first.give_up()
    take_writer_name(house, "host", "fourth", time.clocks)
    assert "host/1" == house.writer


def test_a_process_that_asks_again_keeps_its_name(house: House) -> None:
    time = Time()
    for _ in range(3):
        take_writer_name(house, "host", "one", time.clocks)
        assert "host/1" == house.writer


def test_a_long_name_of_a_host_fits(house: House) -> None:
    take_writer_name(house, "h" * 200, "one", Time().clocks)
    assert 40 == len(writer_lease(house.writer))
    assert "h" * 100 + "/1" == house.writer


def test_who_holds_it_can_be_looked_at(house: House) -> None:
    time = Time()
    lease(house, "one", time).renew()
    with house.database.reading() as session:
        found = holder(session, "scheduler")
        assert holder(session, "nothing") is None
    assert found is not None
    assert ("one", time.wall + int(LASTS * SECOND)) == (found.by, found.until)
