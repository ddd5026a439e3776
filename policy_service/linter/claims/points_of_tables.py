"""What a decision table answers at one point: which rows match or may, and what they say together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, assert_never

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN, UNLIMITED, Kind
from policy_service.language.cells import Column, Output
from policy_service.language.feel.expressions import Constant, Expression, Extreme, Name, NameSource, Pick, Sum, Test
from policy_service.language.rule_sets import Aggregation, DecisionTable, HitPolicy, WhenUnknown
from policy_service.linter.regions.evaluation import Ranges, evaluate, satisfied
from policy_service.linter.regions.grid import bits
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.trees import ends, names_in
from policy_service.linter.severities import outcome_of, severity_rank
from policy_service.linter.work import Work

Made: TypeAlias = Mapping[str, int]
#: Rows that match, and rows that fail only on unknown cells, as masks.
_Rows: TypeAlias = tuple[int, int]
_LAST: Final = 2 * UNLIMITED
_MOST_KEPT: Final = 20_000


def table_at(
    table: DecisionTable, asked: frozenset[str], knowledge: Knowledge, work: Work
) -> Callable[[Ranges], Made | None]:
    """Return what answers for outputs of a table at a point; None where it refers or is at fault."""
    columns = [
        _column(column, [row.cells[place].test for row in table.rows]) for place, column in enumerate(table.columns)
    ]
    return _Table(table, asked, knowledge, work, tuple(columns)).at


def _column(column: Column, tests: Sequence[Test]) -> "_Column":
    rows: dict[Test, int] = {}
    for number, test in enumerate(tests):
        rows[test] = rows.get(test, 0) | 1 << number
    moving = [
        name
        for name in names_in(*(end for test in rows for end in ends(test)))
        if name.source is not NameSource.PARAMETER
    ]
    return _Column(column.expression, tuple(rows.items()), tuple(moving))


@dataclass(frozen=True, slots=True)
class _Column:
    expression: Expression
    tests: tuple[tuple[Test, int], ...]
    moving: tuple[Name, ...]
    known: dict[tuple[int, ...], _Rows] = field(default_factory=dict)

    def said(self, ranges: Ranges, work: Work) -> _Rows:
        value = evaluate(self.expression, ranges)
        single = UNKNOWN if value.single is None else value.single
        key = (single, *(UNKNOWN if ranges[name].is_empty else ranges[name].low for name in self.moving))
        if key not in self.known:
            if len(self.known) >= _MOST_KEPT:
                self.known.clear()
            work.spend(len(self.tests))
            matching = unclear = 0
            for test, rows in self.tests:
                held = satisfied(test, value, ranges)
                if held.is_empty:
                    unclear |= rows
                elif held.low == 1:
                    matching |= rows
            self.known[key] = (matching, unclear)
        return self.known[key]


@dataclass(frozen=True, slots=True)
class _Table:
    table: DecisionTable
    asked: frozenset[str]
    knowledge: Knowledge
    work: Work
    columns: tuple[_Column, ...]

    def at(self, ranges: Ranges) -> Made | None:
        matching = possible = (1 << len(self.table.rows)) - 1
        for column in self.columns:
            self.work.spend()
            said, unclear = column.said(ranges, self.work)
            matching &= said
            possible &= said | unclear
        unclear = possible & ~matching if self.table.when_unknown is WhenUnknown.REFER else 0
        if not matching:
            if self.table.otherwise is None or unclear:
                return None
            return self._referring(self._set(self.table.otherwise.outputs, ranges))
        made = self._of_hits(matching, unclear, ranges)
        return None if made is None else self._referring(made)

    def _referring(self, made: Made) -> Made:
        # A rule set that refers leaves every other output unknown.
        is_refer = "outcome" in made and outcome_of(made["outcome"], self.knowledge) is Outcome.REFER
        return {"outcome": made["outcome"]} if is_refer else made

    def _of_hits(self, matching: int, unclear: int, ranges: Ranges) -> Made | None:
        first = (matching & -matching).bit_length() - 1
        match self.table.hit_policy:
            case HitPolicy.UNIQUE:
                return None if matching & (matching - 1) else self._row(first, ranges)
            case HitPolicy.ANY:
                every = [self._set(self.table.rows[row].outputs, ranges, whole=True) for row in bits(matching)]
                return self._row(first, ranges) if all(each == every[0] for each in every) else None
            case HitPolicy.FIRST:
                return None if unclear & ((1 << first) - 1) else self._row(first, ranges)
            case HitPolicy.PRIORITY:
                best = min(bits(matching | unclear), key=lambda row: (self._rank(row, ranges), row))
                return self._row(best, ranges) if matching >> best & 1 else None
            case HitPolicy.RULE_ORDER | HitPolicy.OUTPUT_ORDER | HitPolicy.COLLECT:
                if "outcome" in self.table.output_names:
                    return self._most_severe(matching, unclear, ranges)
                return None if unclear else self._aggregated(matching, ranges)
            case _:
                assert_never(self.table.hit_policy)

    def _row(self, row: int, ranges: Ranges) -> Made:
        return self._set(self.table.rows[row].outputs, ranges)

    def _set(self, outputs: Sequence[Output], ranges: Ranges, *, whole: bool = False) -> Made:
        wanted = [each for each in outputs if whole or each.name in self.asked]
        self.work.spend(len(wanted))
        found = {each.name: evaluate(each.expression, ranges).single for each in wanted}
        return {name: UNKNOWN if value is None else value for name, value in found.items()}

    def _rank(self, row: int, ranges: Ranges) -> int:
        priority = self.table.priority
        output = self.table.rows[row].output(priority.output) if priority else None
        value = None if output is None else evaluate(output.expression, ranges).single
        if priority is None or value is None:
            return _LAST
        if priority.values:
            return priority.values.index(value) if value in priority.values else _LAST
        return -value if priority.descending else value

    def _most_severe(self, matching: int, unclear: int, ranges: Ranges) -> Made | None:
        ranks = {row: self._severity(row) for row in bits(matching | unclear)}
        worst = min((ranks[row], row) for row in bits(matching))
        doubts = [row for row in bits(unclear) if self._takes_all or (ranks[row], row) < worst]
        if doubts and worst[0] >= severity_rank(Outcome.REFER, self.knowledge):
            return None
        said = {row: self.table.rows[row].output("outcome") for row in bits(matching)}
        deciding = [row for row in said if ranks[row] == worst[0] and said[row]] or list(said)
        made: Made = {}
        for row in deciding:
            made = {**self._row(row, ranges), **made}
        return made

    @property
    def _takes_all(self) -> bool:
        return self.table.hit_policy is HitPolicy.COLLECT

    def _severity(self, row: int) -> int:
        output = self.table.rows[row].output("outcome")
        code = output.expression.value if output and isinstance(output.expression, Constant) else UNKNOWN
        return severity_rank(outcome_of(code, self.knowledge), self.knowledge)

    def _aggregated(self, matching: int, ranges: Ranges) -> Made | None:
        aggregation = self.table.aggregation if self._takes_all else Aggregation.LIST
        made: dict[str, int] = {}
        for name in self.table.output_names:
            values = [each.expression for row in bits(matching) if (each := self.table.rows[row].output(name))]
            if name in self.asked and (values or aggregation is Aggregation.COUNT):
                self.work.spend(len(values))
                single = evaluate(_collected(aggregation, values, matching.bit_count()), ranges).single
                made[name] = UNKNOWN if single is None else single
        return None if aggregation is Aggregation.LIST else made


def _collected(aggregation: Aggregation, values: Sequence[Expression], hits: int) -> Expression:
    match aggregation:
        case Aggregation.COUNT | Aggregation.LIST:
            return Constant(hits, Kind.INTEGER)
        case Aggregation.SUM:
            return Sum(tuple(values), values[0].kind)
        case Aggregation.MIN:
            return Pick(Extreme.MIN, tuple(values), values[0].kind)
        case Aggregation.MAX:
            return Pick(Extreme.MAX, tuple(values), values[0].kind)
        case _:
            assert_never(aggregation)
