"""What a company's Fxiaoke has is told by itself."""

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import FieldKind, RemoteField, RemoteObject
from tests.connectors.fxiaoke.company import Company, opened
from tests.connectors.standing_in import World


def test_objects_in_use_are_told_with_what_they_are_called() -> None:
    expected = (RemoteObject("SalesOrderObj", "销售订单"), RemoteObject("receipt__c", "收据", is_custom=True))
    assert expected == opened(Company(World())).objects()


def test_fields_in_use_are_told_with_their_kinds() -> None:
    expected = (
        RemoteField("_id", "ID", is_writable=False),
        RemoteField("name", "销售订单编号", is_writable=False),
        RemoteField("order_amount", "销售订单金额", FieldKind.MONEY),
        RemoteField("order_time", "下单日期", FieldKind.DAY),
        RemoteField("order_status", "订单状态", FieldKind.CHOICE, choices=("7", "other")),
        RemoteField("account_id", "客户名称", FieldKind.REFERENCE, refers_to="AccountObj"),
        RemoteField("account_id__r", "客户名称 (name)", is_writable=False),
        RemoteField("open", "待回款", FieldKind.MONEY, is_writable=False),
        RemoteField("stopped", "停止授信", FieldKind.FLAG),
        RemoteField("last_modified_time", "最后修改时间", FieldKind.INSTANT, is_writable=False),
    )
    assert expected == opened(Company(World())).fields("SalesOrderObj")


def test_fields_may_come_as_a_list() -> None:
    company = Company(World())
    connector = opened(company)
    connector.check()
    listed = [{"apiName": "tel", "label": "电话", "dataType": "phone_number"}, {"label": "nameless"}, 1]
    company.faults.append({"errorCode": 0, "data": {"fields": listed}})
    assert ("_id", "tel") == tuple(field.name for field in connector.fields("AccountObj"))


@pytest.mark.parametrize("found", [{}, {"fields": 1}, {"describe": {"fields": "ab"}}])
def test_an_answer_without_fields_is_refused(found: dict[str, object]) -> None:
    company = Company(World())
    connector = opened(company)
    connector.check()
    company.faults.append({"errorCode": 0, "data": found})
    with pytest.raises(ConnectorError, match=r"\[X124\]"):
        connector.fields("AccountObj")
