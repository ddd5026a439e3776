"""Which facts a rule set lacked that compiled code left in doubt: the words for `missing_fact`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policy_service.domain.decisions import Values
from policy_service.domain.values import UNKNOWN
from simulations.columnar import layout
from simulations.columnar.compiled_functions import Numbers, kernel
from simulations.columnar.pointers import first_of
from simulations.columnar.program import Compiled, Words
from simulations.columnar.running_formulas import cell_says, ready, result_of
from simulations.columnar.writing_rule_sets import WrittenCharacteristic, WrittenRuleSet


@dataclass(frozen=True, slots=True)
class Doubted:
    """A run that lacked facts: what ran, over which values, and its scratch."""

    program: Compiled
    rule_set: WrittenRuleSet
    values: Values
    scratch: Words


def region(program: Compiled, scratch: Words, first: int, count: int) -> list[int]:
    """Return what a run noted in a region of its scratch, as many as a note says."""
    begin = int(program.program.words[first])
    return [int(number) for number in scratch[begin : begin + int(scratch[count])]]


def missing_facts(doubted: Doubted, doubts: Iterable[int], hits: Sequence[int]) -> frozenset[str]:
    """Return the names that are unknown behind the doubts, and behind outcomes of hits that compute to unknown."""
    score = int(doubted.scratch[layout.SCORE])
    scope = doubted.values if score == UNKNOWN else {**doubted.values, "score": score}
    vector = doubted.program.vector()
    doubted.program.fill(vector, scope)
    is_knocked_out = not doubted.rule_set.knock_outs.isdisjoint(hits)
    found: set[str] = set()
    for doubt in doubts:
        if doubt >= 0:
            found |= _of_row(doubted, doubt, vector)
        elif not is_knocked_out:
            found |= _of_characteristic(doubted, doubted.rule_set.characteristics[-1 - doubt], vector)
    found |= _of_outcomes(doubted, hits)
    return frozenset(name for name in found if scope.get(name, UNKNOWN) == UNKNOWN)


def _of_row(doubted: Doubted, number: int, vector: Words) -> frozenset[str]:
    words, row = doubted.program.program.words, doubted.program.described[number]
    unknown = [cell.reads for cell in row.cells if _cell_says(words, row.block, cell.address, vector) == UNKNOWN]
    of_level = row.reads if doubted.rule_set.ladder else frozenset[str]()
    return of_level.union(*unknown)


@kernel
def _cell_says(words: Numbers, block: int, cell: int, values: Numbers) -> int:
    words, values = first_of(words), first_of(values)
    ready(words, block, values)
    return cell_says(words, cell, values)


def _of_characteristic(doubted: Doubted, characteristic: WrittenCharacteristic, vector: Words) -> frozenset[str]:
    found = frozenset[str]().union(*(_of_row(doubted, number, vector) for number in characteristic.rows))
    is_unknown = _result_of(doubted.program.program.words, characteristic.value, vector) == UNKNOWN
    return found | characteristic.reads if is_unknown else found


@kernel
def _result_of(words: Numbers, formula: int, values: Numbers) -> int:
    return result_of(first_of(words), formula, first_of(values))


def _of_outcomes(doubted: Doubted, hits: Sequence[int]) -> frozenset[str]:
    if doubted.rule_set.ladder or doubted.rule_set.characteristics:
        return frozenset()
    outcomes = int(doubted.program.program.words[layout.ROW_OUTCOMES])
    unclear = [number for number in hits if doubted.scratch[outcomes + number] == layout.UNCLEAR]
    return frozenset[str]().union(*(doubted.program.described[number].reads for number in unclear))
