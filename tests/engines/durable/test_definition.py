"""Rules are written so that few conditions hold at once and none stands beside too many others."""

import json

import pytest

from policy_service.domain.errors import UnsupportedCondition
from policy_service.engines.durable.definition import BASE, Rule, Written, write

TEN_BINS = [10, 10, 10]


def conditions_of(written: Written, name: str) -> list[object]:
    found: list[object] = json.loads(written.definition)[name]["all"][0]["m"]["$and"]
    return found


def test_a_bin_is_an_equality() -> None:
    (written,) = write([Rule("r", 0, {0: 1 << 4})], TEN_BINS)
    assert conditions_of(written, "r") == [{"t": 1}, {"a": 4}]


def test_adjacent_bins_are_a_range() -> None:
    (written,) = write([Rule("r", 0, {0: 0b0011110000})], TEN_BINS)
    assert conditions_of(written, "r") == [{"t": 1}, {"$gte": {"a": 4}}, {"$lte": {"a": 7}}]


def test_a_range_that_is_open_at_an_end_is_one_condition() -> None:
    (written,) = write([Rule("r", 0, {0: 0b1111110000}), Rule("s", 1, {0: 0b0000001111})], TEN_BINS)
    assert conditions_of(written, "r") == [{"t": 1}, {"$gte": {"a": 4}}]
    assert conditions_of(written, "s") == [{"t": 1}, {"$lte": {"a": 3}}]


def test_all_bins_are_no_condition() -> None:
    (written,) = write([Rule("r", 0, {0: 0b1111111111})], TEN_BINS)
    assert conditions_of(written, "r") == [{"t": 1}]


def test_any_other_set_of_bins_has_a_property_of_its_own() -> None:
    (written,) = write([Rule("r", 0, {0: 0b0100100010})], TEN_BINS)
    assert conditions_of(written, "r") == [{"t": 1}, {"a": 1}]
    told = [json.loads(written.message([code, 0, 0]))["a"] for code in range(10)]
    assert told == [0, 1, 0, 0, 0, 1, 0, 0, 1, 0]


def test_many_different_sets_of_few_bins_are_written_out_bin_by_bin() -> None:
    rules = [Rule(str(one), one, {0: 1 << one | 1 << one + 3}) for one in range(20)]
    (written,) = write(rules, [30])
    assert {"5", "5.1"} < json.loads(written.definition).keys()
    digits = [conditions_of(written, name)[1:] for name in ("5", "5.1")]
    assert [[{"a": 0}, {"b": 5}], [{"a": 0}, {"b": 8}]] == digits


def test_a_rule_of_many_sets_is_not_written_out_too_often() -> None:
    rules = [Rule(str(one), one, dict.fromkeys(range(3), 0b1111 << one)) for one in range(20)]
    written = write(rules, [30] * 3)
    assert 20 == sum(each.rules for each in written)


def test_many_bins_of_one_column_are_written_as_digits() -> None:
    rules = [Rule(str(code), code, {0: 1 << code}) for code in range(1_000)]
    (written,) = write(rules, [1_000])
    assert conditions_of(written, "291") == [{"t": 1}, {"a": 1}, {"b": 2}, {"c": 3}]
    assert written.stack_bound == 1


def test_no_property_has_more_children_at_a_node_than_a_digit_has_values() -> None:
    (written,) = write([Rule(str(code), code, {0: 1 << code}) for code in range(1_000)], [1_000])
    values = {tuple(condition.values()) for rule in json.loads(written.definition).values()
              for condition in rule["all"][0]["m"]["$and"]}  # fmt: skip
    assert max(value for (value,) in values) < BASE


def test_every_property_is_in_every_message() -> None:
    (written,) = write([Rule("r", 0, {0: 1 << 4, 1: 0b11110}), Rule("s", 1, {2: 0b10010})], TEN_BINS)
    assert json.loads(written.message([0, 9, 1])) == {"sid": "0", "id": "m", "t": 1, "a": 0, "b": 9, "c": 1}


def test_rules_keep_the_order_of_the_rows_as_priorities() -> None:
    (written,) = write([Rule("late", 7, {0: 2}), Rule("early", 3, {1: 2})], TEN_BINS)
    rules = json.loads(written.definition)
    assert rules["early"]["pri"] < rules["late"]["pri"] < rules["-"]["pri"]


def test_no_rules_need_no_ruleset() -> None:
    assert write([], TEN_BINS) == ()


def test_a_rule_beyond_every_limit_is_refused() -> None:
    with pytest.raises(UnsupportedCondition):
        write([Rule("wide", 0, dict.fromkeys(range(300), 1 << 4))], [10] * 300)
