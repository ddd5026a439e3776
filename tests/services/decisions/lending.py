"""Policies compiled once for all tests of a process, and lent to their houses."""

from dataclasses import dataclass, replace

from policy_service.domain.decisions import ChainResult, Values
from policy_service.domain.outcomes import DecisionType
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.services.compiled_policy import CompiledPolicy, compiled
from policy_service.services.engine_pair import Engines
from policy_service.services.house import House


@dataclass(frozen=True, slots=True)
class _Lent:
    engines: Engines

    def decide(self, decision_type: DecisionType, values: Values) -> ChainResult:
        return self.engines.decide(decision_type, values)

    def close(self) -> None:
        """Do nothing: the next house has them, too."""


class CompiledOnce:
    """Compiled policies."""

    def __init__(self) -> None:
        # To hash a text takes as long as what is spared here: each is known by the object, which stays.
        self._kept: dict[int, tuple[Policy, CompiledPolicy]] = {}

    def lend(self, house: House, policy: Policy) -> None:
        """Let the house find the policy compiled; one that it closes is there for others."""
        if id(policy) not in self._kept:
            self._kept[id(policy)] = policy, compiled(policy, policy_hash(policy))
        _, kept = self._kept[id(policy)]
        house.policies.warm(replace(kept, engines=_Lent(kept.engines)))

    def close(self) -> None:
        """Free all engines."""
        for _, kept in self._kept.values():
            kept.engines.close()
