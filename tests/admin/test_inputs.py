"""What people write is read one way, or not at all."""

import datetime as dt

import pytest

from admin.inputs import day_in, plain_amount
from policy_service.domain.errors import RequestError


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("50000.50", "50000.50"),
        ("50,000.50", "50000.50"),
        (" 1 250 000 ", "1250000"),
        ("1，250", "1250"),
        ("1\u202f250.5", "1250.5"),
    ],
)
def test_what_sets_thousands_apart_is_left_out(written: str, plain: str) -> None:
    assert plain == plain_amount(written)


@pytest.mark.parametrize("written", ["50000,50", "1.250,00", "1,25", "12,5000", "1,250,00", ",250", "1,250.", "-1,250"])
def test_any_other_comma_stays_to_be_refused(written: str) -> None:
    assert written == plain_amount(written)


def test_a_day_is_written_one_way() -> None:
    assert dt.date(2026, 11, 21) == day_in("2026-11-21")
    with pytest.raises(RequestError) as refused:
        day_in("21.11.2026")
    assert "R422" == refused.value.code
