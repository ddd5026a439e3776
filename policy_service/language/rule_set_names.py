"""What the rule sets of a chain read."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.dictionary import FactDefinition
from policy_service.language.feel.expressions import Name
from policy_service.language.feel.reading_names import names_in
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import expressions_of
from policy_service.language.rule_sets import RuleSet

_RULE_SETS_KEPT: Final = 256


def facts_read_by(policy: Policy, decision_type: DecisionType) -> tuple[FactDefinition, ...]:
    """Return the definitions of the facts that decisions of that type read, by name.

    What an earlier rule set of the chain sets is no fact of the decision.
    """
    read: set[str] = set()
    already_set: set[str] = set()
    for rule_set in policy.chain(decision_type):
        names = {name.name for name in names_read_by(rule_set)}
        read |= names - already_set
        already_set.update(rule_set.output_names)
    return tuple(definition for name, definition in sorted(policy.facts.items()) if name in read)


def names_read_by(rule_set: RuleSet) -> frozenset[Name]:
    """Return every fact, parameter and output that a rule set reads."""
    return _names_read(_Itself(rule_set))


@dataclass(frozen=True, slots=True, eq=False)
class _Itself:
    # A rule set never changes, and is asked about again and again: to compare two would take longer than to read one.
    rule_set: RuleSet

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.rule_set is self.rule_set

    def __hash__(self) -> int:
        return id(self.rule_set)


@lru_cache(_RULE_SETS_KEPT)
def _names_read(it: _Itself) -> frozenset[Name]:
    return frozenset(name for node in expressions_of(it.rule_set) for name in names_in(node))
