"""COQL reads as its text says; what it does not know is a syntax error or an invalid query."""

import pytest

from tests.connectors.stand_ins import StandIn
from tests.sample_crms.asking import Zoho, zoho

EXAMPLE = (
    "select id, Account_Name, Due_Date, Grand_Total, Status from Invoices "
    "where Modified_Time > '2024-01-01T00:00:00+08:00' order by Modified_Time asc limit 0, 200"
)
ALL = "select id from Invoices where id is not null"


@pytest.fixture
def client(zoho_crm: StandIn) -> Zoho:
    return zoho(zoho_crm)


def _ask(client: Zoho, query: str) -> tuple[int, dict[str, object]]:
    answer = client.ask("POST", "/crm/v8/coql", json={"select_query": query})
    return answer.status_code, answer.json() if answer.content else {}


def _ids(client: Zoho, query: str) -> list[str]:
    status, document = _ask(client, query)
    assert status in {200, 204}
    data = document.get("data", [])
    assert isinstance(data, list)
    return [row["id"] for row in data]


def test_the_example_of_the_text_is_answered(client: Zoho) -> None:
    status, document = _ask(client, EXAMPLE)
    assert (200, {"count": 200, "more_records": True}) == (status, document["info"])
    data = document["data"]
    assert isinstance(data, list)
    assert {"id", "Account_Name", "Due_Date", "Grand_Total", "Status"} == set(data[0])


def test_pages_by_offset_join_to_the_whole(client: Zoho) -> None:
    whole = _ids(client, "select id from Invoices where id is not null order by Modified_Time asc limit 2000")
    assert 400 == len(set(whole))
    for form in ("limit {0}, 150", "limit 150 offset {0}"):
        query = f"{ALL} order by Modified_Time asc {form}"
        assert whole == [one for start in (0, 150, 300) for one in _ids(client, query.format(start))]


def test_conditions_are_joined_and_compared_by_kind(client: Zoho, zoho_crm: StandIn) -> None:
    rows = zoho_crm.rows("Invoices")
    large = {name for name, row in rows.items() if float(str(row["Grand_Total"])) >= 20000}
    unpaid = {name for name, row in rows.items() if row["Status"] == "Unpaid"}
    both = "select id from Invoices where Grand_Total >= 20000 and Status = 'Unpaid' limit 2000"
    either = "select id from Invoices where (Grand_Total >= 20000 or Status in ('Unpaid')) limit 2000"
    assert large & unpaid == set(_ids(client, both))
    assert large | unpaid == set(_ids(client, either))
    descending = _ids(client, "select id from Invoices where Status = 'Unpaid' order by id desc limit 2000")
    assert sorted(unpaid, reverse=True) == descending


def test_nothing_found_is_204(client: Zoho) -> None:
    assert (204, {}) == _ask(client, "select id from Invoices where Status = 'Lost'")


def test_a_query_is_refused_with_what_is_wrong_in_it(client: Zoho) -> None:
    for query, code in (
        ("select id from Invoices limit 10", "SYNTAX_ERROR"),
        ("select id Invoices where id is not null", "SYNTAX_ERROR"),
        ("select id from Invoices where id = x", "SYNTAX_ERROR"),
        ("select Balance from Invoices where id is not null", "INVALID_QUERY"),
        ("select id from Invoices where Grand_Total > 'much'", "INVALID_QUERY"),
        ("select id from Invoices where Modified_Time > '2026-01-01'", "INVALID_QUERY"),
        ("select id from Receivables where id is not null", "INVALID_QUERY"),
        ("select id from Invoices where id is not null limit 2001", "LIMIT_EXCEEDED"),
        ("select id from Invoices where id is not null limit 99000, 2000", "LIMIT_EXCEEDED"),
    ):
        status, document = _ask(client, query)
        assert (400, code) == (status, document["code"]), query
    assert {"clause": "where"} == _ask(client, "select id from Invoices limit 10")[1]["details"]


def test_a_query_costs_by_the_rows_it_may_bring(client: Zoho, zoho_crm: StandIn) -> None:
    spent = []
    for count in (200, 1000, 2000):
        before = zoho_crm.calls()["credits"]
        _ids(client, f"{ALL} limit {count}")
        spent.append(int(str(zoho_crm.calls()["credits"])) - int(str(before)))
    assert [1, 2, 3] == spent
