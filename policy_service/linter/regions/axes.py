"""One column of a table as a line of bins, inside each of which every cell gives one answer.

The bounds of all cells cut the column's values into segments on the grid of its representation, so that on whole
days `(30..60]` and `>= 31` leave nothing between them, while on numbers they do. An end point that is no constant
(`> credit_limit * 1.05`) adds a side to each bin: below, at or above it, or the end point unknown. The unknown
value of the column is a bin of its own, the last.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Final

from policy_service.domain.values import Kind
from policy_service.language.cells import Column
from policy_service.language.feel.expressions import Expression, Name, Test
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.ranges import Range
from policy_service.linter.regions.relations import is_at_most_here
from policy_service.linter.regions.stretches import is_constant, solution
from policy_service.linter.regions.trees import ends, names_in

#: No column is cut into more bins than this.
MOST_BINS: Final = 20_000


class TooManyBinsError(Exception):
    """A column has too many end points that are no constants."""


class Side(IntEnum):
    """Where the column's value lies, seen from an end point."""

    BELOW = -1
    AT = 0
    ABOVE = 1
    UNKNOWN = 2


@dataclass(frozen=True, slots=True)
class Bin:
    """The values `low` to `high` (none: the unknown), on one side of each moving end point."""

    low: int
    high: int
    sides: tuple[Side, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether it is the bin of the unknown value."""
        return self.low > self.high


@dataclass(frozen=True, slots=True)
class Axis:
    """A column cut into bins; `texts` name the values of a category, `marks` are the bounds written in cells.

    `lows` are the smallest values of the bins in their order, without the bin of the unknown.
    """

    column: Column
    kind: Kind
    domain: Range
    bins: tuple[Bin, ...]
    lows: tuple[int, ...]
    moving: tuple[Expression, ...] = ()
    marks: frozenset[int] = frozenset()
    texts: Mapping[int, str] = field(default_factory=dict)

    @property
    def every_bin(self) -> int:
        """The mask of all bins."""
        return (1 << len(self.bins)) - 1

    @property
    def unknown_bin(self) -> int:
        """The mask of the bin of the unknown; 0 where the column is always known."""
        return 1 << (len(self.bins) - 1) if self.bins and self.bins[-1].is_unknown else 0

    @property
    def known_bins(self) -> int:
        """The mask of the bins of known values."""
        return self.every_bin & ~self.unknown_bin


def axis_of(column: Column, tests: Iterable[Test], knowledge: Knowledge) -> Axis:
    """Cut a column by all its cells; TooManyBinsError if its moving end points are too many."""
    distinct = list(dict.fromkeys(tests))
    domain = knowledge.range_of(column.expression)
    found_ends = list(dict.fromkeys(end for test in distinct for end in ends(test)))
    constants = {end: knowledge.constant(end) for end in found_ends}
    moving = tuple(end for end in found_ends if constants[end] is None)
    marks = frozenset(value for value in constants.values() if value is not None)
    kind = column.expression.kind
    texts = _texts(column, marks, knowledge) if kind is Kind.CATEGORY else {}
    segments = (
        [(code, code) for code in texts] if kind is Kind.CATEGORY else _segments(domain, kind, distinct, knowledge)
    )
    bins = _sided(column, segments, moving, knowledge)
    lows = tuple(each.low for each in bins)
    if domain.unknown or domain.is_empty:
        bins.append(Bin(1, 0, (Side.UNKNOWN,) * len(moving)))
    return Axis(column, kind, domain, tuple(bins), lows, moving, marks, texts)


def _texts(column: Column, marks: frozenset[int], knowledge: Knowledge) -> Mapping[int, str]:
    name = column.expression.name if isinstance(column.expression, Name) else ""
    if name in knowledge.closed:
        return knowledge.closed[name]
    vocabulary = knowledge.policy.vocabulary
    mentioned = {code: vocabulary[code] for code in sorted(marks) if 0 <= code < len(vocabulary)}
    return {**mentioned, len(vocabulary): "any other"}


def _segments(domain: Range, kind: Kind, tests: Sequence[Test], knowledge: Knowledge) -> list[tuple[int, int]]:
    if domain.is_empty:
        return []
    cuts = {domain.low, domain.high + 1}
    if kind is Kind.BOOLEAN:
        cuts.add(1)
    for test in tests:
        for end in ends(test):
            value = knowledge.constant(end)
            if value is not None:
                cuts.update((value, value + 1))
    inside = sorted(cut for cut in cuts if domain.low <= cut <= domain.high + 1)
    return [(low, after - 1) for low, after in pairwise(_needed(inside, tests, knowledge, kind))]


def _needed(cuts: list[int], tests: Sequence[Test], knowledge: Knowledge, kind: Kind) -> list[int]:
    used = {cuts[0], cuts[-1]} | ({1} if kind is Kind.BOOLEAN else set())
    for test in tests:
        if is_constant(test, knowledge):
            for low, high in solution(test, knowledge):
                used.update((low, high + 1))
        else:
            used.update(cuts)
    return [cut for cut in cuts if cut in used]


def _sided(
    column: Column, segments: Sequence[tuple[int, int]], moving: tuple[Expression, ...], knowledge: Knowledge
) -> list[Bin]:
    order = [
        (first, second)
        for first in range(len(moving))
        for second in range(len(moving))
        if first != second and is_at_most_here(moving[first], moving[second], knowledge.ranges)
    ]
    bins: list[Bin] = []
    for low, high in segments:
        partial: list[tuple[Side, ...]] = [()]
        for position, end in enumerate(moving):
            sides = list(_sides(column, Range(low, high), end, knowledge))
            partial = [(*before, side) for before in partial for side in sides]
            partial = [each for each in partial if _is_consistent(each, position, order, moving)]
            if len(partial) + len(bins) > MOST_BINS:
                raise TooManyBinsError(column.text)
        bins.extend(Bin(low, high, sides) for sides in partial)
    return bins


def _sides(column: Column, segment: Range, end: Expression, knowledge: Knowledge) -> Iterator[Side]:
    value = knowledge.range_of(end)
    if not value.is_empty:
        if column.expression.kind is Kind.CATEGORY:
            yield from (Side.AT, Side.ABOVE)
        else:
            if segment.low < value.high:
                yield Side.BELOW
            if segment.touches(value):
                yield Side.AT
            if segment.high > value.low:
                yield Side.ABOVE
    if value.unknown and not names_in(end) <= names_in(column.expression):
        yield Side.UNKNOWN


def _is_consistent(
    sides: tuple[Side, ...], newest: int, order: Sequence[tuple[int, int]], moving: Sequence[Expression]
) -> bool:
    for other in range(newest):
        one, two = names_in(moving[other]), names_in(moving[newest])
        if sides[other] is Side.UNKNOWN and sides[newest] is not Side.UNKNOWN and one <= two:
            return False
        if sides[newest] is Side.UNKNOWN and sides[other] is not Side.UNKNOWN and two <= one:
            return False
    return all(
        Side.UNKNOWN in (sides[low], sides[high]) or sides[high] <= sides[low]
        for low, high in order
        if newest in (low, high) and max(low, high) <= newest
    )
