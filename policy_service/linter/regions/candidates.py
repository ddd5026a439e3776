"""Values of the facts that are worth trying: where cells and formulas change what they say, and some amounts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from policy_service.domain.values import SMALLEST, UNKNOWN, UNLIMITED, Kind, scale
from policy_service.language.feel.expressions import Constant, Name, Test
from policy_service.language.rule_sets import DecisionTable, RuleSet, Scorecard
from policy_service.linter.regions.evaluation import Ranges, satisfied
from policy_service.linter.regions.knowledge import Knowledge, weighted
from policy_service.linter.regions.ranges import point
from policy_service.linter.regions.stretches import is_constant, solution
from policy_service.linter.regions.trees import ends, formulas_of, parts_of

_MOST_CANDIDATES: Final = 60
#: Amounts beyond this are ends of ranges, not of cells: nobody learns from them.
BEYOND_USE: Final = 2**60


def candidates(name: Name, chain: Sequence[RuleSet], knowledge: Knowledge) -> Sequence[int]:
    """Return values of a name worth trying: the bounds it is compared with, one step beside, some amounts, unknown."""
    domain = knowledge.range_of(name)
    policy = knowledge.policy
    unknown = (UNKNOWN,) if domain.unknown else ()
    if name.kind is Kind.CATEGORY:
        return (*knowledge.closed.get(name.name, range(len(policy.vocabulary) + 1)), *unknown)
    if name.kind is Kind.BOOLEAN:
        return (0, 1, *unknown)
    unit = scale(name.kind, policy.currency)
    found = [value for rule_set in chain for value in _bounds(rule_set, name, knowledge)][:_MOST_CANDIDATES]
    found += [value for rule_set in chain for value in _amounts(rule_set, name)][:_MOST_CANDIDATES]
    found += [0, unit, 10 * unit, 1_000 * unit, 100_000 * unit, 10_000_000 * unit, domain.low, -unit, -100 * unit]
    inside = [value for value in found if max(domain.low, SMALLEST) <= value <= min(domain.high, UNLIMITED)]
    ordinary = [value for value in inside if abs(value) < BEYOND_USE]
    return (*(dict.fromkeys(ordinary) or (0,)), *unknown)


def extremes(
    values: Mapping[Name, Sequence[int]], chain: Sequence[RuleSet], knowledge: Knowledge, *, best: bool
) -> Mapping[Name, int]:
    """Return for each name the value that earns most (or least) in the scorecards, else an ordinary one."""
    scorecards = [rule_set for rule_set in chain if isinstance(rule_set, Scorecard)]
    found = {}
    for name, several in values.items():
        # A knock-out hides whatever else is scored.
        free = [value for value in several if not any(_is_out(each, name, value, knowledge) for each in scorecards)]
        earned = {value: sum(_earned(each, name, value, knowledge) for each in scorecards) for value in free or several}
        most = max(earned.values()) if best else min(earned.values())
        found[name] = _ordinary(name, [value for value in earned if earned[value] == most])
    return found


def _ordinary(name: Name, values: Sequence[int]) -> int:
    # Of what a scorecard does not tell apart: much money, few incidents, and known.
    known = [value for value in values if value != UNKNOWN] or values
    return max(known) if name.kind is Kind.MONEY else min(known, key=abs)


def _earned(scorecard: Scorecard, name: Name, value: int, knowledge: Knowledge) -> int:
    ranges = {**knowledge.ranges, name: point(value)}
    total = 0
    for characteristic in scorecard.characteristics:
        if characteristic.column.expression == name:
            said = [each.points for each in characteristic.attributes if _holds(each.cell.test, name, ranges)]
            points = said or ([characteristic.unknown or 0] if value == UNKNOWN else [])
            total += sum(weighted(characteristic, each) for each in points)
    return total


def _is_out(scorecard: Scorecard, name: Name, value: int, knowledge: Knowledge) -> bool:
    ranges = {**knowledge.ranges, name: point(value)}
    cells = [cell for each in scorecard.knock_outs for column, cell in each.when.cells if column.expression == name]
    return any(_holds(cell.test, name, ranges) for cell in cells)


def _holds(test: Test, name: Name, ranges: Ranges) -> bool:
    held = satisfied(test, ranges[name], ranges)
    return not held.is_empty and held.low == 1


def _amounts(rule_set: RuleSet, name: Name) -> Iterator[int]:
    # A constant inside a formula is a bend: try the amounts around it.
    for formula in formulas_of(rule_set):
        for part in parts_of(formula):
            if isinstance(part, Constant) and part.kind is name.kind and abs(part.value) < 2**50:
                yield from (part.value, 2 * part.value, 10 * part.value)


def _bounds(rule_set: RuleSet, name: Name, knowledge: Knowledge) -> Iterator[int]:
    tests = []
    match rule_set:
        case DecisionTable(columns=columns, rows=rows):
            tests = [
                row.cells[place].test
                for place, column in enumerate(columns)
                for row in rows
                if column.expression == name
            ]
        case Scorecard(characteristics=characteristics, knock_outs=knock_outs):
            tests = [
                each.cell.test for one in characteristics for each in one.attributes if one.column.expression == name
            ]
            tests += [cell.test for one in knock_outs for column, cell in one.when.cells if column.expression == name]
    for test in dict.fromkeys(tests):
        if is_constant(test, knowledge):
            for low, high in solution(test, knowledge):
                yield from (low, high, low - 1, high + 1)
        for end in ends(test):
            value = knowledge.constant(end)
            if value is not None:
                yield value
