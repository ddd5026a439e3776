"""Rows of other systems turned into rows of the ledger, as the cases beside this file say it."""

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_service.connectors.mapping.mapping import ConnectorMapping
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.mapping.translation import MOST_ITEMS, Translated, translate
from policy_service.connectors.mapping.uses import uses
from policy_service.connectors.port import Body, Json
from policy_service.domain.lengths import LONGEST_IDENTIFIER
from policy_service.ledger.columns import Table
from tests.connectors.mapping.cases import COMPANY, Case, every_case, shipped
from tests.examples import examples

NAMES = ("fxiaoke", "zoho_crm", "zoho_books", "drop_folder")
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.just(10**4000),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["normal", "success", "customer", " ", "2026-01-15", "2013-11-18T02:02:51-0800", "1e99", "-0"]),
    st.integers(0, 2 * 10**12),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "name", "invoice_id", "amount_applied"]) | st.text(max_size=5), inner)
    ),
    max_leaves=12,
)


def of(case: Case) -> Translated:
    return translate(case.mapping, case.object_name, "self", case.row, case.look_up, COMPANY)


@pytest.mark.parametrize("case", every_case(), ids=lambda case: case.name)
def test_a_case_of_a_manager_comes_out_as_written(case: Case) -> None:
    found = of(case)
    assert case.rows == [(row.table.value, row.cells) for row in found.rows]
    assert sorted(case.looked_up) == sorted(" ".join(one) for one in found.looked_up)
    assert case.left_out == found.left_out


def with_columns(columns: str, table: str = "customers") -> ConnectorMapping:
    return read_connector_mapping(
        f"{{mapping: a, system: zoho_crm, rows: [{{from: A, to: {table}, columns: {columns}}}]}}", ""
    )


def cell(value: Json, column: str, table: str = "invoices") -> str:
    mapping = with_columns(f"{{{column}: field}}", table)
    found = translate(mapping, "A", "1", {"field": value}, lambda _object, _id: None, COMPANY)
    return found.rows[0].cells[column]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-01-15", "2026-01-15"),
        (" 2026-01-15 ", "2026-01-15"),
        ("2026-01-15T00:00:00", "2026-01-15"),
        ("2026-01-15 00:00", "2026-01-15"),
        ("2013-11-18T02:02:51-0800", "2013-11-18"),
        ("2013-11-18T12:02:51-0800", "2013-11-19"),
        ("2026-01-15T23:30:00+08:00", "2026-01-15"),
        ("2026-01-15T15:59:59Z", "2026-01-15"),
        ("2026-01-15T16:00:00.000Z", "2026-01-16"),
        ("2026-01-15T16:00:00.000000000Z", "2026-01-16"),
        (1736870400000, "2025-01-15"),
        ("1736870399999", "2025-01-14"),
        (1736870400000.0, "2025-01-15"),
        (-631180800000, "1950-01-01"),
        (" ", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_day_is_the_companys(value: Json, day: str) -> None:
    assert day == cell(value, "due_date")


@pytest.mark.parametrize(
    "found",
    [
        "2026-02-30",
        "2026-02-30T00:00:00",
        "15.01.2026",
        "2026-01-15T10:30:00",
        "1736900000",
        "20260115",
        "soon",
        "2026-1-5",
        "９９９９-01-01",
    ],
)
def test_what_is_no_day_stays_as_it_was_found(found: str) -> None:
    assert found == cell(found, "due_date")


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("120000.00", "120000"),
        (120000.0, "120000"),
        (120000, "120000"),
        (0.1, "0.1"),
        ("0.10", "0.1"),
        (1e16, "10000000000000000"),
        ("12345678901234567890.12", "12345678901234567890.12"),
        ("1E+3", "1000"),
        (-5, "-5"),
        ("-0.00", "0"),
        ("1,200.50", "1,200.50"),
        ("￥100", "￥100"),
        ("１２", "１２"),
        ("1e999", "1e999"),
        (math.inf, "inf"),
        (" ", ""),
        (None, ""),
    ],
)
def test_an_amount_is_the_same_as_a_number_and_as_a_text(value: Json, amount: str) -> None:
    assert amount == cell(value, "amount")


