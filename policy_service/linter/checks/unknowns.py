"""Where a policy meets the unknown: rule sets that skip it, and facts that lead to refer."""

from collections.abc import Iterator
from typing import assert_never

from policy_service.domain.findings import Finding, Severity
from policy_service.language.feel.expressions import Expression, NameSource
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard, WhenUnknown
from policy_service.linter.codes import Code
from policy_service.linter.listing import joined
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.trees import ends, names_in


def check_unknowns(rule_set: RuleSet, knowledge: Knowledge) -> Iterator[Finding]:
    """Yield how a rule set treats facts that may be unknown."""
    if isinstance(rule_set, FormulaSet | Ladder):
        return
    facts = sorted(_that_may_be_unknown(rule_set, knowledge))
    if rule_set.when_unknown is WhenUnknown.SKIP:
        yield Finding(
            Code.SKIPS_UNKNOWN,
            Severity.WARNING,
            rule_set.place,
            f"{rule_set.name} skips rows whose facts are unknown"
            + (f": {joined(facts)} may be." if facts else ", though none of the facts it tests can be."),
            "Make sure that a customer without the fact may get the answer of the rows that remain.",
            rule_set.name,
        )
    elif facts:
        yield Finding(
            Code.REFERS_ON_UNKNOWN,
            Severity.NOTE,
            rule_set.place,
            f"{joined(facts)} may be unknown; {rule_set.name} then refers to a person where it matters.",
            "Write `null` cells (or points for unknown) where the unknown has an answer of its own.",
            rule_set.name,
        )


def _that_may_be_unknown(rule_set: DecisionTable | Scorecard, knowledge: Knowledge) -> Iterator[str]:
    for name in {name for tested in _tested(rule_set) for name in names_in(tested)}:
        if name.source is not NameSource.PARAMETER and knowledge.range_of(name).unknown:
            yield name.name


def _tested(rule_set: DecisionTable | Scorecard) -> Iterator[Expression]:
    match rule_set:
        case DecisionTable(columns=columns, rows=rows):
            yield from (column.expression for column in columns)
            for row in rows:
                yield from (end for cell in row.cells for end in ends(cell.test))
        case Scorecard(characteristics=characteristics, knock_outs=knock_outs):
            yield from (each.column.expression for each in characteristics if each.unknown is None)
            for knock_out in knock_outs:
                for column, cell in knock_out.when.cells:
                    yield from (column.expression, *ends(cell.test))
        case _:
            assert_never(rule_set)
