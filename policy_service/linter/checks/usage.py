"""What a policy declares and nobody reads: parameters, facts, reasons, outputs of its own."""

from collections.abc import Iterator

from policy_service.domain.errors import Place
from policy_service.domain.findings import Finding, Severity
from policy_service.language.definitions.dictionary import EntryCondition, FactDefinition, FactSource
from policy_service.language.definitions.standing import ORDER_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard
from policy_service.linter.codes import Code
from policy_service.linter.regions.trees import formulas_of, names_in


def check_usage(policy: Policy) -> Iterator[Finding]:
    """Yield what is declared and not used."""
    read = {name.name for rule_set in policy.rule_sets for name in names_in(*formulas_of(rule_set))}
    in_measures = {each.parameter for fact in policy.facts.values() for each in _conditions(fact)}
    for parameter in policy.parameters.values():
        if parameter.name not in read | in_measures:
            yield _unused(
                Code.UNUSED_PARAMETER, parameter.place, f"parameter {parameter.name}", "turning it does nothing"
            )
    for fact in policy.facts.values():
        if fact.name not in read and fact.source in (FactSource.LEDGER, FactSource.CUSTOMER, FactSource.REQUEST):
            yield _unused(Code.UNUSED_FACT, fact.place, f"fact {fact.name}", "no rule set reads it")
    given = {reason for rule_set in policy.rule_sets for reason in _reasons(rule_set)}
    for reason in policy.reasons.values():
        if reason.code not in given:
            yield _unused(Code.UNUSED_REASON, reason.place, f"reason {reason.code}", "no row gives it")
    yield from _unread_outputs(policy, read)


def _conditions(fact: FactDefinition) -> tuple[EntryCondition, ...]:
    return (*fact.measure.where, *fact.measure.measure.share_of) if fact.measure else ()


def _unused(code: Code, place: Place, what: str, meaning: str) -> Finding:
    return Finding(code, Severity.WARNING, place, f"{what} is not used: {meaning}.", "Use it, or delete it.")


def _reasons(rule_set: RuleSet) -> Iterator[str]:
    match rule_set:
        case DecisionTable(rows=rows, otherwise=otherwise):
            for row in rows:
                yield from row.reasons
            yield from otherwise.reasons if otherwise else ()
        case Scorecard(knock_outs=knock_outs, bands=bands):
            yield from (reason for line in knock_outs for reason in line.reasons)
            yield from (reason for band in bands for reason in band.reasons)
        case Ladder(levels=levels, triggers=triggers):
            yield from (reason for level in levels for reason in level.reasons)
            yield from (reason for trigger in triggers for reason in trigger.reasons)
        case FormulaSet():
            pass


def _unread_outputs(policy: Policy, read: set[str]) -> Iterator[Finding]:
    for rule_set in policy.rule_sets:
        if isinstance(rule_set, Ladder | Scorecard):
            continue
        claimed = {claim.output for claim in rule_set.claims}
        for name in rule_set.output_names:
            if name not in read | claimed | STANDING_OUTPUTS.keys() | ORDER_OUTPUTS.keys():
                yield Finding(
                    Code.UNREAD_OUTPUT,
                    Severity.WARNING,
                    rule_set.place,
                    f"output {name} is read by no rule set.",
                    "Read it in a later rule set, or delete it.",
                    rule_set.name,
                )
