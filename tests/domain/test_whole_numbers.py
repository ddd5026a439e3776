"""A whole number that people write is read one way, or not at all."""

import pytest

from policy_service.domain.whole_numbers import parse_whole_number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("²", None),
        ("٣", None),
        ("-1", None),
        ("", None),
    ],
)
def test_a_whole_number_is_a_few_plain_digits(written: str, number: int | None) -> None:
    assert number == parse_whole_number(written)
