"""Zoho CRM takes up to 100 records a call, tells what became of each, and whether workflows were fired."""

import pytest

from tests.connectors.stand_ins import StandIn
from tests.sample_crms.asking import Zoho, zoho

ACCOUNTS = "/crm/v8/Accounts"


@pytest.fixture
def client(zoho_crm: StandIn) -> Zoho:
    return zoho(zoho_crm)


def test_a_record_is_added_with_the_documented_answer(client: Zoho, zoho_crm: StandIn) -> None:
    asked = {"data": [{"Account_Name": "ACME"}], "trigger": []}
    answer = client.ask("POST", ACCOUNTS, json=asked)
    told = answer.json()["data"][0]
    assert (201, "SUCCESS", "record added", "success") == (
        answer.status_code,
        *(told[name] for name in ("code", "message", "status")),
    )
    wanted = {"id", "Created_Time", "Modified_Time", "Created_By", "Modified_By", "$approval_state"}
    assert wanted == set(told["details"])
    assert "ACME" == zoho_crm.rows("Accounts")[told["details"]["id"]]["Account_Name"]
    assert 0 == zoho_crm.calls()["workflows"]


def test_upsert_tells_what_it_did(client: Zoho) -> None:
    rows = [{"Account_Name": "A", "Account_Number": "C000000001"}, {"Account_Name": "B", "Account_Number": "new"}]
    asked = {"data": rows, "trigger": [], "duplicate_check_fields": ["Account_Number"]}
    told = client.ask("POST", f"{ACCOUNTS}/upsert", json=asked).json()["data"]
    assert [("update", "Account_Number"), ("insert", None)] == [(one["action"], one["duplicate_field"]) for one in told]


def test_each_record_is_accepted_or_refused_by_itself(client: Zoho, zoho_crm: StandIn) -> None:
    first, second, third = list(zoho_crm.rows("Accounts"))[:3]
    rows = [
        {"id": first, "Credit_Grade": "A", "Credit_Limit_CNY": 50000, "Payment_Term_Days": 30},
        {"id": second, "Credit_Grade": "Z"},
        {"id": "1", "Credit_Grade": "A"},
        {"id": third, "Balance": 1},
        {"Credit_Grade": "A"},
        {"id": third, "Stop_Credit": True, "Next_Review": "2026-12-01"},
    ]
    answer = client.ask("PUT", ACCOUNTS, json={"data": rows, "trigger": []})
    assert 207 == answer.status_code
    codes = [one["code"] for one in answer.json()["data"]]
    assert ["SUCCESS", "INVALID_DATA", "INVALID_DATA", "INVALID_DATA", "MANDATORY_NOT_FOUND", "SUCCESS"] == codes
    wanted = {"api_name": "id", "json_path": "$.data[4].id"}
    assert wanted == answer.json()["data"][4]["details"]
    assert [first, third] == [one["id"] for one in zoho_crm.writes()]
    assert 202 == client.ask("PUT", ACCOUNTS, json={"data": rows[1:3], "trigger": []}).status_code


def test_workflows_are_fired_unless_the_trigger_is_empty(client: Zoho, zoho_crm: StandIn) -> None:
    row_id = next(iter(zoho_crm.rows("Accounts")))
    client.ask("PUT", ACCOUNTS, json={"data": [{"id": row_id, "Credit_Grade": "B"}]})
    assert 1 == zoho_crm.calls()["workflows"]
    client.ask("PUT", ACCOUNTS, json={"data": [{"id": row_id, "Credit_Grade": "C"}], "trigger": []})
    assert 1 == zoho_crm.calls()["workflows"]


def test_more_than_a_hundred_records_are_refused_whole(client: Zoho, zoho_crm: StandIn) -> None:
    rows = [{"Account_Name": str(number)} for number in range(101)]
    answer = client.ask("POST", ACCOUNTS, json={"data": rows})
    assert (400, "LIMIT_EXCEEDED") == (answer.status_code, answer.json()["code"])
    assert 20 == len(zoho_crm.rows("Accounts"))
    assert 201 == client.ask("POST", ACCOUNTS, json={"data": rows[:100]}).status_code


def test_a_task_is_a_record_about_another(client: Zoho, zoho_crm: StandIn) -> None:
    account = next(iter(zoho_crm.rows("Accounts")))
    task = {
        "Subject": "Call",
        "Due_Date": "2026-12-01",
        "What_Id": {"id": account},
        "$se_module": "Accounts",
        "Description": "Why",
        "Status": "Not Started",
    }
    told = client.ask("POST", "/crm/v8/Tasks", json={"data": [task], "trigger": []}).json()["data"][0]
    assert "SUCCESS" == told["code"]
    refused = client.ask("POST", "/crm/v8/Tasks", json={"data": [{"Due_Date": "2026-12-01"}]}).json()["data"][0]
    wanted = {"api_name": "Subject", "json_path": "$.data[0].Subject"}
    assert ("MANDATORY_NOT_FOUND", wanted) == (refused["code"], refused["details"])


def test_a_lookup_is_written_by_its_id_and_must_be_there(client: Zoho, zoho_crm: StandIn) -> None:
    account = next(iter(zoho_crm.rows("Accounts")))
    order = {"Subject": "Pumps", "Account_Name": {"id": account}, "Grand_Total": 100.5}
    told = client.ask("POST", "/crm/v8/Sales_Orders", json={"data": [order], "trigger": []}).json()["data"][0]
    assert "SUCCESS" == told["code"]
    found = client.get(f"/crm/v8/Sales_Orders/{told['details']['id']}", fields="Account_Name").json()["data"][0]
    assert zoho_crm.rows("Accounts")[account]["Account_Name"] == found["Account_Name"]["name"]
    order["Account_Name"] = {"id": "1"}
    told = client.ask("POST", "/crm/v8/Sales_Orders", json={"data": [order], "trigger": []}).json()["data"][0]
    assert "INVALID_DATA" == told["code"]


def test_a_right_to_read_is_none_to_write(client: Zoho, zoho_crm: StandIn) -> None:
    zoho_crm.settings(scopes=["ZohoCRM.modules.READ"])
    zoho_crm.tell("sign_in_again")
    answer = zoho(zoho_crm).ask("POST", ACCOUNTS, json={"data": [{"Account_Name": "ACME"}]})
    assert (401, "OAUTH_SCOPE_MISMATCH") == (answer.status_code, answer.json()["code"])
