"""Prove that an output of a table goes only one way: over the pairs of rows that can decide at the two points.

First every pair that the cells allow is taken, whatever rows stand before it; most are settled there by their
values alone. Only for the pairs that are left is it worked out where just these two rows decide.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import or_
from typing import Final

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNLIMITED, Kind
from policy_service.language.feel.expressions import Constant
from policy_service.language.rule_sets import DecisionTable, Direction
from policy_service.linter.claims.comparing import Points, Value, at_rows, goes, in_boxes
from policy_service.linter.claims.deciding import OTHERWISE, Deciding, deciding, output_of
from policy_service.linter.claims.pairs import Movement, Pair, Pairing, ends_of
from policy_service.linter.claims.proof import MOST_REGIONS, Open, Proof
from policy_service.linter.regions.evaluation import evaluate
from policy_service.linter.regions.grid import Box, bits
from policy_service.linter.regions.neighbours import Neighbours
from policy_service.linter.regions.subject import Subject

#: What a pair of rows costs beside the comparisons of its values.
_COST_OF_A_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class MovingTable:
    """A table cut into its grid, and how the bins of its columns change between the two points."""

    table: DecisionTable
    points: Points
    subject: Subject
    movement: Movement
    following: dict[int, int] = field(default_factory=dict)

    def box_of(self, row: int) -> Box:
        """Return where a row matches; the otherwise may decide anywhere."""
        grid = self.subject.grid
        return grid.everything if row == OTHERWISE else grid.box_of(row)


def prove_table(moving: MovingTable, output: str, direction: Direction) -> Proof:
    """Try to show that the output that one row decides goes only one way."""
    picks = deciding(moving.table, output, moving.points.knowledge)
    if picks is None:
        return Proof((Open(),))
    values = _values(moving, output)
    left = [pair for pair in _doubtful(moving, values, direction) if not _is_settled(moving, values, pair, direction)]
    if moving.points.work.is_over:
        return Proof((), is_complete=False)
    return _where_they_decide(moving, values, (left, picks), direction) if left else Proof()


def _values(moving: MovingTable, output: str) -> Mapping[int, Value]:
    rows = (*range(len(moving.table.rows)), *((OTHERWISE,) if moving.table.otherwise else ()))
    found = {}
    for row in rows:
        made = output_of(moving.table, row, output)
        # A row that refers leaves every other output unknown.
        if made is not None and (output == "outcome" or not _refers(moving, row)) and all(moving.box_of(row)):
            found[row] = Value(output, made.expression)
    return found


def _refers(moving: MovingTable, row: int) -> bool:
    outcome = output_of(moving.table, row, "outcome")
    if outcome is None or not isinstance(outcome.expression, Constant):
        return False
    vocabulary = moving.points.knowledge.policy.vocabulary
    code = outcome.expression.value
    return 0 <= code < len(vocabulary) and vocabulary[code] == Outcome.REFER


def _doubtful(moving: MovingTable, values: Mapping[int, Value], direction: Direction) -> Iterator[Pair]:
    """Yield the pairs that the cells allow and whose values, wherever they are taken, may go the other way."""
    points = moving.points
    last = len(moving.table.rows)
    follows = _followers(moving)
    sign = 1 if direction is Direction.NEVER_RISES else -1
    above = _above({row: _ends(value, points, sign) for row, value in values.items()}, last)
    for row in values:
        for other in bits(above(row) & (follows(row) | 1 << last)):
            yield row, OTHERWISE if other == last else other


def _above(ends: Mapping[int, tuple[int, int]], last: int) -> Callable[[int], int]:
    # The rows (the otherwise is the last bit) whose largest value lies above the smallest of a row given.
    ordered = sorted(ends, key=lambda row: ends[row][1])
    highs = [ends[row][1] for row in ordered]
    masks = list(accumulate([1 << (last if row == OTHERWISE else row) for row in reversed(ordered)], or_, initial=0))

    return lambda row: masks[len(ordered) - bisect_right(highs, ends[row][0])]


def _ends(value: Value, points: Points, sign: int) -> tuple[int, int]:
    if value.expression.kind is Kind.CATEGORY:
        return -UNLIMITED, UNLIMITED
    known = evaluate(value.expression, points.earlier.ranges)
    if known.is_empty:
        return UNLIMITED, -UNLIMITED
    return (known.low, known.high) if sign == 1 else (-known.high, -known.low)


def _followers(moving: MovingTable) -> Callable[[int], int]:
    grid, reachable = moving.subject.grid, moving.movement.reachable
    neighbours = Neighbours(grid.matching, grid.every_row)

    def follows(row: int) -> int:
        if row == OTHERWISE:
            return grid.every_row
        if row not in moving.following:
            ends = [
                mask if after is None else ends_of(mask, after)
                for mask, after in zip(grid.box_of(row), reachable, strict=True)
            ]
            moving.following[row] = neighbours.meeting(tuple(ends))
        return moving.following[row]

    return follows


def _is_settled(moving: MovingTable, values: Mapping[int, Value], pair: Pair, direction: Direction) -> bool:
    if not moving.points.work.spend(_COST_OF_A_PAIR):
        return False
    inside = _at(moving, pair)
    return inside is None or goes(values[pair[0]], values[pair[1]], direction, inside)


def _at(moving: MovingTable, pair: Pair) -> Points | None:
    lines = moving.subject.lines
    rows = [(() if row == OTHERWISE else (lines[row].tests,), moving.box_of(row)) for row in pair]
    return at_rows(moving.subject.grid.axes, (rows[0], rows[1]), moving.points)


def _where_they_decide(
    moving: MovingTable, values: Mapping[int, Value], task: tuple[Sequence[Pair], Deciding], direction: Direction
) -> Proof:
    left, picks = task
    axes = moving.subject.grid.axes
    pairing = Pairing(moving.subject.grid, moving.movement, picks, moving.points.work)
    real = pairing.pairs()
    left_open: list[Open] = []
    for pair in left:
        inside = _at(moving, pair) if pair in real else None
        if inside is None:
            continue
        for box, other in pairing.regions(pair, MOST_REGIONS):
            narrowed = in_boxes(axes, (box, other), inside)
            if narrowed is not None and not goes(values[pair[0]], values[pair[1]], direction, narrowed):
                left_open.append(Open((_id(moving, pair[0]),), (_id(moving, pair[1]),), axes, (box, other)))
        if len(left_open) >= MOST_REGIONS:
            return Proof(tuple(left_open), is_complete=False)
    return Proof(tuple(left_open), is_complete=not pairing.is_stopped and not moving.points.work.is_over)


def _id(moving: MovingTable, row: int) -> str:
    return "otherwise" if row == OTHERWISE else moving.table.rows[row].id
