"""What the reasons are called that no policy defines: the engine's own, and a person's word over the rules.

They are not in the record of a decision, which holds what its policy says: whoever shows a decision adds them.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from policy_service.domain.outcomes import EngineReason
from policy_service.language.definitions.dictionary import Title
from policy_service.services.overrides import OVERRIDE_REASON

OWN_TITLES: Final[Mapping[str, Title]] = MappingProxyType(
    {
        EngineReason.MISSING_FACT.value: Title("A fact is missing", "缺少事实"),
        EngineReason.NO_RULE_MATCHED.value: Title("No rule matched", "没有规则适用"),
        EngineReason.ENGINE_FAULT.value: Title("The engines could not decide; a person must", "引擎故障，转人工"),
        OVERRIDE_REASON: Title("A person decided otherwise", "人工调整"),
    }
)


def with_titles(reasons: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return recorded reasons, each with a title in both languages."""
    return [reason if "title" in reason else _titled(reason) for reason in reasons]


def _titled(reason: Mapping[str, object]) -> Mapping[str, object]:
    title = OWN_TITLES.get(str(reason["code"]))
    return {**reason, "title": {"en": title.en, "zh": title.zh}} if title else reason
