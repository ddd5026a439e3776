"""The words of the terminal in English and Chinese."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_service.domain.decisions import Reason
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import Kind
from policy_service.language.policy import Policy
from policy_service.services.own_reasons import OWN_TITLES

OUTCOME_COLOURS: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.APPROVE: "green",
        Outcome.PREPAY: "cyan",
        Outcome.HOLD: "yellow",
        Outcome.REFER: "magenta",
        Outcome.DECLINE: "red",
    }
)

_CHINESE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "as of": "截至",
        "review": "信用评审",
        "order": "订单",
        "escalation": "催收",
        "approve": "放行",
        "hold": "冻结",
        "prepay": "预付款",
        "refer": "转人工",
        "decline": "拒绝",
        "nothing on the ladder": "无待催收款项",
        "points to": "分即可达到",
        "nearly": "接近命中",
        "characteristic": "评分项",
        "value": "取值",
        "points": "得分",
        "facts": "事实",
        "owner": "负责人",
        "days past due": "天逾期",
        "row": "行",
        "grade": "等级",
        "score": "评分",
        "credit_limit": "信用额度",
        "limit_valid_days": "额度有效天数",
        "payment_term_days": "账期（天）",
        "payment_term_kind": "账期类型",
        "prepay_percent": "预付比例",
        "discount_percent": "现金折扣",
        "discount_days": "折扣天数",
        "interest_percent": "逾期利率",
        "collateral_required": "须担保",
        "collateral_amount": "担保金额",
        "next_review_days": "下次评审（天）",
        "watch_list": "重点关注",
        "stop_credit": "停止赊销",
        "grace_days": "宽限天数",
        "ladder_variant": "催收方案",
        "approval_role": "审批人",
        **{code: title.zh for code, title in OWN_TITLES.items()},
        "orders": "订单",
        "customers": "客户",
        "amount": "金额",
        "reason": "原因",
        "level": "级别",
        "action": "措施",
        "limit": "额度",
        "outcome": "结果",
        "customer": "客户",
        "term": "账期",
        "cases": "案件",
        "unknown": "未知",
        "unlimited": "无限额",
        "true": "是",
        "false": "否",
        "is": "为",
        "the row asks for": "该行要求",
        "short by": "相差",
        "change": "项变更",
        "changes": "项变更",
        "against version": "对比版本",
    }
)

_WORDS_OF_VALUES: Final = frozenset({"unknown", "unlimited", "true", "false"})

_ENGLISH: Final[Mapping[str, str]] = MappingProxyType({code: title.en for code, title in OWN_TITLES.items()})


def word(text: str, language: str) -> str:
    """Return a word of the terminal in `language` ("en" or "zh"); names keep their underscores out of sight."""
    if language == "zh":
        return _CHINESE.get(text, text)
    return _ENGLISH.get(text, text.replace("_", " "))


def reason_text(reason: Reason, policy: Policy, language: str) -> str:
    """Return the reason's wording with the rule set and row it comes from, and the facts it misses."""
    definition = policy.reasons.get(reason.code)
    said = definition.title.in_language(language) if definition else word(reason.code, language)
    if reason.facts:
        said += ": " + ", ".join(reason.facts)
    if reason.detail:
        said += f" ({reason.detail})"
    where = f"{reason.rule_set} {reason.row}".strip()
    return f"{said} [{where}]" if where else said


def output_text(name: str, text: str, kind: Kind, language: str) -> str:
    """Return an output as people say it: "credit limit 150,000.00"."""
    return f"{word(name, language)} {value_text(text, kind, language)}"


def value_text(text: str, kind: Kind, language: str) -> str:
    """Return a value's text as people say it: amounts with thousands separators, and the words for what is none."""
    if text in _WORDS_OF_VALUES:
        return word(text, language)
    return money(text) if kind is Kind.MONEY else text


def money(text: str) -> str:
    """Return an amount with thousands separators."""
    whole, point, decimals = text.partition(".")
    digits = whole.lstrip("-")
    return f"{'-' if whole.startswith('-') else ''}{int(digits):,}{point}{decimals}" if digits.isdecimal() else text
