"""Two versions compared: each change as a plain sentence in English and Chinese, and as data, cell by cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from policy_service.language.printing.diff import Change, diff
from policy_service.storage.policy_store import PolicyStore

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


@dataclass(frozen=True, slots=True)
class Told:
    """One change, and how it reads in each language."""

    change: Change
    en: str
    zh: str


def compare(session: Session, policy_id: str, number: int, against: int) -> tuple[Told, ...]:
    """Return what changed from the version `against` to the version `number`, none if they say the same.

    NotStored S209 for a version that is not there or cannot be read yet, StorageError S214 for a text that is not
    the one that was approved.
    """
    store = PolicyStore(session)
    changes = diff(store.policy(policy_id, against), store.policy(policy_id, number))
    return tuple(Told(change, str(change), in_chinese(change)) for change in changes)


def compared_with(session: Session, policy_id: str, number: int, at: int) -> int | None:
    """Return the version to compare with where none is named: the one it is based on, else the one in force."""
    store = PolicyStore(session)
    based_on = store.version(policy_id, number).based_on
    if based_on is not None:
        return based_on
    live = store.effective(policy_id, at)
    return live.number if live and live.number != number else None


def in_chinese(change: Change) -> str:
    """Return the change as a Chinese sentence; names and values stay as the policy writes them."""
    where = f"规则集 {change.rule_set}" if change.rule_set else ""
    row = f"{change.row} 行" if change.row else ""
    subject = "，".join(part for part in (where, row, _translated(change.what)) if part)
    if not change.old:
        return f"{subject} 新增：{change.new}"
    if not change.new:
        return f"{subject} 删除：{change.old}"
    return f"{subject}：由 {change.old} 改为 {change.new}"


def _translated(what: str) -> str:
    first, space, rest = what.partition(" ")
    return _CHINESE.get(first, first) + space + rest
