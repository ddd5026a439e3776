"""Whether an answer is provably the same wherever one fact lies within a stretch of values.

Every cell is worked out over the stretch by interval arithmetic. Where each of them says one thing throughout, the
same rows match throughout; what they set is handed on as a range to the rule sets behind. An answer may be steady
without its being seen here; it is never called steady where it is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policy_service.domain.decisions import RuleSetResult, Values
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN
from policy_service.engines.chain import Chains
from policy_service.engines.interpreter import Interpreter
from policy_service.language.definitions.built_in_facts import LADDER_INPUT
from policy_service.language.feel.expressions import Name, NameSource, Operator
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import ColumnPart, OutputPart, parts_of_rule_set
from policy_service.language.rule_sets import Aggregation, DecisionTable, FormulaSet, HitPolicy, Ladder, RuleSet
from policy_service.linter.regions.evaluation import compared, evaluate, satisfied
from policy_service.linter.regions.ranges import MISSING, Range, add, hull, point

_OUTCOME: Final = "outcome"
#: Which of several matching rows counts depends on what they set.
_BY_VALUE: Final = (HitPolicy.ANY, HitPolicy.PRIORITY)


class RangesByName(Mapping[Name, Range]):
    """The range of every name: of a parameter its value, of one that nothing says anything of a missing value."""

    def __init__(self, policy: Policy, values: Values) -> None:
        self._parameters = {name: point(parameter.value) for name, parameter in policy.parameters.items()}
        self._values = {name: point(value) for name, value in values.items()}

    def __getitem__(self, name: Name) -> Range:
        known = self._parameters if name.source is NameSource.PARAMETER else self._values
        return known.get(name.name, MISSING)

    def __iter__(self) -> Iterator[Name]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def get(self, name: Name, default: object = None) -> Range:  # noqa: ARG002
        """Return the range of the name; there is always one."""
        return self[name]

    def put(self, name: str, values: Range) -> None:
        """Say what a name can be."""
        self._values[name] = values

    def of(self, name: str) -> Range:
        """Return what a fact or an output can be."""
        return self._values.get(name, MISSING)


@dataclass(frozen=True, slots=True)
class Goal:
    """What somebody wants to see changed: the outcome, or an output of the chain."""

    name: str = _OUTCOME

    def of(self, found: "Answer") -> object:
        """Return what the answer says of it."""
        return found.outcome if self.name == _OUTCOME else found.outputs.get(self.name)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a chain comes to: outcome, outputs, and the result of each rule set."""

    outcome: object
    outputs: Mapping[str, object]
    results: Mapping[str, RuleSetResult]


class Chain:
    """One chain of a policy, asked at points and over stretches."""

    def __init__(self, policy: Policy, decision_type: DecisionType) -> None:
        self.policy = policy
        self._type = decision_type
        self._chains = Chains(Interpreter(policy), policy)
        self._rule_sets = policy.chain(decision_type)

    def answer(self, values: Values) -> Answer:
        """Return what the chain comes to at these values."""
        result = self._chains.run(self._type, values)
        return Answer(result.outcome, result.outputs, {one.rule_set: one for one in result.rule_sets})

    def is_steady(self, start: Answer, ranges: RangesByName, goal: Goal) -> bool:
        """Return whether the chain says of the goal throughout the ranges what it says at their start."""
        for rule_set in self._rule_sets:
            result = start.results.get(rule_set.name)
            if result is None:
                # The rule set before it ended the chain, there and so everywhere.
                return True
            if not _is_steady(rule_set, result, ranges):
                return False
            _hand_on(rule_set, result, ranges)
        return goal.name == _OUTCOME or _is_one(ranges.of(goal.name)) or goal.name not in self.policy.outputs


def _is_steady(rule_set: RuleSet, result: RuleSetResult, ranges: RangesByName) -> bool:
    if isinstance(rule_set, FormulaSet):
        return True
    if isinstance(rule_set, Ladder) and not _levels_are_steady(rule_set, ranges):
        return False
    compares = isinstance(rule_set, DecisionTable) and rule_set.hit_policy in _BY_VALUE
    for part in parts_of_rule_set(rule_set):
        match part:
            case ColumnPart(column=column, cell=cell) if column is not None:
                if not _is_one(satisfied(cell.test, evaluate(column.expression, ranges), ranges)):
                    return False
            case OutputPart(row=row, output=output) if row in result.hits or compares:
                found = evaluate(output.expression, ranges)
                if (compares or output.name == _OUTCOME or _may_be_missing(found)) and not _is_one(found):
                    return False
            case _:
                continue
    return True


def _levels_are_steady(ladder: Ladder, ranges: RangesByName) -> bool:
    past_due = ranges.of(LADDER_INPUT)
    days = (evaluate(level.days_past_due, ranges) for level in ladder.levels)
    return all(_is_one(compared(Operator.GREATER_OR_EQUAL, past_due, due)) and _is_one(due) for due in days)


def _hand_on(rule_set: RuleSet, result: RuleSetResult, ranges: RangesByName) -> None:
    if isinstance(rule_set, FormulaSet):
        for value in rule_set.values:
            ranges.put(value.name, evaluate(value.expression, ranges))
        return
    found: dict[str, list[Range]] = {}
    for part in parts_of_rule_set(rule_set):
        if isinstance(part, OutputPart) and part.row in result.hits:
            found.setdefault(part.output.name, []).append(evaluate(part.output.expression, ranges))
    for name in rule_set.output_names:
        ranges.put(name, _together(rule_set, result, name, found.get(name, [])))


def _together(rule_set: RuleSet, result: RuleSetResult, name: str, said: list[Range]) -> Range:
    value = result.outputs.get(name, UNKNOWN)
    if all(_is_one(one) for one in said):
        # The same rows say the same values: what comes of them is the same too.
        return point(value) if isinstance(value, int) else MISSING
    if isinstance(rule_set, DecisionTable) and rule_set.aggregation is Aggregation.SUM:
        total = said[0]
        for one in said[1:]:
            total = add(total, one)
        return total
    return hull(said)


def _is_one(found: Range) -> bool:
    return found.single is not None or (found.is_empty and found.unknown)


def _may_be_missing(found: Range) -> bool:
    # A value too large to hold is missing here, and a fault of the engine there.
    return found.unknown and not found.is_empty
