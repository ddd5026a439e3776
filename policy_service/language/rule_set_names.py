"""What the rule sets of a chain read."""

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.dictionary import FactDefinition
from policy_service.language.feel.reading_names import names_in
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import expressions_of


def facts_read_by(policy: Policy, decision_type: DecisionType) -> tuple[FactDefinition, ...]:
    """Return the definitions of the facts that decisions of that type read, by name.

    What an earlier rule set of the chain sets is no fact of the decision.
    """
    read: set[str] = set()
    already_set: set[str] = set()
    for rule_set in policy.chain(decision_type):
        names = {name.name for expression in expressions_of(rule_set) for name in names_in(expression)}
        read |= names - already_set
        already_set.update(rule_set.output_names)
    return tuple(definition for name, definition in sorted(policy.facts.items()) if name in read)
