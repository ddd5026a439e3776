"""A company's Fxiaoke as the text of its protocol has it, kept in memory."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from policy_service.connectors.fxiaoke.connector import Fxiaoke, open_fxiaoke
from policy_service.connectors.http.channel import Answer, Call
from policy_service.connectors.means import Account
from policy_service.connectors.port import Body, Wanted
from policy_service.domain.instants import SECOND
from tests.connectors.standing_in import World

ORDERS: Final = Wanted("SalesOrderObj", ("name", "amount"))
SETTINGS: Final = {
    "origin": "https://open.fxiaoke.com",
    "app_id": "FSAID_1",
    "open_user_id": "",
    "mobile": "13800000000",
    "page_rows": "3",
    "calls_in_20_seconds": "100",
    "listing_hours": "24",
    "time_zone": "Asia/Shanghai",
}
SECRETS: Final = {"app_secret": "very-secret", "permanent_code": "for-good"}
#: What the calls that describe a company's objects answer.
DESCRIBED: Final[dict[str, dict[str, Any]]] = {
    "/cgi/crm/v2/object/list": {
        "data": {
            "objects": [
                {"describeApiName": "SalesOrderObj", "describeDisplayName": "销售订单", "isActive": True},
                {"describeApiName": "receipt__c", "describeDisplayName": "收据", "defineType": "custom"},
                {"describeApiName": "RefundObj", "describeDisplayName": "退款", "isActive": False},
            ]
        }
    },
    "/cgi/crm/v2/object/describe": {
        "data": {
            "describe": {
                "fields": {
                    "name": {"label": "销售订单编号", "type": "auto_number"},
                    "order_amount": {"label": "销售订单金额", "type": "currency"},
                    "order_time": {"label": "下单日期", "type": "date"},
                    "order_status": {
                        "label": "订单状态",
                        "type": "select_one",
                        "options": [{"label": "已确认", "value": "7"}, {"label": "其他", "value": "other"}],
                    },
                    "account_id": {
                        "label": "客户名称",
                        "type": "object_reference",
                        "target_api_name": "AccountObj",
                    },
                    "open": {"label": "待回款", "type": "formula", "return_type": "currency"},
                    "stopped": {"label": "停止授信", "type": "true_or_false"},
                    "old": {"label": "停用", "type": "text", "is_active": False},
                    "last_modified_time": {"label": "最后修改时间", "type": "date_time"},
                }
            }
        }
    },
}


@dataclass(slots=True)
class Company:
    """Answers calls. `before` is called before each query, `expires_after` so many calls a token is too old."""

    world: World
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None
    expires_after: int = 1_000_000
    most_rows: int = 100
    faults: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tokens: int = 0
    uses: int = 0
    #: How far its clock is ahead of ours, in milliseconds.
    ahead: int = 0

    @property
    def now(self) -> int:
        return self.world.means.now() // (SECOND // 1000) + self.ahead

    def put(self, row_id: str, at: int | None = None, **values: object) -> None:
        changed = self.now if at is None else at
        self.rows[row_id] = {"life_status": "normal", **values, "_id": row_id, "last_modified_time": changed}

    def ask(self, call: Call) -> Answer:
        body = json.loads(json.dumps(call.json))
        self.calls.append((call.path, body))
        found = self.faults.pop(0) if self.faults else self._answer(call.path, body)
        return Answer(200, {}, json.dumps(found).encode())

    def _answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path == "/cgi/corpAccessToken/get/V2":
            if body["appSecret"] != SECRETS["app_secret"] or body["permanentCode"] != SECRETS["permanent_code"]:
                return {"errorCode": 10006, "errorMessage": "the parameter appSecret is missing or illegal"}
            self.tokens, self.uses = self.tokens + 1, 0
            return {"errorCode": 0, "corpAccessToken": f"T{self.tokens}", "corpId": "FSCID_1", "expiresIn": 7200}
        self.uses += 1
        if body["corpAccessToken"] != f"T{self.tokens}" or self.uses > self.expires_after:
            return {"errorCode": 20016, "errorMessage": "corpAccessToken is expired"}
        if path == "/cgi/user/getByMobile":
            staff = [{"openUserId": "FSUID_1"}] if body["mobile"] == SETTINGS["mobile"] else []
            return {"errorCode": 0, "empList": staff}
        assert "FSUID_1" == body["currentOpenUserId"]
        return {"errorCode": 0, "errorMessage": "OK", **self._of_data(path, body)}

    def _of_data(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        data = body.get("data", {})
        match path.rpartition("/data/"):
            case (_, _, "query"):
                self.before()
                return {"data": self._queried(data["search_query_info"])}
            case (_, _, "get"):
                return {"data": self.rows[data["objectDataId"]]}
            case (_, _, "update"):
                self.put(data["object_data"]["_id"], **data["object_data"])
                return {}
            case _:
                return DESCRIBED.get(path, {})

    def _queried(self, info: dict[str, Any]) -> dict[str, Any]:
        limit = min(info["limit"], self.most_rows)
        assert not info["offset"] % limit
        found = [row for row in self.rows.values() if all(_fits(row, one) for one in info["filters"])]
        for order in reversed(info["orders"]):
            found.sort(key=lambda row, name=order["fieldName"]: row[name], reverse=not order["isAsc"])
        page = found[info["offset"] : info["offset"] + limit]
        shown = [{name: row[name] for name in info["fieldProjection"] if name in row} for row in page]
        return {"total": 0, "offset": info["offset"], "limit": limit, "dataList": shown}


def _fits(row: dict[str, Any], one: dict[str, Any]) -> bool:
    (value,) = one["field_values"]
    own = str(row[one["field_name"]])
    if own.isdigit() and value.isdigit():
        own, value = own.zfill(20), value.zfill(20)
    return bool({"GTE": own >= value, "GT": own > value, "EQ": own == value}[one["operator"]])


def opened(company: Company, **settings: str) -> Fxiaoke:
    account = Account({**SETTINGS, **settings}, dict(SECRETS))
    return open_fxiaoke(account, company.world.means, company)


def bodies(company: Company, fields: Sequence[str] = ORDERS.fields) -> dict[str, Body]:
    """Return what a mirror of it should have."""
    valid = (row for row in company.rows.values() if row["life_status"] != "invalid")
    return {row["_id"]: {name: row.get(name) for name in fields} for row in valid}
