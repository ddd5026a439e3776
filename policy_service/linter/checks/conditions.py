"""Conditions inside formulas that are always true or always false, whatever the facts and the dials."""

from collections.abc import Iterator

from policy_service.domain.findings import Finding, Severity
from policy_service.domain.values import SMALLEST
from policy_service.language.feel.expressions import Compare, Expression, Name, NameSource, Satisfies
from policy_service.language.policy import Parameter
from policy_service.language.rule_sets import RuleSet
from policy_service.linter.codes import Code
from policy_service.linter.formula_wording import formula_text
from policy_service.linter.regions.evaluation import Ranges, evaluate
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.ranges import Range, of_kind
from policy_service.linter.regions.trees import formulas_of, parts_of


def check_conditions(rule_set: RuleSet, knowledge: Knowledge) -> Iterator[Finding]:
    """Yield the comparisons in formulas of a rule set that have only one answer."""
    ranges = _over_all_dials(knowledge)
    seen: set[Expression] = set()
    for formula in formulas_of(rule_set):
        for part in parts_of(formula):
            if isinstance(part, Compare | Satisfies) and part not in seen:
                seen.add(part)
                yield from _constant(part, ranges, rule_set, knowledge)


def _over_all_dials(knowledge: Knowledge) -> Ranges:
    dials = {
        Name(each.name, NameSource.PARAMETER, each.kind): _dial(each) for each in knowledge.policy.parameters.values()
    }
    return {**knowledge.ranges, **dials}


def _dial(parameter: Parameter) -> Range:
    whole = of_kind(parameter.kind, unknown=False, low=SMALLEST)
    low = whole.low if parameter.minimum is None else parameter.minimum
    high = whole.high if parameter.maximum is None else parameter.maximum
    return Range(min(low, parameter.value), max(high, parameter.value))


def _constant(
    condition: Compare | Satisfies, ranges: Ranges, rule_set: RuleSet, knowledge: Knowledge
) -> Iterator[Finding]:
    value = evaluate(condition, ranges)
    if value.is_empty or value.low != value.high:
        return
    yield Finding(
        Code.CONSTANT_CONDITION,
        Severity.WARNING,
        rule_set.place,
        f"`{formula_text(condition, knowledge.policy)}` is always {'true' if value.low else 'false'}.",
        "Delete the condition, or correct a bound.",
        rule_set.name,
    )
