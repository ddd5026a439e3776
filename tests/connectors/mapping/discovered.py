"""Fields as systems say that they have them."""

from policy_service.connectors.port import FieldKind, RemoteField

_KINDS = {
    "#": FieldKind.NUMBER,
    "$": FieldKind.MONEY,
    "@": FieldKind.DAY,
    "!": FieldKind.INSTANT,
    "?": FieldKind.FLAG,
    "*": FieldKind.LIST,
}


def fields(said: str) -> tuple[RemoteField, ...]:
    """Return the fields of words such as `$amount=金额` or `account_id>AccountObj`: kind, name, title, reference."""
    return tuple(_field(word) for word in said.split())


def _field(word: str) -> RemoteField:
    kind = _KINDS.get(word[0], FieldKind.TEXT)
    name, _, title = word.removeprefix(word[0] if word[0] in _KINDS else "").partition("=")
    name, _, refers_to = name.partition(">")
    if refers_to:
        kind = FieldKind.REFERENCE
    return RemoteField(name, title or name, kind, refers_to=refers_to)


CHOICES = RemoteField(
    "life_status", "生命状态", FieldKind.CHOICE, ("ineffective", "under_review", "normal", "in_change", "invalid")
)
FXIAOKE = {
    "AccountObj": (
        *fields("_id name=客户名称 account_level=客户级别 industry_level1=一级行业 credit_grade__c=信用等级"),
        CHOICES,
    ),
    "SalesOrderObj": (*fields("_id account_id>AccountObj !order_time=下单时间 $order_amount=订单金额"), CHOICES),
    "PaymentPlanObj": (
        *fields("_id account_id>AccountObj order_id>SalesOrderObj $plan_payment_amount=计划回款金额"),
        *fields("@plan_payment_time=计划回款日期"),
        CHOICES,
    ),
    "PaymentObj": (*fields("_id account_id>AccountObj @payment_time=回款日期 $payment_amount=回款金额"), CHOICES),
    "OrderPaymentObj": (
        *fields("_id payment_id>PaymentObj order_id>SalesOrderObj payment_plan_id>PaymentPlanObj"),
        *fields("$payment_amount=本次回款金额"),
        CHOICES,
    ),
}
