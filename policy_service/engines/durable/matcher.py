"""Which rows match: the rows of a rule set as rules of the engine, asked with one message of bins.

Where the message holds an unknown, a second, relaxed ruleset says which cells do not say no; the rows of
which no cell says no, less those that match, failed only on unknown cells.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

import msgspec

from policy_service.domain.decisions import Values
from policy_service.domain.values import UNKNOWN
from policy_service.engines.durable.bins import bits
from policy_service.engines.durable.definition import Rule, write
from policy_service.engines.durable.doubts import Doubts
from policy_service.engines.durable.precompute import Parameters
from policy_service.engines.durable.readings import CellReading, Cells, Conjunction, Readings, both
from policy_service.engines.durable.ruleset_group import RulesetGroup
from policy_service.language.feel.expressions import Anything


class Doubting(Enum):
    """When rows are looked for that failed only on unknown cells."""

    ALWAYS = "always"
    UNLESS_MATCHED = "unless a row matched"
    NEVER = "never"


class Match(msgspec.Struct, frozen=True):
    """The rows that match and those that failed only on unknown cells, as bits; the bins that were asked."""

    matched: int
    unknown: int
    codes: Sequence[int]


class Matcher:
    """Rows of cells as rules of the engine; nothing lives there until its groups are opened.

    With `first_only` the engine itself picks the first row that matches, and just that one is returned,
    with the doubts before it.
    """

    def __init__(self, name: str, rows: Sequence[Cells], parameters: Parameters, *, first_only: bool = False) -> None:
        self._first_only = first_only
        stripped = [[pair for pair in row if not isinstance(pair[1].test, Anything)] for row in rows]
        self._readings = Readings(stripped, parameters)
        self._cells = [tuple(self._readings.cell(column, cell) for column, cell in row) for row in stripped]
        self._conjunctions = [(row, one) for row, cells in enumerate(self._cells) for one in _conjunctions(cells)]
        self._strict = RulesetGroup(f"{name}.rows", write(self._rules(), self._readings.bin_counts))
        self._rows: dict[str, int] = {}
        self._doubts = Doubts(name, self._conjunctions, self._readings.bin_counts)

    @property
    def groups(self) -> tuple[RulesetGroup, RulesetGroup]:
        """The rulesets that say which rows match, and the relaxed ones."""
        return self._strict, self._doubts.relaxed

    @property
    def bins(self) -> int:
        """How many bins all its columns have together."""
        return sum(self._readings.bin_counts)

    def match(self, values: Values, doubts: Doubting = Doubting.ALWAYS) -> Match:
        """Return which rows match, and as far as `doubts` asks which failed only on unknown cells.

        EngineFault where a column or end point overflows, or the engine fails.
        """
        codes = self._readings.codes(values)
        matched = self._matched(codes)
        if doubts is Doubting.NEVER or (matched and doubts is Doubting.UNLESS_MATCHED):
            return Match(matched, 0, codes)
        before_hit = (matched & -matched) - 1 if matched and self._first_only else None
        return Match(matched, self._doubts.rows(codes, before_hit) & ~matched, codes)

    def missing_facts(self, rows: int, match: Match, values: Values) -> frozenset[str]:
        """Return the names that are unknown in the unknown cells of rows that failed on these alone."""
        cells = {id(cell): cell for row in bits(rows) for cell in self._cells[row]}
        unknown = [cell.names for cell in cells.values() if cell.is_unknown(match.codes)]
        return unknown_of(frozenset[str]().union(*unknown), values)

    def _rules(self) -> list[Rule]:
        return [
            Rule(str(index), row, {reading: says.yes for reading, says in conjunction.items()})
            for index, (row, conjunction) in enumerate(self._conjunctions)
            if all(says.yes for says in conjunction.values())
        ]

    def _matched(self, codes: Sequence[int]) -> int:
        matched = 0
        for rule in self._strict.first(codes) if self._first_only else self._strict.matches(codes):
            matched |= self._row_of(rule)
        return matched & -matched if self._first_only else matched

    def _row_of(self, rule: str) -> int:
        if rule not in self._rows:
            self._rows[rule] = 1 << self._conjunctions[int(rule.partition(".")[0])][0]
        return self._rows[rule]


def unknown_of(names: Iterable[str], values: Values) -> frozenset[str]:
    """Return those of the names whose value is unknown."""
    return frozenset(name for name in names if values.get(name, UNKNOWN) == UNKNOWN)


def _conjunctions(cells: Sequence[CellReading]) -> Iterator[Conjunction]:
    return both([cell.alternatives for cell in cells])
