"""Caveats in the language of their reader: for the terminal, the page and the console."""

from collections.abc import Mapping
from typing import Final

from simulations.comparison.caveats import Caveat

#: What customers are told apart by, in Chinese.
DIMENSIONS: Final[Mapping[str, str]] = {"grade": "等级", "segment": "客户类别", "industry": "行业"}
#: The caveats in Chinese, by code; `about` is what one is about.
CAVEATS: Final[Mapping[str, str]] = {
    "REFUSED_WHEN_ASKED": "当时被拒的订单没有留下可供重放的回款。",
    "CUSTOMERS_DO_NOT_REACT": "假定客户照常付款：不因额度或账期不同而多买或转投他处。",
    "STRESSED": "账簿已按压力情景改动：回款推迟或不再发生。各项指标均非实录；未付款项仍列为未清，不假设核销；"
    "停止付款的客户仍照常下单，政策要求预付时视为已预付。",
    "PREPAID_IS_SOLD": "预付订单按已付款、已成交计入：假定没有客户拒绝预付或转投他处。",
    "MOSTLY_PREPAID": "一半以上的订单须预付。预付的客户不留下可供评级的回款，可能一直被要求预付；请对照开环结果，"
    "或把窗口起点后移。",
    "DECISIONS_DO_NOT_ACT": "开环中任何决策都不改变此后的历史。",
    "OPEN_IS_NO_BAD_DEBT": "窗口末未清的金额按未清列示，从不算作坏账。",
    "LIMIT_FEEDS_ON_ITSELF": "{about} 的额度读取会因自身拒单而下降的事实，拒单会使额度越降越低；"
    "请改读 avg_monthly_orders_12m。",
    "FACTS_NOT_IN_LEDGER": "客户档案没有 {about}：按未知处理。",
    "FACTS_WITHOUT_HISTORY": "客户档案中 {about} 每个客户只有一个值，各日期均按此值读取。",
    "POSTED_LATE": "有 {about} 条分录在其日期之后入账：决策自入账后才看到，指标按其日期计算。",
    "NO_ORDERS": "窗口内没有订单：其间没有作出任何决策。",
    "NO_PAYMENTS": "账簿没有回款：无法说明客户如何付款。",
    "ROWS_LEFT_OUT": "导入时剔除了 {about} 行有误的数据。",
    "TOO_MANY_COHORTS": "{about}的取值过多，不逐一列示。",
    "NO_BANDS": "账簿金额过大，无法精确计算区间。",
}
_ABOUT: Final = "{about}"


def caveat_told(caveat: Caveat, language: str) -> str:
    """Return a caveat in `language` ("en" or "zh").

    It is in English anyway if it is of an earlier report that does not say what it is about.
    """
    chinese = CAVEATS[caveat.code]
    if language != "zh" or (_ABOUT in chinese and not caveat.about):
        return caveat.text
    is_dimension = caveat.code == "TOO_MANY_COHORTS"
    about = DIMENSIONS[caveat.about] if is_dimension else caveat.about.replace(", ", "、")
    return chinese.format(about=about)
