"""Decimal text and scaled integers: exact both ways, refused rather than rounded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.amounts import decimal_text, from_scaled, parse_decimal, to_scaled
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import LARGEST, SMALLEST

SCALES = st.integers(min_value=0, max_value=6).map(lambda digits: 10**digits)
PLAIN_VALUES = st.integers(min_value=SMALLEST, max_value=LARGEST)


@given(PLAIN_VALUES, SCALES)
def test_every_plain_value_survives_being_written_and_read(value: int, scale: int) -> None:
    assert value == to_scaled(parse_decimal(from_scaled(value, scale)), scale)


@pytest.mark.parametrize(
    ("value", "scale", "expected"),
    [(20_000_050, 100, "200000.50"), (-5, 100, "-0.05"), (0, 100, "0.00"), (1_001, 1_000, "1.001"), (-7, 1, "-7")],
)
def test_an_amount_is_written_with_all_decimals(value: int, scale: int, expected: str) -> None:
    assert expected == from_scaled(value, scale)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".5",
        "5.",
        "1e5",
        "+1",
        "1,000",
        "1_000",
        " 1",
        "1\n",
        "１",
        "٣",
        "NaN",
        "Infinity",
        "--1",
        "0x1",
        "1" * 61,
    ],
)
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(PolicyTextError) as refused:
        parse_decimal(text)
    assert refused.value.code == "L231"


@pytest.mark.parametrize(("text", "scale"), [("0.001", 100), ("0.5", 1), ("1.0000001", 10**6), ("-0.001", 100)])
def test_decimals_that_would_be_lost_are_refused(text: str, scale: int) -> None:
    with pytest.raises(PolicyTextError) as refused:
        to_scaled(Decimal(text), scale)
    assert refused.value.code == "L232"


@pytest.mark.parametrize("text", ["92233720368547758.07", "-92233720368547758.07", "1e400", "NaN", "-Infinity"])
def test_values_outside_the_plain_range_are_refused(text: str) -> None:
    """The two sentinels are no amounts either."""
    with pytest.raises(PolicyTextError) as refused:
        to_scaled(Decimal(text), 100)
    assert refused.value.code == "L209"


def test_a_number_too_small_to_write_out_is_refused_at_once() -> None:
    with pytest.raises(PolicyTextError) as refused:
        to_scaled(Decimal("1e-999999"), 100)
    assert refused.value.code == "L232"


def test_the_largest_amount_is_read() -> None:
    assert to_scaled(Decimal("92233720368547758.06"), 100) == LARGEST


@pytest.mark.parametrize(
    ("text", "expected"),
    [("200000.50", "200000.5"), ("100.00", "100"), ("1E+3", "1000"), ("-0.0", "0"), ("0", "0"), ("10", "10")],
)
def test_a_decimal_has_one_text(text: str, expected: str) -> None:
    assert expected == decimal_text(Decimal(text))
