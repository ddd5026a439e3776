"""Changes of a policy as Chinese sentences."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_service.language.printing.diff import Change

_CHINESE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "parameter": "参数",
        "fact": "事实",
        "reason": "原因",
        "formula": "公式",
        "claim": "断言",
        "when": "条件",
        "place": "位置",
        "title": "标题",
        "notes": "变更说明",
        "points": "得分",
        "grade": "等级",
        "outcome": "结果",
        "action": "措施",
        "note": "备注",
    }
)


def in_chinese(change: Change) -> str:
    """Return the change as a Chinese sentence; names and values stay as the policy writes them."""
    where = f"规则集 {change.rule_set}" if change.rule_set else ""
    row = f"{change.row} 行" if change.row else ""
    subject = "，".join(part for part in (where, row, what_in_chinese(change.what)) if part)
    if not change.old:
        return f"{subject} 新增：{change.new}"
    if not change.new:
        return f"{subject} 删除：{change.old}"
    return f"{subject}：由 {change.old} 改为 {change.new}"


def what_in_chinese(what: str) -> str:
    """Return what a change is of, with the word for its kind in Chinese and the name as the policy writes it."""
    first, space, rest = what.partition(" ")
    return _CHINESE.get(first, first) + space + rest
