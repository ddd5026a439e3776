"""Calendar days, their text and their number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.days import day_number, day_of, parse_day


@given(st.dates())
def test_every_day_survives_its_text_and_its_number(day: date) -> None:
    assert day == parse_day(day.isoformat())
    assert day == day_of(day_number(day))


def test_days_count_from_the_first_of_1970() -> None:
    assert day_number(date(1970, 1, 1)) == 0
    assert day_number(date(2026, 3, 1)) == 20513


@pytest.mark.parametrize(
    "text", ["", "2026-02-29", "20260301", "2026-W09-7", "2026-3-1", "2026-03-01T00:00", "２026-03-01"]
)
def test_one_day_has_one_text(text: str) -> None:
    assert parse_day(text) is None


@pytest.mark.parametrize("number", [-719_163, 2_932_897, -(2**63), 2**63 - 1])
def test_a_number_outside_the_calendar_is_no_day(number: int) -> None:
    assert day_of(number) is None


@pytest.mark.parametrize(("number", "day"), [(-719_162, date.min), (2_932_896, date.max)])
def test_the_calendar_is_whole(number: int, day: date) -> None:
    assert day == day_of(number)
