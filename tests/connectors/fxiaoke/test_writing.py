"""What is written back to Fxiaoke starts nothing over there, and each row is answered for."""

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Change, Task, Written
from tests.connectors.fxiaoke.company import DESCRIBED, Company, opened
from tests.connectors.standing_in import World


def stocked() -> Company:
    company = Company(World())
    for row_id in ("a", "b", "c"):
        company.put(row_id, owner=["FSUID_7"])
    opened(company).fields("AccountObj")
    return company


def described() -> dict[str, object]:
    return {"errorCode": 0, **DESCRIBED["/cgi/crm/v2/object/describe"]}


def changes(*row_ids: str) -> list[Change]:
    return [Change(row_id, {"credit_limit__c": "120000.00"}) for row_id in row_ids]


def test_rows_are_changed_without_workflows_or_approvals() -> None:
    company = stocked()
    written = opened(company).write("AccountObj", changes("a", "b"))
    assert (Written("a", is_done=True), Written("b", is_done=True)) == written
    assert "120000.00" == company.rows["b"]["credit_limit__c"]
    path, body = company.calls[-1]
    assert "/cgi/crm/v2/data/update" == path
    assert (False, False) == (body["triggerWorkFlow"], body["triggerApprovalFlow"])
    assert {"_id": "b", "dataObjectApiName": "AccountObj", "credit_limit__c": "120000.00"} == body["data"][
        "object_data"
    ]


def test_a_field_named_like_the_id_does_not_lead_to_another_row() -> None:
    company = stocked()
    opened(company).write("AccountObj", [Change("a", {"_id": "b", "dataObjectApiName": "OtherObj"})])
    sent = company.calls[-1][1]["data"]["object_data"]
    assert ("a", "AccountObj") == (sent["_id"], sent["dataObjectApiName"])


def test_a_row_that_is_refused_does_not_keep_back_the_next() -> None:
    company = stocked()
    company.faults += [described(), {"errorCode": 32000, "errorMessage": "no such field"}]
    first, second = opened(company).write("AccountObj", changes("a", "b"))
    assert ("a", False, "X122") == (first.row_id, first.is_done, first.code)
    assert "no such field" in first.message
    assert second.is_done


def test_rows_after_what_may_pass_are_not_tried_but_answered_for() -> None:
    company = stocked()
    company.faults += [described(), {"errorCode": 0}, *[{"errorCode": -1}] * 2]
    first, second, third = opened(company).write("AccountObj", changes("a", "b", "c"))
    assert first.is_done
    assert [("b", "X123"), ("c", "X123")] == [(one.row_id, one.code) for one in (second, third)]
    assert 3 == sum(path.endswith("/update") for path, _ in company.calls)


def test_a_code_that_nobody_knows_is_about_the_row_and_keeps_back_no_other() -> None:
    company = stocked()
    company.faults += [described(), *[{"errorCode": 320001, "errorMessage": "duplicate"}] * 2]
    first, second = opened(company).write("AccountObj", changes("a", "b"))
    assert ("X122", True) == (first.code, second.is_done)
    assert [3.75] == company.world.waits


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("order_time", "2026-03-01", 1_772_294_400_000),
        ("last_modified_time", "2026-03-01", 1_772_294_400_000),
        ("order_time", "1 March", "1 March"),
        ("stopped", "true", True),
        ("stopped", "false", False),
        ("order_amount", 120000, "120000"),
        ("order_amount", "120000.00", "120000.00"),
        ("order_status", "7", "7"),
        ("order_time", None, None),
    ],
)
def test_a_value_is_sent_as_its_field_takes_it(name: str, value: str | int | None, sent: object) -> None:
    company = stocked()
    opened(company).write("SalesOrderObj", [Change("a", {name: value})])
    assert sent == company.calls[-1][1]["data"]["object_data"][name]


def test_where_nothing_was_done_the_error_itself_is_told() -> None:
    company = stocked()
    company.faults += [described(), *[{"errorCode": -1}] * 2]
    with pytest.raises(ConnectorError, match=r"\[X123\]"):
        opened(company).write("AccountObj", changes("a", "b"))


def test_objects_of_the_company_itself_are_written_by_calls_of_their_own() -> None:
    company = stocked()
    opened(company).write("file__c", changes("a"))
    assert "/cgi/crm/custom/v2/data/update" == company.calls[-1][0]


def test_a_task_is_a_message_to_the_owner_of_its_row() -> None:
    company = stocked()
    task = Task("k", "AccountObj", "a", "Stop credit", "40 days overdue", due="2026-03-05")
    assert (Written("a", is_done=True),) == opened(company).assign([task])
    path, body = company.calls[-1]
    assert "/cgi/message/send" == path
    assert ["FSUID_7"] == body["toUser"]
    assert {"content": "Stop credit\n40 days overdue\n2026-03-05"} == body["text"]


def test_a_task_of_a_row_without_an_owner_is_answered_for() -> None:
    company = stocked()
    del company.rows["a"]["owner"]
    (written,) = opened(company).assign([Task("k", "AccountObj", "a", "Stop credit", "")])
    assert (False, "X120") == (written.is_done, written.code)
