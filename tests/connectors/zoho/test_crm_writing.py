"""Zoho CRM: rows that are written and tasks that are made, against one in memory."""

import json
from collections.abc import Callable

import httpx
import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Change, Task, Written
from policy_service.connectors.zoho.crm import ZohoCrm
from tests.connectors.standing_in import World
from tests.connectors.zoho.crm_over_there import CrmOverThere, account, connected, said


def refused(ask: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        ask()
    assert "s3cret" not in str(caught.value)
    return caught.value


def test_rows_are_written_in_batches_and_each_is_told_of() -> None:
    crm = CrmOverThere(refused_rows={"007": "INVALID_DATA"})
    for number in range(250):
        crm.put(f"{number:03}")
    changes = [
        Change(f"{number:03}", {"Credit_Limit_CNY": "120000.50", "Subject": "1.0", "Due_Date": None})
        for number in range(250)
    ]
    found = connected(crm, World()).write("Invoices", changes)
    assert found[7] == Written("007", False, "INVALID_DATA", "not so")
    assert [each.row_id for each in found] == [each.row_id for each in changes]
    assert sum(each.is_done for each in found) == 249
    sent = [request.content for request in crm.asked if request.method == "PUT"]
    assert len(sent) == 3
    assert b'"Credit_Limit_CNY":120000.50' in sent[0]
    assert b'"Subject":"1.0"' in sent[0]
    assert all(b'"trigger":[]' in each for each in sent)


def test_rows_that_are_all_refused_are_told_one_by_one() -> None:
    crm = CrmOverThere(refused_rows={"1": "RECORD_LOCKED"})
    found = connected(crm, World()).write("Invoices", [Change("1", {"Subject": "x"})])
    assert found == (Written("1", False, "RECORD_LOCKED", "not so"),)


def test_an_answer_that_tells_of_fewer_rows_than_were_written_is_refused() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return said(200, {"access_token": "t", "expires_in": 3600})
        return said(200, {"fields": [], "data": []})

    one = ZohoCrm(account(), World().means, transport=httpx.MockTransport(answer))
    assert refused(lambda: one.write("Invoices", [Change("1", {})])).code == "X105"


TASK = Task("case 12", "Accounts", "55", "Look at ACME", "It is 40 days late.", due="2026-03-05", owner="9")


def test_a_task_is_made_once() -> None:
    crm = CrmOverThere()
    one = connected(crm, World())
    made = one.assign([TASK, TASK])
    assert made == one.assign([TASK])[:1] * 2 == (Written("900", is_done=True),) * 2
    assert len(crm.tasks) == 1
    sent = json.loads(next(each for each in crm.asked if each.method == "POST" and "Tasks" in each.url.path).content)
    assert sent["trigger"] == []
    assert sent["data"][0]["What_Id"] == {"id": "55"}
    assert sent["data"][0]["Due_Date"] == "2026-03-05"


def test_a_task_whose_answer_was_lost_is_not_made_again() -> None:
    crm = CrmOverThere(breaks_off_after_post=True)
    one = connected(crm, World())
    assert refused(lambda: one.assign([TASK])).code == "X106"
    crm.breaks_off_after_post = False
    assert one.assign([TASK]) == (Written("900", is_done=True),)
    assert len(crm.tasks) == 1
