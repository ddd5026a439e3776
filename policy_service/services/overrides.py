"""A person's word over the rules', applied after them and shown as such."""

from dataclasses import replace

from policy_service.domain.decisions import ChainResult, Override, Reason
from policy_service.domain.errors import PolicyTextError, RequestError
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook

OVERRIDE_REASON = "override"


def overridden(chain: ChainResult, override: Override, policy: Policy, codes: CodeBook) -> ChainResult:
    """Return the chain's answer with the override's outputs or outcome instead, its reason first.

    What the rules said stays in the rule sets' own results. RequestError R403 if it sets what the policy
    does not set, or to what cannot be read.
    """
    outputs = dict(chain.outputs)
    outcome = chain.outcome
    for name, text in override.outputs.items():
        if name == "outcome":
            outcome = _outcome(text)
        elif name in policy.outputs:
            outputs[name] = _value(name, text, override, policy, codes)
        else:
            raise RequestError(
                "R403",
                f"The override for {override.customer_id} sets {name}, which the policy {policy.id} does not set.",
                remedy=f"It sets: outcome, {', '.join(sorted(policy.outputs))}.",
            )
    said = f"{override.person}, until {override.expires_on.isoformat()}: {override.reason}"
    reason = Reason(OVERRIDE_REASON, "", outcome=outcome, detail=said)
    return replace(chain, outputs=outputs, outcome=outcome, reasons=(reason, *chain.reasons))


def overridden_where_stricter(chain: ChainResult, override: Override, policy: Policy, codes: CodeBook) -> ChainResult:
    """Return the chain's answer under what of an order's override is more severe than it, its reason first if any is.

    RequestError R403 as `overridden` does.
    """
    stricter = {
        name: text
        for name, text in override.outputs.items()
        if _is_stricter(name, text, chain, override, policy, codes)
    }
    return overridden(chain, replace(override, outputs=stricter), policy, codes) if stricter else chain


def _is_stricter(name: str, text: str, chain: ChainResult, override: Override, policy: Policy, codes: CodeBook) -> bool:
    if name == "outcome":
        most_severe_first = policy.severity.index
        return chain.outcome is None or most_severe_first(_outcome(text)) < most_severe_first(chain.outcome)
    said, found = _value(name, text, override, policy, codes), chain.outputs.get(name, UNKNOWN)
    return isinstance(found, int) and UNKNOWN not in (said, found) and said > found


def _value(name: str, text: str, override: Override, policy: Policy, codes: CodeBook) -> int:
    try:
        return codes.read(text, policy.outputs[name])
    except PolicyTextError as error:
        message = f"The override for {override.customer_id} sets {name}: {error.message}"
        raise RequestError("R403", message, remedy=error.remedy) from error


def _outcome(text: str) -> Outcome:
    if text in frozenset(Outcome):
        return Outcome(text)
    raise RequestError("R403", f"{text!r} is no outcome.", remedy=f"Write one of: {', '.join(Outcome)}.")
