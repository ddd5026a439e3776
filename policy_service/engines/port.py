"""What every engine promises: the answer of one rule set over given values."""

from typing import Protocol

from policy_service.domain.decisions import RuleSetResult, Values


class Engine(Protocol):
    """Decide rule sets of one policy; two engines over equal values give equal outcome, outputs and hits."""

    def evaluate(self, rule_set: str, values: Values) -> RuleSetResult:
        """Return the answer of that rule set; whatever goes wrong inside is a refer with `engine_fault`.

        KeyError if the policy has no such rule set.
        """
        ...
