"""Facts that every policy may read without declaring them; their definition never varies."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from policy_service.domain.errors import Place
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import FactDefinition, FactSource, Title
from policy_service.language.definitions.standing import PREVIOUS_OUTPUTS, STANDING_OUTPUTS

GROUP_PREFIX: Final = "group."
#: The input that a ladder gives its levels, one open invoice after the other.
LADDER_INPUT: Final = "days_past_due"
#: The business day as of which is decided.
AS_OF: Final = "as_of"
PREVIOUS_PREFIX: Final = "previous_"

_OF_THE_LEDGER: Final = (
    ("open_balance", Kind.MONEY, "", "Open invoices", "未结发票余额"),
    ("overdue_balance", Kind.MONEY, "", "Overdue beyond grace, undisputed", "逾期余额（超过宽限期，无争议）"),
    ("past_due_balance", Kind.MONEY, "", "Past due", "到期未付余额"),
    ("disputed_balance", Kind.MONEY, "", "Open invoices in dispute", "争议发票余额"),
    ("unapplied_cash", Kind.MONEY, "", "Cash not applied to an invoice", "未核销收款"),
    ("oldest_days_past_due", Kind.DAYS, "days", "Oldest undisputed open item, days past due", "最长逾期天数（无争议）"),
    ("open_orders", Kind.MONEY, "", "Orders let through and not yet invoiced", "已放行未开票订单"),
    ("unmatured_bills", Kind.MONEY, "", "Bills accepted and not yet matured", "未到期承兑汇票"),
    ("exposure", Kind.MONEY, "", "Exposure", "信用敞口"),
    ("headroom", Kind.MONEY, "", "Limit left", "可用额度"),
    ("utilisation", Kind.NUMBER, "", "Exposure as a share of the limit", "额度使用率"),
    ("months_as_customer", Kind.INTEGER, "months", "Months as a customer", "合作月数"),
    ("sales_12m", Kind.MONEY, "", "Sales of the last 365 days", "近12个月销售额"),
    ("avg_monthly_sales_12m", Kind.MONEY, "per month", "Average monthly sales", "近12个月月均销售额"),
    ("avg_monthly_orders_12m", Kind.MONEY, "per month", "Average monthly orders asked for", "近12个月月均订单额"),
    ("days_sales_outstanding_90d", Kind.NUMBER, "days", "Days sales outstanding, 90 days", "应收账款周转天数（90天）"),
    ("payment_index_12m", Kind.NUMBER, "points", "Payment index", "付款指数"),
)

_OF_THE_CUSTOMER_FILE: Final = (
    ("segment", Kind.CATEGORY, "Segment", "客户细分"),
    ("industry", Kind.CATEGORY, "Industry", "行业"),
    ("country", Kind.CATEGORY, "Country", "国家"),
    ("currency", Kind.CATEGORY, "Currency", "币种"),
    ("insured_limit", Kind.MONEY, "Limit of the credit insurer", "信用保险额度"),
    ("cover_share", Kind.NUMBER, "Share of a loss that the insurer bears", "保险赔付比例"),
)

_STANDING_TITLES: Final = {
    "grade": ("Grade", "信用等级"),
    "score": ("Score", "信用评分"),
    "credit_limit": ("Credit limit", "信用额度"),
    "limit_valid_days": ("Days that the limit is valid", "额度有效天数"),
    "payment_term_days": ("Payment term in days", "账期天数"),
    "payment_term_kind": ("Kind of payment term", "账期类型"),
    "prepay_percent": ("Prepayment in per cent", "预付比例"),
    "discount_percent": ("Early-payment discount in per cent", "提前付款折扣"),
    "discount_days": ("Days for the early-payment discount", "折扣期天数"),
    "interest_percent": ("Interest in per cent a year", "年利率"),
    "collateral_required": ("Collateral is required", "是否需要担保"),
    "collateral_amount": ("Collateral", "担保金额"),
    "next_review_days": ("Days to the next review", "距下次复审天数"),
    "watch_list": ("On the watch list", "是否列入观察名单"),
    "stop_credit": ("Credit is stopped", "是否停止赊销"),
    "grace_days": ("Days of grace", "宽限天数"),
    "ladder_variant": ("Variant of the ladder", "催收阶梯类型"),
    "approval_role": ("Role that must approve", "审批角色"),
}


@cache
def built_in_facts() -> tuple[FactDefinition, ...]:
    """Return the facts of the ledger, the same of the group, the ladder's input, the standing's and the file's."""
    return (*_ledger_facts(), *_customer_facts(), *_standing_facts())


def of_group(definition: FactDefinition) -> FactDefinition:
    """Return `group.<name>`: the same, read over all customers with the same root parent."""
    return replace(definition, name=GROUP_PREFIX + definition.name, group=True)


def declared_name(name: str) -> str:
    """Return the name under which a fact is declared: of `group.exposure`, `exposure`."""
    return name.removeprefix(GROUP_PREFIX)


def _ledger_facts() -> Iterator[FactDefinition]:
    for name, kind, unit, en, zh in _OF_THE_LEDGER:
        fact = FactDefinition(name, kind, FactSource.BUILT_IN, Title(en, zh), unit, place=_PLACE)
        yield fact
        yield replace(of_group(fact), title=Title(f"{en}, whole group", f"{zh}（集团）"))
    title = Title("Days past due of the open invoice", "该发票逾期天数")
    yield FactDefinition(LADDER_INPUT, Kind.DAYS, FactSource.BUILT_IN, title, "days", place=_PLACE)
    day = Title("Business day decided on", "决策所依据的业务日期")
    yield FactDefinition(AS_OF, Kind.DATE, FactSource.BUILT_IN, day, place=_PLACE)


def _customer_facts() -> Iterator[FactDefinition]:
    for name, kind, en, zh in _OF_THE_CUSTOMER_FILE:
        yield FactDefinition(name, kind, FactSource.CUSTOMER, Title(en, zh), place=_PLACE)


def _standing_facts() -> Iterator[FactDefinition]:
    for name, kind in STANDING_OUTPUTS.items():
        en, zh = _STANDING_TITLES[name]
        yield FactDefinition(name, kind, FactSource.STANDING, Title(en, zh), place=_PLACE)
        if name in PREVIOUS_OUTPUTS:
            title = Title(f"{en} before this review", f"{zh}（本次评审前）")
            yield FactDefinition(PREVIOUS_PREFIX + name, kind, FactSource.STANDING, title, place=_PLACE)


_PLACE: Final = Place("built-in facts")
