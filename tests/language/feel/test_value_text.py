"""Single values as text: what is written is read back, what is no value of its kind is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import NOWHERE, PolicyTextError
from policy_service.domain.values import FALSE, LARGEST, SMALLEST, TRUE, UNKNOWN, UNLIMITED, Currency, Kind
from policy_service.language.feel.value_text import read_value, write_value

CNY, JPY, KWD = Currency("CNY", 2), Currency("JPY", 0), Currency("KWD", 3)
VOCABULARY = ("A", "A+", 'say "no"', '"quoted"', "none", "null", "unknown", "unlimited", "back\\slash", '"\\"', "华东")


def read(text: str, kind: Kind, currency: Currency = CNY) -> int:
    return read_value(text, kind, currency, VOCABULARY.index, NOWHERE)


def write(value: int, kind: Kind, currency: Currency = CNY) -> str:
    return write_value(value, kind, currency, VOCABULARY)


@given(
    st.integers(min_value=SMALLEST, max_value=LARGEST),
    st.sampled_from((Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.DAYS)),
    st.sampled_from((CNY, JPY, KWD)),
)
def test_every_amount_and_number_is_read_as_it_was_written(value: int, kind: Kind, currency: Currency) -> None:
    assert value == read(write(value, kind, currency), kind, currency)


@given(st.integers(min_value=-719_162, max_value=2_932_896))
def test_every_day_is_read_as_it_was_written(value: int) -> None:
    assert value == read(write(value, Kind.DATE), Kind.DATE)


@pytest.mark.parametrize("code", range(len(VOCABULARY)))
def test_every_category_is_read_as_it_was_written(code: int) -> None:
    assert code == read(write(code, Kind.CATEGORY), Kind.CATEGORY)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("word", ["unknown", "null", "none"])
def test_the_words_for_unknown_are_unknown_of_every_kind(kind: Kind, word: str) -> None:
    assert read(word, kind) == UNKNOWN
    assert write(UNKNOWN, kind) == "unknown"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("200000.50", Kind.MONEY, 20_000_050),
        ("unlimited", Kind.MONEY, UNLIMITED),
        ("0.05", Kind.NUMBER, 50_000),
        ("-3", Kind.NUMBER, -3_000_000),
        ("100", Kind.NUMBER, 100_000_000),
        ("-3", Kind.DAYS, -3),
        ("true", Kind.BOOLEAN, TRUE),
        ("false", Kind.BOOLEAN, FALSE),
        ("1970-01-02", Kind.DATE, 1),
        ("A+", Kind.CATEGORY, 1),
        ("unlimited", Kind.CATEGORY, 7),
        ("华东", Kind.CATEGORY, 10),
    ],
)
def test_a_text_is_its_value_and_a_value_its_text(text: str, kind: Kind, value: int) -> None:
    assert value == read(text, kind)
    assert text == write(value, kind)


def test_amounts_have_the_decimals_of_the_currency() -> None:
    assert write(1_000, Kind.MONEY, JPY) == "1000"
    assert write(1_000, Kind.MONEY, KWD) == "1.000"


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("0.001", Kind.MONEY, "L232"),
        ("2.5", Kind.DAYS, "L232"),
        ("0.0000001", Kind.NUMBER, "L232"),
        ("1,000", Kind.MONEY, "L231"),
        ("", Kind.INTEGER, "L231"),
        ("unlimited", Kind.NUMBER, "L231"),
        ("9223372036854775807", Kind.INTEGER, "L209"),
        ("-9223372036854775808", Kind.INTEGER, "L209"),
        ("yes", Kind.BOOLEAN, "L233"),
        ("1", Kind.BOOLEAN, "L233"),
        ("2026-02-30", Kind.DATE, "L233"),
        ("20260301", Kind.DATE, "L233"),
        ("", Kind.CATEGORY, "L233"),
        ('""', Kind.CATEGORY, "L233"),
    ],
)
def test_a_text_that_is_no_value_of_its_kind_is_refused(text: str, kind: Kind, code: str) -> None:
    with pytest.raises(PolicyTextError) as refused:
        read(text, kind)
    assert code == refused.value.code
    assert refused.value.remedy


@pytest.mark.parametrize("code", [-1, len(VOCABULARY)])
def test_a_code_of_no_category_is_refused(code: int) -> None:
    with pytest.raises(PolicyTextError) as refused:
        write(code, Kind.CATEGORY)
    assert refused.value.code == "L234"


def test_a_day_outside_the_calendar_is_still_written() -> None:
    assert write(10**9, Kind.DATE) == "1000000000 days from 1970-01-01"
