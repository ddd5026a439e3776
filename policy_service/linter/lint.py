"""The linter's front: every check over every rule set of a policy, findings in order of place."""

from collections.abc import Iterator

from policy_service.domain.findings import Finding, Severity
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, HitPolicy, Ladder, RuleSet, Scorecard
from policy_service.linter.checks.conditions import check_conditions
from policy_service.linter.checks.effects import check_effects, check_order_dials
from policy_service.linter.checks.feedback import check_feedback
from policy_service.linter.checks.gaps import gaps, gaps_at_unknown
from policy_service.linter.checks.ladders import check_ladder
from policy_service.linter.checks.masking import always_matching, duplicates, masked, never_matching, ranking
from policy_service.linter.checks.overlaps import conflicts, overlaps
from policy_service.linter.checks.scorecards import check_scorecard
from policy_service.linter.checks.unknowns import check_unknowns
from policy_service.linter.checks.usage import check_usage
from policy_service.linter.claims.monotonicity import check_claims
from policy_service.linter.codes import Code
from policy_service.linter.regions.axes import TooManyBinsError
from policy_service.linter.regions.knowledge import Knowledge, knowledge_of
from policy_service.linter.regions.subject import table_subject


def lint(policy: Policy) -> tuple[Finding, ...]:
    """Return everything found, by file, line and code; parameters are read at their present values.

    An error is shown to be reachable; what only may be is a warning. No finding is left out silently: a search
    that was stopped, and findings beyond the number listed, are findings themselves.
    """
    knowledge = knowledge_of(policy)
    found = [finding for rule_set in policy.rule_sets for finding in _check(rule_set, knowledge)]
    found += [*check_order_dials(policy), *check_usage(policy), *check_feedback(policy), *check_claims(knowledge)]
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[str, int, int, str, tuple[str, ...], str]:
    place = finding.place
    return (place.file, place.line, place.column, finding.code, finding.rows, finding.message)


def _check(rule_set: RuleSet, knowledge: Knowledge) -> Iterator[Finding]:
    yield from check_unknowns(rule_set, knowledge)
    yield from check_conditions(rule_set, knowledge)
    try:
        if isinstance(rule_set, DecisionTable):
            yield from _check_table(rule_set, knowledge)
        elif isinstance(rule_set, Scorecard):
            yield from check_scorecard(rule_set, knowledge)
        elif isinstance(rule_set, Ladder):
            yield from check_ladder(rule_set, knowledge)
            yield from check_effects(rule_set, knowledge)
    except TooManyBinsError as too_many:
        yield _not_analysed(rule_set, str(too_many))


def _check_table(table: DecisionTable, knowledge: Knowledge) -> Iterator[Finding]:
    subject = table_subject(table, knowledge)
    yield from never_matching(subject)
    yield from always_matching(subject)
    if table.otherwise is None:
        yield from gaps(subject)
        yield from gaps_at_unknown(subject)
    match table.hit_policy:
        case HitPolicy.UNIQUE:
            yield from overlaps(subject)
        case HitPolicy.ANY:
            yield from conflicts(subject, table)
        case HitPolicy.FIRST | HitPolicy.PRIORITY:
            yield from masked(subject, ranking(table, knowledge), table.when_unknown)
        case HitPolicy.RULE_ORDER | HitPolicy.OUTPUT_ORDER | HitPolicy.COLLECT:
            yield from duplicates(subject)


def _not_analysed(rule_set: RuleSet, column: str) -> Finding:
    return Finding(
        Code.ANALYSIS_STOPPED,
        Severity.WARNING,
        rule_set.place,
        f"{rule_set.name} was not searched for gaps and overlaps: column {column} has too many end points that are "
        "no constants.",
        "Give the column fewer different end points, or split the table.",
        rule_set.name,
    )
