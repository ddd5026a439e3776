"""Which decisions of a policy read facts of groups: for these the customers of a group are replayed together."""

from collections.abc import Iterable
from typing import Final

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.built_in_facts import declared_name
from policy_service.language.definitions.dictionary import FactDefinition
from policy_service.language.policy import ExposureComponent, Policy
from policy_service.language.rule_set_names import facts_read_by
from simulations.replay.built_ins import EXPOSED, asked_for

COMPONENTS: Final = tuple(ExposureComponent)
#: Of decisions that read nothing of groups.
NOTHING: Final = -1


def reads_groups(policy: Policy) -> bool:
    """Return whether any decision reads a fact of groups: no group may then be cut among workers."""
    return any(_is_of_group(fact, policy) for kind in DecisionType for fact in facts_read_by(policy, kind))


def asked_of_one(facts: Iterable[FactDefinition], policy: Policy) -> int:
    """Return, as bits, the balances of a customer to be added up for those of the facts that are its own."""
    return asked_for({fact.name for fact in facts}, components_of(policy))


def asked_of_group(facts: Iterable[FactDefinition], policy: Policy) -> int:
    """Return, as bits, the balances of a customer's whole group to be added up for these facts, or NOTHING."""
    names = {declared_name(fact.name) for fact in facts if _is_of_group(fact, policy)}
    return asked_for(names, components_of(policy)) if names else NOTHING


def components_of(policy: Policy) -> int:
    """Return the components of the policy's exposure as bits."""
    return sum(1 << place for place, component in enumerate(COMPONENTS) if component in policy.exposure)


def _is_of_group(fact: FactDefinition, policy: Policy) -> bool:
    return fact.group or (policy.exposure_of_group and fact.name in EXPOSED)
