"""What order checks need of the facts that their rule sets read: formula sets before them may set more than is read.

A value that nothing reads is worked out for nothing, but where it may overflow: then the chain ends there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.dictionary import FactDefinition
from policy_service.language.definitions.standing import ORDER_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by
from policy_service.language.rule_set_parts import expressions_of
from policy_service.language.rule_sets import FormulaSet, RuleSet
from simulations.columnar.program import Compiled
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.asked_facts import ORDER, AskedFacts
from simulations.replay.fact_rows import FactRows
from simulations.replay.formulas_before_ladders import SetValue, needed, read_by
from simulations.replay.largest_amounts import MARGIN, fit, may_be_huge
from simulations.replay.overflows import may_overflow, range_of, ranges_of_facts

#: What is told of an order check, or bears on what comes of it.
_TOLD: Final = frozenset({*ORDER_OUTPUTS, *STANDING_OUTPUTS})


def unread_by_orders(
    snapshot: Snapshot, policy: Policy, program: Compiled, parameters: Mapping[str, int], total: float
) -> frozenset[str]:
    """Return the facts of order checks of which nothing comes that these say, over what that snapshot holds.

    `total` is what `most_of_a_unit` says of it.
    """
    chain, facts = policy.chain(DecisionType.ORDER), facts_read_by(policy, DecisionType.ORDER)
    values = _values(chain)
    if not _are_set_once(chain, values, policy) or not _unread(chain, values, facts, ()):
        return frozenset()
    measured = AskedFacts(snapshot, policy, program, _only(facts), parameters)
    ranges = ranges_of_facts(facts, measured, int(total) * MARGIN)
    risky = []
    for value in values:
        expression = value.output.expression
        if may_overflow(expression, measured.dial_values, ranges):
            risky.append(value.output.name)
        ranges[value.output.name] = range_of(expression, measured.dial_values, ranges)
    unread = [fact for fact in _unread(chain, values, facts, risky) if not may_be_huge(fact)]
    names = frozenset(fact.name for fact in unread)
    return names if fit(_rows_of(names, measured.of(ORDER)), total) else frozenset()


def _only(facts: Sequence[FactDefinition]) -> Mapping[DecisionType, Sequence[FactDefinition]]:
    return {kind: facts if kind is DecisionType.ORDER else () for kind in DecisionType}


def _values(chain: Sequence[RuleSet]) -> Sequence[SetValue]:
    return [
        SetValue(rule_set.name, place, number, output)
        for place, rule_set in enumerate(chain)
        if isinstance(rule_set, FormulaSet)
        for number, output in enumerate(rule_set.values)
    ]


def _are_set_once(chain: Sequence[RuleSet], values: Sequence[SetValue], policy: Policy) -> bool:
    # Each of these names stands for one value from end to end.
    names = [name for rule_set in chain for name in rule_set.output_names]
    own = [value.output.name for value in values]
    return policy.facts.keys().isdisjoint(own) and all(names.count(name) == 1 for name in own)


def _unread(
    chain: Sequence[RuleSet], values: Sequence[SetValue], facts: Sequence[FactDefinition], risky: Iterable[str]
) -> Sequence[FactDefinition]:
    nodes = [node for rule_set in chain if not isinstance(rule_set, FormulaSet) for node in expressions_of(rule_set)]
    told = _TOLD & {value.output.name for value in values}
    _, leaves = needed(read_by(nodes) | told | frozenset(risky), values)
    return [fact for fact in facts if fact.name not in leaves]


def _rows_of(names: frozenset[str], measured: FactRows) -> FactRows:
    places = [place for place, name in enumerate(measured.names) if name in names]
    return FactRows(tuple(measured.names[place] for place in places), measured.rows[places], measured.conditions)
