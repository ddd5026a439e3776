"""What ladders read through the formula sets that stand before them: which values these need, and what they read.

A value of a formula set is worked out only where a condition or the days of a level need it, or where it may
overflow: then the chain ends there, and no ladder behind it says anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policy_service.domain.outcomes import DecisionType
from policy_service.language.cells import Output
from policy_service.language.feel.expressions import Expression, NameSource, Test
from policy_service.language.feel.reading_names import names_in
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import expressions_of
from policy_service.language.rule_sets import FormulaSet, Ladder, Level, Trigger


@dataclass(frozen=True, slots=True)
class SetValue:
    """A value that a formula set of the escalation chain sets: `place` is the set's in the chain, `number` its own."""

    rule_set: str
    place: int
    number: int
    output: Output


def values_before_ladders(policy: Policy) -> tuple[SetValue, ...] | None:
    """Return the values that formula sets set before ladders, in order; none if not all that is read is so simple.

    Nothing but formula sets may stand among ladders, and no name may be set twice, be a fact, or be read before it is
    set.
    """
    chain = policy.chain(DecisionType.ESCALATION)
    last = max((place for place, one in enumerate(chain) if isinstance(one, Ladder)), default=-1)
    found: list[SetValue] = []
    reads: list[tuple[int, frozenset[str]]] = []
    for place, rule_set in enumerate(chain[: last + 1]):
        if isinstance(rule_set, FormulaSet):
            for number, output in enumerate(rule_set.values):
                reads.append((len(found), read_by([output.expression])))
                found.append(SetValue(rule_set.name, place, number, output))
        elif isinstance(rule_set, Ladder):
            reads.append((len(found), read_by(expressions_of(rule_set))))
        else:
            return None
    names = [one.output.name for one in found]
    is_in_order = all(names_read.isdisjoint(names[before:]) for before, names_read in reads)
    is_unique = len(set(names)) == len(names) and policy.facts.keys().isdisjoint(names)
    return tuple(found) if is_in_order and is_unique else None


def read_by(nodes: Iterable[Expression | Test]) -> frozenset[str]:
    """Return the names that formulas and tests read, but for parameters."""
    return frozenset(name.name for node in nodes for name in names_in(node) if name.source is not NameSource.PARAMETER)


def needed(names: frozenset[str], values: Sequence[SetValue]) -> tuple[tuple[SetValue, ...], frozenset[str]]:
    """Return the values that these names need, in order, and what in the end is read that no formula sets."""
    by_name = {one.output.name: one for one in values}
    wanted, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += read_by([by_name[name].output.expression]) if name in by_name else ()
    return tuple(one for one in values if one.output.name in wanted), frozenset(wanted - by_name.keys())


def ladder_expressions(ladder: Ladder) -> Iterator[Expression | Test]:
    """Yield what a ladder works out whenever it is asked: its conditions, and the days of its levels."""
    steps: tuple[Level | Trigger, ...] = (*ladder.levels, *ladder.triggers)
    conditions = [ladder.when, *(step.release for step in steps), *(trigger.when for trigger in ladder.triggers)]
    for when in conditions:
        for column, cell in when.cells if when else ():
            yield column.expression
            yield cell.test
    for level in ladder.levels:
        yield level.days_past_due
