"""Texts and values of one decision: the policy's category codes, and fresh ones for texts it never mentions."""

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.language.feel.value_text import read_value, write_value
from policy_service.language.policy import Policy

Plain = str | int | bool | None


class CodeBook:
    """Read texts into values and write values as texts for one decision under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._currency = policy.currency
        self._texts = list(policy.vocabulary)
        self._written: dict[tuple[int, Kind], str] = {}
        self._codes = {text: code for code, text in enumerate(self._texts)}

    def code_of(self, text: str) -> int:
        """Return the code of a category's text, a fresh one where the policy does not mention it."""
        code = self._codes.setdefault(text, len(self._texts))
        if code == len(self._texts):
            self._texts.append(text)
        return code

    def read(self, text: str, kind: Kind, place: Place = NOWHERE) -> int:
        """Return the value that `text` writes; PolicyTextError if it writes none of `kind`."""
        return read_value(text, kind, self._currency, self.code_of, place)

    def text(self, value: int, kind: Kind) -> str:
        """Return the value as people write it."""
        if kind is Kind.CATEGORY and value != UNKNOWN:
            return self._texts[value]
        # A decision says most values more than once: as a fact, in its explanation, of its order.
        key = (value, kind)
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = write_value(value, kind, self._currency, self._texts)
        return written

    def plain(self, value: int, kind: Kind) -> Plain:
        """Return the value as the API writes it: decimal text, whole number, boolean, text, or None for unknown."""
        if value == UNKNOWN:
            return None
        if kind.is_whole:
            return value
        if kind is Kind.BOOLEAN:
            return bool(value)
        return self.text(value, kind)

    def value(self, plain: Plain, kind: Kind) -> int:
        """Return the value that `plain` wrote, perhaps in another decision: texts are the same, codes may not be."""
        if plain is None:
            return UNKNOWN
        if isinstance(plain, int):
            return int(plain)
        # A category may be called unknown, which where people write values means that nobody knows.
        return self.code_of(plain) if kind is Kind.CATEGORY else self.read(plain, kind)
