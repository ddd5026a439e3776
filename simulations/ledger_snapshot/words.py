"""The words of a snapshot while it is made: numbered as they come, in the end by code point."""

from collections.abc import Iterable, Sequence

import numpy as np

from simulations.ledger_snapshot.columns import Column


class WordList:
    """Words, each with a number of its own; the empty text is number 0."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}

    def numbers(self, words: Iterable[str]) -> Column:
        """Return the numbers of the words, new ones for those that were not met before."""
        known = self._numbers
        return np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int64)

    def in_order(self) -> tuple[Sequence[str], Column]:
        """Return the words by code point, and for each number so far the place among them."""
        words = sorted(self._numbers)
        places = np.empty(len(words), dtype=np.int64)
        places[[self._numbers[word] for word in words]] = np.arange(len(words))
        return words, places
