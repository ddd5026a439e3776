"""What a policy decided, as the fields and tasks of another system have it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from policy_service.connectors.mapping.mapping import Output
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.mapping.task_texts import LONGEST_SUBJECT, filled
from policy_service.connectors.mapping.written_fields import Value, WrittenValues, write_back_of, written_values
from policy_service.connectors.port import Json
from policy_service.domain.currencies import currency
from policy_service.domain.values import UNLIMITED

ZONE = ZoneInfo("Asia/Shanghai")


def written(output: Output, field: str, value: Value, base: str = "CNY") -> WrittenValues:
    mapping = read_connector_mapping(
        "{mapping: a, system: zoho_crm, rows: [{from: A, to: customers, columns: {customer_id: id}}],"
        f" write_back: [{{object: A, fields: {{{output.value}: {field}}}}}]}}",
        "a.yaml",
    )
    write_back = write_back_of(mapping, "A")
    assert write_back is not None
    return written_values(write_back, {output: value}, currency(base), ZONE)


@pytest.mark.parametrize(
    ("output", "field", "value", "expected"),
    [
        (Output.GRADE, "F", "A", "A"),
        (Output.GRADE, "{field: F, values: {A: 优}}", "A", "优"),
        (Output.GRADE, '{field: F, unset: ""}', None, None),
        (Output.GRADE, "{field: F, unset: none}", None, "none"),
        (Output.CREDIT_LIMIT, "F", 12_345_678, 123_456),
        (Output.CREDIT_LIMIT, "{field: F, decimals: 1}", 12_345_678, "123456.7"),
        (Output.CREDIT_LIMIT, "{field: F, decimals: 4}", 12_345_678, "123456.7800"),
        (Output.CREDIT_LIMIT, "{field: F, currency: CNY}", 100, 1),
        (Output.CREDIT_LIMIT, "F", 0, 0),
        (Output.CREDIT_LIMIT, '{field: F, unlimited: ""}', UNLIMITED, None),
        (Output.PAYMENT_TERM_DAYS, "F", 30, 30),
        (Output.PAYMENT_TERM_DAYS, '{field: F, values: {"30": Net 30}}', 30, "Net 30"),
        (Output.CREDIT_STOPPED, "F", True, True),
        (Output.CREDIT_STOPPED, "{field: F, set: 停, clear: 正常}", False, "正常"),
        (Output.NEXT_REVIEW, "F", dt.date(2026, 3, 1), "2026-03-01"),
        (Output.NEXT_REVIEW, "{field: F, unit: milliseconds}", dt.date(2026, 3, 1), 1_772_294_400_000),
    ],
)
def test_an_output_is_written_as_its_field_has_it(output: Output, field: str, value: Value, expected: Json) -> None:
    found = written(output, field, value)
    assert found == WrittenValues({"F": expected})
    assert type(found.values["F"]) is type(expected)


@pytest.mark.parametrize(
    ("output", "field", "value", "said"),
    [
        (Output.GRADE, "F", None, "grade is not set, and the mapping has no unset: for it."),
        (Output.GRADE, "{field: F, values: {A: 优}}", "B", 'grade is "B", for which the mapping has no value.'),
        (Output.CREDIT_LIMIT, "F", UNLIMITED, "unlimited, and the mapping has no unlimited: for it."),
        (Output.CREDIT_LIMIT, "{field: F, currency: EUR}", 1, "credit_limit is in CNY, and the field in EUR."),
        (Output.CREDIT_STOPPED, "{field: F, set: 停}", False, 'credit_stopped is "false", for which'),
    ],
)
def test_what_the_mapping_does_not_say_is_not_written_and_told(
    output: Output, field: str, value: Value, said: str
) -> None:
    found = written(output, field, value)
    assert found.values == {}
    assert said in found.left_out["F"]


def test_a_limit_is_written_in_the_decimals_of_its_currency() -> None:
    assert written(Output.CREDIT_LIMIT, "F", 5000, "JPY").values == {"F": 5000}
    assert written(Output.CREDIT_LIMIT, "{field: F, decimals: 2}", 5000, "JPY").values == {"F": "5000.00"}


def test_words_in_braces_are_filled_once_and_nothing_else_is_read() -> None:
    values = {"customer": "{link} {0.__class__}", "action": "call"}
    assert filled("{action}: {customer}{due}", values) == "call: {link} {0.__class__}"
    assert len(filled("{action}", {"action": "x" * 999}, LONGEST_SUBJECT)) == LONGEST_SUBJECT
