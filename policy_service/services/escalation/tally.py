"""What happened on a day, counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class Happened(StrEnum):
    """What is counted; the first two by `ladder.level`, the others altogether."""

    NOTICES = "notices"
    CASE_STEPS = "case_steps"
    PROPOSED = "proposed"
    CASES_OPENED = "cases_opened"
    CASES_CLOSED = "cases_closed"
    EFFECTS_BEGUN = "effects_begun"
    EFFECTS_ENDED = "effects_ended"
    REVIEWS = "reviews"
    REVIEWS_REFERRED = "reviews_referred"
    ORDERS_RELEASED = "orders_released"


BY_LEVEL = (Happened.NOTICES, Happened.CASE_STEPS)


class Tally:
    """Counts of one customer, or of many."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Happened, str]] = Counter()

    def add(self, happened: Happened, number: int = 1, of: str = "") -> None:
        """Count something that happened, `of` a level where it is counted by level."""
        if number:
            self._counts[happened, of] += number

    def add_all(self, other: "Tally") -> None:
        """Count all that the other has counted."""
        self._counts.update(other._counts)

    def count(self, happened: Happened, of: str = "") -> int:
        """Return how often it happened."""
        return self._counts[happened, of]

    def by_level(self, happened: Happened) -> Mapping[str, int]:
        """Return how often it happened, by level in their order."""
        found = {of: number for (what, of), number in self._counts.items() if what is happened}
        return dict(sorted(found.items()))

    def as_plain(self) -> list[list[Any]]:
        """Return the counts as JSON holds them."""
        return [[happened.value, of, number] for (happened, of), number in sorted(self._counts.items())]

    def add_plain(self, counts: Iterable[tuple[str, str, int]]) -> None:
        """Add counts that `as_plain` returned."""
        for happened, of, number in counts:
            self.add(Happened(happened), number, of)
