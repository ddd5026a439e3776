"""Pages that overlap: how a list that only knows page numbers is read without a gap while rows vanish from it.

A row that is deleted lets those behind it move up, one of them perhaps onto a page that was read already. So each page
is cut to begin a little before the end of the one before, and must still hold a row that was read last; where it does
not, the reading steps back until it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_ANCHORS: Final = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """How many rows were read, from the front, and the last ones of these."""

    read: int = 0
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A page as it is asked for: its number from 1, and how many rows a page has."""

    number: int
    size: int

    @property
    def start(self) -> int:
        """Return how many rows are before it."""
        return (self.number - 1) * self.size


def window(reading: Reading, most: int) -> Window:
    """Return the page of at most so many rows that overlaps what was read, and holds the most beyond it."""
    if reading.read == 0:
        return Window(1, most)
    before = reading.read - 1
    pages = (Window(before // size + 1, size) for size in range(most, most // 2, -1))
    return max(pages, key=lambda page: page.start + page.size)


def behind(reading: Reading, page: Window, ids: Sequence[str]) -> tuple[Reading, bool]:
    """Return the reading behind a page with these rows, and whether there is no gap before them."""
    if page.start == 0 or not set(reading.anchors).isdisjoint(ids):
        return Reading(page.start + len(ids), tuple(ids[-_ANCHORS:])), True
    return Reading(max(0, page.start - page.size // 2), reading.anchors), False
