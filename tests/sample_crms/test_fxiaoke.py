"""Fxiaoke answers with HTTP 200 and an errorCode; queries and writes are as the examples of the text."""

from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.connectors.stand_ins import StandIn
from tests.plain_http import NO_CERTIFICATES
from tests.sample_crms.asking import Fx, fx

SINCE = {"field_name": "last_modified_time", "field_values": ["1735689600000"], "operator": "GTE"}
ORDER = {"fieldName": "last_modified_time", "isAsc": True}


@pytest.fixture
def client(fxiaoke: StandIn) -> Fx:
    return fx(fxiaoke)


def _first(fxiaoke: StandIn, name: str) -> str:
    return next(iter(fxiaoke.rows(name)))


def test_the_query_of_the_text_is_answered(client: Fx) -> None:
    names = ["_id", "name", "account_id", "order_amount"]
    answer = client.query("SalesOrderObj", limit=100, offset=0, filters=[SINCE], orders=[ORDER], fieldProjection=names)
    assert (0, "OK") == (answer["errorCode"], answer["errorMessage"])
    data = answer["data"]
    assert {"total", "offset", "limit", "dataList"} == set(data)
    row = data["dataList"][0]
    assert {"_id", "name", "account_id", "account_id__r", "order_amount"} == set(row)
    assert isinstance(row["order_amount"], str)
    whole = client.query("SalesOrderObj", limit=1)["data"]["dataList"][0]
    assert {"owner", "life_status", "record_type", "create_time", "last_modified_time"} < set(whole)
    assert isinstance(whole["owner"], list)
    assert 1_600_000_000_000 < whole["last_modified_time"] < 1_800_000_000_000


def test_windows_of_modification_time_find_every_row_once(client: Fx, fxiaoke: StandIn) -> None:
    seen: list[str] = []
    edges = [1, 1700000000000, 1720000000000, 1740000000000, 4102358400000]
    for least, most in pairwise(edges):
        limits = [
            {"field_name": "last_modified_time", "field_values": [str(least)], "operator": "GTE"},
            {"field_name": "last_modified_time", "field_values": [str(most)], "operator": "LT"},
        ]
        data = client.query("PaymentPlanObj", limit=1000, filters=limits, orders=[ORDER])["data"]
        assert data["total"] == len(data["dataList"])
        seen += [row["_id"] for row in data["dataList"]]
    assert set(fxiaoke.rows("PaymentPlanObj")) == set(seen)
    assert 400 == len(seen)


def test_offsets_join_to_the_whole(client: Fx) -> None:
    pages = [client.query("PaymentPlanObj", limit=150, offset=start, orders=[ORDER])["data"] for start in (0, 150, 300)]
    assert {400} == {page["total"] for page in pages}
    times = [row["last_modified_time"] for page in pages for row in page["dataList"]]
    assert sorted(times) == times
    assert 400 == len({row["_id"] for page in pages for row in page["dataList"]})


def test_filters_that_the_text_saw_compare_and_others_are_refused(client: Fx, fxiaoke: StandIn) -> None:
    account = _first(fxiaoke, "AccountObj")
    of_account = {"field_name": "account_id", "field_values": [account], "operator": "EQ"}
    own = [row for row in fxiaoke.rows("PaymentPlanObj").values() if row["account_id"] == account]
    assert len(own) == client.query("PaymentPlanObj", filters=[of_account])["data"]["total"] > 0
    large = {"field_name": "plan_payment_amount", "field_values": ["20000", "99999999"], "operator": "BETWEEN"}
    rows = client.query("PaymentPlanObj", filters=[large], limit=400)["data"]["dataList"]
    assert rows
    assert all(float(row["plan_payment_amount"]) >= 20000 for row in rows)
    unsure = {"field_name": "account_id", "field_values": [account], "operator": "IN"}
    assert 0 != client.query("PaymentPlanObj", filters=[unsure])["errorCode"]
    fxiaoke.settings(allows_unsure_operators=True)
    assert len(own) == client.query("PaymentPlanObj", filters=[unsure])["data"]["total"]


def test_what_deviates_from_the_text_is_refused(client: Fx) -> None:
    one: dict[str, Any]
    for one in (
        {"limit": 1001},
        {"limit": 0},
        {"limit": 100, "offset": 50},
        {"filters": [{**SINCE, "field_values": "1735689600000"}]},
        {"filters": [{**SINCE, "operator": "AFTER"}]},
        {"filters": [{**SINCE, "field_name": "changed"}]},
        {"orders": [{"field": "last_modified_time"}]},
        {"fieldProjection": ["balance"]},
        {"where": []},
    ):
        assert 0 != client.query("SalesOrderObj", **one)["errorCode"], one
    assert 0 != client.query("CreditFileObj")["errorCode"]
    answer = httpx.get(client.origin + "/cgi/crm/v2/data/query", trust_env=False, timeout=60, verify=NO_CERTIFICATES)
    assert (200, True) == (answer.status_code, answer.json()["errorCode"] != 0)


