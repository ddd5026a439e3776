"""Entries that other systems push over HTTP."""

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.ledger_in.pushing import MOST_AT_ONCE
from policy_service.storage.ledger_store import LedgerStore
from tests.api.asking import problem_of
from tests.api.house import Client

PAYMENT = {"date": "2025-01-15", "amount": "400.00", "invoice_id": "I1"}
INVOICE = {
    "customer_id": "C1",
    "issue_date": "2025-01-02",
    "due_date": "2025-02-02",
    "amount": "70.50",
}


def _head(house: House) -> int:
    with house.database.reading() as session:
        return LedgerStore(session).head()


def _history(house: House, customer_id: str):  # type: ignore[no-untyped-def]
    with house.database.reading() as session:
        return LedgerStore(session).load_history(customer_id)


def test_an_entry_pushed_under_its_id_is_added_then_unchanged_then_replaced(client: Client) -> None:
    """A system that sends everything every night changes nothing but what is new."""
    system = client.of(Role.SYSTEM)

    def push(amount: str) -> str:
        answer = system.put("/v1/ledger/payments/P1", json={"cells": {**PAYMENT, "amount": amount}})
        assert answer.status_code == 200, answer.get_json()
        return str(answer.get_json()["became"])

    assert [push("400.00"), push("400.00"), push("450.00")] == ["added", "unchanged", "replaced"]


def test_a_list_is_one_posting_in_which_a_payment_may_name_an_invoice_pushed_with_it(
    client: Client, house: House
) -> None:
    before = _head(house)
    entries = [
        {
            "table": "payments",
            "cells": {"payment_id": "P7", "date": "2025-01-20", "amount": "70.50", "invoice_id": "I7"},
        },
        {"table": "invoices", "cells": {"invoice_id": "I7", **INVOICE}},
    ]
    answer = client.of(Role.SYSTEM).post("/v1/ledger/entries", json={"entries": entries})
    assert answer.status_code == 200, answer.get_json()
    assert [one["became"] for one in answer.get_json()["entries"]] == ["added", "added"]
    assert _head(house) == before + 1
    assert [one.payment_id for one in _history(house, "C1").payments] == ["P7"]


def test_faults_are_told_for_each_entry_and_nothing_is_stored(client: Client, house: House) -> None:
    before = _head(house)
    entries = [
        {"table": "invoices", "cells": {"invoice_id": "I8", **INVOICE}},
        {"table": "invoices", "cells": {"invoice_id": "I9", **INVOICE, "due_date": "2024-12-31"}},
        {"table": "payments", "cells": {"payment_id": "P9", "date": "31.12.2024", "amount": "-1", "invoice_id": "NO"}},
        {"table": "payments", "cells": {"payment_id": "P9", "colour": "red"}},
    ]
    answer = client.of(Role.SYSTEM).post("/v1/ledger/entries", json={"entries": entries})
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "R481")
    assert {place: [fault["column"] for fault in faults] for place, faults in problem["errors"].items()} == {
        "1": ["due_date"],
        "2": ["date", "invoice_id", "amount"],
        "3": ["colour"],
    }
    assert all(fault["remedy"] for faults in problem["errors"].values() for fault in faults)
    assert _head(house) == before


def test_a_further_cell_of_a_customer_must_be_a_value_of_the_fact_it_names(client: Client) -> None:
    answer = client.of(Role.SYSTEM).put("/v1/ledger/customers/C9", json={"cells": {"net_worth": "much"}})
    assert answer.get_json()["errors"]["0"][0]["column"] == "net_worth"


def test_a_pushed_customer_can_be_decided_upon_at_once(client: Client) -> None:
    system = client.of(Role.SYSTEM)
    system.put("/v1/ledger/customers/C9", json={"cells": {"name": "New Ltd", "net_worth": "200000.00"}})
    asked = {"type": "order", "customer_id": "C9", "order_id": "O9", "facts": {"order_amount": "100.00"}}
    answer = system.post("/v1/decisions", json=asked)
    assert answer.status_code == 201, answer.get_json()


def test_an_amount_that_is_no_text_is_told_how_it_is_written(client: Client) -> None:
    answer = client.of(Role.SYSTEM).put("/v1/ledger/payments/P1", json={"cells": {**PAYMENT, "amount": 70.5}})
    assert "'1234.50'" in str(problem_of(answer, 422, "R422")["errors"])


@pytest.mark.parametrize(
    ("path", "cells", "status", "code"),
    [
        ("/v1/ledger/receipts/R1", {}, 404, "R486"),
        ("/v1/ledger/rates/R1", {}, 404, "R486"),
        ("/v1/ledger/payments/P1", {**PAYMENT, "payment_id": "P2"}, 422, "R485"),
    ],
)
def test_an_address_that_names_no_entry_is_refused(
    client: Client, path: str, cells: dict[str, str], status: int, code: str
) -> None:
    answer = client.of(Role.SYSTEM).put(path, json={"cells": cells})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM}))
def test_nobody_but_a_system_writes_the_ledger(client: Client, house: House, role: Role) -> None:
    """With a payment that nobody made a person could let go what they may not release."""
    before = _head(house)
    answers = [
        client.of(role).put("/v1/ledger/payments/P1", json={"cells": PAYMENT}),
        client.of(role).post("/v1/ledger/entries", json={"entries": [{"table": "payments", "cells": PAYMENT}]}),
        client.of(role).post("/v1/imports", data={}, content_type="multipart/form-data; boundary=x"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert _head(house) == before


def test_more_entries_than_a_posting_takes_are_refused(client: Client) -> None:
    many = [{"table": "customers", "cells": {"customer_id": f"N{number}"}} for number in range(MOST_AT_ONCE + 1)]
    assert client.of(Role.SYSTEM).post("/v1/ledger/entries", json={"entries": many}).status_code == 422


def test_whoever_only_reads_cannot_push(client: Client) -> None:
    answer = client.of(Role.VIEWER).put("/v1/ledger/payments/P1", json={"cells": PAYMENT})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "A403")


@pytest.mark.parametrize("column", ["invoice_id", "customer_id", "order_id"])
def test_an_id_that_is_too_long_is_refused_with_its_column(client: Client, column: str) -> None:
    cells = {"invoice_id": "I9", **INVOICE, column: "9" * 201}
    asked = {"entries": [{"table": "invoices", "cells": cells}]}
    answer = client.of(Role.SYSTEM).post("/v1/ledger/entries", json=asked)
    assert (422, "R481") == (answer.status_code, answer.get_json()["code"])
    assert (column, "Q129") in [(one["column"], one["code"]) for one in answer.get_json()["errors"]["0"]]


def test_a_cell_that_no_database_stores_is_refused_with_its_column(client: Client) -> None:
    answer = client.of(Role.SYSTEM).put("/v1/ledger/invoices/I9", json={"cells": {**INVOICE, "order_id": "a\0b"}})
    assert 422 == answer.status_code
    assert "order_id" in str(answer.get_json()["errors"])
