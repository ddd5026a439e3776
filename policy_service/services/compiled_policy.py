"""A policy version that decides: its text with engines made of it, and the facts that it reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from policy_service.domain.outcomes import DecisionType
from policy_service.engines.trace import Explainer
from policy_service.language.definitions.dictionary import FactDefinition
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by
from policy_service.services.engine_pair import EnginePair, Engines


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A policy version that decides: its text's hash, its number (0: none, read from files), its engines.

    `reads` are the definitions of the facts that each type of decision reads; `reads_of_groups` tells that some of
    them are read over the customer's whole group. Where the text could not be
    compiled, `fault` says why, and the engines refer whatever they are asked.
    """

    policy: Policy
    hash: str
    number: int
    engines: Engines
    reads: Mapping[DecisionType, tuple[FactDefinition, ...]]
    reads_of_groups: bool
    explainer: Explainer
    fault: str = ""


def compiled(policy: Policy, sha256: str, number: int = 0) -> CompiledPolicy:
    """Return the policy with its engines; EngineFault if the live engine does not take it."""
    return version_of(policy, sha256, number, EnginePair(policy))


def version_of(policy: Policy, sha256: str, number: int, engines: Engines, fault: str = "") -> CompiledPolicy:
    """Return the policy with those engines; `fault` says why they refer whatever they are asked."""
    reads = {kind: facts_read_by(policy, kind) for kind in DecisionType}
    of_groups = any(fact.group for fact in policy.facts.values())
    return CompiledPolicy(policy, sha256, number, engines, reads, of_groups, Explainer(policy), fault)
