"""Which row decides an output, when a set of rows matches."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.language.cells import Output
from policy_service.language.feel.expressions import Constant
from policy_service.language.rule_sets import Aggregation, DecisionTable, HitPolicy, WhenUnknown
from policy_service.linter.checks.masking import ranking
from policy_service.linter.regions.grid import bits
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.severities import outcome_of, severity_rank

#: The position of the otherwise among the rows.
OTHERWISE: Final = -1
#: From the rows that match, and those that fail only on the unknown, to the rows that can decide the output; none
#: where the rule set refers.
Deciding: TypeAlias = Callable[[int, int], Sequence[int]]


def deciding(table: DecisionTable, output: str, knowledge: Knowledge) -> Deciding | None:
    """Return how a table picks the deciding row; None where its outputs are lists, or sums over rows."""
    picked = _picked(table, output, knowledge)
    refers = table.when_unknown is WhenUnknown.REFER
    if picked is None:
        return None

    def rows(matching: int, unclear: int) -> Sequence[int]:
        unclear = unclear if refers else 0
        if matching:
            return picked(matching, unclear)
        return (OTHERWISE,) if table.otherwise and not unclear else ()

    return rows


def lists_outputs(table: DecisionTable) -> bool:
    """Return whether the outputs of a table are lists of what all rows say that match."""
    takes_all = table.hit_policy in (HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT)
    return takes_all and table.aggregation is Aggregation.LIST and "outcome" not in table.output_names


def output_of(table: DecisionTable, row: int, name: str) -> Output | None:
    """Return the output that a row, or the otherwise, sets; None if it sets none of that name."""
    if row != OTHERWISE:
        return table.rows[row].output(name)
    outputs = table.otherwise.outputs if table.otherwise else ()
    return next((output for output in outputs if output.name == name), None)


def _picked(table: DecisionTable, output: str, knowledge: Knowledge) -> Deciding | None:
    match table.hit_policy:
        case HitPolicy.UNIQUE:
            return lambda matching, _unclear: () if matching & (matching - 1) else (_first(matching),)
        case HitPolicy.ANY:
            return lambda matching, _unclear: (_first(matching),)
        case HitPolicy.FIRST:
            return lambda matching, unclear: () if unclear & (_lowest(matching) - 1) else (_first(matching),)
        case HitPolicy.PRIORITY:
            return _by_priority(table, knowledge)
        case HitPolicy.RULE_ORDER | HitPolicy.OUTPUT_ORDER | HitPolicy.COLLECT:
            return _by_severity(table, output, knowledge)


def _lowest(rows: int) -> int:
    return rows & -rows


def _first(rows: int) -> int:
    return _lowest(rows).bit_length() - 1


def _by_priority(table: DecisionTable, knowledge: Knowledge) -> Deciding:
    ranked = ranking(table, knowledge)
    if len(ranked) < len(table.rows):
        return lambda matching, _unclear: tuple(bits(matching))

    def rows(matching: int, unclear: int) -> Sequence[int]:
        best = next(row for row in ranked if (matching | unclear) >> row & 1)
        return (best,) if matching >> best & 1 else ()

    return rows


def _by_severity(table: DecisionTable, output: str, knowledge: Knowledge) -> Deciding | None:
    if "outcome" not in table.output_names or table.aggregation is not Aggregation.LIST:
        return None
    outcomes = [row.output("outcome") for row in table.rows]
    if any(each and not isinstance(each.expression, Constant) for each in outcomes):
        return None
    ranks = [_severity(each, knowledge) for each in outcomes]
    refer = severity_rank(Outcome.REFER, knowledge)
    takes_all = table.hit_policy is HitPolicy.COLLECT

    def rows(matching: int, unclear: int) -> Sequence[int]:
        hits = tuple(bits(matching))
        worst = min((ranks[row], row) for row in hits)
        if worst[0] >= refer and any(takes_all or (ranks[row], row) < worst for row in bits(unclear)):
            return ()
        # Beside a row that says approve, a row without an outcome sets nothing.
        said = [row for row in hits if ranks[row] == worst[0] and outcomes[row]] or hits
        return [row for row in said if table.rows[row].output(output)][:1]

    return rows


def _severity(outcome: Output | None, knowledge: Knowledge) -> int:
    expression = outcome.expression if outcome else None
    code = expression.value if isinstance(expression, Constant) else UNKNOWN
    return severity_rank(outcome_of(code, knowledge), knowledge)
