"""What Fxiaoke refuses is asked again where that may help and does no harm."""

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import Task
from tests.connectors.fxiaoke.company import ORDERS, Company, opened
from tests.connectors.standing_in import World

TASK = Task("k", "SalesOrderObj", "a", "Stop credit", "Overdue by 40 days", owner="FSUID_2")


def refusing(*codes: int) -> Company:
    company = Company(World())
    opened(company, open_user_id="FSUID_1").check()
    company.faults += [{"errorCode": code, "errorMessage": "busy"} for code in codes]
    return company


@pytest.mark.parametrize("code", [-1, 14001, 30004, 50009, 77777])
def test_what_may_pass_is_asked_again_later_and_later(code: int) -> None:
    company = refusing(code, code, code)
    assert opened(company, open_user_id="FSUID_1").page(ORDERS, "").is_last
    assert [3.75, 7.5, 15.0] == company.world.waits


def test_what_does_not_pass_is_an_error_that_may() -> None:
    company = refusing(*[14001] * 4)
    with pytest.raises(ConnectorError, match=r"busy \(code 14001\).*\[X123\]") as refused:
        opened(company, open_user_id="FSUID_1").page(ORDERS, "")
    assert (True, 20.0) == (refused.value.is_passing, refused.value.retry_after)


def test_what_is_used_up_for_the_day_is_not_asked_again_at_once() -> None:
    company = refusing(30002)
    with pytest.raises(ConnectorError, match=r"\[X123\]"):
        opened(company, open_user_id="FSUID_1").page(ORDERS, "")
    assert [] == company.world.waits


@pytest.mark.parametrize("code", [10013, 20014, 30003, 32000])
def test_what_stays_refused_is_not_asked_again(code: int) -> None:
    company = refusing(code)
    with pytest.raises(ConnectorError, match=r"\[X122\]") as refused:
        opened(company, open_user_id="FSUID_1").page(ORDERS, "")
    assert ([], False) == (company.world.waits, refused.value.is_passing)


def test_a_message_is_sent_again_only_if_it_was_not_taken() -> None:
    company = refusing(30004)
    (written,) = opened(company, open_user_id="FSUID_1").assign([TASK])
    assert written.is_done
    unclear = refusing(77777)
    (written,) = opened(unclear, open_user_id="FSUID_1").assign([TASK])
    assert "X122" == written.code
    assert 1 == sum(path.endswith("/message/send") for path, _ in unclear.calls)


def test_a_wait_that_is_to_stop_stops() -> None:
    company = refusing(-1)
    company.world.stops_after = 0
    with pytest.raises(ConnectorError, match=r"\[X109\]"):
        opened(company, open_user_id="FSUID_1").page(ORDERS, "")


def test_an_empty_name_of_the_code_does_not_hide_the_other() -> None:
    company = Company(World())
    opened(company, open_user_id="FSUID_1").check()
    company.faults.append({"errorCode": None, "code": 32000, "msg": "no such field"})
    with pytest.raises(ConnectorError, match=r"no such field \(code 32000\)"):
        opened(company, open_user_id="FSUID_1").page(ORDERS, "")


def test_newer_calls_that_answer_another_name_of_the_code_are_understood() -> None:
    company = Company(World())
    opened(company, open_user_id="FSUID_1").check()
    company.faults.append({"code": 32000, "msg": "wrong\nfield " + "x" * 300})
    with pytest.raises(ConnectorError, match=r"wrong field x{188}\.\.\. \(code 32000\)"):
        opened(company, open_user_id="FSUID_1").page(ORDERS, "")
