"""Look for two points at which an output goes the way a claim says it never does, by trying bounds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.values import SMALLEST, UNKNOWN, UNLIMITED, Kind, scale
from policy_service.language.expressions import Constant, Name, NameSource
from policy_service.language.policy import DecisionTable, Direction, MonotonicityClaim, RuleSet, Scorecard
from policy_service.linter.grid import bits
from policy_service.linter.knowledge import Knowledge
from policy_service.linter.points import answer_at
from policy_service.linter.proofs import Open
from policy_service.linter.ranks import ranks_of
from policy_service.linter.stretches import is_constant, solution
from policy_service.linter.trees import ends, formulas_of, names_in, parts_of

MOST_LINES: Final = 240
_MOST_ON_A_LINE: Final = 24
_MOST_CANDIDATES: Final = 60
#: Amounts beyond this are ends of ranges, not of cells: nobody learns from them.
_BEYOND_USE: Final = 2**60


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Facts held fixed, the fact's two values (the second is larger), and the output at each."""

    fixed: Mapping[str, int]
    fact: tuple[int, int]
    output: tuple[int, int]


def counterexample(
    chain: Sequence[RuleSet], claim: MonotonicityClaim, knowledge: Knowledge, left_open: Sequence[Open]
) -> Counterexample | None:
    """Return two points that refute the claim, each evaluated exactly; None if none was found.

    Tried are lines along the fact, the other facts at bounds of cells: first inside the regions left open, then
    anywhere. None is no proof.
    """
    made_before = {name for rule_set in chain[:-1] for name in rule_set.output_names}
    names = sorted(
        {
            name
            for rule_set in chain
            for name in names_in(*formulas_of(rule_set))
            if name.source is not NameSource.PARAMETER and (name.name not in made_before or name.name == claim.fact)
        }
        - {name for name in _made_here(chain[-1]) if name.name != claim.fact},
        key=lambda name: name.name,
    )
    moving = next((name for name in names if name.name == claim.fact), None)
    if moving is None:
        return None
    anywhere = {name: candidates(name, chain, knowledge) for name in names}
    for region in left_open[:10]:
        found = _along_lines(_inside(region, anywhere), moving, (chain, claim, knowledge), MOST_LINES // 10)
        if found is not None:
            return _plainer(found, anywhere, (chain, claim, knowledge))
    found = _along_lines(anywhere, moving, (chain, claim, knowledge), MOST_LINES)
    return None if found is None else _plainer(found, anywhere, (chain, claim, knowledge))


def _made_here(rule_set: RuleSet) -> set[Name]:
    kinds = {name for name in names_in(*formulas_of(rule_set)) if name.source is NameSource.OUTPUT}
    return {name for name in kinds if name.name in rule_set.output_names}


_Task = tuple[Sequence[RuleSet], MonotonicityClaim, Knowledge]


def _along_lines(values: Mapping[Name, Sequence[int]], moving: Name, task: _Task, most: int) -> Counterexample | None:
    others = [name for name in values if name != moving]
    line = sorted(set(values[moving]))
    line = [line[place * len(line) // _MOST_ON_A_LINE] for place in range(_MOST_ON_A_LINE)] if len(line) > 24 else line
    for number in range(most):
        fixed = {name.name: each for name, each in zip(others, _mixed(number, others, values), strict=True)}
        found = _on_line(fixed, line, task)
        if found is not None:
            return found
        if all(len(values[name]) <= 1 for name in others):
            return None
    return None


def _plainer(found: Counterexample, values: Mapping[Name, Sequence[int]], task: _Task) -> Counterexample:
    for name in values:
        simple = sorted(values[name], key=abs)[:2]
        for value in simple if name.name in found.fixed else ():
            again = _on_line({**found.fixed, name.name: value}, found.fact, task)
            if again is not None:
                found = again
                break
    return found


def _mixed(number: int, names: Sequence[Name], values: Mapping[Name, Sequence[int]]) -> Iterator[int]:
    # A different stride per name, so that few lines mix the bounds of all names.
    for place, name in enumerate(names):
        several = values[name]
        rest = number // (place + 1) + number * (2 * place + 1)
        yield several[rest % len(several)]


def _on_line(fixed: Mapping[str, int], line: Sequence[int], task: _Task) -> Counterexample | None:
    chain, claim, knowledge = task
    ranks, kind = ranks_of(knowledge), knowledge.policy.outputs.get(claim.output, Kind.NUMBER)
    sign = 1 if claim.direction is Direction.NEVER_RISES else -1
    best: tuple[int, int, int] | None = None
    for value in line:
        made = answer_at(chain, {**fixed, claim.fact: value}, knowledge)
        output = UNKNOWN if made is None else made.get(claim.output, UNKNOWN)
        if output == UNKNOWN:
            continue
        place = sign * ranks.of(claim.output, kind, output)
        if best is not None and place > best[0]:
            return Counterexample(fixed, (best[1], value), (best[2], output))
        if best is None or place < best[0]:
            best = (place, value, output)
    return None


def _inside(region: Open, anywhere: Mapping[Name, Sequence[int]]) -> Mapping[Name, Sequence[int]]:
    found = {name: list(values) for name, values in anywhere.items()}
    for axis, box, other in zip(region.axes, region.earlier, region.later, strict=True):
        name = axis.column.expression
        if not isinstance(name, Name) or name not in found:
            continue
        chosen = [axis.bins[number] for number in bits(box | other)]
        inside = [value for value in found[name] if any(each.low <= value <= each.high for each in chosen)]
        ends_of_bins = [end for each in chosen if not each.is_unknown for end in (each.low, each.high)]
        inside += [end for end in ends_of_bins if abs(end) < _BEYOND_USE]
        found[name] = list(dict.fromkeys(inside)) or found[name]
    return found


def candidates(name: Name, chain: Sequence[RuleSet], knowledge: Knowledge) -> Sequence[int]:
    """Return values of a name worth trying: every bound it is compared with, one step beside, and some amounts."""
    domain = knowledge.range_of(name)
    policy = knowledge.policy
    if name.kind is Kind.CATEGORY:
        return tuple(knowledge.closed.get(name.name, range(len(policy.vocabulary) + 1)))
    if name.kind is Kind.BOOLEAN:
        return (0, 1)
    unit = scale(name.kind, policy.currency)
    found = [value for rule_set in chain for value in _bounds(rule_set, name, knowledge)][:_MOST_CANDIDATES]
    found += [value for rule_set in chain for value in _amounts(rule_set, name)][:_MOST_CANDIDATES]
    found += [0, unit, 10 * unit, 1_000 * unit, 100_000 * unit, domain.low, -unit]
    inside = [value for value in found if max(domain.low, SMALLEST) <= value <= min(domain.high, UNLIMITED)]
    ordinary = [value for value in inside if abs(value) < _BEYOND_USE]
    return tuple(dict.fromkeys(ordinary)) or (0,)


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
