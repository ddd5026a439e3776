"""Every instant falls on one business day, and days follow each other without a gap, whatever clocks are set to."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.instants import (
    DAY,
    SECOND,
    Instant,
    business_day,
    end_of_day,
    instant_text,
    parse_instant,
    start_of_day,
)

HOUR = 3600 * SECOND
#: From 2023 to 2028: two leap days, and every change of the clock in between.
DAYS = [dt.date(2023, 12, 1) + dt.timedelta(number) for number in range(1_600)]
#: Where clocks change at night, at midnight itself, by half an hour, and where they do not.
ZONES = [
    "Europe/Berlin",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Asia/Shanghai",
    "UTC",
]

#: The first instant that can be written, and the last.
INSTANTS = st.integers(-62_135_596_800 * SECOND, 253_402_300_800 * SECOND - 1)


@given(INSTANTS, INSTANTS)
def test_texts_read_back_and_are_in_the_order_of_the_instants(one: Instant, other: Instant) -> None:
    assert one == parse_instant(instant_text(one))
    assert (one < other) == (instant_text(one) < instant_text(other))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-12:00"])
def test_an_instant_that_could_not_be_written_again_is_none(text: str) -> None:
    assert parse_instant(text) is None


@pytest.mark.parametrize("name", ["Etc/GMT+12", "UTC", "Asia/Shanghai", "Pacific/Kiritimati"])
@pytest.mark.parametrize("day", [dt.date.min, dt.date.max], ids=str)
def test_the_first_and_the_last_day_have_a_beginning_that_can_be_written(day: dt.date, name: str) -> None:
    begins = start_of_day(day, ZoneInfo(name))
    assert begins == parse_instant(instant_text(begins))
    assert day == business_day(begins, ZoneInfo(name))


@given(INSTANTS, st.sampled_from(["Etc/GMT+12", "Pacific/Kiritimati"]))
def test_every_instant_that_can_be_written_falls_on_a_day(instant: Instant, name: str) -> None:
    assert business_day(instant, ZoneInfo(name))


def test_a_year_has_four_digits() -> None:
    assert "0001-01-01T00:00:00.000000Z" == instant_text(-62_135_596_800 * SECOND)


@pytest.mark.parametrize("name", ZONES)
def test_a_day_is_over_where_the_next_one_begins_and_the_last_one_at_the_end_of_the_calendar(name: str) -> None:
    zone, last = ZoneInfo(name), dt.date.max
    before = last - dt.timedelta(1)
    assert start_of_day(last, zone) == end_of_day(before, zone)
    assert "9999-12-31T23:59:59.999999Z" == instant_text(end_of_day(last, zone))


@pytest.mark.parametrize("name", ZONES)
def test_a_day_begins_where_the_one_before_it_ends(name: str) -> None:
    zone = ZoneInfo(name)
    begins = [start_of_day(day, zone) for day in DAYS]
    assert DAYS == [business_day(instant, zone) for instant in begins]
    assert DAYS[:-1] == [business_day(instant - 1, zone) for instant in begins[1:]]


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Europe/Berlin", {23, 24, 25}),
        ("America/Santiago", {23, 24, 25}),
        ("Australia/Lord_Howe", {23.5, 24, 24.5}),
        ("Asia/Shanghai", {24}),
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(name: str, hours: set[float]) -> None:
    begins = [start_of_day(day, ZoneInfo(name)) for day in DAYS]
    assert hours == {(after - before) / HOUR for before, after in pairwise(begins)}


def test_the_day_behind_a_leap_day_is_the_first_of_march() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert dt.date(2028, 3, 1) == business_day(start_of_day(dt.date(2028, 2, 29), zone) + DAY, zone)
