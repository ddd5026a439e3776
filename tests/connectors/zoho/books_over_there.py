"""A Zoho Books in memory, by the text of its protocol: nothing tells deletions, and not every list knows changes."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from policy_service.connectors.zoho.books import ZohoBooks
from tests.connectors.standing_in import World
from tests.connectors.zoho.crm_over_there import account

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
ORGANISATION = "10234695"
ID = {"invoices": "invoice_id", "contacts": "contact_id", "customerpayments": "payment_id"}
ONE = {"invoices": "invoice", "contacts": "contact", "customerpayments": "payment"}
#: What only a call for one row tells.
ALONE = {"credit_limit", "invoices", "customer_id_of_payment", "payment_made"}


@dataclass(slots=True)
class BooksOverThere(httpx.BaseTransport):
    """`ignores_filter` where it gives all, whatever it is asked for; `timed` are the lists that tell times."""

    tables: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {name: {} for name in ID})
    ignores_filter: bool = False
    timed: set[str] = field(default_factory=lambda: {"invoices", "contacts"})
    context_is_list: bool = False
    payments_key: str = "customer_payments"
    is_flat: bool = False
    now: datetime = START
    created: int = 0
    before: Callable[[], None] = lambda: None
    asked: list[httpx.Request] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)

    def put(self, table: str, row_id: str, **values: Any) -> None:
        rows = self.tables[table]
        if row_id not in rows:
            self.created += 1
            rows[row_id] = {ID[table]: row_id, "created": self.created}
        rows[row_id] |= {**values, "last_modified_time": self.now.strftime("%Y-%m-%dT%H:%M:%S-0000")}

    def delete(self, table: str, row_id: str) -> None:
        del self.tables[table][row_id]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": "t", "api_domain": "https://www.zohoapis.com", "expires_in": 3600})
        self.asked.append(request)
        assert request.headers["authorization"] == "Zoho-oauthtoken t"
        assert request.url.params["organization_id"] == ORGANISATION
        if self.answers:
            return self.answers.pop(0)
        self.before()
        match request.method, request.url.path.removeprefix("/books/v3/").split("/"):
            case "GET", ["organizations"]:
                return good({"organizations": [{"organization_id": ORGANISATION, "name": "ACME"}]})
            case "GET", [table]:
                return self._list(request, table)
            case "GET", [table, row_id]:
                return self._one(table, row_id)
            case "PUT", ["contacts", row_id]:
                return self._write(row_id, json.loads(request.content))
        return said(404, {"code": 5, "message": "Invalid URL Passed"})

    def _list(self, request: httpx.Request, table: str) -> httpx.Response:
        asked = request.url.params
        rows = sorted(self.tables[table].values(), key=lambda row: row["created"])
        known = {"organization_id", "page", "per_page"}
        if table == "invoices":
            assert asked.get("sort_column", "created_time") == "created_time"
            known |= {"sort_column", "sort_order", "last_modified_time"}
        assert known.issuperset(asked)
        if asked.get("sort_order", "D") == "D":
            rows.reverse()
        if "last_modified_time" in asked and not self.ignores_filter:
            since = datetime.fromisoformat(asked["last_modified_time"])
            rows = [row for row in rows if datetime.fromisoformat(row["last_modified_time"]) >= since]
        size = int(asked["per_page"])
        start = (int(asked["page"]) - 1) * size
        hidden = ALONE | (set() if table in self.timed else {"last_modified_time"})
        found = [{name: row[name] for name in row if name not in hidden} for row in rows[start : start + size]]
        context = {"page": asked["page"], "per_page": size, "has_more_page": len(rows) > start + size}
        key = self.payments_key if table == "customerpayments" else table
        return good({key: found, "page_context": [context] if self.context_is_list else context})

    def _one(self, table: str, row_id: str) -> httpx.Response:
        if row_id not in self.tables[table]:
            return said(404, {"code": 1002, "message": "There is no such row."})
        row = self.tables[table][row_id]
        return good(row if self.is_flat else {ONE[table]: row})

    def _write(self, row_id: str, sent: dict[str, Any]) -> httpx.Response:
        if row_id not in self.tables["contacts"]:
            return said(404, {"code": 1002, "message": "Contact does not exist."})
        self.put("contacts", row_id, **sent)
        return good({"contact": self.tables["contacts"][row_id]})


def said(status: int, body: object) -> httpx.Response:
    return httpx.Response(status, content=json.dumps(body).encode())


def good(body: dict[str, Any]) -> httpx.Response:
    return said(200, {"code": 0, "message": "success", **body})


def connected(books: BooksOverThere, world: World, size: int = 200, **more: str) -> ZohoBooks:
    settings = {"organization_id": ORGANISATION, "calls_a_minute": "999999", **more}
    return ZohoBooks(account(**settings), world.means, transport=books, rows_of_page=size)


def filled(table: str, rows: int, **more: Any) -> BooksOverThere:
    books = BooksOverThere(**more)
    for number in range(rows):
        books.now += timedelta(seconds=1)
        books.put(table, f"98200000{number:06}", **values_of(table, number))
    books.now += timedelta(seconds=5)
    return books


def values_of(table: str, number: int) -> dict[str, Any]:
    match table:
        case "invoices":
            return {"total": 100 + number, "balance": 1, "payment_made": number}
        case "contacts":
            return {"contact_name": f"customer {number}", "credit_limit": number}
        case _:
            return {"amount": number, "customer_id": "7", "invoices": [{"invoice_id": "1", "amount_applied": number}]}
