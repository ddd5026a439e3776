"""The contenders behind one door: each is asked about facts in its own form and answers in its own form."""

from collections.abc import Mapping
from typing import Any, Protocol

from policy_service.domain.decisions import Values
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by

#: The facts of one decision as a peer takes them.
Facts = dict[str, int | None]


class Peer(Protocol):
    """An engine that is not ours, loaded with the chains of one policy."""

    def ask(self, decision_type: DecisionType, facts: Facts) -> Mapping[str, Any]:
        """Return what it says, in the form that `answers` reads."""
        ...


def facts_for(policy: Policy, decision_type: DecisionType, values: Values) -> Facts:
    """Return just the facts that the chain reads, the unknown as None.

    What the chain itself sets is left out: in a model it would stand over what an earlier table said.
    """
    set_by_chain = {name for rule_set in policy.chain(decision_type) for name in rule_set.output_names}
    read = {fact.name for fact in facts_read_by(policy, decision_type)} - set_by_chain
    if decision_type is DecisionType.ESCALATION:
        read.add("days_past_due")
    known = {name: values.get(name, UNKNOWN) for name in sorted(read)}
    return {name: None if value == UNKNOWN else value for name, value in known.items()}
