"""The texts of a policy's categories and their codes, which are places in the sorted list."""

from collections.abc import Iterable


class Vocabulary:
    """Gives each text its code; a text not met before joins at the end.

    A policy is typed twice: once to meet its texts, then with the sorted ones, whose codes are final.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        #: How often a code was asked for.
        self.asked = 0
        self._codes: dict[str, int] = {text: code for code, text in enumerate(sorted(set(texts)))}

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text so far, by code."""
        return tuple(self._codes)

    def code_of(self, text: str) -> int:
        """Return the code of `text`."""
        self.asked += 1
        return self._codes.setdefault(text, len(self._codes))
