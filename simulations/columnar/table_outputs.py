"""Gathers what the hits of a table set, or makes one value of all that they say."""

from policy_service.domain.values import UNKNOWN
from simulations.columnar import arithmetic, layout, notes
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.hit_policy_numbers import COLLECT, COUNT, LIST, MAX, MIN, SUM


@lean_kernel
def _formula_for(words: Numbers, row: int, slot: int) -> int:
    for formula in range(words[row + layout.ROW_OUTPUTS], words[row + layout.ROW_OUTPUTS_END], layout.FORMULA_SIZE):
        if words[formula + layout.FORMULA_SLOT] == slot:
            return formula
    return 0


@lean_kernel
def differ(words: Numbers, matched: int, scratch: Numbers) -> bool:
    """Return whether the rows that matched say different things."""
    first = scratch[words[layout.MATCHED]]
    for place in range(words[layout.MATCHED] + 1, words[layout.MATCHED] + matched):
        row = scratch[place]
        length = words[first + layout.ROW_OUTPUTS_END] - words[first + layout.ROW_OUTPUTS]
        if words[row + layout.ROW_OUTPUTS_END] - words[row + layout.ROW_OUTPUTS] != length:
            return True
        for one in range(words[first + layout.ROW_OUTPUTS], words[first + layout.ROW_OUTPUTS_END], layout.FORMULA_SIZE):
            other = _formula_for(words, row, words[one + layout.FORMULA_SLOT])
            if other == 0 or notes.said_by(words, one, scratch) != notes.said_by(words, other, scratch):
                return True
    return False


@lean_kernel
def gather(words: Numbers, outcome: int, scratch: Numbers) -> None:
    """Set what the hits say: of several those whose outcome carries, the first in the table for each output."""
    matched, count = words[layout.MATCHED], scratch[layout.MATCHED_COUNT]
    for place in range(matched, matched + count):
        row = scratch[place]
        if count > 1 and max(notes.outcome_of(words, row, scratch), layout.NONE) != outcome:
            continue
        for formula in range(words[row + layout.ROW_OUTPUTS], words[row + layout.ROW_OUTPUTS_END], layout.FORMULA_SIZE):
            slot = words[formula + layout.FORMULA_SLOT]
            if formula != words[row + layout.ROW_OUTCOME] and not notes.is_said(words, slot, scratch):
                notes.say(words, slot, notes.said_by(words, formula, scratch), scratch)


@lean_kernel
def aggregate(words: Numbers, table: int, scratch: Numbers) -> bool:
    """Set for each output the one value that is made of what all hits say; false if it overflows."""
    collects = words[table + layout.HIT_POLICY] == COLLECT
    aggregation = words[table + layout.AGGREGATION] if collects else LIST
    chosen, keys, count = words[layout.CHOSEN], words[layout.KEYS], scratch[layout.MATCHED_COUNT]
    counts = aggregation == COUNT and scratch[chosen] != words[table + layout.OTHERWISE]
    for place in range(words[table + layout.OUTPUT_SLOTS], words[table + layout.OUTPUT_SLOTS_END]):
        slot, end = words[place], keys
        if counts:
            notes.say(words, slot, count, scratch)
            continue
        for hit in range(chosen, chosen + count):
            formula = _formula_for(words, scratch[hit], slot)
            if formula:
                scratch[end] = notes.said_by(words, formula, scratch)
                end += 1
        if end > keys:
            # A list is an answer, not a value that a cell could test.
            value = UNKNOWN if aggregation == LIST else _aggregated(aggregation, keys, end - keys, scratch)
            if value == FAULT:
                return False
            notes.say(words, slot, value, scratch)
    return True


@lean_kernel
def _aggregated(aggregation: int, first: int, count: int, scratch: Numbers) -> int:
    if aggregation == SUM:
        return arithmetic.total(scratch, first, count)
    found = scratch[first]
    for place in range(first + 1, first + count):
        if aggregation == MIN:
            found = arithmetic.smaller(found, scratch[place])
        elif aggregation == MAX:
            found = arithmetic.larger(found, scratch[place])
    return found
