"""Every instant falls on one business day, and days follow each other without a gap, whatever clocks are set to."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from policy_service.domain.instants import DAY, SECOND, business_day, start_of_day

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
