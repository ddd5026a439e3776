"""Find the regions of a table that no row covers, by a sweep of sorted bounds, column after column.

Only the bounds of rows still in question cut a column, equal questions are asked once, and bins with the same
answer are joined, so the work follows the shape of the table, not the product of its columns. A table made to blow
up is stopped after `MOST_STEPS` and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from policy_service.linter.regions.grid import Box, Grid, bits, merged, runs

MOST_STEPS: Final = 50_000
MOST_BOXES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Disjoint boxes that no row covers; where the sweep was stopped there may be more."""

    boxes: tuple[Box, ...]
    is_complete: bool
    steps: int


@dataclass(frozen=True, slots=True)
class Question:
    """Which points of `within` does no row of `rows` cover; `enough`: how many boxes answer it.

    A row covers where it matches; with `unclear_covers` also where it fails only on the unknown.
    """

    within: Box
    rows: int
    unclear_covers: bool = True
    enough: int = MOST_BOXES
    most_steps: int = MOST_STEPS


def uncovered(grid: Grid, question: Question) -> Uncovered:
    """Return the points of the question that no row covers, as few disjoint boxes."""
    if not all(question.within):
        return Uncovered((), is_complete=True, steps=0)
    sweep = _Sweep(grid, question)
    found = sweep.below(0, _touching(sweep, question.rows))
    place = {axis: level for level, axis in enumerate(sweep.order)}
    boxes = [tuple(box[place[axis]] for axis in range(len(grid.axes))) for box in found]
    return Uncovered(merged(boxes), not sweep.is_stopped, sweep.steps)


def _touching(sweep: "_Sweep", rows: int) -> int:
    for axis, within in enumerate(sweep.question.within):
        rows &= sum(1 << row for row in bits(rows) if sweep.mask(row, axis) & within)
    return rows


@dataclass(slots=True)
class _Sweep:
    grid: Grid
    question: Question
    order: tuple[int, ...] = ()
    steps: int = 0
    boxes: int = 0
    is_stopped: bool = False
    known: dict[tuple[int, int], tuple[Box, ...]] = field(default_factory=dict)
    covering: list[int] = field(default_factory=list)
    lines: tuple[tuple[int, ...], ...] = ()
    cuts: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        grid = self.grid
        self.lines = grid.possible if self.question.unclear_covers else grid.matching
        variety = [len({self.mask(row, axis) for row in bits(self.question.rows)}) for axis in range(len(grid.axes))]
        self.order = tuple(sorted(range(len(grid.axes)), key=lambda axis: (variety[axis], axis)))
        self.covering = self._covering()

    def mask(self, row: int, axis: int) -> int:
        given = self.grid.answers[row][axis]
        return given.matches | given.unclear if self.question.unclear_covers else given.matches

    def _covering(self) -> list[int]:
        # For each level, the rows that cover all that is left of the columns from there on.
        open_rows = self.question.rows
        covering = [open_rows]
        for axis in reversed(self.order):
            within = self.question.within[axis]
            open_rows &= sum(1 << row for row in bits(open_rows) if self.mask(row, axis) & within == within)
            covering.append(open_rows)
        return covering[::-1]

    def below(self, level: int, rows: int) -> tuple[Box, ...]:
        if rows & self.covering[level] or self.is_stopped:
            return ()
        if not rows:
            return self._found(tuple(self.question.within[axis] for axis in self.order[level:]))
        if (level, rows) in self.known:
            return self.known[level, rows]
        self.steps += 1
        if self.steps > self.question.most_steps:
            self.is_stopped = True
            return ()
        found = self._split(level, rows)
        self.known[level, rows] = found
        return found

    def _found(self, box: Box) -> tuple[Box, ...]:
        self.boxes += 1
        if self.boxes >= self.question.enough:
            self.is_stopped = True
        return (box,)

    def _split(self, level: int, rows: int) -> tuple[Box, ...]:
        by_answer: dict[tuple[Box, ...], int] = {}
        for after, bins in self._groups(self.order[level], rows).items():
            inside = self.below(level + 1, after)
            if inside:
                by_answer[inside] = by_answer.get(inside, 0) | bins
        boxes = [(bins, *rest) for inside, bins in by_answer.items() for rest in inside]
        self.is_stopped = self.is_stopped or len(boxes) > MOST_BOXES
        return tuple(boxes[:MOST_BOXES])

    def _groups(self, axis: int, rows: int) -> dict[int, int]:
        within, line = self.question.within[axis], self.lines[axis]
        bounds = {0, len(line)}
        for row in bits(rows):
            bounds.update(self._bounds(row, axis))
        ordered = sorted(bounds)
        groups: dict[int, int] = {}
        for first, after in pairwise(ordered):
            bins = (((1 << (after - first)) - 1) << first) & within
            if bins:
                left = line[first] & rows
                groups[left] = groups.get(left, 0) | bins
        return groups

    def _bounds(self, row: int, axis: int) -> Sequence[int]:
        mask = self.mask(row, axis)
        if (mask, axis) not in self.cuts:
            self.cuts[mask, axis] = tuple(bound for run in runs(mask) for bound in run)
        return self.cuts[mask, axis]