def test_an_id_is_the_same_as_a_number_and_as_a_text() -> None:
    assert cell(982000000567114, "invoice_id") == cell("982000000567114", "invoice_id")


def test_a_number_that_python_does_not_write_in_digits_is_too_long_for_an_id() -> None:
    assert len(cell(10**5000, "invoice_id")) > LONGEST_IDENTIFIER


def test_what_no_database_keeps_is_replaced() -> None:
    assert cell("a\x00b\ud800", "name", "customers") == "a\ufffdb\ufffd"


def test_a_list_that_is_too_long_is_left_out_whole() -> None:
    body: Body = {"payment_id": "1", "amount": 1, "invoices": [{"invoice_id": "1"}] * (MOST_ITEMS + 1)}
    found = translate(shipped("zoho_books"), "customerpayments", "1", body, lambda _object, _id: None, COMPANY)
    assert found.rows == ()
    assert found.left_out == f"Its invoices holds {MOST_ITEMS + 1} rows, at most {MOST_ITEMS} are read."


def test_an_item_that_cannot_be_read_costs_no_other() -> None:
    body: Body = {
        "payment_id": "1",
        "date": "2026-01-15",
        "amount": 7,
        "customer_id": "C",
        "invoices": [{"invoice_id": {"id": 1}, "amount_applied": 3}, {"invoice_id": "I2", "amount_applied": 4}],
    }
    found = translate(shipped("zoho_books"), "customerpayments", "1", body, lambda _object, _id: None, COMPANY)
    assert [row.cells["payment_id"] for row in found.rows] == ["1-I2"]
    assert found.left_out == "Its invoice_id holds several values, where one is expected."


def bodies(mapping: ConnectorMapping, object_name: str) -> st.SearchStrategy[dict[str, Any]]:
    names = {use.name for feed in mapping.feeds for use in uses(feed) if use.object_name == object_name}
    items = st.lists(
        st.dictionaries(st.sampled_from(["invoice_id", "amount_applied"]), VALUES, min_size=1, max_size=2), max_size=3
    )
    return st.dictionaries(st.sampled_from(sorted(names)), VALUES | items) if names else st.just({})


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_body_raises_and_the_order_of_keys_makes_no_difference(name: str, data: st.DataObject) -> None:
    mapping = shipped(name)
    objects = sorted({use.object_name for feed in mapping.feeds for use in uses(feed)})
    object_name = data.draw(st.sampled_from(objects))
    body = data.draw(bodies(mapping, object_name))
    other = data.draw(st.none() | st.sampled_from(objects).flatmap(lambda name: bodies(mapping, name)))
    found = translate(mapping, object_name, "1", body, lambda _object, _id: other, COMPANY)
    turned = translate(mapping, object_name, "1", reversed_keys(body), lambda _object, _id: other, COMPANY)
    assert found == turned
    assert all(isinstance(row.table, Table) for row in found.rows)
    for row in found.rows:
        json.dumps(dict(row.cells), ensure_ascii=False).encode("utf-8")


def reversed_keys(value: Any) -> Any:
    match value:
        case dict():
            return {key: reversed_keys(inner) for key, inner in reversed(value.items())}
        case list():
            return [reversed_keys(inner) for inner in value]
        case _:
            return value


CASES = every_case()


@given(data=st.data())
@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_mapping_of_the_cases_raises_either(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(CASES))
    body = data.draw(bodies(case.mapping, case.object_name))
    # The case's own row, of which some fields have become something else.
    row = {**case.row, **body}
    assert translate(case.mapping, case.object_name, "1", row, case.look_up, COMPANY) == translate(
        case.mapping, case.object_name, "1", reversed_keys(row), case.look_up, COMPANY
    )
