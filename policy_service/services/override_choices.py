"""What of a customer somebody may override, and to what: as a form offers it."""

from collections.abc import Iterator
from dataclasses import dataclass

from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import Kind
from policy_service.language.policy import Policy
from policy_service.services.override_limits import settable, words_of

_TRUTHS = ("true", "false")


@dataclass(frozen=True, slots=True)
class OverrideChoice:
    """An output that can be overridden; `words` are the values to choose from, none where any will do."""

    decision_type: DecisionType
    output: str
    kind: Kind
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """What tells it apart from the others."""
        return f"{self.decision_type.value}:{self.output}"


def override_choices(policy: Policy) -> tuple[OverrideChoice, ...]:
    """Return everything that can be overridden under the policy: of the standing, then of orders."""
    return tuple(
        choice
        for decision_type in (DecisionType.REVIEW, DecisionType.ORDER)
        for choice in _of_type(decision_type, policy)
    )


def _of_type(decision_type: DecisionType, policy: Policy) -> Iterator[OverrideChoice]:
    for output in settable(decision_type, policy):
        kind = policy.outputs.get(output, Kind.CATEGORY)
        words = words_of(output, policy) or (_TRUTHS if kind is Kind.BOOLEAN else ())
        yield OverrideChoice(decision_type, output, kind, tuple(map(str, words)))
