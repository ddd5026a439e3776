"""Which rows failed only on unknown cells: asked of a second, relaxed ruleset with a rule for each bin.

A bin's rule stands for all cells that do not say no to it. An unknown reading leaves open every row that
tests it. So one pass, with one rule fired per known reading, answers for all rows.
"""

from bisect import bisect_left
from collections.abc import Sequence

from policy_service.engines.durable.bins import UNKNOWN_BIN, bits
from policy_service.engines.durable.definition import Rule, write
from policy_service.engines.durable.readings import Conjunction
from policy_service.engines.durable.ruleset_group import RulesetGroup


class Doubts:
    """The rows of a rule set as sets of bits, and what each bin leaves of them; `relaxed` must be open to ask."""

    def __init__(self, name: str, conjunctions: Sequence[tuple[int, Conjunction]], bin_counts: Sequence[int]) -> None:
        self._conjunctions = conjunctions
        self._everything = (1 << len(conjunctions)) - 1
        self._is_one_per_row = all(row == index for index, (row, _) in enumerate(conjunctions))
        # Per reading: the conjunctions that do not test it, those its unknown leaves open, those it puts in doubt.
        self._untested = [self._everything] * len(bin_counts)
        self._open = [self._everything] * len(bin_counts)
        self._in_doubt = [0] * len(bin_counts)
        self._always_in_doubt = 0
        self._cells: list[dict[int, int]] = [{} for _ in bin_counts]
        self._left: dict[str, int] = {}
        for index, (_, conjunction) in enumerate(conjunctions):
            self._collect(1 << index, conjunction, bin_counts)
        self._bins = [(reading, bin_) for reading, cells in enumerate(self._cells) for bin_ in _covered(cells)]
        can_doubt = self._always_in_doubt or any(self._in_doubt)
        rules = [Rule(str(order), order, {reading: 1 << bin_}) for order, (reading, bin_) in enumerate(self._bins)]
        self.relaxed = RulesetGroup(f"{name}.bins", write(rules, bin_counts) if can_doubt else ())

    def rows(self, codes: Sequence[int], among: int | None = None) -> int:
        """Return the rows, `among` the first of them if given, that are in doubt; some may still match."""
        if UNKNOWN_BIN not in codes and not self._always_in_doubt:
            return 0
        possible, in_doubt = self._among(among), self._always_in_doubt
        for reading, code in enumerate(codes):
            if code == UNKNOWN_BIN:
                possible &= self._open[reading]
                in_doubt |= self._in_doubt[reading]
        if possible & in_doubt:
            possible &= self._left_by_known_bins(codes)
        return self._rows_of(possible) if possible & in_doubt else 0

    def _collect(self, one: int, conjunction: Conjunction, bin_counts: Sequence[int]) -> None:
        for reading, says in conjunction.items():
            known = (1 << bin_counts[reading]) - 2
            covered = says.maybe & known
            if not says.maybe & 1:
                self._open[reading] &= ~one
            elif not says.yes & 1:
                self._in_doubt[reading] |= one
            if covered != says.yes & known:
                self._always_in_doubt |= one
            if covered != known:
                self._untested[reading] &= ~one
                self._cells[reading][covered] = self._cells[reading].get(covered, 0) | one

    def _left_by_known_bins(self, codes: Sequence[int]) -> int:
        left = list(self._untested)
        for rule in self.relaxed.matches(codes):
            left[self._bins[int(rule)][0]] |= self._left_by(rule)
        possible = self._everything
        for reading, code in enumerate(codes):
            if code != UNKNOWN_BIN:
                possible &= left[reading]
        return possible

    def _left_by(self, rule: str) -> int:
        if rule not in self._left:
            reading, bin_ = self._bins[int(rule)]
            left = 0
            for covered, rows in self._cells[reading].items():
                if covered >> bin_ & 1:
                    left |= rows
            self._left[rule] = left
        return self._left[rule]

    def _among(self, rows: int | None) -> int:
        if rows is None:
            return self._everything
        first_outside = bisect_left(self._conjunctions, rows.bit_length(), key=_row)
        return (1 << first_outside) - 1

    def _rows_of(self, conjunctions: int) -> int:
        if self._is_one_per_row:
            return conjunctions
        rows = 0
        for index in bits(conjunctions):
            rows |= 1 << self._conjunctions[index][0]
        return rows


def _covered(cells: dict[int, int]) -> list[int]:
    covered = 0
    for bins in cells:
        covered |= bins
    return list(bits(covered))


def _row(conjunction: tuple[int, Conjunction]) -> int:
    return conjunction[0]
