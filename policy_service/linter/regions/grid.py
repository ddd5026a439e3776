"""A table as boxes: for every column its bins, and for every bin the rows whose cell matches there.

Rows and bins are bits of integers. A row is a box, one mask of bins per column; a region of several columns is a
box too. So two rows overlap just where the masks of every column meet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from policy_service.language.cells import Column
from policy_service.language.feel.expressions import Test
from policy_service.linter.regions.answers import Answer, answer
from policy_service.linter.regions.axes import Axis, axis_of
from policy_service.linter.regions.knowledge import Knowledge

#: A region: one mask of bins per axis.
Box: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The axes of a table, what each row's cells say on them, and the rows that match in each bin."""

    axes: tuple[Axis, ...]
    answers: tuple[tuple[Answer, ...], ...]
    matching: tuple[tuple[int, ...], ...]
    possible: tuple[tuple[int, ...], ...]

    @property
    def every_row(self) -> int:
        """The mask of all rows."""
        return (1 << len(self.answers)) - 1

    @property
    def everything(self) -> Box:
        """The box of all points, known or not."""
        return tuple(axis.every_bin for axis in self.axes)

    @property
    def all_known(self) -> Box:
        """The box of the points at which every column has a value."""
        return tuple(axis.known_bins for axis in self.axes)

    def box_of(self, row: int) -> Box:
        """Return where a row matches."""
        return tuple(each.matches for each in self.answers[row])

    def possible_box_of(self, row: int) -> Box:
        """Return where a row matches or fails only on the unknown."""
        return tuple(each.matches | each.unclear for each in self.answers[row])


def grid_of(columns: Sequence[Column], rows: Sequence[Sequence[Test]], knowledge: Knowledge) -> Grid:
    """Cut the columns of a table by its cells; `rows` hold the tests of each row, column by column."""
    axes = []
    by_column: list[list[Answer]] = []
    for number, column in enumerate(columns):
        tests = [row[number] for row in rows]
        axis = axis_of(column, tests, knowledge)
        known: dict[Test, Answer] = {test: answer(test, axis, knowledge) for test in dict.fromkeys(tests)}
        axes.append(axis)
        by_column.append([known[test] for test in tests])
    matching = tuple(
        rows_by_bin([each.matches for each in answers], len(axis.bins))
        for axis, answers in zip(axes, by_column, strict=True)
    )
    possible = tuple(
        rows_by_bin([each.matches | each.unclear for each in answers], len(axis.bins))
        for axis, answers in zip(axes, by_column, strict=True)
    )
    answers = tuple(tuple(column[row] for column in by_column) for row in range(len(rows)))
    return Grid(tuple(axes), answers, matching, possible)


def rows_by_bin(masks: Sequence[int], bins: int) -> tuple[int, ...]:
    """Turn masks of bins by row into masks of rows by bin."""
    toggles = [0] * (bins + 1)
    for row, mask in enumerate(masks):
        for first, after in runs(mask):
            toggles[first] ^= 1 << row
            toggles[after] ^= 1 << row
    found = []
    rows = 0
    for toggle in toggles[:bins]:
        rows ^= toggle
        found.append(rows)
    return tuple(found)


def runs(mask: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of set bits: the first, and the one after the last."""
    start = 0
    while mask:
        skip = (mask & -mask).bit_length() - 1
        mask >>= skip
        length = (~mask & (mask + 1)).bit_length() - 1
        yield start + skip, start + skip + length
        mask >>= length
        start += skip + length


def bits(mask: int) -> Iterator[int]:
    """Yield the positions of set bits, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def meet(one: Box, other: Box) -> Box | None:
    """Return where two boxes overlap; None if nowhere."""
    shared = tuple(a & b for a, b in zip(one, other, strict=True))
    return shared if all(shared) else None


def merged(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Join boxes that differ in one column only, again and again, until none are left to join."""
    found = list(dict.fromkeys(boxes))
    joined_one = True
    while joined_one:
        joined_one = False
        for axis in range(len(found[0]) if found else 0):
            lines: dict[Box, int] = {}
            for box in found:
                rest = (*box[:axis], 0, *box[axis + 1 :])
                lines[rest] = lines.get(rest, 0) | box[axis]
            if len(lines) < len(found):
                found = [(*rest[:axis], mask, *rest[axis + 1 :]) for rest, mask in lines.items()]
                joined_one = True
    return tuple(found)
