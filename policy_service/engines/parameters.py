"""The values of a policy's parameters, of which a question may put others in their place."""

from collections.abc import Mapping

from policy_service.domain.decisions import Value
from policy_service.domain.errors import EngineFault
from policy_service.engines.formulas import Parameters
from policy_service.language.policy import Policy


def parameters_of(policy: Policy, replaced: Mapping[str, Value] | None = None) -> Parameters:
    """Return the values of the policy's parameters, some of them replaced; EngineFault E003 if there is none such."""
    unknown = sorted(set(replaced or ()) - set(policy.parameters))
    if unknown:
        raise EngineFault(
            "E003",
            f"The policy {policy.id} has no parameter {unknown[0]}.",
            remedy=f"It has: {', '.join(policy.parameters) or 'none'}.",
        )
    return {name: parameter.value for name, parameter in policy.parameters.items()} | dict(replaced or {})
