"""Which row decides an output, when a set of rows matches."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from policy_service.domain.values import UNKNOWN, Kind
from policy_service.language.expressions import Constant
from policy_service.language.policy import Aggregation, DecisionTable, HitPolicy, Output
from policy_service.linter.grid import bits
from policy_service.linter.knowledge import Knowledge
from policy_service.linter.masking import ranking
from policy_service.linter.points import severity_rank

#: The position of the otherwise among the rows.
OTHERWISE: Final = -1
#: From the mask of matching rows to the rows that can decide the output; none where the rule set refers.
Deciding: TypeAlias = Callable[[int], Sequence[int]]


def deciding(table: DecisionTable, output: str, knowledge: Knowledge) -> Deciding | None:
    """Return how a table picks the deciding row; None where its outputs are lists, or sums over rows."""
    picked = _picked(table, output, knowledge)
    if picked is None:
        return None

    def rows(matching: int) -> Sequence[int]:
        if matching:
            return picked(matching)
        return (OTHERWISE,) if table.otherwise else ()

    return rows


def output_of(table: DecisionTable, row: int, name: str) -> Output | None:
    """Return the output that a row, or the otherwise, sets; None if it sets none of that name."""
    if row != OTHERWISE:
        return table.rows[row].output(name)
    outputs = table.otherwise.outputs if table.otherwise else ()
    return next((output for output in outputs if output.name == name), None)


def _picked(table: DecisionTable, output: str, knowledge: Knowledge) -> Deciding | None:
    match table.hit_policy:
        case HitPolicy.UNIQUE:
            return lambda matching: () if matching & (matching - 1) else (matching.bit_length() - 1,)
        case HitPolicy.ANY | HitPolicy.FIRST:
            return lambda matching: ((matching & -matching).bit_length() - 1,)
        case HitPolicy.PRIORITY:
            ranked = ranking(table, knowledge)
            if len(ranked) < len(table.rows):
                return lambda matching: tuple(bits(matching))
            return lambda matching: (next(row for row in ranked if matching >> row & 1),)
        case HitPolicy.RULE_ORDER | HitPolicy.OUTPUT_ORDER | HitPolicy.COLLECT:
            return _by_severity(table, output, knowledge)


def _by_severity(table: DecisionTable, output: str, knowledge: Knowledge) -> Deciding | None:
    if "outcome" not in table.output_names or table.aggregation is not Aggregation.LIST:
        return None
    ranks = []
    for row in table.rows:
        outcome = row.output("outcome")
        value = outcome.expression if outcome else Constant(UNKNOWN, Kind.CATEGORY)
        if not isinstance(value, Constant):
            return None
        ranks.append(severity_rank(value.value, knowledge))

    def rows(matching: int) -> Sequence[int]:
        hits = tuple(bits(matching))
        worst = min(ranks[row] for row in hits)
        setting = [row for row in hits if ranks[row] == worst and table.rows[row].output(output)]
        return setting[:1]

    return rows
