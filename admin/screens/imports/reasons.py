"""Why rows are left out of imports, and what mends each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_service.ledger.reasons import EXPLANATIONS, Explanation, Reason, Remark

_WORDS: Final[Mapping[str, Reason | Remark]] = MappingProxyType({word.value: word for word in (*Reason, *Remark)})
#: What mends it, where programs are told of a word that nobody can type into a form.
_IN_A_FORM: Final[Mapping[Reason | Remark, str]] = MappingProxyType(
    {Reason.STORED_OTHERWISE: "Correct the row; if it is the right one, import as a correction."}
)
_NONE: Final = Explanation("", "")


def explained(code: str) -> Explanation:
    """Return what a code means and what mends it; nothing of an unknown one."""
    word = _WORDS.get(code)
    if word is None:
        return _NONE
    said = EXPLANATIONS[word]
    return Explanation(said.meaning, _IN_A_FORM.get(word, said.remedy))