def test_custom_objects_have_a_path_and_a_limit_of_their_own(client: Fx) -> None:
    assert 0 == client.query("Dispute__c", is_custom=True, limit=100)["errorCode"]
    assert 0 != client.query("Dispute__c", is_custom=True, limit=101)["errorCode"]
    assert 0 != client.query("Dispute__c")["errorCode"]
    assert 0 != client.query("AccountObj", is_custom=True)["errorCode"]


def test_the_query_of_the_vendors_demo_is_answered(client: Fx) -> None:
    search = {
        "offset": 0,
        "limit": 500,
        "dataProjection": {"fieldNames": ["_id", "name", "last_modified_time"]},
        "rangeConditions": [
            {
                "fieldName": "last_modified_time",
                "from": 1,
                "includeLower": False,
                "to": 4102358400000,
                "includeUpper": False,
            }
        ],
        "orders": [{"ascending": False, "field": "last_modified_time"}],
    }
    answer = client.post("/cgi/crm/data/query", apiName="PaymentPlanObj", searchQuery=search)
    assert (0, 400, 400) == (answer["errorCode"], answer["totalNumber"], len(answer["datas"]))
    assert {"_id", "name", "last_modified_time"} == set(answer["datas"][0])


def test_a_user_sees_what_is_his_and_an_admin_all(fxiaoke: StandIn) -> None:
    totals = [fx(fxiaoke, user).query("AccountObj")["data"]["total"] for user in ("FSUID_1SELLER", "FSUID_2SELLER", "")]
    assert 20 == totals[0] + totals[1] == totals[2]
    assert min(totals) > 0


def test_a_row_is_got_changed_made_invalid_and_deleted(client: Fx, fxiaoke: StandIn) -> None:
    base = "/cgi/crm/v2/data"
    made = {"dataObjectApiName": "AccountObj", "name": "ACME"}
    row_id = client.post(f"{base}/create", triggerWorkFlow=False, data={"object_data": made, "details": {}})["dataId"]
    changed = {"_id": row_id, "dataObjectApiName": "AccountObj", "credit_grade__c": "B", "credit_limit__c": 50000}
    assert 0 == client.post(f"{base}/update", triggerWorkFlow=False, data={"object_data": changed})["errorCode"]
    asked = {"dataObjectApiName": "AccountObj", "objectDataId": row_id}
    got = client.post(f"{base}/get", data=asked)["data"]
    assert ("ACME", "B", "50000.00") == tuple(got[name] for name in ("name", "credit_grade__c", "credit_limit__c"))
    client.post(f"{base}/invalid", data={"dataObjectApiName": "AccountObj", "object_data_id": row_id})
    assert "invalid" == client.post(f"{base}/get", data=asked)["data"]["life_status"]
    client.post(f"{base}/delete", data={"idList": [row_id], "dataObjectApiName": "AccountObj"})
    assert 0 != client.post(f"{base}/get", data=asked)["errorCode"]
    assert ["insert", "update", "invalid", "delete"] == [one["how"] for one in fxiaoke.writes()]
    assert [False, False, True, True] == [one["workflows"] for one in fxiaoke.writes()]


def test_what_cannot_be_written_is_refused(client: Fx, fxiaoke: StandIn) -> None:
    row_id = _first(fxiaoke, "AccountObj")
    for wrong in (
        {"credit_grade__c": "Z"},
        {"credit_limit__c": "much"},
        {"life_status": "normal"},
        {"balance": 1},
        {"_id": "nobody", "name": "x"},
    ):
        row = {"_id": row_id, "dataObjectApiName": "AccountObj", **wrong}
        assert 0 != client.post("/cgi/crm/v2/data/update", data={"object_data": row})["errorCode"], wrong
    assert [] == fxiaoke.writes()


def test_objects_and_fields_are_described(client: Fx) -> None:
    objects = client.post("/cgi/crm/v2/object/list")["data"]["objects"]
    assert {"describeApiName", "describeDisplayName", "defineType", "isActive"} == set(objects[0])
    assert {"package", "custom"} == {one["defineType"] for one in objects}
    answer = client.post("/cgi/crm/v2/object/describe", apiName="PaymentPlanObj", includeDetail=True)
    fields = answer["data"]["describe"]["fields"]
    assert "AccountObj" == fields["account_id"]["target_api_name"]
    assert {"incomplete", "completed", "overdue"} == {one["value"] for one in fields["plan_payment_status"]["options"]}


def test_a_message_is_sent_to_users(client: Fx, fxiaoke: StandIn) -> None:
    told = {"toUser": ["FSUID_1SELLER"], "msgType": "text", "text": {"content": "Call C1"}}
    assert 0 == client.post("/cgi/message/send", **told)["errorCode"]
    assert [{"content": "Call C1"}] == [one["values"] for one in fxiaoke.writes()]
    assert 0 != client.post("/cgi/message/send", **{**told, "toUser": ["nobody"]})["errorCode"]


def test_calls_are_limited_in_twenty_seconds(client: Fx, fxiaoke: StandIn) -> None:
    # Signing in was the first.
    fxiaoke.settings(per_20_seconds=3)
    codes = [client.query("AccountObj")["errorCode"] for _ in range(3)]
    assert [True, True, False] == [code == 0 for code in codes]
    fxiaoke.forward(21)
    assert 0 == client.query("AccountObj")["errorCode"]
