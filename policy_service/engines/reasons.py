"""Reasons in their rank, and the three answers that the engine gives itself: all of them refer."""

from collections.abc import Iterable, Sequence

from policy_service.domain.decisions import Reason, RuleSetResult
from policy_service.domain.outcomes import EngineReason, Outcome, most_severe


def rank(outcome: Outcome | None, severity: Sequence[Outcome]) -> int:
    """Return the place of an outcome in the order of severity, 0 the most severe; none ranks with approve."""
    return severity.index(outcome or Outcome.APPROVE)


def worst(outcomes: Iterable[Outcome | None], severity: Sequence[Outcome]) -> Outcome | None:
    """Return the most severe outcome that is said, none if none is."""
    said = [outcome for outcome in outcomes if outcome]
    return most_severe(said, severity) if said else None


def ranked(reasons: Iterable[Reason], severity: Sequence[Outcome]) -> tuple[Reason, ...]:
    """Return reasons by the severity of their row's outcome, the engine's own first, else as they came."""
    as_they_came = tuple(reasons)
    if len(as_they_came) < 2 or len({(reason.outcome, reason.is_of_the_engine) for reason in as_they_came}) < 2:
        return as_they_came
    return tuple(sorted(as_they_came, key=lambda reason: (rank(reason.outcome, severity), not reason.is_of_the_engine)))


def missing_fact(rule_set: str, facts: Iterable[str], outcome: Outcome | None = Outcome.REFER) -> Reason:
    """Return the reason that names the facts a decision lacked; none named: a value that has no result."""
    names = tuple(sorted(facts))
    detail = "" if names else "A value has no result although all its facts are known: a division by zero."
    return Reason(EngineReason.MISSING_FACT.value, rule_set, outcome=outcome, facts=names, detail=detail)


def no_rule_matched(rule_set: str, detail: str = "") -> Reason:
    """Return the reason that the rule set has no row for this case."""
    return Reason(EngineReason.NO_RULE_MATCHED.value, rule_set, outcome=Outcome.REFER, detail=detail)


def engine_fault(rule_set: str, detail: str) -> Reason:
    """Return the reason that the engine could not decide."""
    return Reason(EngineReason.ENGINE_FAULT.value, rule_set, outcome=Outcome.REFER, detail=detail)


def referred(
    rule_set: str,
    reasons: Iterable[Reason],
    severity: Sequence[Outcome],
    hits: tuple[str, ...] = (),
    releases: tuple[str, ...] = (),
) -> RuleSetResult:
    """Return a refer, which leaves every output unknown."""
    return RuleSetResult(rule_set, Outcome.REFER, {}, hits, releases, ranked(reasons, severity))
