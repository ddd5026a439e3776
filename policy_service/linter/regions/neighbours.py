"""Which rows meet a box, and which contain it: answered from the rows by bin, each side asked once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from policy_service.linter.regions.grid import Box, bits


@dataclass(slots=True)
class Neighbours:
    """The rows by bin of every axis (those that match, or those that may), with answers kept."""

    lines: Sequence[Sequence[int]]
    every_row: int
    known: dict[tuple[bool, int, int], int] = field(default_factory=dict)

    def meeting(self, box: Box) -> int:
        """Return the mask of the rows that overlap the box."""
        return reduce(and_, (self._rows(axis, mask, or_) for axis, mask in enumerate(box)), self.every_row)

    def containing(self, box: Box) -> int:
        """Return the mask of the rows that hold all of the box, which is not empty."""
        return reduce(and_, (self._rows(axis, mask, and_) for axis, mask in enumerate(box)), self.every_row)

    def _rows(self, axis: int, mask: int, join: Callable[[int, int], int]) -> int:
        key = (join is or_, axis, mask)
        if key not in self.known:
            line = self.lines[axis]
            start = 0 if join is or_ else self.every_row
            self.known[key] = reduce(join, (line[number] for number in bits(mask)), start)
        return self.known[key]
