"""Customers found, their credit file and facts."""

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.house import Client
from tests.services.decisions.live import TODAY


def _order(client: Client, order_id: str, amount: str) -> None:
    asked = {"type": "order", "customer_id": "C1", "order_id": order_id, "facts": {"order_amount": amount}}
    answer = client.of(Role.ANALYST).post("/v1/decisions", json=asked)
    assert answer.status_code == 201, answer.get_json()


def _get(client: Client, path: str, **query: object):  # type: ignore[no-untyped-def]
    return client.of(Role.VIEWER).get(path, query_string=query)


def test_customers_are_listed_page_by_page_and_found_by_the_beginning_of_their_id(client: Client) -> None:
    first = _get(client, "/v1/customers", limit=2).get_json()
    second = _get(client, "/v1/customers", limit=2, cursor=first["next_cursor"]).get_json()
    assert [one["customer_id"] for one in first["items"] + second["items"]] == ["C1", "C2", "C3"]
    assert second["next_cursor"] is None
    assert [one["customer_id"] for one in _get(client, "/v1/customers", search="C2").get_json()["items"]] == ["C2"]
    assert _get(client, "/v1/customers", search="%").get_json()["items"] == []


def test_a_customer_is_found_by_a_part_of_its_name(client: Client) -> None:
    cells = {"name": "Huaxin Trading 华新", "net_worth": "1.00"}
    client.of(Role.SYSTEM).put("/v1/ledger/customers/C7", json={"cells": cells})
    for part in ("xin tra", "华新"):
        assert [one["customer_id"] for one in _get(client, "/v1/customers", search=part).get_json()["items"]] == ["C7"]


def test_the_credit_file_shows_standing_exposure_orders_and_decisions(client: Client) -> None:
    _order(client, "O1", "300.00")
    file = _get(client, "/v1/customers/C1").get_json()
    parts = {part["component"]: part["amount"] for part in file["exposure_parts"]}
    assert (file["customer"]["customer_id"], file["as_of"], file["currency"]) == ("C1", TODAY.isoformat(), "CNY")
    assert (file["standing"]["grade"], file["standing"]["credit_limit"]) == ("A", "5000.00")
    assert parts == {"open_balance": "1000.00", "open_orders": "300.00"}
    assert (file["exposure"], file["headroom"]) == ("1300.00", "3700.00")
    assert [order["order_id"] for order in file["orders"]] == ["O1"]
    assert [decision["type"] for decision in file["decisions"]] == ["order", "review"]
    assert file["reviewed"]["decision_id"] == file["decisions"][1]["decision_id"]
    assert (file["cases"], file["overrides"], file["proposed"]) == ([], [], None)


def test_a_fact_names_the_entries_behind_it(client: Client) -> None:
    told = _get(client, "/v1/customers/C1/facts", name="open_balance").get_json()
    assert [fact["name"] for fact in told["facts"]] == ["open_balance"]
    fact = told["facts"][0]
    assert (fact["value"], fact["entry_count"], fact["type"]) == ("1000.00", 1, "money")
    assert [(entry["table"], entry["entry_id"], entry["amount"]) for entry in fact["entries"]] == [
        ("invoices", "I1", "1000.00")
    ]


def test_facts_of_an_earlier_day_know_what_was_known_at_its_start(client: Client) -> None:
    def open_balance(day: str) -> object:
        return _get(client, "/v1/customers/C1/facts", as_of=day, name="open_balance").get_json()["facts"][0]["value"]

    assert (open_balance("2025-01-01"), open_balance("2025-01-02")) == ("0.00", "1000.00")


def test_facts_before_anything_was_posted_are_those_of_an_unknown_customer(client: Client, house: House) -> None:
    answer = _get(client, "/v1/customers/C1/facts", known_before="1970-01-01T00:00:00Z")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "R404")
    assert "had no customer 'C1' before 1970-01-01T00:00:00.000000Z" in answer.get_json()["detail"]


def test_the_first_day_of_the_calendar_has_facts_too(client: Client) -> None:
    """With an order asked for here, which is looked for before that day: there is no day before it."""
    _order(client, "O1", "100.00")
    answer = _get(client, "/v1/customers/C1/facts", as_of="0001-01-01", name="open_orders")
    assert (answer.status_code, answer.get_json()["facts"][0]["value"]) == (200, "0.00")


def test_a_day_to_come_has_no_facts(client: Client) -> None:
    answer = _get(client, "/v1/customers/C1/facts", as_of="2999-01-01")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "R492")


def test_the_name_of_no_fact_is_refused(client: Client) -> None:
    answer = _get(client, "/v1/customers/C1/facts", name="open_balanse")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "R494")
    assert answer.get_json()["remedy"] == "Did you mean open_balance?"


def test_a_customer_nobody_knows_is_not_found(client: Client) -> None:
    for path in ("/v1/customers/NOBODY", "/v1/customers/NOBODY/facts"):
        assert _get(client, path).status_code == 404
