"""How severe an outcome is, by its code in a policy."""

from policy_service.domain.outcomes import Outcome
from policy_service.linter.regions.knowledge import Knowledge


def outcome_of(code: int, knowledge: Knowledge) -> Outcome | None:
    """Return the outcome that a code stands for; None if it is none."""
    vocabulary = knowledge.policy.vocabulary
    text = vocabulary[code] if 0 <= code < len(vocabulary) else ""
    return Outcome(text) if text in frozenset(Outcome) else None


def severity_rank(outcome: Outcome | None, knowledge: Knowledge) -> int:
    """Return the place of an outcome in the policy's order, 0 the most severe; none ranks with approve."""
    severity = knowledge.policy.severity
    ranked = outcome or Outcome.APPROVE
    return severity.index(ranked) if ranked in severity else len(severity)
