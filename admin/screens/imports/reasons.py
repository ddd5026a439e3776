"""Why rows are left out of imports, and what mends each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_service.ledger.reasons import EXPLANATIONS, Explanation, Reason, Remark

_WORDS: Final[Mapping[str, Reason | Remark]] = MappingProxyType({word.value: word for word in (*Reason, *Remark)})
_NONE: Final = Explanation("", "")


def explained(code: str) -> Explanation:
    """Return what a code means and what mends it; nothing of an unknown one."""
    word = _WORDS.get(code)
    return EXPLANATIONS[word] if word else _NONE
