"""The objects of Fxiaoke that the sample company uses, with their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """A field; `refers_to` is the object of a lookup, options are values with their labels."""

    name: str
    kind: str
    label: str
    refers_to: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_read_only: bool = False
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """An object; `number` is in the ids of its rows."""

    name: str
    number: int
    label: str
    fields: Mapping[str, Field]

    @property
    def is_custom(self) -> bool:
        """Tell whether the company made it; such objects have paths of their own."""
        return self.name.endswith("__c")


_LIFE: Final = tuple(
    (name, label)
    for name, label in (
        ("ineffective", "未生效"),
        ("under_review", "审核中"),
        ("normal", "正常"),
        ("in_change", "变更中"),
        ("invalid", "作废"),
    )
)
_PLAN: Final = (("incomplete", "未完成"), ("completed", "已完成"), ("overdue", "已逾期"))
_SYSTEM: Final = (
    Field("_id", "text", "ID", is_read_only=True),
    Field("name", "text", "名称"),
    Field("owner", "employee", "负责人"),
    Field("life_status", "select_one", "生命状态", options=_LIFE, is_read_only=True),
    Field("record_type", "record_type", "业务类型"),
    Field("create_time", "date_time", "创建时间", is_read_only=True),
    Field("last_modified_time", "date_time", "最后修改时间", is_read_only=True),
)
#: The choices of the field for grades: those of the policy manufacturer_cn, and one more.
_GRADES: Final = ("AA", "A", "BB", "B", "C", "D", "E", "NR")
_ACCOUNT: Final = (
    Field("account_no", "text", "客户编号"),
    Field("account_level", "select_one", "客户级别"),
    Field("industry_level1", "select_one", "一级行业"),
    Field("industry_level2", "select_one", "二级行业"),
    Field("tel", "phone_number", "电话"),
    Field("deal_status", "select_one", "成交状态"),
    Field("credit_grade__c", "select_one", "信用等级", options=tuple((one, one) for one in _GRADES)),
    Field("credit_limit__c", "currency", "信用额度"),
    Field("payment_term_days__c", "number", "账期天数"),
    Field("stop_credit__c", "true_or_false", "停止授信"),
    Field("next_review__c", "date", "下次复核"),
)
_ORDER: Final = (
    Field("account_id", "object_reference", "客户", "AccountObj", is_needed=True),
    Field("order_time", "date", "下单日期"),
    Field("order_amount", "currency", "订单金额"),
    Field("payment_amount", "currency", "已回款金额"),
    Field("receivable_amount", "currency", "待回款金额"),
    Field("invoice_amount", "currency", "已开票金额"),
    Field("product_amount", "currency", "产品合计"),
    Field("order_status", "select_one", "状态"),
    Field("delivery_date", "date", "交货日期"),
)
_PLAN_FIELDS: Final = (
    Field("account_id", "object_reference", "客户", "AccountObj"),
    Field("order_id", "object_reference", "销售订单", "SalesOrderObj"),
    Field("plan_payment_amount", "currency", "计划回款金额"),
    Field("plan_payment_time", "date", "计划回款日期"),
    Field("plan_payment_method", "select_one", "计划回款方式"),
    Field("plan_payment_status", "select_one", "状态", options=_PLAN),
    Field("actual_payment_amount", "currency", "实际回款金额"),
    Field("remind_time", "date_time", "提醒时间"),
)
_PAYMENT: Final = (
    Field("account_id", "object_reference", "客户", "AccountObj"),
    Field("payment_time", "date", "回款日期"),
    Field("payment_amount", "currency", "回款金额"),
    Field("payment_term", "select_one", "回款方式"),
    Field("remark", "long_text", "备注"),
    Field("notification_time", "date_time", "提醒时间"),
)
_ORDER_PAYMENT: Final = (
    Field("payment_id", "object_reference", "回款", "PaymentObj"),
    Field("order_id", "object_reference", "销售订单", "SalesOrderObj"),
    Field("payment_amount", "currency", "本次回款金额"),
    Field("payment_plan_id", "object_reference", "回款计划", "PaymentPlanObj"),
)
_REFUND: Final = (
    Field("account_id", "object_reference", "客户", "AccountObj"),
    Field("order_id", "object_reference", "销售订单", "SalesOrderObj"),
    Field("refunded_amount", "currency", "退款金额"),
    Field("refunded_time", "date", "退款日期"),
)
_DISPUTE: Final = (
    Field("account_id__c", "object_reference", "客户", "AccountObj"),
    Field("plan_id__c", "object_reference", "回款计划", "PaymentPlanObj"),
    Field("opened__c", "date", "提出日期"),
    Field("closed__c", "date", "解决日期"),
)


def _object(name: str, number: int, label: str, own: tuple[Field, ...]) -> Object:
    return Object(name, number, label, {field.name: field for field in (*_SYSTEM, *own)})


OBJECTS: Final[Mapping[str, Object]] = {
    one.name: one
    for one in (
        _object("AccountObj", 1, "客户", _ACCOUNT),
        _object("SalesOrderObj", 2, "销售订单", _ORDER),
        _object("PaymentPlanObj", 3, "回款计划", _PLAN_FIELDS),
        _object("PaymentObj", 4, "回款", _PAYMENT),
        _object("OrderPaymentObj", 5, "回款明细", _ORDER_PAYMENT),
        _object("RefundObj", 6, "退款", _REFUND),
        _object("Dispute__c", 7, "争议", _DISPUTE),
    )
}
#: What is made later is numbered from here.
FIRST_NEW: Final = 500_000_000
ADMIN: Final = "FSUID_0ADMIN"
SELLERS: Final = ("FSUID_1SELLER", "FSUID_2SELLER")


def row_id(name: str, number: int) -> str:
    """Return the id of a row: 24 hexadecimal digits."""
    return f"65f0{OBJECTS[name].number:04x}{number:016x}"
