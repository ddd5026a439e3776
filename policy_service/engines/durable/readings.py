"""What a rule set reads: each column's value as a bin, and for ends that are not constant a sign.

`Readings` takes the cells of all rules of a rule set twice: first to cut the columns, then to say each
cell over the bins. A cell that needs a choice between readings comes out as several alternatives.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias, assert_never

from policy_service.domain.decisions import Values
from policy_service.domain.errors import UnsupportedCondition
from policy_service.engines.durable import bins
from policy_service.engines.durable.bins import Says, ValueBins
from policy_service.engines.durable.precompute import Parameters, Reader, constant, fact_names, reader, sides
from policy_service.language.cells import Cell, Column
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Expression,
    Interval,
    IsUnknown,
    NoneOf,
    Operator,
    Test,
)

Cells: TypeAlias = Sequence[tuple[Column, Cell]]
#: What is asked of each reading, by its index; all must hold.
Conjunction: TypeAlias = Mapping[int, Says]
#: Conjunctions of which one must hold.
Alternatives: TypeAlias = tuple[Conjunction, ...]

#: Beyond this a rule would be written out too often.
MOST_ALTERNATIVES: Final = 256


@dataclass(frozen=True, slots=True)
class CellReading:
    """One cell as a rule needs it: its alternatives, and the names behind it."""

    alternatives: Alternatives
    names: frozenset[str]

    def is_unknown(self, codes: Sequence[int]) -> bool:
        """Whether the cell, which did not say no, does not say yes to these bins either."""
        for conjunction in self.alternatives:
            if all(says.yes >> codes[reading] & 1 for reading, says in conjunction.items()):
                return False
        return True


class Readings:
    """The formulas behind a rule set's cells, and how their values become bins."""

    def __init__(self, rules: Iterable[Cells], parameters: Parameters) -> None:
        self._parameters = parameters
        self._ends: dict[Expression, int | None] = {}
        self._readers: dict[Expression, int] = {}
        self._values: list[Reader] = []
        self._codes: list[tuple[Callable[[int], int] | None, int, int]] = []
        self._bin_counts: list[int] = []
        self._value_bins: dict[Expression, tuple[int, ValueBins]] = {}
        self._signs: dict[tuple[Expression, Expression], int] = {}
        self._cells: dict[tuple[Expression, Test], CellReading] = {}
        self._cut(rules)

    @property
    def bin_counts(self) -> Sequence[int]:
        """How many bins each reading has."""
        return self._bin_counts

    def codes(self, values: Values) -> list[int]:
        """Return the bin of each reading; EngineFault where a formula overflows."""
        found = [read(values) for read in self._values]
        return [
            bins.sign_of(found[left], found[right]) if bin_of is None else bin_of(found[left])
            for bin_of, left, right in self._codes
        ]

    def cell(self, column: Column, cell: Cell) -> CellReading:
        """Return what a cell asks of the readings."""
        key = (column.expression, cell.test)
        if key not in self._cells:
            alternatives = tuple(self._alternatives(column.expression, cell.test, holds=True))
            names = fact_names(column.expression) | fact_names(cell.test)
            self._cells[key] = CellReading(alternatives, names)
        return self._cells[key]

    def _cut(self, rules: Iterable[Cells]) -> None:
        comparisons: dict[Expression, list[tuple[Operator, int]]] = {}
        for expression, test in dict.fromkeys((column.expression, cell.test) for row in rules for column, cell in row):
            if isinstance(test, Anything):
                continue
            fixed = comparisons.setdefault(expression, [])
            for comparison in _comparisons(test):
                end = self._end(comparison.end)
                if end is not None:
                    fixed.append((comparison.operator, end))
        for expression, fixed in comparisons.items():
            value_bins = ValueBins(bins.cuts_for(fixed))
            reading = self._add(value_bins.bin_of, self._value(expression), 0, value_bins.count)
            self._value_bins[expression] = (reading, value_bins)

    def _end(self, end: Expression) -> int | None:
        if end not in self._ends:
            self._ends[end] = constant(end, self._parameters)
        return self._ends[end]

    def _fixed_end(self, end: Expression) -> int:
        value = self._end(end)
        if value is None:
            raise AssertionError(end)
        return value

    def _value(self, expression: Expression) -> int:
        if expression not in self._readers:
            self._readers[expression] = len(self._values)
            self._values.append(reader(expression, self._parameters))
        return self._readers[expression]

    def _add(self, bin_of: Callable[[int], int] | None, left: int, right: int, count: int) -> int:
        self._codes.append((bin_of, left, right))
        self._bin_counts.append(count)
        return len(self._codes) - 1

    def _sign(self, column: Expression, end: Expression) -> int:
        if (column, end) not in self._signs:
            reading = self._add(None, self._value(column), self._value(end), bins.SIGN_BINS)
            self._signs[column, end] = reading
        return self._signs[column, end]

    def _alternatives(self, column: Expression, test: Test, *, holds: bool) -> Iterator[Conjunction]:
        if all(self._end(comparison.end) is not None for comparison in _comparisons(test)):
            if not isinstance(test, Anything) or not holds:
                reading, value_bins = self._value_bins[column]
                says = self._fixed(test, value_bins)
                yield {reading: says if holds else says.negated((1 << value_bins.count) - 1)}
            else:
                yield {}
            return
        match test:
            case Comparison():
                says = bins.sign_says(test.operator)
                reading = self._sign(column, test.end)
                yield {reading: says if holds else says.negated((1 << bins.SIGN_BINS) - 1)}
            case Interval():
                yield from self._joined(column, sides(test), all_of=holds, holds=holds)
            case AnyOf():
                yield from self._joined(column, self._with_fixed_in_one(test.tests), all_of=not holds, holds=holds)
            case NoneOf():
                yield from self._alternatives(column, test.test, holds=not holds)
            case Anything() | IsUnknown():
                raise AssertionError(test)
            case _:
                assert_never(test)

    def _joined(self, column: Expression, parts: Sequence[Test], *, all_of: bool, holds: bool) -> Iterator[Conjunction]:
        each = [tuple(self._alternatives(column, part, holds=holds)) for part in parts]
        if all_of:
            yield from both(each)
        else:
            for alternatives in each:
                yield from alternatives

    def _with_fixed_in_one(self, tests: Sequence[Test]) -> Sequence[Test]:
        fixed = [test for test in tests if all(self._end(one.end) is not None for one in _comparisons(test))]
        moving = [test for test in tests if test not in fixed]
        return [AnyOf(tuple(fixed)), *moving] if fixed else moving

    def _fixed(self, test: Test, value_bins: ValueBins) -> Says:
        every_bin = (1 << value_bins.count) - 1
        match test:
            case Anything():
                return Says(every_bin, every_bin)
            case IsUnknown():
                return Says(1, 1)
            case Comparison():
                return value_bins.compared(test.operator, self._fixed_end(test.end))
            case Interval():
                above, below = sides(test)
                return self._fixed(above, value_bins) & self._fixed(below, value_bins)
            case AnyOf():
                says = Says(0, 0)
                for part in test.tests:
                    says |= self._fixed(part, value_bins)
                return says
            case NoneOf():
                return self._fixed(test.test, value_bins).negated(every_bin)
            case _:
                assert_never(test)


def both(parts: Sequence[Alternatives]) -> Iterator[Conjunction]:
    """Yield the alternatives of which one holds where one of each part holds; not too many of them."""
    count = 1
    for part in parts:
        count *= len(part)
    if count > MOST_ALTERNATIVES:
        raise UnsupportedCondition(
            "E012",
            f"A row would have to be written out {count} times for the rule engine.",
            remedy="Give it fewer lists with facts as end points, or split it into several rows.",
        )
    for choice in product(*parts):
        joined: dict[int, Says] = {}
        for conjunction in choice:
            for reading, says in conjunction.items():
                joined[reading] = joined[reading] & says if reading in joined else says
        yield joined


def _comparisons(test: Test) -> Iterator[Comparison]:
    match test:
        case Anything() | IsUnknown():
            return
        case Comparison():
            yield test
        case Interval():
            yield from sides(test)
        case AnyOf():
            for part in test.tests:
                yield from _comparisons(part)
        case NoneOf():
            yield from _comparisons(test.test)
        case _:
            assert_never(test)
