"""A Zoho CRM in memory, by the text of its protocol: lists that move while they are paged, bins, tokens that expire."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import httpx

from policy_service.connectors.means import Account
from policy_service.connectors.zoho.crm import ZohoCrm
from tests.connectors.standing_in import World

#: Each connection has a token of its own: they are counted over the whole process.
NUMBERS = count(1)
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))


@dataclass(slots=True)
class CrmOverThere(httpx.BaseTransport):
    """`leaves_out_bound` is how it reads If-Modified-Since; `before` is done before each answer of a list."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    bin: list[dict[str, Any]] = field(default_factory=list)
    now: datetime = START
    leaves_out_bound: bool = False
    numbered: int = 2_000
    before: Callable[[], None] = lambda: None
    accepts: str = "t0"
    tokens_given: int = 0
    token_answer: dict[str, Any] | None = None
    page_tokens: dict[str, int] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    refused_rows: dict[str, str] = field(default_factory=dict)
    breaks_off_after_post: bool = False

    def put(self, row_id: str, **values: Any) -> None:
        at = self.now.astimezone(CHINA).isoformat(timespec="seconds")
        self.rows[row_id] = {**self.rows.get(row_id, {}), **values, "id": row_id, "Modified_Time": at}

    def delete(self, row_id: str) -> None:
        del self.rows[row_id]
        self.bin.insert(0, {"id": row_id, "type": "recycle", "deleted_time": self.now.isoformat(timespec="seconds")})

    def restore(self, row_id: str) -> None:
        self.bin = [each for each in self.bin if each["id"] != row_id]
        self.put(row_id)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        path = request.url.path
        if path == "/oauth/v2/token":
            return self._token(request)
        if request.headers["authorization"] != f"Zoho-oauthtoken {self.accepts}":
            return said(401, {"code": "INVALID_TOKEN", "details": {}, "message": "invalid oauth token"})
        assert request.url.host == "www.zohoapis.com"
        assert path.startswith("/crm/v8/")
        return self._answer(request, path.removeprefix("/crm/v8/"))

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = parse_qs(request.content.decode())
        assert form["grant_type"] == ["refresh_token"]
        if self.token_answer is not None:
            return said(200, self.token_answer)
        self.tokens_given += 1
        self.accepts = f"t{self.tokens_given}"
        domain = "https://www.zohoapis.com"
        return said(200, {"access_token": self.accepts, "api_domain": domain, "expires_in": 3600})

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        match request.method, path.split("/"):
            case "GET", ["settings", kind]:
                return said(200, {kind: SETTINGS[kind]})
            case "GET", ["Tasks"]:
                return said(200, {"data": self.tasks, "info": {"more_records": False}}) if self.tasks else none()
            case "GET", [_]:
                self.before()
                return self._list(request)
            case "GET", [_, "deleted"]:
                self.before()
                return self._deleted(request)
            case "PUT", [_]:
                return self._write(request)
            case "POST", ["Tasks"]:
                return self._task(request)
        return said(404, {"code": "INVALID_URL_PATTERN", "message": "no such place", "status": "error"})

    def _list(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        fields = asked["fields"].split(",")
        assert len(fields) <= 50
        if "ids" in asked:
            ids = asked["ids"].split(",")
            assert len(ids) <= 100
            found = [self.rows[each] for each in ids if each in self.rows]
        else:
            assert (asked["sort_by"], asked["sort_order"]) == ("Modified_Time", "asc")
            found = [row for row in self.rows.values() if self._is_since(request, row["Modified_Time"])]
            found.sort(key=lambda row: (row["Modified_Time"], row["id"]))
        return self._page(request, [{name: row[name] for name in ["id", *fields] if name in row} for row in found])

    def _deleted(self, request: httpx.Request) -> httpx.Response:
        assert request.url.params["type"] == "all"
        return self._page(request, [each for each in self.bin if self._is_since(request, each["deleted_time"])])

    def _is_since(self, request: httpx.Request, written: str) -> bool:
        if "if-modified-since" not in request.headers:
            return True
        since, at = datetime.fromisoformat(request.headers["if-modified-since"]), datetime.fromisoformat(written)
        return at > since or (at == since and not self.leaves_out_bound)

    def _page(self, request: httpx.Request, rows: list[dict[str, Any]]) -> httpx.Response:
        asked = request.url.params
        size = int(asked["per_page"])
        assert size <= 200
        if "page_token" in asked:
            assert "page" not in asked
            start = self.page_tokens.get(asked["page_token"], -1)
            if start < 0:
                return said(400, {"code": "INVALID_DATA", "message": "page_token has expired", "status": "error"})
        else:
            start = (int(asked.get("page", "1")) - 1) * size
            if start + size > self.numbered and start:
                return said(400, {"code": "LIMIT_EXCEEDED", "message": "use page_token", "status": "error"})
        found = rows[start : start + size]
        if not found:
            return none()
        token = f"p{start + size}-{len(self.page_tokens)}"
        self.page_tokens[token] = start + size
        more = len(rows) > start + size
        return said(200, {"data": found, "info": {"more_records": more, "next_page_token": token if more else None}})

    def _write(self, request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        assert sent["trigger"] == []
        assert len(sent["data"]) <= 100
        results = []
        for row in sent["data"]:
            if row["id"] in self.refused_rows:
                code = self.refused_rows[row["id"]]
                results.append({"code": code, "details": {}, "message": "not so", "status": "error"})
            else:
                self.put(**{"row_id": row["id"], **{name: row[name] for name in row if name != "id"}})
                details = {"id": row["id"]}
                results.append(
                    {"code": "SUCCESS", "details": details, "message": "record updated", "status": "success"}
                )
        all_refused = all(each["status"] == "error" for each in results)
        return said(400 if all_refused else 207 if self.refused_rows else 200, {"data": results})

    def _task(self, request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)
        row = {**sent["data"][0], "id": str(900 + len(self.tasks))}
        self.tasks.insert(0, row)
        if self.breaks_off_after_post:
            raise httpx.ReadError("gone")
        return said(201, {"data": [{"code": "SUCCESS", "details": {"id": row["id"]}, "status": "success"}]})

    def count(self, pattern: str) -> int:
        return sum(bool(re.search(pattern, str(each.url))) for each in self.asked)


SETTINGS: dict[str, list[dict[str, Any]]] = {
    "modules": [
        {"api_name": "Invoices", "plural_label": "发票", "api_supported": True, "generated_type": "default"},
        {"api_name": "Risk", "plural_label": "Risk files", "api_supported": True, "generated_type": "custom"},
        {"api_name": "Feeds", "plural_label": "Feeds", "api_supported": False, "generated_type": "default"},
    ],
    "fields": [
        {"api_name": "Subject", "field_label": "Subject", "data_type": "text"},
        {"api_name": "Grand_Total", "field_label": "Grand Total", "data_type": "currency", "read_only": True},
        {"api_name": "Credit_Limit_CNY", "field_label": "Limit", "data_type": "currency"},
        {"api_name": "Due_Date", "field_label": "Due", "data_type": "date"},
        {
            "api_name": "Account_Name",
            "field_label": "Account",
            "data_type": "lookup",
            "lookup": {"module": {"api_name": "Accounts", "id": "5"}},
        },
        {
            "api_name": "Status",
            "field_label": "Status",
            "data_type": "picklist",
            "pick_list_values": [{"actual_value": "Paid", "display_value": "已付"}, {"actual_value": "Open"}],
        },
        {"api_name": "Modified_Time", "field_label": "Modified", "data_type": "datetime", "read_only": True},
    ],
}


def said(status: int, body: object) -> httpx.Response:
    return httpx.Response(status, content=json.dumps(body).encode())


def none() -> httpx.Response:
    return httpx.Response(204)


def account(**more: str) -> Account:
    secrets = {"client_secret": "s3cret-client", "refresh_token": f"1000.s3cret-refresh-{next(NUMBERS)}"}
    return Account({"client_id": "1000.CLIENT", **more}, secrets)


def connected(crm: CrmOverThere, world: World, size: int = 200) -> ZohoCrm:
    return ZohoCrm(account(), world.means, transport=crm, rows_of_page=size, numbered=crm.numbered)
