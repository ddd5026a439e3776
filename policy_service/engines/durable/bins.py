"""Cells as sets of bins: every end point cuts a column's values into bins, and a cell covers some of them.

A set of bins is an integer with one bit per bin; bin 0 is the unknown value. A cell says yes to a set and
maybe (yes or unknown) to a larger one, so three-valued logic is a matter of a few bit operations.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from policy_service.domain.values import UNKNOWN
from policy_service.language.feel.expressions import Operator

UNKNOWN_BIN: Final = 0


@dataclass(frozen=True, slots=True)
class Says:
    """The bins to which a test says yes, and those to which it does not say no."""

    yes: int
    maybe: int

    def __and__(self, other: "Says") -> "Says":
        return Says(self.yes & other.yes, self.maybe & other.maybe)

    def __or__(self, other: "Says") -> "Says":
        return Says(self.yes | other.yes, self.maybe | other.maybe)

    def negated(self, every_bin: int) -> "Says":
        """Return what `not` of the test says, out of all bins."""
        return Says(every_bin & ~self.maybe, every_bin & ~self.yes)


@dataclass(frozen=True, slots=True)
class ValueBins:
    """The bins of one formula's values: bin 1 below the first cut, then from each cut to below the next."""

    cuts: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many bins there are, the unknown among them."""
        return len(self.cuts) + 2

    def bin_of(self, value: int) -> int:
        """Return the bin that a value falls into."""
        return UNKNOWN_BIN if value == UNKNOWN else bisect_right(self.cuts, value) + 1

    def compared(self, operator: Operator, end: int) -> Says:
        """Return what a comparison with a constant says; one of its cuts must be among these."""
        every_bin = (1 << self.count) - 1
        if end == UNKNOWN:
            return Says(0, every_bin)
        from_end, above_end = self._from(end), self._from(end + 1)
        known = every_bin ^ 1
        yes = {
            Operator.LESS: known & ~from_end,
            Operator.LESS_OR_EQUAL: known & ~above_end,
            Operator.EQUAL: from_end & ~above_end,
            Operator.NOT_EQUAL: known & ~from_end | above_end,
            Operator.GREATER: above_end,
            Operator.GREATER_OR_EQUAL: from_end,
        }[operator]
        return Says(yes, yes | 1)

    def _from(self, value: int) -> int:
        first = bisect_left(self.cuts, value) + 2
        return (1 << self.count) - (1 << first)


def cuts_for(comparisons: Iterable[tuple[Operator, int]]) -> tuple[int, ...]:
    """Return where the values must be cut so that each comparison covers whole bins."""
    return tuple(sorted({cut for operator, end in comparisons for cut in _cuts(operator, end)}))


def _cuts(operator: Operator, end: int) -> Iterator[int]:
    if end == UNKNOWN:
        return
    if operator not in (Operator.LESS_OR_EQUAL, Operator.GREATER):
        yield end
    if operator not in (Operator.LESS, Operator.GREATER_OR_EQUAL):
        yield end + 1


BELOW: Final = 1
EQUAL: Final = 2
ABOVE: Final = 3
#: How many bins the sign of a difference has: unknown, below, equal, above.
SIGN_BINS: Final = 4
_SIGNS: Final = {
    Operator.LESS: 1 << BELOW,
    Operator.LESS_OR_EQUAL: 1 << BELOW | 1 << EQUAL,
    Operator.EQUAL: 1 << EQUAL,
    Operator.NOT_EQUAL: 1 << BELOW | 1 << ABOVE,
    Operator.GREATER: 1 << ABOVE,
    Operator.GREATER_OR_EQUAL: 1 << EQUAL | 1 << ABOVE,
}


def sign_of(value: int, end: int) -> int:
    """Return the bin of `value - end`: unknown, below, equal or above."""
    if UNKNOWN in (value, end):
        return UNKNOWN_BIN
    return EQUAL + (value > end) - (value < end)


def sign_says(operator: Operator) -> Says:
    """Return what a comparison says to each sign of the difference of its two sides."""
    return Says(_SIGNS[operator], _SIGNS[operator] | 1)


def bits(bins: int) -> Iterator[int]:
    """Yield the bins of a set in order."""
    while bins:
        lowest = bins & -bins
        yield lowest.bit_length() - 1
        bins ^= lowest
