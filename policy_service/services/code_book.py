"""Texts and values of one decision: the policy's category codes, and fresh ones for texts it never mentions."""

from functools import lru_cache
from typing import Final

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.values import UNKNOWN, Currency, Kind
from policy_service.language.feel.value_text import read_value, write_value
from policy_service.language.policy import Policy

Plain = str | int | bool | None
#: So many texts and values are remembered: the same amounts, days and percentages come with every decision.
_REMEMBERED: Final = 16_384
#: Of so many currencies at a time; a service has one.
_CURRENCIES: Final = 8


class CodeBook:
    """Read texts into values and write values as texts for one decision under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._currency = policy.currency
        self._remembered = _remembered(policy.currency)
        self._texts = list(policy.vocabulary)
        self._codes = {text: code for code, text in enumerate(self._texts)}

    def code_of(self, text: str) -> int:
        """Return the code of a category's text, a fresh one where the policy does not mention it."""
        code = self._codes.setdefault(text, len(self._texts))
        if code == len(self._texts):
            self._texts.append(text)
        return code

    def read(self, text: str, kind: Kind, place: Place = NOWHERE) -> int:
        """Return the value that `text` writes; PolicyTextError if it writes none of `kind`."""
        if kind is Kind.CATEGORY or place is not NOWHERE:
            return read_value(text, kind, self._currency, self.code_of, place)
        return self._remembered.read(text, kind)

    def text(self, value: int, kind: Kind) -> str:
        """Return the value as people write it."""
        if kind is Kind.CATEGORY and value != UNKNOWN:
            return self._texts[value]
        return self._remembered.written(value, kind)

    def plain(self, value: int, kind: Kind) -> Plain:
        """Return the value as the API writes it: decimal text, whole number, boolean, text, or None for unknown."""
        if kind is Kind.CATEGORY:
            return None if value == UNKNOWN else self._texts[value]
        return self._remembered.plain(value, kind)

    def value(self, plain: Plain, kind: Kind) -> int:
        """Return the value that `plain` wrote, perhaps in another decision: texts are the same, codes may not be."""
        if plain is None:
            return UNKNOWN
        if isinstance(plain, int):
            return int(plain)
        # A category may be called unknown, which where people write values means that nobody knows.
        return self.code_of(plain) if kind is Kind.CATEGORY else self.read(plain, kind)


class _Remembered:
    # One of each currency: to look a currency up with each value takes longer than to look up the value.

    def __init__(self, currency: Currency) -> None:
        self._currency = currency
        self.read = lru_cache(_REMEMBERED)(self._read)
        self.written = lru_cache(_REMEMBERED)(self._written)
        self.plain = lru_cache(_REMEMBERED)(self._plain)

    def _read(self, text: str, kind: Kind) -> int:
        return read_value(text, kind, self._currency, _no_code)

    def _written(self, value: int, kind: Kind) -> str:
        return write_value(value, kind, self._currency, ())

    def _plain(self, value: int, kind: Kind) -> Plain:
        if value == UNKNOWN:
            return None
        match kind:
            case Kind.INTEGER | Kind.DAYS:
                return value
            case Kind.BOOLEAN:
                return bool(value)
            case _:
                return self.written(value, kind)


@lru_cache(_CURRENCIES)
def _remembered(currency: Currency) -> _Remembered:
    return _Remembered(currency)


def _no_code(text: str) -> int:
    raise AssertionError(f"the code of {text[:40]!r} is a matter of the decision")
