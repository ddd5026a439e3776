"""Typed access to a YAML tree says what was found, what is expected, and which key was meant."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.outcomes import Outcome
from policy_service.language.definitions.dictionary import Title
from policy_service.language.yaml_text import yaml_reader as read
from policy_service.language.yaml_text.strict_yaml import YamlNode, YamlScalar, read_yaml

Reader = Callable[[YamlNode, str], object]


def node(text: str) -> YamlNode:
    return read_yaml(text, "f.yaml")


def refusal(reader: Reader, text: str) -> PolicyTextError:
    with pytest.raises(PolicyTextError) as caught:
        reader(node(text), "step")
    return caught.value


def outcome(value: YamlNode, what: str) -> Outcome:
    return read.choice(value, what, Outcome)


def from_one_to_nine(value: YamlNode, what: str) -> int:
    return read.whole(value, what, 1, 9)


READINGS: dict[str, tuple[Reader, str, object]] = {
    "a text": (read.text, "credit manager", "credit manager"),
    "a number as a text": (read.text, "5", "5"),
    "texts": (read.texts, "[a, 'b c']", ("a", "b c")),
    "no texts": (read.texts, "[]", ()),
    "a name": (read.name, "hold_after_days", "hold_after_days"),
    "a Chinese name": (read.name, "应收账款2", "应收账款2"),
    "a whole number": (read.whole, "-30", -30),
    "a whole number in its span": (from_one_to_nine, "9", 9),
    "a decimal": (read.decimal, "200000.50", Decimal("200000.50")),
    "a decimal without point": (read.decimal, "-3", Decimal(-3)),
    "a boolean": (read.boolean, "true", True),
    "the other boolean": (read.boolean, "false", False),
    "a day": (read.day, "2024-02-29", date(2024, 2, 29)),
    "a quoted day": (read.day, "'2024-02-29'", date(2024, 2, 29)),
    "a choice": (outcome, "decline", Outcome.DECLINE),
    "a wording": (read.title, "{en: Days, zh: 天数}", Title("Days", "天数")),
    "a wording in one language": (read.title, "{zh: 天数}", Title(zh="天数")),
}


@pytest.mark.parametrize(("reader", "text", "expected"), READINGS.values(), ids=READINGS.keys())
def test_it_is_read(reader: Reader, text: str, expected: object) -> None:
    assert expected == reader(node(text), "step")


REFUSALS: dict[str, tuple[Reader, str, str]] = {
    "a list where keys belong": (read.entries, "[1]", "L040"),
    "a text where a list belongs": (read.items, "5", "L043"),
    "a list where one value belongs": (read.scalar, "[1]", "L044"),
    "a mapping where one value belongs": (read.text, "{a: 1}", "L044"),
    "null where a text belongs": (read.text, "null", "L045"),
    "an empty text": (read.text, "''", "L045"),
    "a wording of nothing": (read.title, "{}", "L045"),
    "a wording in a third language": (read.title, "{de: Tage}", "L041"),
    "a name with a dash": (read.name, "hold-after", "L046"),
    "a name with a space": (read.name, "hold after", "L046"),
    "a name that begins with a digit": (read.name, "2nd", "L046"),
    "a name with a point": (read.name, "group.exposure", "L046"),
    "a name in full-width letters": (read.name, "ｌｉｍｉｔ", "L046"),
    "a name that is a word of the language": (read.name, "between", "L046"),
    "a decimal where a whole number belongs": (read.whole, "1.5", "L047"),
    "a quoted number where a whole number belongs": (read.whole, "'15'", "L047"),
    "a number beyond the representation": (read.whole, "9" * 19, "L047"),
    "a number beyond its span": (from_one_to_nine, "10", "L048"),
    "a number below its span": (from_one_to_nine, "0", "L048"),
    "separated thousands": (read.decimal, "1,000", "L049"),
    "a text where a number belongs": (read.decimal, "many", "L049"),
    "a number without end": (read.decimal, "1" * 100_000, "L049"),
    "a quoted boolean": (read.boolean, "'true'", "L050"),
    "a number where a boolean belongs": (read.boolean, "1", "L050"),
    "a day that the calendar has not": (read.day, "2023-02-29", "L051"),
    "a day written otherwise": (read.day, "1.3.2026", "L051"),
    "a day in other digits": (read.day, "２０２６-03-01", "L051"),
    "a week date": (read.day, "2026-W01-1", "L051"),
    "an unknown choice": (outcome, "reject", "L052"),
    "a text that stands twice": (read.texts, "[a, b, a]", "L053"),
}


@pytest.mark.parametrize(("reader", "text", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_is_refused_with_its_code_and_a_remedy(reader: Reader, text: str, code: str) -> None:
    error = refusal(reader, text)

    assert code == error.code
    assert error.remedy
    assert Place("f.yaml", 1) == Place(error.place.file, error.place.line)


def test_a_message_says_what_was_found_and_what_is_expected() -> None:
    expected = 'f.yaml line 1, column 1: step is "1,000", where a number is expected. '
    expected += "Write digits with at most one point, without quotes: 200000.50. [L049]"

    assert expected == str(refusal(read.decimal, "1,000"))


def test_a_long_text_is_shown_shortened() -> None:
    assert len(refusal(read.decimal, "x" * 10_000).message) < 150


def test_keys_are_read_by_name_and_optional_ones_may_be_absent() -> None:
    written = read.fields(node("{id: R1, when: {}}"), "a row", ("id",), ("when", "note"))

    assert ["id", "when"] == list(written)


def test_an_unknown_key_is_refused_with_the_key_that_was_meant() -> None:
    with pytest.raises(PolicyTextError) as caught:
        read.fields(node("id: R1\nwhne: {}"), "a row", ("id",), ("when", "then"))

    assert ("L041", Place("f.yaml", 2, 1)) == (caught.value.code, caught.value.place)
    assert 'Did you mean "when"?' == caught.value.remedy


def test_an_unknown_key_like_no_other_is_refused_with_all_that_there_are() -> None:
    with pytest.raises(PolicyTextError) as caught:
        read.fields(node("xyz: R1"), "a row", ("id",), ("when",))

    assert "Known are: id, when." == caught.value.remedy


def test_a_missing_key_is_refused_at_its_mapping() -> None:
    with pytest.raises(PolicyTextError) as caught:
        read.fields(node("[{a: 1}]").items[0], "a row", ("id",), ("a",))  # type: ignore[union-attr]

    assert ("L042", Place("f.yaml", 1, 2)) == (caught.value.code, caught.value.place)


def test_a_misspelled_choice_is_answered_with_the_nearest() -> None:
    assert 'Did you mean "approve"?' == refusal(outcome, "aprove").remedy


@given(st.text())
@pytest.mark.parametrize("reader", [read.name, read.whole, read.decimal, read.boolean, read.day, read.title, outcome])
def test_no_text_makes_a_reader_fail_otherwise(reader: Reader, text: str) -> None:
    assert is_read_or_refused(reader, YamlScalar(text))


def is_read_or_refused(reader: Reader, value: YamlNode) -> bool:
    try:
        reader(value, "step")
    except PolicyTextError as error:
        return bool(error.remedy)
    return True
